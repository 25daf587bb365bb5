#include "broker/sequencer/prepare_withdraw.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "broker/crypto/random.h"
#include "broker/crypto/seal.h"
#include "broker/machine/event_terms.h"
#include "broker/machine/rows.h"
#include "broker/machine/subject_key.h"
#include "broker/sequencer/make_proposal.h"
#include "broker/state/each_row.h"
#include "broker/status/invariant.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::sequencer {
namespace {

using stored::v1::EventRow;
using stored::v1::SubjectKeyRow;

/// Wraps anew what opens by one key, event by event.
class Rewrapping {
 public:
  Rewrapping(std::string old_id, const crypto::Secret& old_key, std::string spilled_event_id,
             const Workbench& bench)
      : old_id_(std::move(old_id)),
        old_key_(old_key),
        spilled_event_id_(std::move(spilled_event_id)),
        bench_(bench),
        successor_{
            *model::SubjectKeyId::FromBytes(crypto::RandomBytes(model::SubjectKeyId::kBytes)),
            crypto::Secret(crypto::RandomBytes(crypto::kSealKeyBytes)),
            {}} {}

  Result<vault::Successor> Run() && {
    const auto row = bench_.view.Find<SubjectKeyRow>(machine::SubjectKeyKey(old_id_));
    TEARLINE_INVARIANT(row.has_value(), "a key that opens something is known");
    for (const state::Key& index : machine::EventIndexesOf(*row)) {
      TEARLINE_RETURN_IF_REFUSED(WrapAll(index));
    }
    return std::move(successor_);
  }

 private:
  Status WrapAll(const state::Key& index) {
    Status refusal;
    state::ForEachRow(bench_.view, index, [&](const auto&, const std::string& event_id) {
      if (event_id == spilled_event_id_) return true;
      const auto event = bench_.view.Find<EventRow>(machine::EventKey(event_id));
      TEARLINE_INVARIANT(event.has_value(), "an event in an index is kept");
      refusal = WrapEvent(*event);
      return refusal.ok();
    });
    return refusal;
  }

  Status WrapEvent(const EventRow& event) {
    for (const stored::v1::SealedSegment& segment : event.publish().segments()) {
      for (const auto& key : segment.keys()) TEARLINE_RETURN_IF_REFUSED(WrapOne(key));
    }
    for (std::uint32_t place = 0; place < machine::TearLinesOf(event); ++place) {
      for (const auto& key : machine::TearLineAt(event, place).text().keys()) {
        TEARLINE_RETURN_IF_REFUSED(WrapOne(key));
      }
    }
    return {};
  }

  Status WrapOne(const stored::v1::WrappedKey& recorded) {
    if (machine::StandingKeyOf(recorded.subject_key_id(), bench_.view) != old_id_) return {};
    std::string wrapped = recorded.wrapped();
    if (recorded.subject_key_id() != old_id_) {
      const Result<std::optional<std::string>> anew =
          bench_.vault.FindRewrap(*model::SubjectKeyId::FromBytes(old_id_), recorded.wrapped());
      if (!anew.ok()) return anew.status();
      if (!*anew) return {};  // an earlier spillage: it opens no more
      wrapped = **anew;
    }
    Result<std::string> unwrapped = crypto::Unwrap(old_key_.View(), wrapped);
    if (!unwrapped.ok()) return unwrapped.status();
    const crypto::Secret content_key(*std::move(unwrapped));
    successor_.wraps.push_back(
        {recorded.wrapped(), crypto::Wrap(successor_.key.View(), content_key.View())});
    return {};
  }

  const std::string old_id_;
  const crypto::Secret& old_key_;
  const std::string spilled_event_id_;
  const Workbench& bench_;
  vault::Successor successor_;
};

/// Has the vault keep a successor of every key that opens the event.
Result<std::vector<model::SubjectKeyId>> ReplaceKeys(const EventRow& event, const Workbench& bench,
                                                     stored::v1::WithdrawEvent& command) {
  std::vector<vault::Successor> successors;
  std::vector<model::SubjectKeyId> ids;
  for (const std::string& old_id : machine::KeysThatOpen(event, bench.view)) {
    const Result<crypto::Secret> old_key =
        bench.vault.Find(*model::SubjectKeyId::FromBytes(old_id));
    if (!old_key.ok()) return old_key.status();
    Result<vault::Successor> successor =
        Rewrapping(old_id, *old_key, event.publish().event_id(), bench).Run();
    if (!successor.ok()) return successor.status();
    stored::v1::ReplacedKey& replaced = *command.add_replaced_keys();
    replaced.set_old_key_id(old_id);
    replaced.set_new_key_id(successor->id.Bytes());
    ids.push_back(successor->id);
    successors.push_back(*std::move(successor));
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
      machine::CheckWithdrawal(event, actor.post(), request.reason(), bench.view));
  stored::v1::WithdrawEvent command;
  command.set_event_id(id->Bytes());
  command.set_reason(request.reason());
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
