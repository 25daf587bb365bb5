#pragma once

#include <set>
#include <string>
#include <vector>

#include "broker/machine/step.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"

namespace tearline::machine {

/// Subject keys as the state knows them: whose each is, and whether it was erased. Their bytes are
/// in the vault, which destroys them when the record that erased them is durable (P7).

/// Says that a key is erased from this record on: nothing is sealed under it any more, and the
/// vault is told to destroy it. Again: nothing.
///
/// Requires: the state knows it.
void EraseKey(const std::string& subject_key_id, Step& step);

/// The key by which what an event sealed under `subject_key_id` opens now: itself, or the last that
/// it was replaced by, for this event alone or for all. It may have been erased.
[[nodiscard]] std::string StandingKeyOf(const std::string& subject_key_id,
                                        const stored::v1::EventRow& event,
                                        const state::Reader& reader);

/// Where the events are found that a key may have sealed something of: indexes by position. An
/// event stands in the index of every nominal under whose keys something of it is sealed; whoever
/// moves an event from one nominal to another leaves it where it was, too, or a spillage would miss
/// it.
[[nodiscard]] std::vector<state::Key> EventIndexesOf(const stored::v1::SubjectKeyRow& row);

/// The keys by which something of an event opens, segment or tear-line; none once all were erased.
[[nodiscard]] std::set<std::string> KeysThatOpen(const stored::v1::EventRow& event,
                                                 const state::Reader& reader);

/// Whether something of an event was sealed, and nothing of it opens any more.
[[nodiscard]] bool IsErased(const stored::v1::EventRow& event, const state::Reader& reader);

/// Whether a spillage may replace these keys: they are those that open the event, the new ones are
/// new, and nothing else was sealed under the old ones since `wrapped_until`.
///
/// Refuses: UNAVAILABLE, so that the rest is wrapped anew once more; UNAPPLIABLE.
[[nodiscard]] Status CheckReplaced(const stored::v1::WithdrawEvent& command,
                                   const stored::v1::EventRow& event, const state::Reader& reader);

/// The same of the keys of moved events, of which `from_id` is the nominal they leave.
///
/// Refuses: as CheckReplaced.
[[nodiscard]] Status CheckMoved(const stored::v1::MovedKeys& keys, const std::string& from_id,
                                const std::vector<stored::v1::EventRow>& events,
                                const state::Reader& reader);

/// The keys of a nominal by which something of these events opens.
[[nodiscard]] std::set<std::string> KeysOfNominal(const std::string& nominal_id,
                                                  const std::vector<stored::v1::EventRow>& events,
                                                  const state::Reader& reader);

/// Erases a key of the nominal that events leave: what stays opens by the one, what moves by the
/// other, which is of `to_id`. Each moved event is told so by its own row.
///
/// Requires: as ReplaceKey.
void SplitKey(const stored::v1::MovedKey& moved, const std::string& to_id, Step& step);

/// Erases a key, and says by which another what it sealed opens from now on.
///
/// Requires: the state knows the old one, and not the new one.
void ReplaceKey(const stored::v1::ReplacedKey& replaced, Step& step);

/// Whether everything a publish, link or amendment seals can be opened again: none of its keys was
/// erased while it was on its way.
///
/// Refuses: UNAVAILABLE, so that it is sent again and sealed under a key that stands.
[[nodiscard]] Status CheckKeysStand(const stored::v1::Publish& command,
                                    const state::Reader& reader);
[[nodiscard]] Status CheckKeysStand(const stored::v1::AmendEvent& command,
                                    const state::Reader& reader);
[[nodiscard]] Status CheckKeysStand(const stored::v1::LinkIdentifier& command,
                                    const state::Reader& reader);

}  // namespace tearline::machine
