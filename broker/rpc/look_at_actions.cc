#include "broker/rpc/look_at_actions.h"

#include <google/protobuf/util/time_util.h>

#include <string_view>

#include "broker/machine/action.h"
#include "broker/machine/case_row.h"
#include "broker/machine/rows.h"
#include "broker/model/ids.h"
#include "broker/rpc/ask_about_case.h"
#include "broker/rpc/form.h"
#include "broker/rpc/server_limits.h"
#include "broker/state/each_row.h"
#include "broker/status/invariant.h"

namespace tearline::rpc {
namespace {

using google::protobuf::util::TimeUtil;
using stored::v1::ActionRow;
using stored::v1::CaseRow;

std::string MeetingText(const std::string& meeting_id) {
  return meeting_id.empty() ? "" : model::MeetingId::FromBytes(meeting_id)->Text();
}

}  // namespace

v1::Action ShownAction(const std::string& case_id, const std::string& action_id,
                       const ActionRow& row, const std::string& post, const state::Reader& view) {
  v1::Action shown;
  shown.set_action_id(model::ActionId::FromBytes(action_id)->Text());
  shown.set_case_id(model::CaseId::FromBytes(case_id)->Text());
  shown.set_kind(row.kind());
  shown.set_owner_post(row.owner_post());
  *shown.mutable_due_at() = TimeUtil::MillisecondsToTimestamp(row.due_ms());
  *shown.mutable_added_at() = TimeUtil::MillisecondsToTimestamp(row.added_ms());
  shown.set_added_by(row.added_by());
  shown.set_carried_over(row.carried_over());
  shown.set_about_event_id(EventIfTold(row.about_event_id(), post, view));
  shown.set_obligation_id(model::ObligationId::FromBytes(row.obligation_id())->Text());
  shown.set_end(row.end());
  if (row.ended_ms() != 0) {
    *shown.mutable_ended_at() = TimeUtil::MillisecondsToTimestamp(row.ended_ms());
  }
  shown.set_ended_by(row.ended_by());
  shown.set_evidence_digest(machine::EvidenceDigestOf(action_id, row));
  shown.set_evidence_event_id(EventIfTold(row.evidence_event_id(), post, view));
  shown.set_set_at_meeting_id(MeetingText(row.set_at_meeting_id()));
  shown.set_reviewed_at_meeting_id(MeetingText(row.reviewed_at_meeting_id()));
  return shown;
}

void ShowManagement(const std::string& case_id, const CaseRow& row, const std::string& post,
                    const state::Reader& view, v1::GetCaseResponse& response) {
  for (const stored::v1::CaseChange& change : row.changes()) {
    v1::CaseManagement& before = *response.add_managed_before();
    before.set_category(change.category());
    before.set_level(change.level());
    *before.mutable_until() = TimeUtil::MillisecondsToTimestamp(change.until_ms());
    before.set_changed_by(change.changed_by());
    before.set_lead_agency(change.lead_agency());
    before.set_area(change.area());
    before.set_supervising_post(change.supervising_post());
  }
  if (row.ended_ms() != 0) {
    *response.mutable_ended_at() = TimeUtil::MillisecondsToTimestamp(row.ended_ms());
  }
  if (!row.joined_into().empty()) {
    response.set_joined_into(model::CaseId::FromBytes(row.joined_into())->Text());
  }
  for (const machine::OpenAction& open :
       machine::OpenActionsOf(case_id, machine::NominalOf(row), view)) {
    const auto action = view.Find<ActionRow>(machine::ActionKey(case_id, open.id));
    TEARLINE_INVARIANT(action.has_value(), "an action that is owed has its row");
    *response.add_open_actions() = ShownAction(case_id, open.id, *action, post, view);
  }
}

Result<Looked> LookAtActions(const v1::ListActionsRequest& request, const stored::v1::Actor& actor,
                             const state::Reader& view, const PageSeal& seal,
                             v1::ListActionsResponse& response) {
  const auto case_id = ReadId<model::CaseId>(request.case_id(), "case_id");
  if (!case_id.ok()) return case_id.status();
  const Result<std::size_t> page_size = ReadPageSize(request.page_size());
  if (!page_size.ok()) return page_size.status();
  const Result<std::string> place = seal.Read(request.page_token(), actor);
  if (!place.ok()) return place.status();
  const auto row = view.Find<CaseRow>(machine::CaseKey(case_id->Bytes()));
  Looked looked;
  looked.consulted.set_kind(stored::v1::CONSULTATION_KIND_CASE);
  looked.consulted.set_case_id(case_id->Bytes());
  looked.consulted.set_nominal_id(row ? machine::NominalOf(*row)
                                      : std::string(model::NominalId::kBytes, '\0'));
  TEARLINE_RETURN_IF_REFUSED(machine::CheckConsult(looked.consulted, actor, view));

  const state::Key all = machine::ActionsOf(case_id->Bytes());
  std::size_t looked_at = 0;
  state::ForEachRow(
      view, all, state::Key(all).Fixed(*place),
      [&](const std::string& key, const std::string& bytes) {
        const std::string id = key.substr(all.bytes().size());
        ActionRow action;
        TEARLINE_INVARIANT(action.ParseFromString(bytes), "an action row parses");
        const bool shown = action.ended_ms() == 0 || request.ended();
        const bool full = static_cast<std::size_t>(response.actions_size()) == *page_size;
        if (++looked_at > kPageRowsMax || (shown && full)) {
          response.set_next_page_token(seal.Write(id, actor));
          return false;
        }
        if (shown) {
          *response.add_actions() = ShownAction(case_id->Bytes(), id, action, actor.post(), view);
        }
        return true;
      });
  return looked;
}

}  // namespace tearline::rpc
