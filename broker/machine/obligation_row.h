#pragma once

#include <cstdint>
#include <string>

#include "broker/machine/step.h"
#include "broker/state/key.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {

/// An obligation's row with what lies beside it: where it is found while it is open, its events and
/// whom it is owed to, in lists as long as a row holds and in rows of their own beyond.

/// Whether each obligation of a type is about one event: to read it, to delete it, to report it.
[[nodiscard]] bool IsOfOneEvent(v1::ObligationType type);

/// Whether an obligation of a type is to see to events of which somebody is told less than is owed:
/// each of them is to be decided on.
[[nodiscard]] bool IsOfUnmetDuty(v1::ObligationType type);

/// Where an open obligation is found by what it is: nominal, case, type, reason and debtor. What is
/// about one event ends by itself, whatever became of the case meanwhile; a use of break-glass is
/// reviewed by itself, and lies under the post that broke it; an action is done, a proposal or a
/// request for information answered, and the minutes of a meeting written, by itself.
[[nodiscard]] state::Key OpenKey(const stored::v1::ObligationRow& row);

/// All open obligations about a nominal, but those about one event.
[[nodiscard]] state::Key OpenAbout(const std::string& nominal_id);

/// What an obligation has met beyond its lists. Numbers lie in keys and never change.
enum class More : std::uint8_t {
  kEvent = 1,
  kPost = 2,
  kKeptFrom = 3,
  kAsked = 4,
  kFound = 5,  ///< Under sixteen zero bytes in an obligation's place: see ObligationsOf.
};

[[nodiscard]] state::Key MoreKey(const std::string& id, More kind, const std::string& name);

/// Whether an obligation is open. Numbers lie in keys and never change.
enum class ObligationState : std::uint8_t { kOpen = 1, kEnded = 2 };

/// The obligations that are a post's to see to, by id, 16 bytes: of each its debtor, whoever was
/// told last, the accountable officer, and whoever is asked in it (asked.h) find it there. That one
/// is there does not say that the post may hear of it.
[[nodiscard]] state::Key ObligationsOf(const std::string& post, ObligationState state);

/// Writes an obligation, and has it found by whom it concerns from now on. No row of an obligation
/// is written otherwise.
void PutObligation(const std::string& id, const stored::v1::ObligationRow& row,
                   state::Batch& batch);

/// Has an open obligation found by a post that is asked in it, beside whom it concerns. For asked.h.
void FindAsAsked(const std::string& post, const std::string& id, state::Batch& batch);

/// Counts an event, listed while there is room. False if it was counted before. What is about no
/// event (a parked notice) always counts.
bool AddEvent(const std::string& id, const std::string& event_id, stored::v1::ObligationRow& open,
              Step& step);

/// Whether it counts this event.
[[nodiscard]] bool HoldsEvent(const std::string& id, const stored::v1::ObligationRow& row,
                              const std::string& event_id, const state::Reader& reader);

/// Counts an event no more. Requires: it does.
void TakeEvent(const std::string& id, const std::string& event_id, stored::v1::ObligationRow& open,
               Step& step);

/// Names a post it is owed to, listed while there is room, else counted. False if it was before.
bool AddOwed(const std::string& id, const std::string& post, stored::v1::ObligationRow& open,
             Step& step);

/// Whether it names this post, or counts it.
[[nodiscard]] bool IsOwedTo(const std::string& id, const stored::v1::ObligationRow& row,
                            const std::string& post, const state::Reader& reader);

/// Adds to the leaf what became of an obligation. `event_id` and `owed_post` are those that opened,
/// joined or left; "" where none did.
void Remember(const std::string& id, const stored::v1::ObligationRow& row,
              stored::v1::ObligationChange change, const std::string& event_id,
              const std::string& owed_post, Step& step);

/// Tells a post of an obligation as it stands, by its inbox.
void Tell(const std::string& post, const std::string& id, const stored::v1::ObligationRow& row,
          Step& step);

/// Sets when the next step is taken, in place of the time that stood; 0 for never. The row is the
/// caller's to write.
void SetNextStep(std::int64_t next_ms, const std::string& id, stored::v1::ObligationRow& row,
                 Step& step);

}  // namespace tearline::machine
