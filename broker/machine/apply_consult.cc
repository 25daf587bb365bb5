#include <string>
#include <utility>

#include "broker/machine/apply.h"
#include "broker/machine/consultation.h"
#include "broker/machine/hand_over.h"
#include "broker/machine/numbers.h"
#include "broker/machine/quota.h"
#include "broker/machine/rows.h"

namespace tearline::machine {
namespace {

using stored::v1::Consult;
using stored::v1::ConsultedDetail;

/// Whom the answer is about. Nobody, where a post asks about an event that was not let go to it:
/// then nothing in the state tells whether there is such an event.
void AddWhomItIsAbout(const Consult& command, const Step& step, ConsultedDetail& detail) {
  if (!command.nominal_id().empty()) {
    detail.add_nominal_ids(command.nominal_id());
    if (command.kind() == stored::v1::CONSULTATION_KIND_NOMINAL) {
      for (std::string& other :
           DisagreeingFor(command.nominal_id(), step.actor.post(), step.batch)) {
        detail.add_nominal_ids(std::move(other));
      }
    }
    return;
  }
  if (command.kind() == stored::v1::CONSULTATION_KIND_THEMES) return;  // counts name nobody
  if (SaysWhomItIsAbout(command.kind())) {
    *detail.mutable_nominal_ids() = command.nominal_ids();
    return;
  }
  if (!command.obligation_id().empty()) {
    const auto row =
        step.batch.Find<stored::v1::ObligationRow>(ObligationKey(command.obligation_id()));
    if (!row->nominal_id().empty()) detail.add_nominal_ids(row->nominal_id());
    return;
  }
  if (command.event_id().empty()) {
    detail.set_everybody(true);
    return;
  }
  if (command.kind() == stored::v1::CONSULTATION_KIND_ITEM) {
    const auto let_go =
        step.batch.Find<stored::v1::LetGoRow>(LetGoKey(step.actor.post(), command.event_id()));
    if (!let_go || let_go->ended()) return;
  }
  const auto event = step.batch.Find<stored::v1::EventRow>(EventKey(command.event_id()));
  *detail.mutable_nominal_ids() = event->nominal_ids();
}

}  // namespace

Status ApplyConsult(const Consult& command, Step& step) {
  TEARLINE_RETURN_IF_REFUSED(AskAbout(QuotaKind::kConsult, 1, step));
  TEARLINE_RETURN_IF_REFUSED(CheckConsult(command, step.actor, step.batch));

  ConsultedDetail detail;
  detail.set_kind(command.kind());
  detail.set_event_id(command.event_id());
  detail.set_post(command.post());
  detail.set_case_id(command.case_id());
  detail.set_first_leaf(command.first_leaf());
  detail.set_end_leaf(command.end_leaf());
  detail.set_at_ms(command.at_ms());
  detail.set_agency(command.agency());
  detail.set_obligation_id(command.obligation_id());
  AddWhomItIsAbout(command, step, detail);
  for (const std::string& nominal_id : detail.nominal_ids()) IndexLook(nominal_id, step);
  if (detail.everybody()) step.batch.Put(EverybodyLooked().U64(step.header.position), "");
  if (!detail.event_id().empty() && !detail.nominal_ids().empty()) {
    step.batch.Put(EventLooked(detail.event_id()).U64(step.header.position), "");
  }
  if (command.kind() == stored::v1::CONSULTATION_KIND_HAND_OVER) NoteHandOverAsked(step);
  *step.AddDetail().mutable_consulted() = std::move(detail);
  return {};
}

}  // namespace tearline::machine
