#include "broker/rpc/look_at_obligations.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "broker/machine/asked.h"
#include "broker/machine/audit_scope.h"
#include "broker/machine/obligation_row.h"
#include "broker/machine/permission.h"
#include "broker/machine/rows.h"
#include "broker/machine/silence.h"
#include "broker/model/ids.h"
#include "broker/rpc/form.h"
#include "broker/rpc/server_limits.h"
#include "broker/state/each_row.h"
#include "broker/status/invariant.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::rpc {
namespace {

using google::protobuf::util::TimeUtil;
using state::Key;
using state::Table;
using stored::v1::ObligationRow;

/// The types of obligations that say that something was owed and not told.
constexpr std::array kUntold = {v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW,
                                v1::OBLIGATION_TYPE_JUDGING_FAILED};
bool SaysUntold(v1::ObligationType type) {
  return std::find(kUntold.begin(), kUntold.end(), type) != kUntold.end();
}

/// The text form of an id's bytes; "" of none.
template <typename Id>
std::string TextOf(std::string_view bytes) {
  if (bytes.empty()) return "";
  const Result<Id> id = Id::FromBytes(bytes);
  TEARLINE_INVARIANT(id.ok(), "an id in a row is 16 bytes");
  return id->Text();
}

ObligationRow RowOf(const std::string& id, const state::Reader& view) {
  auto row = view.Find<ObligationRow>(machine::ObligationKey(id));
  TEARLINE_INVARIANT(row.has_value(), "an obligation that is found has its row");
  return *std::move(row);
}

/// What a place begins with: whether it lies among those that are open, or after them.
constexpr char kAmongOpen = static_cast<char>(machine::ObligationState::kOpen);
constexpr char kAmongEnded = static_cast<char>(machine::ObligationState::kEnded);

/// Calls `visit(place, id, row)` for each obligation from `place` on, until it says false: the open
/// ones as they are found by what they are (OpenKey); then, if `ended`, all there ever were, by id:
/// among these are the open ones once more. A place is a state, a byte, and the rest of a key.
template <typename Visit>
void ForEach(bool ended, const state::Reader& view, const std::string& place, Visit visit) {
  bool goes_on = true;
  if (place.empty() || place.front() == kAmongOpen) {
    Key from(Table::kObligationOpen);
    if (!place.empty()) from = Key(from).Fixed(place.substr(1));
    state::ForEachRow(view, Key(Table::kObligationOpen), from,
                      [&](const std::string& key, const std::string& id) {
                        goes_on = visit(kAmongOpen + key.substr(1), id, RowOf(id, view));
                        return goes_on;
                      });
  }
  if (!goes_on || !ended) return;
  Key from(Table::kObligation);
  if (!place.empty() && place.front() == kAmongEnded) from = Key(from).Fixed(place.substr(1));
  state::ForEachRow(view, Key(Table::kObligation), from,
                    [&](const std::string& key, const std::string& bytes) {
                      ObligationRow row;
                      TEARLINE_INVARIANT(row.ParseFromString(bytes), "an obligation row parses");
                      const std::string id = key.substr(1);
                      return visit(kAmongEnded + id, id, row);
                    });
}

/// The same for those that a post finds, the open ones, then, if `ended`, those that ended, each by
/// id.
template <typename Visit>
void ForEachOf(const std::string& post, bool ended, const state::Reader& view,
               const std::string& place, Visit visit) {
  bool goes_on = true;
  for (const auto which : {machine::ObligationState::kOpen, machine::ObligationState::kEnded}) {
    const char mark = static_cast<char>(which);
    if (!goes_on || (mark != kAmongOpen && !ended)) return;
    if (!place.empty() && place.front() > mark) continue;
    const Key all = machine::ObligationsOf(post, which);
    Key from = all;
    if (!place.empty() && place.front() == mark) from = Key(all).Fixed(place.substr(1));
    state::ForEachRow(view, all, from, [&](const std::string& key, const std::string&) {
      const std::string id = key.substr(all.bytes().size());
      goes_on = visit(mark + id, id, RowOf(id, view));
      return goes_on;
    });
  }
}

/// Calls `visit(id, row)` for each open obligation that says that something was owed and not told.
/// Of all others that are open it reads keys alone; of what must be read not even these.
template <typename Visit>
void ForEachUntold(const state::Reader& view, Visit visit) {
  const std::string nobody(model::NominalId::kBytes, '\0');
  const std::size_t type_at = 1 + model::NominalId::kBytes + model::CaseId::kBytes;
  const auto look = [&](const std::string& key, const std::string& id) {
    const int type = static_cast<unsigned char>(key[type_at]);
    if (SaysUntold(static_cast<v1::ObligationType>(type))) visit(id, RowOf(id, view));
    return true;
  };
  for (const v1::ObligationType type : kUntold) {
    state::ForEachRow(
        view, machine::OpenAbout("").Fixed(nobody).U8(static_cast<std::uint8_t>(type)), look);
  }
  state::ForEachRow(view, Key(Table::kObligationOpen),
                    Key(Table::kObligationOpen).Fixed(nobody.substr(1) + '\1'), look);
}

/// Whom it is owed to, in either message.
template <typename Message>
void ShowOwed(const ObligationRow& row, Message& shown) {
  if (!row.owed_posts().empty()) shown.set_owed_post(row.owed_posts(0));
  *shown.mutable_owed_posts() = row.owed_posts();
  shown.set_owed_more(row.owed_more());
}

/// Nothing of what it counts besides: neither how many, nor since when, nor how far it has climbed.
v1::Obligation ShowAsked(std::string_view id, const ObligationRow& row,
                         const machine::Asked& asked) {
  v1::Obligation shown;
  shown.set_obligation_id(TextOf<model::ObligationId>(id));
  shown.set_type(row.type());
  shown.set_reason(row.reason());
  shown.set_nominal_id(TextOf<model::NominalId>(row.nominal_id()));
  shown.set_debtor_post(row.debtor_post());
  shown.set_events(asked.events);
  *shown.mutable_opened_at() = TimeUtil::MillisecondsToTimestamp(asked.first_ms);
  *shown.mutable_due_at() = TimeUtil::MillisecondsToTimestamp(asked.due_ms);
  if (row.ended_ms() != 0) {
    *shown.mutable_ended_at() = TimeUtil::MillisecondsToTimestamp(row.ended_ms());
  }
  return shown;
}

}  // namespace

v1::Obligation ShowObligation(std::string_view id, const stored::v1::ObligationRow& row) {
  v1::Obligation shown;
  shown.set_obligation_id(TextOf<model::ObligationId>(id));
  shown.set_type(row.type());
  shown.set_reason(row.reason());
  shown.set_nominal_id(TextOf<model::NominalId>(row.nominal_id()));
  shown.set_case_id(TextOf<model::CaseId>(row.case_id()));
  shown.set_debtor_post(row.debtor_post());
  shown.set_accountable_post(row.accountable_post());
  ShowOwed(row, shown);
  shown.set_events(row.count());
  if (row.reason() == v1::RULE_REASON_WITHDRAWN) {
    shown.set_event_id(TextOf<model::EventId>(row.event_ids(0)));
  }
  for (const std::string& action_id : row.action_ids()) {
    shown.add_action_ids(TextOf<model::ActionId>(action_id));
  }
  shown.set_proposal_id(TextOf<model::ProposalId>(row.proposal_id()));
  shown.set_information_request_id(
      TextOf<model::InformationRequestId>(row.information_request_id()));
  shown.set_meeting_id(TextOf<model::MeetingId>(row.meeting_id()));
  *shown.mutable_opened_at() = TimeUtil::MillisecondsToTimestamp(row.opened_ms());
  *shown.mutable_due_at() = TimeUtil::MillisecondsToTimestamp(row.due_ms());
  shown.set_stage(row.stage());
  shown.set_told_post(row.told_post());
  if (row.ended_ms() != 0) {
    *shown.mutable_ended_at() = TimeUtil::MillisecondsToTimestamp(row.ended_ms());
  }
  return shown;
}

std::optional<v1::Obligation> ShowTo(const std::string& post, const std::string& id,
                                     const ObligationRow& row, const state::Reader& view) {
  if (machine::Concerns(row, post) && machine::MayHearOf(id, row, post, view)) {
    return ShowObligation(id, row);
  }
  const auto asked = machine::AskedOf(id, row, post, view);
  if (!asked) return std::nullopt;
  return ShowAsked(id, row, *asked);
}

namespace {

v1::WithheldRow Withheld(std::string_view id, const ObligationRow& row, std::int64_t now_ms) {
  v1::WithheldRow shown;
  shown.set_obligation_id(TextOf<model::ObligationId>(id));
  shown.set_type(row.type());
  shown.set_events(row.count());
  shown.set_nominal_id(TextOf<model::NominalId>(row.nominal_id()));
  ShowOwed(row, shown);
  shown.set_reason(row.reason());
  shown.set_debtor_post(row.debtor_post());
  shown.set_accountable_post(row.accountable_post());
  *shown.mutable_due_at() = TimeUtil::MillisecondsToTimestamp(row.due_ms());
  shown.set_stage(row.stage());
  shown.set_told_post(row.told_post());
  shown.set_past_review(row.due_ms() <= now_ms);
  for (const std::string& event_id : row.event_ids()) {
    shown.add_event_ids(TextOf<model::EventId>(event_id));
  }
  return shown;
}

/// Due time and id, as one place whose byte order is the order of the list.
std::string DuePlace(std::string_view id, const ObligationRow& row) {
  const Key key = Key(Table::kObligation).U64(static_cast<std::uint64_t>(row.due_ms())).Fixed(id);
  return key.bytes().substr(1);
}

}  // namespace

Status LookAtObligations(const v1::ListObligationsRequest& request, const stored::v1::Actor& actor,
                         const state::Reader& view, std::int64_t now_ms, const PageSeal& seal,
                         v1::ListObligationsResponse& response) {
  const Result<std::size_t> page_size = ReadPageSize(request.page_size());
  if (!page_size.ok()) return page_size.status();
  const Result<std::string> place = seal.Read(request.page_token(), actor);
  if (!place.ok()) return place.status();

  const std::string& post = actor.post();
  const bool sees_all = machine::HasRole(actor, v1::POST_ROLE_AUDITOR, view);
  if (sees_all && actor.purpose().empty()) {
    return Refuse(v1::ERROR_REASON_PURPOSE_REQUIRED,
                  "`acting.purpose` is required to look at what others owe");
  }
  std::size_t looked_at = 0;
  const auto look = [&](const std::string& at, const std::string& id, const ObligationRow& row) {
    const auto end_here = [&] {
      response.set_next_page_token(seal.Write(at, actor));
      return false;
    };
    if (++looked_at > kPageRowsMax) return end_here();
    if (row.ended_ms() == 0 && at.front() == kAmongEnded) return true;  // it was among the open
    const bool asked_of = sees_all && machine::MayAskOfNominal(row.nominal_id(), actor, view);
    auto shown = asked_of ? ShowObligation(id, row) : ShowTo(post, id, row, view);
    if (!shown) return true;
    const bool past_due =
        row.ended_ms() == 0 && TimeUtil::TimestampToMilliseconds(shown->due_at()) <= now_ms;
    if (request.past_due() && !past_due) return true;
    // Only now: a page that is full has a next one only if there is something on it.
    if (static_cast<std::size_t>(response.obligations_size()) == *page_size) return end_here();
    *response.add_obligations() = *std::move(shown);
    return true;
  };
  if (sees_all) {
    ForEach(request.ended(), view, *place, look);
  } else {
    ForEachOf(post, request.ended(), view, *place, look);
  }
  return {};
}

std::optional<Looked> WhatOthersOwe(const stored::v1::Actor& actor, const state::Reader& view,
                                    std::int64_t now_ms) {
  if (!machine::HasRole(actor, v1::POST_ROLE_AUDITOR, view)) return std::nullopt;
  Looked looked;
  looked.consulted.set_kind(stored::v1::CONSULTATION_KIND_OPEN_OBLIGATIONS);
  looked.consulted.set_at_ms(now_ms);
  return looked;
}

Result<Looked> LookAtWithheld(const v1::ListWithheldRequest& request,
                              const stored::v1::Actor& actor, const state::Reader& view,
                              std::int64_t now_ms, v1::ListWithheldResponse& response) {
  Looked looked;
  looked.consulted.set_kind(stored::v1::CONSULTATION_KIND_WITHHELD);
  TEARLINE_RETURN_IF_REFUSED(machine::CheckConsult(looked.consulted, actor, view));
  const Result<std::size_t> page_size = ReadPageSize(request.page_size());
  if (!page_size.ok()) return page_size.status();
  const Result<std::string> place = ReadPageToken(request.page_token());
  if (!place.ok()) return place.status();

  // The first entries of the page and one more, by due time and id.
  std::map<std::string, v1::WithheldRow> page;
  ForEachUntold(view, [&](const std::string& id, const ObligationRow& row) {
    if (request.past_review() && row.due_ms() > now_ms) return;
    if (!machine::MayAskOfNominal(row.nominal_id(), actor, view)) return;
    std::string due_place = DuePlace(id, row);
    if (due_place < *place) return;
    page.emplace(std::move(due_place), Withheld(id, row, now_ms));
    if (page.size() > *page_size + 1) page.erase(std::prev(page.end()));
  });
  for (auto& [due_place, row] : page) {
    if (static_cast<std::size_t>(response.rows_size()) == *page_size) {
      response.set_next_page_token(WritePageToken(due_place));
      break;
    }
    *response.add_rows() = std::move(row);
  }
  return looked;
}

}  // namespace tearline::rpc
