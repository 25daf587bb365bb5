#include "broker/sequencer/prepare_withdraw.h"

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "broker/machine/event_terms.h"
#include "broker/machine/machine.h"
#include "broker/machine/rows.h"
#include "broker/machine/signing_key.h"
#include "broker/machine/subject_key.h"
#include "broker/sequencer/check_signed.h"
#include "broker/sequencer/make_proposal.h"
#include "broker/sequencer/rewrapping.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::sequencer {
namespace {

using stored::v1::EventRow;

/// Has the vault keep a successor of every key that opens the event.
Result<std::vector<model::SubjectKeyId>> ReplaceKeys(const EventRow& event, const Workbench& bench,
                                                     stored::v1::WithdrawEvent& command) {
  std::vector<vault::Successor> successors;
  std::vector<model::SubjectKeyId> ids;
  const ChooseSuccessor all_but_this = [&event](const EventRow& each) {
    const bool spilled = each.publish().event_id() == event.publish().event_id();
    return spilled ? std::nullopt : std::optional<std::size_t>(0);
  };
  for (const std::string& old_id : machine::KeysThatOpen(event, bench.view)) {
    Result<std::vector<vault::Successor>> made = WrapAnew(old_id, 1, all_but_this, bench);
    if (!made.ok()) return made.status();
    stored::v1::ReplacedKey& replaced = *command.add_replaced_keys();
    replaced.set_old_key_id(old_id);
    replaced.set_new_key_id(made->front().id.Bytes());
    ids.push_back(made->front().id);
    successors.push_back(std::move(made->front()));
  }
  if (!successors.empty()) TEARLINE_RETURN_IF_REFUSED(bench.vault.Keep(successors));
  return ids;
}

}  // namespace

Result<Proposal> PrepareWithdraw(const v1::WithdrawEventRequest& request,
                                 const stored::v1::Actor& actor, model::Position position,
                                 const Workbench& bench) {
  const Result<model::EventId> id = model::EventId::Parse(request.event_id());
  if (!id.ok()) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                  "`event_id` must be `ev_` and 32 digits of 0-9 and a-f");
  }
  const auto event = bench.view.Find<EventRow>(machine::EventKey(id->Bytes()));
  TEARLINE_RETURN_IF_REFUSED(
      machine::CheckWithdrawal(event, actor.post(), request.reason(), machine::kBehaviourVersion,
                               bench.view));
  const Originator originator =
      OriginatorOf(event->publish().originating_agency(), bench.view, bench.now_ms);
  const Result<std::optional<VerifiedChange>> signed_change =
      CheckSigned(request, event->publish(), originator);
  if (!signed_change.ok()) return signed_change.status();
  stored::v1::WithdrawEvent command;
  command.set_event_id(id->Bytes());
  command.set_reason(request.reason());
  if (*signed_change) {
    *command.mutable_signature() = (*signed_change)->signature;
    command.set_signed_ms((*signed_change)->signed_ms);
  }
  // Before any key is replaced: what was signed too long ago destroys nothing.
  TEARLINE_RETURN_IF_REFUSED(machine::CheckSignaturesStand(
      command, *event, {machine::kBehaviourVersion, bench.now_ms}, bench.view));
  std::vector<model::SubjectKeyId> new_keys;
  if (request.reason() == v1::WITHDRAWAL_REASON_SPILLAGE) {
    command.set_wrapped_until(position);
    Result<std::vector<model::SubjectKeyId>> replaced = ReplaceKeys(*event, bench, command);
    if (ReasonOf(replaced.status()) == v1::ERROR_REASON_KEY_MISSING) {
      return Refuse(v1::ERROR_REASON_UNAVAILABLE,
                    "a key was destroyed while this was on its way; withdraw it again");
    }
    if (!replaced.ok()) return replaced.status();
    new_keys = *std::move(replaced);
  }
  Proposal proposal = MakeProposal(actor, stored::v1::COMMAND_NUMBER_WITHDRAW_EVENT, command);
  proposal.new_keys = std::move(new_keys);
  return proposal;
}

}  // namespace tearline::sequencer
