#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "broker/audit/audit_log.h"
#include "broker/machine/apply.h"
#include "broker/machine/composite.h"
#include "broker/machine/identifiers.h"
#include "broker/machine/judge_for_all.h"
#include "broker/machine/numbers_disagree.h"
#include "broker/machine/origin.h"
#include "broker/machine/rows.h"
#include "broker/machine/signing_key.h"
#include "broker/machine/subject_key.h"
#include "broker/merkle/hashing.h"
#include "broker/model/event_type.h"
#include "broker/model/label_check.h"
#include "broker/model/limits.h"
#include "broker/model/marking.h"
#include "broker/status/invariant.h"

namespace tearline::machine {
namespace {

using stored::v1::EventRow;
using stored::v1::Publish;
using stored::v1::RequestRow;

Status Unappliable(const char* sentence) { return Refuse(v1::ERROR_REASON_UNAPPLIABLE, sentence); }

/// What the broker prepared must be whole; if it is not, the fault is ours.
Status CheckPrepared(const Publish& command, const Step& step) {
  const std::string id =
      crypto::Sha256({"tearline event id", step.header.seed}).Bytes().substr(0, 16);
  if (command.event_id() != id) return Unappliable("an event's id must derive from its seed");
  if (command.segments_size() != step.header.segments || command.segments().empty() ||
      command.segments_size() > static_cast<int>(model::kEventSegmentsMax)) {
    return Unappliable("an event must have 1 to 8 segments, all of them beside its header");
  }
  if (command.nominals_size() > static_cast<int>(model::kEventNominalsMax) ||
      command.tear_lines_size() > static_cast<int>(model::kTearLinesMax)) {
    return Unappliable("an event must have at most 8 nominals and 4 tear-lines");
  }
  for (const stored::v1::SealedSegment& segment : command.segments()) {
    for (const std::uint32_t index : segment.nominal_indexes()) {
      if (index >= static_cast<std::uint32_t>(command.nominals_size())) {
        return Unappliable("a segment must be about nominals of its event");
      }
    }
  }
  return {};
}

Status CheckContent(const Publish& command, const Step& step) {
  const Result<model::EventType> type = model::EventType::Parse(command.event_type());
  if (!type.ok()) return type.status();
  if (!v1::Urgency_IsValid(command.urgency()) || command.urgency() == v1::URGENCY_UNSPECIFIED) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                  "`event.urgency` must be immediate, urgent or routine");
  }
  TEARLINE_RETURN_IF_REFUSED(model::CheckLabel(command.label(), "event.label"));
  for (int i = 0; i < command.segments_size(); ++i) {
    if (!command.segments(i).has_grading()) continue;
    TEARLINE_RETURN_IF_REFUSED(
        model::CheckSegmentGrading(command.segments(i).grading(), command.label().grading(),
                                   "event.segments[" + std::to_string(i) + "].grading"));
  }
  if (!model::Dominates(step.ledger.accreditation(), command.label().marking())) {
    return Refuse(v1::ERROR_REASON_ABOVE_ACCREDITATION,
                  "`event.label.marking` must not be above what this broker may hold");
  }
  const std::string& pointer_post = command.label().pointer_post();
  if (!pointer_post.empty() && !step.batch.Get(PostKey(pointer_post))) {
    return Refuse(v1::ERROR_REASON_NOT_FOUND,
                  "`event.label.pointer_post` must be a post the directory knows");
  }
  return {};
}

/// Whose the numbers given for one person are: the first that is known says it, one that held when
/// the event occurred before others. "" if none is known.
Result<std::string> OwnerOf(const stored::v1::StoredNominal& nominal, const Publish& command,
                            NumbersGiven& given, const Step& step) {
  if (nominal.identifiers().empty()) return Unappliable("a nominal needs an id or identifier");
  std::vector<std::shared_ptr<const stored::v1::IdentifierRow>> known;
  for (const stored::v1::StoredIdentifier& identifier : nominal.identifiers()) {
    TEARLINE_RETURN_IF_REFUSED(CheckIdentifier(identifier));
    auto found = step.batch.See<stored::v1::IdentifierRow>(
        IdentifierKey(identifier.type(), identifier.index()));
    if (found) known.push_back(std::move(found));
  }
  if (known.empty()) return std::string();
  const auto held = std::find_if(known.begin(), known.end(), [&](const auto& row) {
    return HoldsAt(*row, command.occurred_ms(), step);
  });
  const auto& taken = held == known.end() ? known.front() : *held;
  if (held == known.end()) given.NoteOutOfItsTime(*taken);
  for (const auto& row : known) {
    if (row != taken) given.Note(*taken, *row, command, step);
  }
  return taken->nominal_id();
}

/// Finds whom the event concerns; an identifier nobody has makes a provisional nominal.
Status ResolveNominals(const Publish& command, EventRow& event, NumbersGiven& given, Step& step) {
  for (const stored::v1::StoredNominal& nominal : command.nominals()) {
    std::string id = nominal.nominal_id();
    if (!id.empty()) {
      if (!step.batch.Get(NominalKey(id))) {
        return Refuse(v1::ERROR_REASON_NOT_FOUND, "no such nominal");
      }
    } else {
      Result<std::string> owner = OwnerOf(nominal, command, given, step);
      if (!owner.ok()) return owner.status();
      id = *std::move(owner);
    }
    if (id.empty()) {
      id = step.MakeId<model::NominalId>(model::NominalTag{}).Bytes();
      for (const stored::v1::StoredIdentifier& identifier : nominal.identifiers()) {
        WriteIdentifier(id, identifier, command.originating_agency(), step);
      }
      stored::v1::NominalRow row;
      row.set_provisional(true);
      row.set_changed_position(step.header.position);
      row.set_identifiers(static_cast<std::uint32_t>(nominal.identifiers_size()));
      step.batch.PutRow(NominalKey(id), row);
    }
    event.add_nominal_ids(id);
  }
  return {};
}

void Index(const Publish& command, const EventRow& event, bool warned, Step& step) {
  step.batch.Put(state::Key(state::Table::kEventAt)
                     .U8(static_cast<std::uint8_t>(command.urgency()))
                     .U64(step.header.position),
                 command.event_id());
  for (const std::string& nominal_id : event.nominal_ids()) {
    step.batch.Put(
        state::Key(state::Table::kEventOfNominal).Fixed(nominal_id).U64(step.header.position),
        command.event_id());
    const state::Key originator = OriginatorOfKey(nominal_id, event.answering_post());
    if (!step.batch.Get(originator)) step.batch.Put(originator, "");
  }
  RequestRow request;
  request.set_request_digest(command.request_digest());
  request.set_event_id(command.event_id());
  request.set_position(step.header.position);
  request.set_accepted_ms(step.now_ms());
  request.set_numbers_disagree(warned);
  step.batch.PutRow(RequestKey(command.originating_agency(), command.request_id()), request);
}

void Remember(const Publish& command, const EventRow& event, Step& step) {
  stored::v1::PublishedDetail& detail = *step.AddDetail().mutable_published();
  detail.set_event_id(command.event_id());
  detail.set_event_type(command.event_type());
  detail.set_originating_agency(command.originating_agency());
  detail.set_originating_post(command.originating_post());
  *detail.mutable_nominal_ids() = event.nominal_ids();
  detail.set_occurred_ms(command.occurred_ms());
  detail.set_urgency(command.urgency());
  detail.set_manifest_digest(command.manifest_digest());
}

/// What the publisher may show to prove that it was accepted; whom the event turned out to concern
/// is not the publisher's to learn from it.
void RememberAcceptance(const Publish& command, Step& step) {
  if (step.header.behaviour_version < kAcceptanceRememberedFrom) return;
  stored::v1::AcceptedDetail& detail = *step.AddDetail().mutable_accepted();
  detail.set_event_id(command.event_id());
  detail.set_originating_agency(command.originating_agency());
  detail.set_originating_post(command.originating_post());
  detail.set_manifest_digest(command.manifest_digest());
  if (command.has_signed_event()) {
    const stored::v1::OriginatorSignature& manifest = command.signed_event().manifest();
    detail.set_signed_digest(crypto::Sha256(manifest.payload()).Bytes());
    detail.set_key_id(manifest.key_id());
  }
  for (const stored::v1::SealedTearLine& line : command.tear_lines()) {
    detail.add_tear_line_digests(
        line.has_signature() ? crypto::Sha256(line.signature().payload()).Bytes() : "");
  }
}

void AnswerAsThen(const RequestRow& request, Step& step) {
  const stored::v1::LeafRow leaf = audit::LeafRowAt(request.position(), step.batch);
  step.applied.outcome = audit::Outcome::kRepeated;
  step.applied.made_id = model::EventId::FromBytes(request.event_id())->Text();
  step.applied.leaf_hash = merkle::LeafHash(leaf.leaf());
  step.applied.position = request.position();
  step.applied.stamp_ms = request.accepted_ms();
  step.applied.numbers_disagree = request.numbers_disagree();
}

}  // namespace

Status ApplyPublish(const Publish& command, Step& step) {
  TEARLINE_RETURN_IF_REFUSED(CheckOrigin(command, step.actor, step.batch));
  if (const auto before = step.batch.See<RequestRow>(
          RequestKey(command.originating_agency(), command.request_id()))) {
    if (before->request_digest() != command.request_digest()) {
      return Refuse(v1::ERROR_REASON_REQUEST_ID_REUSED,
                    "`request_id` was used before for other content; take a new one");
    }
    AnswerAsThen(*before, step);
    return {};
  }
  TEARLINE_RETURN_IF_REFUSED(CheckPrepared(command, step));
  TEARLINE_RETURN_IF_REFUSED(CheckContent(command, step));
  TEARLINE_RETURN_IF_REFUSED(CheckNoComposite(command.event_type(), step));
  TEARLINE_RETURN_IF_REFUSED(CheckKeysStand(command, step.batch));
  TEARLINE_RETURN_IF_REFUSED(CheckSignaturesStand(command, step.now_ms(), step.batch));

  EventRow row;
  row.set_position(step.header.position);
  *row.mutable_publish() = command;
  row.set_accepted_ms(step.now_ms());
  row.set_answering_post(command.originating_post().empty() ? step.actor.post()
                                                            : command.originating_post());
  row.set_purpose(step.actor.purpose());
  row.set_legal_basis(step.actor.legal_basis());
  NumbersGiven given;
  TEARLINE_RETURN_IF_REFUSED(ResolveNominals(command, row, given, step));
  TEARLINE_RETURN_IF_REFUSED(WriteSubjectKeys(command.keys(), row.nominal_ids(), step));
  const auto kept = step.batch.PutRow(EventKey(command.event_id()), std::move(row));
  const EventRow& event = *kept;
  step.published = command.event_id();
  Index(command, event, given.IsWarned(), step);
  Remember(command, event, step);
  RememberAcceptance(command, step);

  given.HaveReviewed(command.imported(), step);
  step.applied.numbers_disagree = given.IsWarned();

  JudgeForAll(event, step);
  CountForComposites(event, step);
  step.applied.made_id = model::EventId::FromBytes(command.event_id())->Text();
  return {};
}

}  // namespace tearline::machine
