#include "broker/machine/apply_information_request.h"

#include <algorithm>
#include <memory>
#include <set>
#include <string>

#include "broker/machine/case_row.h"
#include "broker/machine/identity.h"
#include "broker/machine/information_request.h"
#include "broker/machine/obligation.h"
#include "broker/machine/offer.h"
#include "broker/machine/reach.h"
#include "broker/machine/rows.h"
#include "broker/machine/silence.h"
#include "broker/model/ids.h"
#include "broker/model/limits.h"
#include "broker/model/name.h"
#include "broker/model/vocabulary.h"

namespace tearline::machine {
namespace {

using stored::v1::AskedForInformationRow;
using stored::v1::CaseRow;
using stored::v1::EventRow;
using stored::v1::InformationRequestRow;

Status FieldInvalid(const std::string& sentence) {
  return Refuse(v1::ERROR_REASON_FIELD_INVALID, sentence);
}

/// The case's row; null where none is named.
Result<std::shared_ptr<const CaseRow>> FindCase(const std::string& case_id, const Step& step) {
  if (case_id.empty()) return std::shared_ptr<const CaseRow>();
  auto row = step.batch.See<CaseRow>(CaseKey(case_id));
  if (!row || !WorksWithCase(row->case_(), step.actor, step.batch)) {
    return Refuse(v1::ERROR_REASON_NOT_FOUND, "no such case that this post has to do with");
  }
  return row;
}

/// Whom it is about: the case's nominal, under whichever the person was named; else that named.
Result<std::string> FindPerson(const std::string& named, const CaseRow* its_case,
                               const Step& step) {
  if (named.empty() && its_case == nullptr) {
    return FieldInvalid("`nominal_id` or `case_id` must say about whom");
  }
  const std::string id = named.empty() ? NominalOf(*its_case) : named;
  if (!HasToDoWith(id, step.actor, step.batch)) {
    return Refuse(v1::ERROR_REASON_NOT_FOUND, "no such person that this post has to do with");
  }
  if (its_case != nullptr) {
    const std::vector<std::string> person = SamePerson(NominalOf(*its_case), step.batch);
    if (std::find(person.begin(), person.end(), id) == person.end()) {
      return FieldInvalid("`nominal_id` must be the case's person");
    }
    return NominalOf(*its_case);
  }
  return id;
}

Status CheckKindAndTime(const stored::v1::AskForInformation& command, const Step& step) {
  if (!v1::InformationRequestKind_IsValid(command.kind()) ||
      command.kind() == v1::INFORMATION_REQUEST_KIND_UNSPECIFIED) {
    return FieldInvalid("`kind` must be a known kind of request");
  }
  if (!command.area().empty()) {
    TEARLINE_RETURN_IF_REFUSED(model::CheckName(command.area(), "area"));
  }
  if (command.answer_by_ms() <= step.now_ms() ||
      command.answer_by_ms() > step.now_ms() + model::kPanelDueMax.count()) {
    return Refuse(v1::ERROR_REASON_TIME_INVALID,
                  "`answer_by` must be in the future, at most 366 days away");
  }
  return {};
}

/// What the answer names goes with what it says.
Status CheckParts(const stored::v1::AnswerForInformation& command) {
  if (!v1::InformationOutcome_IsValid(command.outcome()) ||
      command.outcome() == v1::INFORMATION_OUTCOME_UNSPECIFIED) {
    return FieldInvalid("`outcome` must be answered, nothing known or refused");
  }
  const bool answered = command.outcome() == v1::INFORMATION_OUTCOME_ANSWERED;
  if (answered == command.answer_event_id().empty()) {
    return FieldInvalid("`answer_event_id` must name the event that answers, and only that");
  }
  const bool refused = command.outcome() == v1::INFORMATION_OUTCOME_REFUSED;
  const bool says_why = command.refusal() != v1::INFORMATION_REFUSAL_UNSPECIFIED;
  if (!v1::InformationRefusal_IsValid(command.refusal()) || refused != says_why) {
    return FieldInvalid("`refusal` must say why the post declines, and only that");
  }
  return {};
}

/// The answer's event is the agency's own, and one that the post itself knows of.
Status CheckEvent(const std::string& event_id, const std::string& nominal_id, const Step& step) {
  const auto event = step.batch.See<EventRow>(EventKey(event_id));
  if (event && event->publish().originating_agency() == step.actor.agency() &&
      MayCite(event_id, nominal_id, step.actor.post(), step.batch)) {
    return {};
  }
  return Refuse(v1::ERROR_REASON_NOT_FOUND,
                "no such event about the person that this post's agency published and this post "
                "knows of");
}

/// What says more is offered to those asked; policy says who of them is told.
void OfferWords(const InformationRequestRow& row, Step& step) {
  if (row.event_id().empty()) return;
  step.trail.insert(row.event_id());
  const auto event = step.batch.See<EventRow>(EventKey(row.event_id()));
  if (event->publish().originating_agency() != step.actor.agency()) return;
  for (const AskedForInformationRow& asked : row.asked()) OfferAsked(asked.post(), *event, step);
}

}  // namespace

Status ApplyAskForInformation(const stored::v1::AskForInformation& command, Step& step) {
  if (step.actor.legal_basis().empty()) {
    return Refuse(v1::ERROR_REASON_LEGAL_BASIS_REQUIRED,
                  "`acting.legal_basis` is required for this: whoever is asked is shown it");
  }
  const auto its_case = FindCase(command.case_id(), step);
  if (!its_case.ok()) return its_case.status();
  const Result<std::string> person = FindPerson(command.nominal_id(), its_case->get(), step);
  if (!person.ok()) return person.status();
  TEARLINE_RETURN_IF_REFUSED(CheckKindAndTime(command, step));
  if (*its_case && (*its_case)->ended_ms() != 0) {
    return Refuse(v1::ERROR_REASON_WRONG_STATE, "the case has ended");
  }
  const std::string& post = step.actor.post();
  if (!command.event_id().empty() && !MayCite(command.event_id(), *person, post, step.batch)) {
    return Refuse(v1::ERROR_REASON_NOT_FOUND,
                  "no such event about the person that this post knows of");
  }
  const state::Key made = RequestsOf(post, Part::kMade, RequestState::kOpen);
  if (step.batch.Scan(made, model::kOpenInformationRequestsMax).size() >=
      model::kOpenInformationRequestsMax) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED, "at most 64 requests of a post are open at once");
  }
  const auto posts = WhomToAsk(command, *person, its_case->get(), step);
  if (!posts.ok()) return posts.status();

  const auto id = step.MakeId<model::InformationRequestId>(model::InformationRequestTag{});
  InformationRequestRow row;
  row.set_nominal_id(*person);
  row.set_case_id(command.case_id());
  row.set_kind(command.kind());
  row.set_event_id(command.event_id());
  *row.mutable_asked_by() = step.actor;
  row.set_made_ms(step.now_ms());
  row.set_answer_by_ms(command.answer_by_ms());
  step.AddChanged(
      "information-request", id.Text(),
      model::CodeOf(v1::InformationRequestKind_Name(command.kind()), "INFORMATION_REQUEST_KIND_"));
  AskEach(id.Bytes(), row, *posts, step);
  OfferWords(row, step);
  step.applied.made_id = id.Text();
  return {};
}

Status ApplyAnswerForInformation(const stored::v1::AnswerForInformation& command, Step& step) {
  const std::string& id = command.information_request_id();
  auto row = step.batch.Find<InformationRequestRow>(InformationRequestKey(id));
  AskedForInformationRow* asked = row ? PartOf(step.actor.post(), *row) : nullptr;
  if (asked == nullptr) {
    return Refuse(v1::ERROR_REASON_NOT_FOUND, "no such request that this post was asked");
  }
  TEARLINE_RETURN_IF_REFUSED(CheckParts(command));
  const auto post = step.batch.See<stored::v1::PostRow>(PostKey(step.actor.post()));
  const std::string& member = step.actor.member();
  if (post->post().holder() != member && post->post().deputy() != member) {
    return Refuse(v1::ERROR_REASON_PERSON_REQUIRED,
                  "only the person who holds or deputises the post can answer for it");
  }
  if (asked->outcome() != v1::INFORMATION_OUTCOME_UNSPECIFIED) {
    return Refuse(v1::ERROR_REASON_WRONG_STATE,
                  "the post has answered; what it finds later is an event");
  }
  if (!command.answer_event_id().empty()) {
    TEARLINE_RETURN_IF_REFUSED(CheckEvent(command.answer_event_id(), row->nominal_id(), step));
    // Judged before it counts: who asked is told by policy or not at all. A refusal takes it back.
    const auto event = step.batch.See<EventRow>(EventKey(command.answer_event_id()));
    if (IsCutOff(row->asked_by().post(), step.batch)) {
      return Refuse(v1::ERROR_REASON_ANSWER_NOT_TOLD,
                    "the post that asked is out of reach now, and nothing is told to it: answer "
                    "when it is back");
    }
    if (!OfferAsked(row->asked_by().post(), *event, step)) {
      return Refuse(v1::ERROR_REASON_ANSWER_NOT_TOLD,
                    "`answer_event_id` must be an event that policy tells the post that asked: "
                    "release it to that post, write a tear-line for it, or refuse the request");
    }
    step.trail.insert(command.answer_event_id());
  }

  const std::string text = model::InformationRequestId::FromBytes(id)->Text();
  asked->set_outcome(command.outcome());
  asked->set_answered_ms(step.now_ms());
  asked->set_answer_event_id(command.answer_event_id());
  asked->set_refusal(command.refusal());
  End(asked->obligation_id(), stored::v1::DISCHARGE_METHOD_UNSPECIFIED, step);
  step.AddChanged("information-" + model::CodeOf(v1::InformationOutcome_Name(command.outcome()),
                                                 "INFORMATION_OUTCOME_"),
                  text, asked->post());
  if (command.outcome() == v1::INFORMATION_OUTCOME_REFUSED) {
    step.AddChanged(
        "information-refused-because", text,
        model::CodeOf(v1::InformationRefusal_Name(command.refusal()), "INFORMATION_REFUSAL_"));
    HaveRefusalLookedAt(id, *row, *asked, step);
  }
  WriteAnswered(id, step.actor.post(), *row, step);
  return {};
}

}  // namespace tearline::machine
