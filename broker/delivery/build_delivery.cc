#include "broker/delivery/build_delivery.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "broker/crypto/digest.h"
#include "broker/machine/brought_in.h"
#include "broker/machine/composite_view.h"
#include "broker/machine/event_terms.h"
#include "broker/machine/feed_name.h"
#include "broker/machine/identity.h"
#include "broker/machine/permission.h"
#include "broker/machine/rows.h"
#include "broker/machine/signing_key.h"
#include "broker/status/invariant.h"
#include "tearline/v1/manifest.pb.h"

namespace tearline::delivery {
namespace {

using google::protobuf::util::TimeUtil;

std::string NominalText(const std::string& bytes) {
  const Result<model::NominalId> id = model::NominalId::FromBytes(bytes);
  TEARLINE_INVARIANT(id.ok(), "a nominal id in a row is 16 bytes");
  return id->Text();
}

std::string EventText(const std::string& bytes) {
  const Result<model::EventId> id = model::EventId::FromBytes(bytes);
  TEARLINE_INVARIANT(id.ok(), "an event id in a row is 16 bytes");
  return id->Text();
}

/// The time of the newest record, in ms since 1970: by it glass is open or has run out.
std::int64_t NowMs(const state::Reader& reader) {
  const auto row = reader.See<stored::v1::LedgerRow>(state::Key(state::Table::kLedger));
  return row ? row->last_stamp_ms() : 0;
}

/// Whether a subscription names the person, under whichever nominal.
bool Names(const stored::v1::SubscriptionRow& asked, const std::string& nominal_id,
           const state::Reader& reader) {
  const std::vector<std::string> person = machine::SamePerson(nominal_id, reader);
  return std::any_of(asked.nominal_ids().begin(), asked.nominal_ids().end(),
                     [&person](const std::string& each) {
                       return std::find(person.begin(), person.end(), each) != person.end();
                     });
}

/// What tear-line and full have in common: who said it, when, and what kind of thing it is.
void ShowCircumstances(const stored::v1::EventRow& event, v1::DeliveredEvent& shown) {
  const stored::v1::Publish& publish = event.publish();
  shown.set_event_type(publish.event_type());
  shown.set_originating_agency(publish.originating_agency());
  shown.set_originating_post(publish.originating_post());
  *shown.mutable_occurred_at() = TimeUtil::MillisecondsToTimestamp(publish.occurred_ms());
  shown.set_occurred_quality(publish.occurred_quality());
  *shown.mutable_accepted_at() = TimeUtil::MillisecondsToTimestamp(event.accepted_ms());
}

/// What its originator signed, as it came.
v1::Envelope Enveloped(const stored::v1::OriginatorSignature& signature,
                       std::string_view payload_type) {
  v1::Envelope envelope;
  envelope.set_payload(signature.payload());
  envelope.set_payload_type(std::string(payload_type));
  v1::EnvelopeSignature& by = *envelope.add_signatures();
  by.set_sig(signature.signature());
  by.set_keyid(crypto::Digest::FromBytes(signature.key_id())->Hex());
  return envelope;
}

void ShowFull(const stored::v1::Publish& publish, sequencer::OpenedContent content,
              v1::DeliveredEvent& shown) {
  *shown.mutable_marking() = publish.label().marking();
  if (publish.label().has_grading()) *shown.mutable_grading() = publish.label().grading();
  if (publish.has_facts()) *shown.mutable_facts() = publish.facts();
  for (sequencer::OpenedSegment& opened : content.segments) {
    v1::DeliveredSegment& segment = *shown.add_segments();
    segment.set_media_type(std::move(opened.media_type));
    for (const v1::ContentFlag flag : opened.flags) segment.add_flags(flag);
    if (opened.grading) *segment.mutable_grading() = *opened.grading;
    segment.set_content(std::move(opened.content));
    if (publish.has_signed_event()) segment.set_salt(std::move(opened.salt));
  }
  if (publish.has_signed_event()) {
    *shown.mutable_signature()->mutable_envelope() =
        Enveloped(publish.signed_event().manifest(), machine::kManifestType);
  }
}

void ShowTearLine(const stored::v1::ItemRow& item, const stored::v1::EventRow& event,
                  sequencer::OpenedContent content, v1::DeliveredEvent& shown) {
  TEARLINE_INVARIANT(item.has_tear_line(), "an item at tear-line names one of the event's");
  const stored::v1::SealedTearLine& line = machine::TearLineAt(event, item.tear_line());
  *shown.mutable_marking() = line.marking();
  shown.set_tear_line(std::move(content.tear_line));
  if (!line.has_signature()) return;
  *shown.mutable_signature()->mutable_envelope() =
      Enveloped(line.signature(), machine::kTearLineType);
  shown.mutable_signature()->set_salt(std::move(content.tear_line_salt));
}

/// Whether a pointer under these terms is one its originator signed: terms change, and a signature
/// names the holder.
bool IsPointerAsSigned(const stored::v1::OriginatorSignature& signature, const v1::Label& label) {
  v1::PointerStatement statement;
  return label.holder_may_be_named() && statement.ParseFromString(signature.payload()) &&
         statement.ask_post() == label.pointer_post();
}

void ShowPointer(const stored::v1::EventRow& event, v1::DeliveredEvent& shown) {
  const v1::Label label = machine::LabelOf(event);
  shown.set_ask_post(label.pointer_post());
  if (label.holder_may_be_named()) {
    shown.set_originating_agency(event.publish().originating_agency());
  }
  const stored::v1::OriginatorSignature& pointer = event.has_signed_pointer()
                                                       ? event.signed_pointer()
                                                       : event.publish().signed_event().pointer();
  if (!pointer.payload().empty() && IsPointerAsSigned(pointer, label)) {
    *shown.mutable_signature()->mutable_envelope() = Enveloped(pointer, machine::kPointerType);
  }
}

/// Of a pointer that something is held, and by whom if that may be told.
v1::DeliveredMember MemberOf(const stored::v1::EventRow& member, v1::Level level) {
  v1::DeliveredMember shown;
  shown.set_event_id(EventText(member.publish().event_id()));
  shown.set_level(level);
  if (level > v1::LEVEL_POINTER) {
    shown.set_event_type(member.publish().event_type());
    *shown.mutable_occurred_at() =
        TimeUtil::MillisecondsToTimestamp(member.publish().occurred_ms());
  }
  if (level > v1::LEVEL_POINTER || machine::LabelOf(member).holder_may_be_named()) {
    shown.set_originating_agency(member.publish().originating_agency());
  }
  return shown;
}

v1::DeliveredComposite MembersOf(const stored::v1::ItemRow& item, const stored::v1::EventRow& event,
                                 const state::Reader& reader) {
  v1::DeliveredComposite shown;
  shown.set_rule(event.composite().rule());
  std::set<std::string> agencies;
  for (const stored::v1::ShownMember& each : item.members()) {
    const std::string& id = event.composite().members(static_cast<int>(each.place())).event_id();
    const auto member = reader.See<stored::v1::EventRow>(machine::EventKey(id));
    TEARLINE_INVARIANT(member != nullptr, "a member of a composite is kept");
    v1::DeliveredMember& row = *shown.add_members();
    row = MemberOf(*member, each.level());
    agencies.insert(row.originating_agency());
    if (!row.has_occurred_at()) continue;
    const auto& at = row.occurred_at();
    if (!shown.has_first_occurred_at() || at < shown.first_occurred_at()) {
      *shown.mutable_first_occurred_at() = at;
    }
    if (!shown.has_last_occurred_at() || shown.last_occurred_at() < at) {
      *shown.mutable_last_occurred_at() = at;
    }
  }
  agencies.erase("");
  shown.set_agencies(static_cast<std::uint32_t>(agencies.size()));
  return shown;
}

}  // namespace

std::vector<std::string> NominalsKnownTo(const std::string& feed, const stored::v1::EventRow& event,
                                         const state::Reader& reader) {
  const std::string post = machine::PostOfFeed(feed);
  const auto asked = reader.Find<stored::v1::SubscriptionRow>(
      machine::SubscriptionKey(post, machine::SubscriptionOfFeed(feed)));
  const bool originator = machine::AgencyOfPost(post) == event.publish().originating_agency();
  const std::int64_t now_ms = NowMs(reader);
  std::vector<std::string> known;
  for (const std::string& nominal_id : event.nominal_ids()) {
    if (originator || (asked && Names(*asked, nominal_id, reader)) ||
        machine::IsJudgedFor(nominal_id, post, now_ms, reader)) {
      known.push_back(NominalText(nominal_id));
    }
  }
  return known;
}

v1::DeliveredEvent BuildEvent(const stored::v1::ItemRow& item, const stored::v1::EventRow& event,
                              sequencer::OpenedContent content,
                              const std::vector<std::string>& nominal_ids) {
  v1::DeliveredEvent shown;
  shown.set_event_id(EventText(event.publish().event_id()));
  shown.set_level(item.level());
  shown.set_late(item.late());
  shown.set_superseding(item.superseding());
  shown.set_superseded_sequence(item.superseded_sequence());
  for (const std::string& nominal_id : nominal_ids) shown.add_nominal_ids(nominal_id);

  const bool erased = content.erased;
  switch (item.level()) {
    case v1::LEVEL_FULL:
      ShowCircumstances(event, shown);
      ShowFull(event.publish(), std::move(content), shown);
      shown.set_erased(erased);
      break;
    case v1::LEVEL_TEAR_LINE:
      ShowCircumstances(event, shown);
      ShowTearLine(item, event, std::move(content), shown);
      shown.set_erased(erased);
      break;
    case v1::LEVEL_POINTER:
      ShowPointer(event, shown);
      break;
    default:
      TEARLINE_INVARIANT(false, "what is withheld is never let go");
  }
  return shown;
}

v1::DeliveredEvent BuildComposite(const stored::v1::ItemRow& item,
                                  const stored::v1::EventRow& event,
                                  const std::vector<std::string>& nominal_ids,
                                  const state::Reader& reader) {
  v1::DeliveredEvent shown =
      BuildEvent(item, machine::AsShown(event, item.members(), reader), {}, nominal_ids);
  if (item.level() == v1::LEVEL_FULL) *shown.mutable_composite() = MembersOf(item, event, reader);
  return shown;
}

v1::DeliveredObligation BuildObligation(const stored::v1::ItemRow& item,
                                        const stored::v1::ObligationRow& obligation) {
  const Result<model::ObligationId> id = model::ObligationId::FromBytes(item.obligation_id());
  TEARLINE_INVARIANT(id.ok(), "an obligation id in a row is 16 bytes");
  v1::DeliveredObligation shown;
  shown.set_obligation_id(id->Text());
  shown.set_type(obligation.type());
  shown.set_reason(obligation.reason());
  if (!obligation.nominal_id().empty()) shown.set_nominal_id(NominalText(obligation.nominal_id()));
  shown.set_events(item.obligation_events());
  *shown.mutable_due_at() = TimeUtil::MillisecondsToTimestamp(item.obligation_due_ms());
  shown.set_stage(item.stage());
  shown.set_debtor_post(obligation.debtor_post());
  if (obligation.reason() == v1::RULE_REASON_WITHDRAWN) {
    shown.set_event_id(EventText(obligation.event_ids(0)));
  }
  if (!obligation.proposal_id().empty()) {
    shown.set_proposal_id(model::ProposalId::FromBytes(obligation.proposal_id())->Text());
    shown.set_case_id(model::CaseId::FromBytes(obligation.case_id())->Text());
  }
  if (!obligation.information_request_id().empty()) {
    shown.set_information_request_id(
        model::InformationRequestId::FromBytes(obligation.information_request_id())->Text());
  }
  if (!obligation.meeting_id().empty()) {
    shown.set_meeting_id(model::MeetingId::FromBytes(obligation.meeting_id())->Text());
    shown.set_case_id(model::CaseId::FromBytes(obligation.case_id())->Text());
  }
  return shown;
}

v1::DeliveredAccessChange BuildAccessChange(const stored::v1::ItemRow& item) {
  v1::DeliveredAccessChange shown;
  shown.set_post(item.other_post());
  shown.set_agency(item.other_agency());
  if (!item.nominal_id().empty()) shown.set_nominal_id(NominalText(item.nominal_id()));
  return shown;
}

v1::DeliveredAccessWithdrawn BuildAccessWithdrawn(const stored::v1::ItemRow& item,
                                                  const stored::v1::EventRow& event) {
  v1::DeliveredAccessWithdrawn shown;
  shown.set_event_id(EventText(item.event_id()));
  shown.set_sequence(item.withdrawn_sequence());
  shown.set_reason(item.withdrawal_reason());
  if (!item.originator_may_be_named()) return shown;
  for (const stored::v1::SignedWithdrawal& withdrawal : event.signed_withdrawals()) {
    if (withdrawal.reason() != item.withdrawal_reason()) continue;
    *shown.mutable_signature() = Enveloped(withdrawal.signature(), machine::kWithdrawalType);
  }
  return shown;
}

v1::DeliveredPendingEnd BuildPendingEnd(const stored::v1::ItemRow& item) {
  const Result<model::PendingId> id = model::PendingId::FromBytes(item.pending_id());
  TEARLINE_INVARIANT(id.ok(), "a pending id in a row is 16 bytes");
  v1::DeliveredPendingEnd shown;
  shown.set_pending_id(id->Text());
  shown.set_command(
      machine::WordOf(static_cast<stored::v1::CommandNumber>(item.pending_command())));
  shown.set_outcome(item.pending_end() == stored::v1::PENDING_END_CONFIRMED
                        ? v1::PENDING_OUTCOME_CONFIRMED
                        : v1::PENDING_OUTCOME_LAPSED);
  return shown;
}

v1::DeliveredErasure BuildErasure(const stored::v1::ItemRow& item) {
  v1::DeliveredErasure shown;
  shown.set_nominal_id(NominalText(item.nominal_id()));
  return shown;
}

v1::DeliveredDisclosure BuildDisclosure(const stored::v1::ItemRow& item) {
  v1::DeliveredDisclosure shown;
  shown.set_event_id(EventText(item.event_id()));
  shown.set_nominal_id(NominalText(item.nominal_id()));
  shown.set_third_party(item.third_party());
  shown.set_decided_by(item.other_post());
  return shown;
}

v1::DeliveredControlPassed BuildControlPassed(const stored::v1::ItemRow& item) {
  v1::DeliveredControlPassed shown;
  shown.set_event_id(EventText(item.event_id()));
  shown.set_told_post(item.other_post());
  return shown;
}

v1::Delivery BuildEnvelope(v1::Urgency lane, std::uint64_t sequence, std::uint32_t attempt,
                           const stored::v1::ItemRow& item) {
  v1::Delivery delivery;
  delivery.set_lane(lane);
  delivery.set_sequence(sequence);
  delivery.set_attempt(attempt);
  *delivery.mutable_queued_at() = TimeUtil::MillisecondsToTimestamp(item.queued_ms());
  *delivery.mutable_rules() = item.rules();
  delivery.set_policy_digest(item.policy_digest());
  return delivery;
}

}  // namespace tearline::delivery
