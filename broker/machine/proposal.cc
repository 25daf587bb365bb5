#include "broker/machine/proposal.h"

#include <algorithm>
#include <set>
#include <utility>

#include "broker/machine/answer_owed.h"
#include "broker/machine/case_row.h"
#include "broker/machine/identity.h"
#include "broker/machine/obligation.h"
#include "broker/machine/rows.h"
#include "broker/model/ids.h"
#include "broker/status/invariant.h"

namespace tearline::machine {
namespace {

using stored::v1::AskedRow;
using stored::v1::CaseRow;
using stored::v1::ObligationRow;
using stored::v1::OpenProposalsRow;
using stored::v1::ProposalRow;

std::string TextOf(const std::string& proposal_id) {
  return model::ProposalId::FromBytes(proposal_id)->Text();
}

CaseRow PanelOf(const std::string& case_id, const state::Reader& reader) {
  const auto row = reader.See<CaseRow>(CaseKey(case_id));
  TEARLINE_INVARIANT(row != nullptr, "a proposal's case is there");
  return *row;
}

bool HasAnswered(const AskedRow& asked) {
  return asked.answer() != v1::PROPOSAL_ANSWER_UNSPECIFIED;
}

std::set<std::string> PostsToAsk(const CaseRow& panel, const std::string& proposer,
                                 const state::Reader& reader) {
  std::set<std::string> posts = {panel.case_().accountable_post()};
  for (const v1::Seat& seat : panel.case_().seats()) posts.insert(seat.post());
  posts.erase("");
  posts.erase(proposer);
  std::erase_if(posts, [&](const std::string& post) {
    return IsKeptOutOfPerson(post, NominalOf(panel), reader);
  });
  return posts;
}

/// Opens what a post owes; its id.
std::string OweTo(const std::string& case_id, const CaseRow& panel, const std::string& proposal_id,
                  const ProposalRow& row, const std::string& post, Step& step) {
  ObligationRow owed;
  owed.set_type(v1::OBLIGATION_TYPE_ANSWER_PROPOSAL);
  owed.set_reason(v1::RULE_REASON_PANEL_ASKED);
  owed.set_nominal_id(NominalOf(panel));
  owed.set_case_id(case_id);
  owed.set_debtor_post(post);
  owed.set_proposal_id(proposal_id);
  return OweAnswer(std::move(owed), row.answer_by_ms(), step);
}

void WaitForNoMore(const std::string& proposal_id, AskedRow& asked, Step& step) {
  asked.set_left_ms(step.now_ms());
  if (!HasAnswered(asked)) {
    End(asked.obligation_id(), stored::v1::DISCHARGE_METHOD_OVERTAKEN, step);
  }
  step.AddChanged("proposal-left", TextOf(proposal_id), asked.post());
}

/// The asked post's part of a proposal, added where it belongs in order of name.
AskedRow& PartOf(const std::string& post, ProposalRow& row) {
  auto& all = *row.mutable_asked();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&post](const AskedRow& each) { return each.post() == post; });
  if (found != all.end()) return *found;
  all.Add()->set_post(post);
  for (int i = all.size() - 1; i > 0 && all[i].post() < all[i - 1].post(); --i) {
    all.SwapElements(i, i - 1);
  }
  return PartOf(post, row);
}

}  // namespace

state::Key ProposalsOf(const std::string& case_id) {
  return state::Key(state::Table::kProposal).Fixed(case_id);
}

state::Key ProposalKey(const std::string& case_id, const std::string& proposal_id) {
  return ProposalsOf(case_id).Fixed(proposal_id);
}

int Unanswered(const ProposalRow& row) {
  return static_cast<int>(std::count_if(
      row.asked().begin(), row.asked().end(),
      [](const AskedRow& asked) { return asked.left_ms() == 0 && !HasAnswered(asked); }));
}

bool HasAnybodyToAsk(const std::string& case_id, const ProposalRow& row,
                     const state::Reader& reader) {
  return !PostsToAsk(PanelOf(case_id, reader), row.proposed_by().post(), reader).empty();
}

void AskPanel(const std::string& case_id, const std::string& proposal_id, ProposalRow& row,
              Step& step) {
  if (row.closed_ms() != 0) return;
  const CaseRow panel = PanelOf(case_id, step.batch);
  const std::set<std::string> posts = PostsToAsk(panel, row.proposed_by().post(), step.batch);
  for (AskedRow& asked : *row.mutable_asked()) {
    if (asked.left_ms() == 0 && !posts.contains(asked.post())) {
      WaitForNoMore(proposal_id, asked, step);
    }
  }
  for (const std::string& post : posts) {
    AskedRow& asked = PartOf(post, row);
    const bool is_asked = asked.asked_ms() != 0 && asked.left_ms() == 0;
    if (is_asked) continue;
    asked.set_asked_ms(step.now_ms());
    asked.set_left_ms(0);
    if (!HasAnswered(asked)) {
      asked.set_obligation_id(OweTo(case_id, panel, proposal_id, row, post, step));
    }
  }
  if (Unanswered(row) == 0) {
    CloseProposal(case_id, proposal_id, row, step);
  } else {
    step.batch.PutRow(ProposalKey(case_id, proposal_id), row);
  }
}

void FollowPanel(const std::string& case_id, Step& step) {
  const auto open = step.batch.Find<OpenProposalsRow>(ProposalsOf(case_id));
  if (!open) return;
  for (const std::string& id : open->proposal_ids()) {
    auto row = step.batch.Find<ProposalRow>(ProposalKey(case_id, id));
    TEARLINE_INVARIANT(row.has_value(), "an open proposal has its row");
    if (row->answer_by_ms() > step.now_ms()) AskPanel(case_id, id, *row, step);
  }
}

void CloseProposal(const std::string& case_id, const std::string& proposal_id, ProposalRow& row,
                   Step& step) {
  TEARLINE_INVARIANT(row.closed_ms() == 0, "what is closed was open");
  for (AskedRow& asked : *row.mutable_asked()) {
    if (asked.left_ms() != 0 || HasAnswered(asked)) continue;
    asked.set_silent(true);
    step.AddChanged("proposal-silent", TextOf(proposal_id), asked.post());
  }
  row.set_closed_ms(step.now_ms());
  step.AddChanged("proposal-closed", TextOf(proposal_id),
                  model::CaseId::FromBytes(case_id)->Text());
  step.batch.PutRow(ProposalKey(case_id, proposal_id), row);
  step.batch.Erase(DeadlineKey(row.answer_by_ms(), DeadlineKind::kProposal, case_id + proposal_id));
  auto open = step.batch.Find<OpenProposalsRow>(ProposalsOf(case_id));
  TEARLINE_INVARIANT(open.has_value(), "an open proposal is listed");
  auto& ids = *open->mutable_proposal_ids();
  ids.erase(std::remove(ids.begin(), ids.end(), proposal_id), ids.end());
  if (ids.empty()) {
    step.batch.Erase(ProposalsOf(case_id));
  } else {
    step.batch.PutRow(ProposalsOf(case_id), *open);
  }
}

void CloseAtItsTime(const std::string& id, Step& step) {
  const std::string case_id = id.substr(0, model::CaseId::kBytes);
  const std::string proposal_id = id.substr(model::CaseId::kBytes);
  auto row = step.batch.Find<ProposalRow>(ProposalKey(case_id, proposal_id));
  TEARLINE_INVARIANT(row.has_value(), "a proposal whose time comes has its row");
  CloseProposal(case_id, proposal_id, *row, step);
}

}  // namespace tearline::machine
