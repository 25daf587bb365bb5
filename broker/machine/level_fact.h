#pragma once

#include <cstddef>
#include <set>
#include <string>

#include "broker/state/reader.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/stored/v1/row.pb.h"
#include "tearline/v1/nominal.pb.h"

namespace tearline::machine {

/// Another system says, by a message that was published here, how a person's case is managed
/// already. docs/decisions/0056-level-facts-come-from-messages.md.

/// Whether a feed from another system may speak of this case: its agency leads it, or works in its
/// area. Not whether the actor is one.
[[nodiscard]] bool MayFeed(const stored::v1::CaseRow& row, const stored::v1::Actor& actor,
                           const state::Reader& reader);

/// Whether what an event says of a case is to be recorded; and if not, why.
enum class FactStanding {
  kNews,          ///< It is.
  kSame,          ///< The case is managed so already.
  kOvertaken,     ///< A newer event of the same agency says otherwise.
  kChangedSince,  ///< Somebody else has said how it is managed since the event was accepted.
};

/// What an event says of the case of the one person whom it is about.
struct LevelFact {
  std::string case_id;  ///< 16 bytes.
  v1::MappaCategory category;
  v1::MappaLevel level;
  FactStanding standing;
};

/// Reads it for a feed. Of what the same agency's events of `types` say of the person the newest
/// holds, by when it occurred, then by position: of each nominal that is the person the newest
/// events are looked at, at most `looked_at_max`. It gives way to whoever else changed how the case
/// is managed, or opened it, since the event was accepted. So an event that is said again, also
/// after others, changes nothing.
///
/// `event_id` is 16 bytes. Requires: `looked_at_max` is at least 2.
///
/// Refuses: NOT_PERMITTED    the actor is no feed;
///          NOT_FOUND        no such event that the actor may speak for; no open case of the
///                           person that it has a say in: alike, if there is none or it has none;
///          EVENT_WITHDRAWN  it was taken back;
///          FIELD_INVALID    it is not about one person, or does not say a category and a level that
///                           there are.
[[nodiscard]] Result<LevelFact> ReadLevelFact(const std::string& event_id,
                                              const std::set<std::string>& types,
                                              const stored::v1::Actor& actor,
                                              std::size_t looked_at_max,
                                              const state::Reader& reader);

}  // namespace tearline::machine
