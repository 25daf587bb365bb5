#include "broker/sequencer/prepare_amend.h"

#include <string>
#include <utility>
#include <vector>

#include "broker/machine/event_terms.h"
#include "broker/machine/rows.h"
#include "broker/model/label_check.h"
#include "broker/model/limits.h"
#include "broker/sequencer/check_signed.h"
#include "broker/sequencer/concerned.h"
#include "broker/sequencer/identifier_index.h"
#include "broker/sequencer/make_proposal.h"
#include "broker/sequencer/record_chain.h"
#include "broker/sequencer/seal_places.h"
#include "broker/sequencer/subject_keys.h"
#include "broker/vault/envelope.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::sequencer {
namespace {

using stored::v1::AmendEvent;
using stored::v1::EventRow;

constexpr auto kTearLine = stored::v1::CONTENT_CLASS_TEAR_LINE;

Status CheckTearLines(const v1::EventAmendment& amendment, const EventRow& event) {
  if (amendment.tear_lines_size() > static_cast<int>(model::kTearLinesMax)) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED,
                  "`amendment.tear_lines` has " + std::to_string(amendment.tear_lines_size()) +
                      " entries; at most " + std::to_string(model::kTearLinesMax));
  }
  for (int i = 0; i < amendment.tear_lines_size(); ++i) {
    TEARLINE_RETURN_IF_REFUSED(
        model::CheckTearLine(amendment.tear_lines(i), event.publish().label().marking(),
                             "amendment.tear_lines[" + std::to_string(i) + "]"));
  }
  return {};
}

/// Whom the text is about: everybody the event is.
void NeedKeys(const EventRow& event, SubjectKeys& keys) {
  for (const std::uint32_t whom : AboutAll(static_cast<std::size_t>(event.nominal_ids_size()))) {
    keys.Need(whom, whom == kNobody ? "" : event.nominal_ids(static_cast<int>(whom)), kTearLine);
  }
}

Status Seal(const v1::EventAmendment& amendment, const VerifiedAmendment& verified,
            const EventRow& event, const Workbench& bench, SubjectKeys& keys, AmendEvent& command) {
  const Result<model::LedgerId> ledger_id = LedgerIdOf(bench);
  if (!ledger_id.ok()) return ledger_id.status();
  NeedKeys(event, keys);
  TEARLINE_RETURN_IF_REFUSED(keys.Get());
  std::vector<model::SubjectKeyId> ids;
  for (const std::uint32_t whom : AboutAll(static_cast<std::size_t>(event.nominal_ids_size()))) {
    ids.push_back(keys.Of(whom, kTearLine));
  }
  command.set_first_place(machine::TearLinesOf(event));
  for (int i = 0; i < amendment.tear_lines_size(); ++i) {
    const std::uint32_t place = command.first_place() + static_cast<std::uint32_t>(i);
    Result<vault::Sealed> sealed =
        vault::Seal(bench.vault, PlaceOf(*ledger_id, event.publish().event_id(), kTearLine, place),
                    ids, SealedPartOf(amendment.tear_lines(i)));
    if (!sealed.ok()) return sealed.status();
    stored::v1::SealedTearLine& row = *command.add_tear_lines();
    row.mutable_text()->set_ciphertext(std::move(sealed->ciphertext));
    for (stored::v1::WrappedKey& key : sealed->keys) {
      *row.mutable_text()->add_keys() = std::move(key);
    }
    *row.mutable_marking() = amendment.tear_lines(i).marking();
    *row.mutable_audience() = amendment.tear_lines(i).audience();
    const auto& signature = verified.tear_lines[static_cast<std::size_t>(i)];
    if (signature) *row.mutable_signature() = *signature;
  }
  for (stored::v1::SubjectKeyUse& use : keys.Made()) *command.add_keys() = std::move(use);
  return {};
}

/// What a command is made of beside what it seals.
AmendEvent PlainOf(const v1::EventAmendment& amendment, const VerifiedAmendment& verified,
                   const EventRow& event) {
  AmendEvent command;
  command.set_event_id(event.publish().event_id());
  if (amendment.has_terms()) *command.mutable_terms() = amendment.terms();
  *command.mutable_retired_tear_lines() = amendment.retired_tear_lines();
  if (verified.change) {
    *command.mutable_signature() = verified.change->signature;
    command.set_signed_ms(verified.change->signed_ms);
    command.set_salt(amendment.signature().salt());
  }
  if (verified.pointer) *command.mutable_pointer() = *verified.pointer;
  return command;
}

Status CheckSize(const AmendEvent& command, const stored::v1::Actor& actor) {
  if (kHeaderFixedBytes + actor.ByteSizeLong() + command.ByteSizeLong() <= model::kHeaderBytesMax) {
    return {};
  }
  return Refuse(v1::ERROR_REASON_LIMIT_PASSED,
                "the record's header would be over " + std::to_string(model::kHeaderBytesMax) +
                    " bytes; write fewer tear-lines, or name fewer posts");
}

}  // namespace

Result<Proposal> PrepareAmend(const v1::AmendEventRequest& request, const stored::v1::Actor& actor,
                              const Workbench& bench) {
  const Result<model::EventId> id = model::EventId::Parse(request.event_id());
  if (!id.ok()) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                  "`event_id` must be `ev_` and 32 digits of 0-9 and a-f");
  }
  const auto event = bench.view.Find<EventRow>(machine::EventKey(id->Bytes()));
  if (!event || event->answering_post() != actor.post()) {
    return Refuse(v1::ERROR_REASON_NOT_FOUND, "no such event that this post answers for");
  }
  const v1::EventAmendment& amendment = request.amendment();
  TEARLINE_RETURN_IF_REFUSED(CheckTearLines(amendment, *event));
  const Originator originator =
      OriginatorOf(event->publish().originating_agency(), bench.view, bench.now_ms);
  const Result<VerifiedAmendment> verified = CheckSigned(amendment, event->publish(), originator);
  if (!verified.ok()) return verified.status();
  AmendEvent command = PlainOf(amendment, *verified, *event);
  std::vector<model::SubjectKeyId> new_keys;
  if (!amendment.tear_lines().empty()) {
    SubjectKeys keys(bench, /*reuse=*/true);
    Status sealed = Seal(amendment, *verified, *event, bench, keys, command);
    if (ReasonOf(sealed) == v1::ERROR_REASON_KEY_MISSING) {
      return Refuse(v1::ERROR_REASON_UNAVAILABLE,
                    "a key was destroyed while this was on its way; send it again");
    }
    if (!sealed.ok()) return sealed;
    TEARLINE_RETURN_IF_REFUSED(CheckSize(command, actor));
    new_keys = keys.Keep();
  }
  Proposal proposal = MakeProposal(actor, stored::v1::COMMAND_NUMBER_AMEND_EVENT, command);
  proposal.new_keys = std::move(new_keys);
  return proposal;
}

}  // namespace tearline::sequencer
