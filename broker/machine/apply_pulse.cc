#include <algorithm>
#include <limits>
#include <string>
#include <string_view>

#include "broker/machine/answer_owed.h"
#include "broker/machine/apply.h"
#include "broker/machine/certificate_end.h"
#include "broker/machine/climb.h"
#include "broker/machine/commission.h"
#include "broker/machine/composite.h"
#include "broker/machine/event_change.h"
#include "broker/machine/glass.h"
#include "broker/machine/history.h"
#include "broker/machine/leave.h"
#include "broker/machine/look_again.h"
#include "broker/machine/missed.h"
#include "broker/machine/obligation.h"
#include "broker/machine/proposal.h"
#include "broker/machine/raise.h"
#include "broker/machine/reach.h"
#include "broker/machine/rows.h"
#include "broker/machine/second_hand.h"
#include "broker/machine/settle.h"
#include "broker/machine/subscription.h"
#include "broker/machine/tell_originators.h"
#include "broker/model/limits.h"
#include "broker/status/invariant.h"

namespace tearline::machine {
namespace {

using state::Table;

/// Offsets in a deadline's key: table byte, due time, kind, id.
constexpr std::size_t kDueAt = 1;
constexpr std::size_t kKindAt = 9;
constexpr std::size_t kIdAt = 10;

std::int64_t DueOf(std::string_view key) {
  return static_cast<std::int64_t>(state::ReadBigEndian(key, kDueAt, 8));
}

/// A retry's time has come: the item goes out again, and its nominals go on.
void FireRetry(const std::string& id, Step& step) {
  constexpr std::size_t kLaneAndSequence = 9;
  const std::size_t lane_at = id.size() - kLaneAndSequence;
  const std::string feed = id.substr(0, lane_at - 1);
  const auto lane = static_cast<v1::Urgency>(state::ReadBigEndian(id, lane_at, 1));
  const std::uint64_t sequence = state::ReadBigEndian(id, lane_at + 1, 8);
  const state::Key key = LaneItem(Table::kReleased, feed, lane, sequence);
  auto item = step.batch.Find<stored::v1::ItemRow>(key);
  TEARLINE_INVARIANT(item.has_value(), "a retry's deadline ends with its item");

  EndHold(feed, lane, sequence, *item, step);
  item->set_not_before_ms(0);
  item->set_tries(item->tries() + 1);
  step.batch.PutRow(key, *item);
  step.applied.feeds.insert(feed);
  step.to_release.insert(feed);
  // Without a session it goes nowhere, and the next one looks at all of them.
  if (step.batch.Get(SessionKey(feed))) JudgeReleased(feed, lane, sequence, step);
}

DeadlineKind KindOf(std::string_view key) {
  return static_cast<DeadlineKind>(state::ReadBigEndian(key, kKindAt, 1));
}

/// What `key` names is due.
void Fire(const std::string& key, Step& step) {
  const std::string id = key.substr(kIdAt);
  const auto key_of = [&](DeadlineKind kind) { return DeadlineKey(DueOf(key), kind, id); };
  switch (KindOf(key)) {
    case DeadlineKind::kObligation:
      // What fired before it may have put it off: whoever is back from leave has their own time.
      if (step.header.behaviour_version >= kStepTakenOnceFrom &&
          !step.batch.Get(key_of(DeadlineKind::kObligation))) {
        break;
      }
      if (!RemindToAnswer(id, step)) Escalate(id, step);
      break;
    case DeadlineKind::kRetry:
      // What fired before it may have ended it: a feed is forgotten with what it held back.
      if (step.batch.Get(key_of(DeadlineKind::kRetry))) FireRetry(id, step);
      break;
    case DeadlineKind::kPending:
      Lapse(id, step);
      break;
    case DeadlineKind::kTelling:
      ContinueTelling(id, step);
      break;
    case DeadlineKind::kHistory:
      GoOnWithHistory(id, step);
      break;
    case DeadlineKind::kForget:
      Forget(id, DueOf(key), step);
      break;
    case DeadlineKind::kEventChange:
      // What a composite became before it in this pulse may have ended it.
      if (step.batch.Get(key_of(DeadlineKind::kEventChange))) GoOnWithEventChange(id, step);
      break;
    case DeadlineKind::kGlass:
      EndGlass(id, step);
      break;
    case DeadlineKind::kLeave:
      FireLeave(id, DueOf(key), step);
      break;
    case DeadlineKind::kCommission:
      FireCommission(id, DueOf(key), step);
      break;
    case DeadlineKind::kProposal:
      CloseAtItsTime(id, step);
      break;
    case DeadlineKind::kReach:
      GoOnWithReach(id, step);
      break;
    case DeadlineKind::kAuthority:
      EndAuthority(id, DueOf(key), step);
      break;
    case DeadlineKind::kCertificate:
      EndCertificate(id, DueOf(key), step);
      break;
    case DeadlineKind::kComposite:
      LookForComposite(id, DueOf(key), step);
      break;
    case DeadlineKind::kRaise:
      if (step.header.behaviour_version < kRaiseGivesWayFrom) GoOnWithRaise(step);
      break;  // its turn comes when all else has had its own
  }
}

/// Goes on with a raise when all else that is due has had its turn: with what that left, and its
/// own share.
class RaiseLast {
 public:
  /// Sets its share aside if one is due, however much else is due before it.
  explicit RaiseLast(Step& step)
      : step_(step),
        is_due_(step.header.behaviour_version >= kRaiseGivesWayFrom && IsRaiseDue(step)) {
    if (!is_due_) return;
    step_.rows_left -= kRaiseRowsShare;
    step_.looks_left -= kRaiseLooksShare;
  }

  void GoOn() {
    if (!is_due_) return;
    step_.rows_left = std::max(step_.rows_left, 0) + kRaiseRowsShare;
    step_.looks_left = std::max(step_.looks_left, 0) + kRaiseLooksShare;
    GoOnWithRaise(step_);
  }

 private:
  Step& step_;
  const bool is_due_;
};

}  // namespace

Status ApplyPulse(const stored::v1::Pulse& /*command*/, Step& step) {
  const auto rows = step.batch.Scan(state::Key(Table::kDeadline), model::kPulseRowsMax);
  RaiseLast raise(step);
  for (const auto& [key, value] : rows) {
    if (DueOf(key) > step.now_ms()) break;
    Fire(key, step);
  }
  raise.GoOn();
  return {};
}

Status ApplyNoteRefusals(const stored::v1::NoteRefusals& command, Step& step) {
  for (const stored::v1::Refusal& refusal : command.refusals()) {
    stored::v1::RefusalsDetail& detail = *step.AddDetail().mutable_refusals();
    detail.set_agency(refusal.agency());
    detail.set_certificate_digest(refusal.certificate_digest());
    detail.set_reason(refusal.reason());
    detail.set_command(refusal.command());
    detail.set_count(refusal.count());
  }
  return {};
}

std::int64_t NextDeadlineMs(const state::Reader& reader) {
  const auto rows = reader.Scan(state::Key(Table::kDeadline), 1);
  return rows.empty() ? std::numeric_limits<std::int64_t>::max() : DueOf(rows.front().first);
}

}  // namespace tearline::machine
