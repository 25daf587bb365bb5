#include <algorithm>
#include <string>

#include "broker/machine/apply.h"
#include "broker/machine/case_row.h"
#include "broker/machine/history.h"
#include "broker/machine/identity.h"
#include "broker/machine/judge.h"
#include "broker/machine/meeting.h"
#include "broker/machine/office.h"
#include "broker/machine/proposal.h"
#include "broker/machine/rows.h"
#include "broker/machine/tell_originators.h"
#include "broker/model/limits.h"
#include "broker/model/name.h"

namespace tearline::machine {
namespace {

using stored::v1::CaseRow;
using stored::v1::NominalRow;

Status FieldInvalid(const std::string& sentence) {
  return Refuse(v1::ERROR_REASON_FIELD_INVALID, sentence);
}

Status CheckPostKnown(const std::string& post, const std::string& path,
                      const state::Reader& reader) {
  if (reader.Get(PostKey(post))) return {};
  return Refuse(v1::ERROR_REASON_NOT_FOUND, "`" + path + "` must be a post the directory knows");
}

/// The history a seat asks for: a time that has been, or none.
Status CheckHistory(const v1::Seat& seat, const Step& step) {
  if (!seat.has_history_from()) return {};
  const google::protobuf::Timestamp& from = seat.history_from();
  const bool whole = from.seconds() >= 0 && from.nanos() >= 0 && from.nanos() < 1'000'000'000;
  if (whole && from.seconds() <= step.now_ms() / 1000 &&
      from.seconds() * 1000 + from.nanos() / 1'000'000 <= step.now_ms()) {
    return {};
  }
  return Refuse(v1::ERROR_REASON_TIME_INVALID,
                "`seat.history_from` must not be after the broker's time");
}

/// Who holds the seat while its post is out of reach: another post, or nobody.
Status CheckSubstitute(const v1::Seat& seat, const Step& step) {
  if (seat.substitute_post().empty()) return {};
  if (seat.substitute_post() == seat.post()) {
    return FieldInvalid("`seat.substitute_post` must be another post than the seat's own");
  }
  return CheckPostKnown(seat.substitute_post(), "seat.substitute_post", step.batch);
}

}  // namespace

Status ApplyOpenCase(const stored::v1::OpenCase& command, Step& step) {
  const v1::Case& asked = command.case_();
  const Result<model::NominalId> nominal_id = model::NominalId::Parse(asked.nominal_id());
  if (!nominal_id.ok()) return nominal_id.status();
  if (!asked.case_id().empty() || !asked.seats().empty() || !asked.named_posts().empty()) {
    return Refuse(v1::ERROR_REASON_FIELD_IS_BROKERS,
                  "`case.case_id`, `case.seats` and `case.named_posts` must be empty; seats and "
                  "functions are given one by one");
  }
  TEARLINE_RETURN_IF_REFUSED(CheckCategoryAndLevel(asked.category(), asked.level(), "case."));
  TEARLINE_RETURN_IF_REFUSED(model::CheckName(asked.area(), "case.area"));
  if (step.header.behaviour_version >= kCoordinatedFrom && !IsCoordinated(asked, step)) {
    return Refuse(v1::ERROR_REASON_NOT_PERMITTED,
                  "`case.area` must be one that the agencies of whoever opens the case, and of "
                  "whoever confirms it, work in");
  }
  const auto nominal = step.batch.Find<NominalRow>(NominalKey(nominal_id->Bytes()));
  if (!nominal) return Refuse(v1::ERROR_REASON_NOT_FOUND, "no such nominal");
  if (NominalWithCase(nominal_id->Bytes(), step.batch)) {
    return Refuse(v1::ERROR_REASON_ALREADY_EXISTS, "the nominal has an open case");
  }
  if (!step.batch.Get(AgencyKey(asked.lead_agency()))) {
    return Refuse(v1::ERROR_REASON_NOT_FOUND,
                  "`case.lead_agency` must be an agency the directory knows");
  }
  if (!asked.supervising_post().empty()) {
    TEARLINE_RETURN_IF_REFUSED(
        CheckPostKnown(asked.supervising_post(), "case.supervising_post", step.batch));
  }
  if (!asked.accountable_post().empty()) {
    TEARLINE_RETURN_IF_REFUSED(
        CheckPostKnown(asked.accountable_post(), "case.accountable_post", step.batch));
  }

  const model::CaseId id = step.MakeId<model::CaseId>(model::CaseTag{});
  CaseRow row;
  *row.mutable_case_() = asked;
  row.mutable_case_()->set_case_id(id.Text());
  WriteCase(id.Bytes(), /*before=*/CaseRow(), row, step);
  step.AddChanged("case-opened", id.Text(), asked.nominal_id());
  TellOriginatorsOfLead(NominalOf(row), asked.lead_agency(), step);
  for (const std::string& post : PostsOfCase(row)) {
    TellOriginators(NominalOf(row), post, step);
    if (command.with_history()) BeginHistory(NominalOf(row), post, step);
  }
  step.applied.made_id = id.Text();
  return {};
}

Status ApplySeatPost(const stored::v1::SeatPost& command, Step& step) {
  Result<CaseRow> row = FindCoordinated(command.case_id(), step);
  if (!row.ok()) return row.status();
  const v1::Seat& seat = command.seat();
  auto* seats = row->mutable_case_()->mutable_seats();
  const auto held = std::find_if(seats->begin(), seats->end(), [&seat](const v1::Seat& each) {
    return each.post() == seat.post();
  });
  const CaseRow before = *row;
  if (command.leave()) {
    if (held == seats->end()) {
      return Refuse(v1::ERROR_REASON_WRONG_STATE, "the post must have a seat to leave it");
    }
    seats->erase(held);
    WriteCase(command.case_id(), before, *row, step);
    step.AddChanged("seat-left", row->case_().case_id(), seat.post());
    FollowPanel(command.case_id(), step);
    FollowChair(command.case_id(), *row, step);
    return {};
  }
  if (!v1::SeatKind_IsValid(seat.kind()) || seat.kind() == v1::SEAT_KIND_UNSPECIFIED) {
    return FieldInvalid("`seat.kind` must be chair, member or guest");
  }
  TEARLINE_RETURN_IF_REFUSED(CheckPostKnown(seat.post(), "seat.post", step.batch));
  TEARLINE_RETURN_IF_REFUSED(CheckHistory(seat, step));
  TEARLINE_RETURN_IF_REFUSED(CheckSubstitute(seat, step));
  if (held == seats->end() && seats->size() >= static_cast<int>(model::kPanelSeatsMax)) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED, "a panel has at most 64 seats");
  }

  if (held == seats->end()) {
    *seats->Add() = seat;
  } else {
    *held = seat;
  }
  WriteCase(command.case_id(), before, *row, step);
  step.AddChanged("seat-taken", row->case_().case_id(), seat.post());
  FollowPanel(command.case_id(), step);
  FollowChair(command.case_id(), *row, step);
  TellOriginators(NominalOf(*row), seat.post(), step);
  if (!seat.substitute_post().empty()) {
    TellOriginators(NominalOf(*row), seat.substitute_post(), step);
  }
  if (command.with_history()) BeginHistory(NominalOf(*row), seat.post(), step);
  return {};
}

Status ApplyNamePost(const stored::v1::NamePost& command, Step& step) {
  Result<CaseRow> row = FindCoordinated(command.case_id(), step);
  if (!row.ok()) return row.status();
  const v1::CasePost& named = command.named();
  // That one comes and goes by CommissionReport, with its times.
  const bool is_writer = named.function() == v1::CASE_FUNCTION_REPORT_WRITER;
  auto* all = row->mutable_case_()->mutable_named_posts();
  const auto found = std::find_if(all->begin(), all->end(), [&named](const v1::CasePost& each) {
    return each.post() == named.post() && each.function() == named.function();
  });
  const CaseRow before = *row;
  if (command.leave()) {
    if (found == all->end() || is_writer) {
      return Refuse(v1::ERROR_REASON_WRONG_STATE,
                    "the post must be named for the function before that is taken back");
    }
    all->erase(found);
    WriteCase(command.case_id(), before, *row, step);
    step.AddChanged("function-left", row->case_().case_id(), named.post());
    return {};
  }
  if (!v1::CaseFunction_IsValid(named.function()) ||
      named.function() == v1::CASE_FUNCTION_UNSPECIFIED || is_writer) {
    return FieldInvalid("`named.function` must be police of home or police of offence");
  }
  TEARLINE_RETURN_IF_REFUSED(CheckPostKnown(named.post(), "named.post", step.batch));
  if (found != all->end()) {
    return Refuse(v1::ERROR_REASON_ALREADY_EXISTS, "the post is named for that function");
  }
  if (all->size() >= model::kNamedPostsMax) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED, "a case names at most 16 posts for functions");
  }

  *all->Add() = named;
  WriteCase(command.case_id(), before, *row, step);
  step.AddChanged("function-named", row->case_().case_id(), named.post());
  TellOriginators(NominalOf(*row), named.post(), step);
  BeginHistory(NominalOf(*row), named.post(), step);
  return {};
}

Status ApplyNameAccountable(const stored::v1::NameAccountable& command, Step& step) {
  Result<CaseRow> row = FindCoordinated(command.case_id(), step);
  if (!row.ok()) return row.status();
  TEARLINE_RETURN_IF_REFUSED(CheckPostKnown(command.post(), "post", step.batch));

  const CaseRow before = *row;
  row->mutable_case_()->set_accountable_post(command.post());
  WriteCase(command.case_id(), before, *row, step);
  step.AddChanged("accountable-named", row->case_().case_id(), command.post());
  FollowPanel(command.case_id(), step);
  TellOriginators(NominalOf(*row), command.post(), step);
  if (!command.with_history()) return {};
  HandOnAccountable(command.case_id(), before, *row, step);
  BeginHistory(NominalOf(*row), command.post(), step);
  return {};
}

}  // namespace tearline::machine
