#include "broker/rpc/look_at_proposals.h"

#include <google/protobuf/util/time_util.h>

#include <string>

#include "broker/machine/proposal.h"
#include "broker/model/ids.h"
#include "broker/rpc/ask_about_case.h"
#include "broker/rpc/form.h"
#include "broker/rpc/server_limits.h"
#include "broker/status/invariant.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::rpc {
namespace {

using google::protobuf::util::TimeUtil;
using stored::v1::AskedRow;
using stored::v1::ProposalRow;

/// With every seat's every answer, a page is below a megabyte.
constexpr int kProposalsOfPageMax = 32;

v1::AskedPost Shown(const AskedRow& row) {
  v1::AskedPost shown;
  shown.set_post(row.post());
  *shown.mutable_asked_at() = TimeUtil::MillisecondsToTimestamp(row.asked_ms());
  shown.set_answer(row.answer());
  if (row.answered_ms() != 0) {
    *shown.mutable_answered_at() = TimeUtil::MillisecondsToTimestamp(row.answered_ms());
  }
  shown.set_silent(row.silent());
  for (const stored::v1::EarlierAnswerRow& each : row.earlier()) {
    v1::EarlierAnswer& earlier = *shown.add_earlier();
    earlier.set_answer(each.answer());
    *earlier.mutable_answered_at() = TimeUtil::MillisecondsToTimestamp(each.answered_ms());
  }
  if (row.left_ms() != 0) {
    *shown.mutable_left_at() = TimeUtil::MillisecondsToTimestamp(row.left_ms());
  }
  return shown;
}

v1::Proposal Shown(const std::string& id, const std::string& case_id, const ProposalRow& row) {
  v1::Proposal shown;
  shown.set_proposal_id(id);
  shown.set_case_id(case_id);
  shown.set_kind(row.kind());
  shown.set_proposed_by(row.proposed_by().post());
  *shown.mutable_made_at() = TimeUtil::MillisecondsToTimestamp(row.made_ms());
  *shown.mutable_answer_by() = TimeUtil::MillisecondsToTimestamp(row.answer_by_ms());
  if (row.closed_ms() != 0) {
    *shown.mutable_closed_at() = TimeUtil::MillisecondsToTimestamp(row.closed_ms());
  }
  for (const AskedRow& asked : row.asked()) *shown.add_asked() = Shown(asked);
  shown.set_unanswered(static_cast<std::uint32_t>(machine::Unanswered(row)));
  return shown;
}

}  // namespace

Result<Looked> LookAtProposals(const v1::ListProposalsRequest& request,
                               const stored::v1::Actor& actor, const state::Reader& view,
                               std::int64_t now_ms, v1::ListProposalsResponse& response) {
  const auto case_id = ReadId<model::CaseId>(request.case_id(), "case_id");
  if (!case_id.ok()) return case_id.status();
  const auto after =
      ReadOptionalId<model::ProposalId>(request.after_proposal_id(), "after_proposal_id");
  if (!after.ok()) return after.status();
  Result<Looked> looked = AskAboutCase(case_id->Bytes(), actor, view, now_ms);
  if (!looked.ok()) return looked;

  const state::Key all = machine::ProposalsOf(case_id->Bytes());
  std::size_t looked_at = 0;
  std::string last;
  for (const auto& [key, bytes] :
       view.Scan(all, machine::ProposalKey(case_id->Bytes(), *after), kPageRowsMax + 2)) {
    const std::string id = key.substr(all.bytes().size());
    if (id == *after || id.empty()) continue;
    if (++looked_at > kPageRowsMax || response.proposals_size() == kProposalsOfPageMax) {
      response.set_after_proposal_id(last);
      break;
    }
    ProposalRow row;
    TEARLINE_INVARIANT(row.ParseFromString(bytes), "a proposal's row parses");
    last = model::ProposalId::FromBytes(id)->Text();
    if (!request.answered() && machine::Unanswered(row) == 0) continue;
    v1::Proposal& shown = *response.add_proposals() = Shown(last, request.case_id(), row);
    shown.set_event_id(EventIfNamed(row.event_id(), *looked, actor, view));
  }
  return looked;
}

}  // namespace tearline::rpc
