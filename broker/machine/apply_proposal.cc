#include "broker/machine/apply_proposal.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>

#include "broker/machine/case_row.h"
#include "broker/machine/obligation.h"
#include "broker/machine/proposal.h"
#include "broker/machine/rows.h"
#include "broker/machine/silence.h"
#include "broker/model/limits.h"
#include "broker/model/vocabulary.h"

namespace tearline::machine {
namespace {

using stored::v1::AskedRow;
using stored::v1::CaseRow;
using stored::v1::OpenProposalsRow;
using stored::v1::ProposalRow;

Status NoSuchCase() {
  return Refuse(v1::ERROR_REASON_NOT_FOUND, "no such case that this post has to do with");
}

Status CheckKindAndTime(const stored::v1::MakeProposal& command, const Step& step) {
  if (!v1::ProposalKind_IsValid(command.kind()) ||
      command.kind() == v1::PROPOSAL_KIND_UNSPECIFIED) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID, "`kind` must be a known kind of proposal");
  }
  if (command.answer_by_ms() <= step.now_ms() ||
      command.answer_by_ms() > step.now_ms() + model::kPanelDueMax.count()) {
    return Refuse(v1::ERROR_REASON_TIME_INVALID,
                  "`answer_by` must be in the future, at most 366 days away");
  }
  return {};
}

std::optional<ProposalRow> FindProposal(const stored::v1::AnswerProposal& command,
                                        const state::Reader& reader) {
  if (command.proposal_id().size() != model::ProposalId::kBytes) return std::nullopt;
  return reader.Find<ProposalRow>(ProposalKey(command.case_id(), command.proposal_id()));
}

/// The acting post's part; null if it was not asked, or has left the panel since.
AskedRow* PartOf(ProposalRow& row, const Step& step) {
  auto& all = *row.mutable_asked();
  const auto found = std::find_if(all.begin(), all.end(), [&step](const AskedRow& each) {
    return each.post() == step.actor.post() && each.left_ms() == 0;
  });
  return found == all.end() ? nullptr : &*found;
}

/// Whether the post may say this now, having said what it said.
Status CheckChange(v1::ProposalAnswer answer, const AskedRow& asked, bool in_time) {
  if (asked.answer() == v1::PROPOSAL_ANSWER_UNSPECIFIED) return {};
  if (!in_time) {
    return Refuse(v1::ERROR_REASON_WRONG_STATE,
                  "an answer may be changed until the proposal's time; from then on it stands");
  }
  if (asked.answer() == answer) {
    return Refuse(v1::ERROR_REASON_WRONG_STATE, "the post has said so");
  }
  if (asked.earlier_size() >= model::kEarlierAnswersMax) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED, "a post changes its answer at most 8 times");
  }
  return {};
}

void TakeAnswer(v1::ProposalAnswer answer, AskedRow& asked, Step& step) {
  if (asked.answer() == v1::PROPOSAL_ANSWER_UNSPECIFIED) {
    End(asked.obligation_id(), stored::v1::DISCHARGE_METHOD_UNSPECIFIED, step);
  } else {
    stored::v1::EarlierAnswerRow& earlier = *asked.add_earlier();
    earlier.set_answer(asked.answer());
    earlier.set_answered_ms(asked.answered_ms());
  }
  asked.set_answer(answer);
  asked.set_answered_ms(step.now_ms());
}

}  // namespace

Status ApplyMakeProposal(const stored::v1::MakeProposal& command, Step& step) {
  const auto its_case = step.batch.Find<CaseRow>(CaseKey(command.case_id()));
  // Whoever works with it is shown the answers, too (CheckConsult).
  if (!its_case || !WorksWithCase(its_case->case_(), step.actor, step.batch)) return NoSuchCase();
  TEARLINE_RETURN_IF_REFUSED(CheckKindAndTime(command, step));
  if (its_case->ended_ms() != 0) {
    return Refuse(v1::ERROR_REASON_WRONG_STATE, "the case must be open: its panel sits no more");
  }
  if (!command.event_id().empty() &&
      !MayCite(command.event_id(), NominalOf(*its_case), step.actor.post(), step.batch)) {
    return Refuse(v1::ERROR_REASON_NOT_FOUND,
                  "no such event about the case's nominal that this post knows of");
  }
  auto open = step.batch.Find<OpenProposalsRow>(ProposalsOf(command.case_id()));
  if (!open) open.emplace();
  if (open->proposal_ids_size() >= static_cast<int>(model::kOpenProposalsMax)) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED, "at most 16 proposals of a case are open at once");
  }
  const std::string id = step.MakeId<model::ProposalId>(model::ProposalTag{}).Bytes();
  ProposalRow row;
  row.set_kind(command.kind());
  row.set_event_id(command.event_id());
  *row.mutable_proposed_by() = step.actor;
  row.set_made_ms(step.now_ms());
  row.set_answer_by_ms(command.answer_by_ms());
  if (!HasAnybodyToAsk(command.case_id(), row, step.batch)) {
    return Refuse(v1::ERROR_REASON_WRONG_STATE,
                  "the panel must have a post other than the one that proposes");
  }

  open->add_proposal_ids(id);
  step.batch.PutRow(ProposalsOf(command.case_id()), *open);
  step.batch.Put(DeadlineKey(row.answer_by_ms(), DeadlineKind::kProposal, command.case_id() + id),
                 "");
  step.applied.made_id = model::ProposalId::FromBytes(id)->Text();
  step.AddChanged("proposal-made", step.applied.made_id, its_case->case_().case_id());
  AskPanel(command.case_id(), id, row, step);
  return {};
}

Status ApplyAnswerProposal(const stored::v1::AnswerProposal& command, Step& step) {
  auto row = FindProposal(command, step.batch);
  AskedRow* asked = row ? PartOf(*row, step) : nullptr;
  if (asked == nullptr) {
    return Refuse(v1::ERROR_REASON_NOT_FOUND, "no such proposal that this post was asked about");
  }
  if (!v1::ProposalAnswer_IsValid(command.answer()) ||
      command.answer() == v1::PROPOSAL_ANSWER_UNSPECIFIED) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                  "`answer` must be no objection, objection or nothing known");
  }
  const auto post = step.batch.Find<stored::v1::PostRow>(PostKey(step.actor.post()));
  const std::string& member = step.actor.member();
  if (post->post().holder() != member && post->post().deputy() != member) {
    return Refuse(v1::ERROR_REASON_PERSON_REQUIRED,
                  "only the person who holds or deputises the post can answer for it");
  }
  const bool in_time = step.now_ms() < row->answer_by_ms();
  TEARLINE_RETURN_IF_REFUSED(CheckChange(command.answer(), *asked, in_time));

  // Its time has come, whether or not a pulse has: whoever answers now was silent until then.
  if (!in_time && row->closed_ms() == 0) {
    CloseProposal(command.case_id(), command.proposal_id(), *row, step);
  }
  TakeAnswer(command.answer(), *asked, step);
  step.AddChanged(
      "answered-" + model::CodeOf(v1::ProposalAnswer_Name(command.answer()), "PROPOSAL_ANSWER_"),
      model::ProposalId::FromBytes(command.proposal_id())->Text(), asked->post());
  if (row->closed_ms() == 0 && Unanswered(*row) == 0) {
    CloseProposal(command.case_id(), command.proposal_id(), *row, step);
  } else {
    step.batch.PutRow(ProposalKey(command.case_id(), command.proposal_id()), *row);
  }
  return {};
}

}  // namespace tearline::machine
