#include <utility>

#include "broker/machine/apply.h"
#include "broker/machine/composite.h"
#include "broker/machine/event_change.h"
#include "broker/machine/event_obligation.h"
#include "broker/machine/event_terms.h"
#include "broker/machine/rows.h"
#include "broker/machine/signing_key.h"
#include "broker/machine/subject_key.h"

namespace tearline::machine {
namespace {

using stored::v1::EventRow;
using stored::v1::WithdrawEvent;

/// Whether people's rights may have been hurt by it: then the clock of the law runs.
bool StartsBreachClock(v1::WithdrawalReason reason) {
  return reason == v1::WITHDRAWAL_REASON_SPILLAGE || reason == v1::WITHDRAWAL_REASON_WRONG_PERSON;
}

void Remember(const WithdrawEvent& command, const EventRow& event, Step& step) {
  stored::v1::WithdrawnDetail& detail = *step.AddDetail().mutable_withdrawn();
  detail.set_event_id(command.event_id());
  detail.set_reason(command.reason());
  detail.set_withdrawn_by(step.actor.post());
  detail.set_replaced_keys(static_cast<std::uint32_t>(command.replaced_keys_size()));
  if (command.has_signature()) {
    *step.AddDetail().mutable_accepted_change() = AcceptedChangeOf(command, event);
  }
}

void KeepSigned(const WithdrawEvent& command, EventRow& event) {
  if (!command.has_signature()) return;
  event.set_change_signed_ms(command.signed_ms());
  stored::v1::SignedWithdrawal& kept = *event.add_signed_withdrawals();
  kept.set_reason(command.reason());
  *kept.mutable_signature() = command.signature();
}

}  // namespace

Status ApplyWithdrawEvent(const WithdrawEvent& command, Step& step) {
  auto event = step.batch.Find<EventRow>(EventKey(command.event_id()));
  TEARLINE_RETURN_IF_REFUSED(
      CheckWithdrawal(event, step.actor.post(), command.reason(), step.header.behaviour_version,
                      step.batch));
  TEARLINE_RETURN_IF_REFUSED(CheckSignaturesStand(command, *event, step.as(), step.batch));
  TEARLINE_RETURN_IF_REFUSED(CheckReplaced(command, *event, step.batch));

  const bool again = IsWithdrawn(*event);
  for (const stored::v1::ReplacedKey& key : command.replaced_keys()) ReplaceKey(key, step);
  event->set_withdrawn(command.reason());
  KeepSigned(command, *event);
  event->set_changed_position(step.header.position);
  if (!again) event->set_withdrawn_ms(step.now_ms());
  step.batch.PutRow(EventKey(command.event_id()), *event);
  Remember(command, *event, step);
  step.applied.telling_changed = true;
  // Whoever had it was told the first time; what they owe is the same.
  if (!again) {
    BeginEventChange(*event, step);
    FollowMember(*event, step);
  }
  if (StartsBreachClock(command.reason())) OpenReportBreach(*event, step);
  return {};
}

}  // namespace tearline::machine
