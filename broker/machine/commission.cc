#include "broker/machine/commission.h"

#include <google/protobuf/timestamp.pb.h>

#include <algorithm>

#include "broker/machine/apply.h"
#include "broker/machine/case_row.h"
#include "broker/machine/history.h"
#include "broker/machine/identity.h"
#include "broker/machine/judge.h"
#include "broker/machine/look_again.h"
#include "broker/machine/rows.h"
#include "broker/machine/taken_up.h"
#include "broker/machine/tell_originators.h"
#include "broker/model/limits.h"
#include "broker/status/invariant.h"

namespace tearline::machine {
namespace {

using google::protobuf::Timestamp;
using stored::v1::CaseRow;
using stored::v1::CommissionReport;

std::int64_t MsOf(const Timestamp& time) {
  return time.seconds() * 1000 + time.nanos() / 1'000'000;
}

Timestamp TimeOf(std::int64_t ms) {
  Timestamp time;
  time.set_seconds(ms / 1000);
  time.set_nanos(static_cast<std::int32_t>(ms % 1000) * 1'000'000);
  return time;
}

bool IsWriter(const v1::CasePost& named) {
  return named.function() == v1::CASE_FUNCTION_REPORT_WRITER;
}

/// The commission of a post, run out or not; null if there is none. It lives as long as the case.
const v1::CasePost* CommissionOf(const v1::Case& its_case, const std::string& post) {
  const auto& all = its_case.named_posts();
  const auto found = std::find_if(all.begin(), all.end(), [&post](const v1::CasePost& each) {
    return IsWriter(each) && each.post() == post;
  });
  return found == all.end() ? nullptr : &*found;
}

state::Key Deadline(const std::string& case_id, const v1::CasePost& commission) {
  return DeadlineKey(MsOf(commission.until()), DeadlineKind::kCommission,
                     case_id + commission.post());
}

Status TimeInvalid(const std::string& sentence) {
  return Refuse(v1::ERROR_REASON_TIME_INVALID, sentence);
}

Status CheckTimes(const CommissionReport& command, std::int64_t now_ms) {
  if (command.occurred_from_ms() <= 0 || command.occurred_from_ms() >= now_ms) {
    return TimeInvalid("`occurred_from` must be a time that has been");
  }
  if (command.until_ms() <= now_ms) return TimeInvalid("`until` must lie ahead");
  if (command.hearing_ms() < command.until_ms()) {
    return TimeInvalid("`hearing_at` must not be before `until`: a report is written for it");
  }
  if (command.hearing_ms() - now_ms > model::kPanelDueMax.count()) {
    return TimeInvalid("`hearing_at` must be at most 366 days ahead");
  }
  return {};
}

/// Whether a report may be commissioned.
Status CheckCommission(const CommissionReport& command, const CaseRow& row, const Step& step) {
  const std::string& post = command.writer_post();
  if (row.ended_ms() != 0) return Refuse(v1::ERROR_REASON_WRONG_STATE, "the case has ended");
  if (!step.batch.Get(PostKey(post))) {
    return Refuse(v1::ERROR_REASON_NOT_FOUND, "`writer_post` must be a post the directory knows");
  }
  TEARLINE_RETURN_IF_REFUSED(CheckTimes(command, step.now_ms()));
  if (CommissionOf(row.case_(), post) != nullptr) {
    return Refuse(v1::ERROR_REASON_ALREADY_EXISTS,
                  "the post writes a report about the person already; end that first");
  }
  if (PostsOfCase(row).contains(post)) {
    return Refuse(v1::ERROR_REASON_WRONG_STATE,
                  "`writer_post` must be a post that the case does not bring in: what is told to "
                  "one that it does, its seat or function says");
  }
  if (row.case_().named_posts_size() >= model::kNamedPostsMax) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED, "a case names at most 16 posts for functions");
  }
  return {};
}

/// A commission is over. A case that has ended is found by its own id alone, and brings nobody in.
void EndCommission(const std::string& case_id, const CaseRow& before,
                   const v1::CasePost& commission, Step& step) {
  const std::string post = commission.post();
  step.batch.Erase(Deadline(case_id, commission));
  CaseRow row = before;
  auto& all = *row.mutable_case_()->mutable_named_posts();
  all.erase(std::remove_if(all.begin(), all.end(),
                           [&post](const v1::CasePost& each) {
                             return IsWriter(each) && each.post() == post;
                           }),
            all.end());
  if (row.ended_ms() == 0) {
    WriteCase(case_id, before, row, step);
  } else {
    step.batch.PutRow(CaseKey(case_id), row);
  }
  step.AddChanged("commission-ended", row.case_().case_id(), post);
  BeginLookingAgainFor(post, step);
  const std::string does_its_work = WhoDoesTheWorkOf(post, step.batch);
  if (!does_its_work.empty()) BeginLookingAgainFor(does_its_work, step);
  EndHistory(NominalOf(row), post, step);
}

}  // namespace

v1::CasePost AsNamed(const CommissionReport& command) {
  v1::CasePost named;
  named.set_post(command.writer_post());
  named.set_function(v1::CASE_FUNCTION_REPORT_WRITER);
  *named.mutable_until() = TimeOf(command.until_ms());
  *named.mutable_occurred_from() = TimeOf(command.occurred_from_ms());
  *named.mutable_hearing_at() = TimeOf(command.hearing_ms());
  return named;
}

bool IsCommissioned(const v1::Case& its_case, const std::string& post, std::int64_t occurred_ms,
                    std::int64_t now_ms) {
  const v1::CasePost* commission = CommissionOf(its_case, post);
  return commission != nullptr && now_ms < MsOf(commission->until()) &&
         occurred_ms >= MsOf(commission->occurred_from());
}

std::int64_t FirstCommissionEnd(const v1::Case& its_case) {
  std::int64_t first = 0;
  for (const v1::CasePost& named : its_case.named_posts()) {
    if (!IsWriter(named)) continue;
    const std::int64_t until = MsOf(named.until());
    first = first == 0 ? until : std::min(first, until);
  }
  return first;
}

bool HasRunOut(const std::string& post, const stored::v1::NominalRow& nominal, std::int64_t now_ms,
               const state::Reader& reader) {
  if (nominal.commission_until_ms() == 0 || nominal.commission_until_ms() > now_ms) return false;
  const auto row = reader.See<CaseRow>(CaseKey(nominal.case_id()));
  TEARLINE_INVARIANT(row != nullptr, "a commission is of a case");
  const v1::CasePost* commission = CommissionOf(row->case_(), post);
  return commission != nullptr && MsOf(commission->until()) <= now_ms;
}

std::optional<std::int64_t> CommissionedUntil(const stored::v1::EventRow& event,
                                              const std::string& nominal_id,
                                              const std::string& post, const Step& step) {
  const auto row = CaseOfNominal(nominal_id, step.batch);
  if (!row || !IsCommissioned(row->case_(), post, event.publish().occurred_ms(), step.now_ms())) {
    return std::nullopt;
  }
  return MsOf(CommissionOf(row->case_(), post)->until());
}

bool IsOwnersToMend(v1::RuleReason shortfall) {
  return shortfall != v1::RULE_REASON_ACCESS_LIMITED &&
         shortfall != v1::RULE_REASON_CONFLICT_OF_INTEREST &&
         shortfall != v1::RULE_REASON_RECIPIENT_SUSPENDED &&
         shortfall != v1::RULE_REASON_RECIPIENT_UNCERTIFIED &&
         shortfall != v1::RULE_REASON_EVALUATION_FAILED;
}

policy::OpenedObligation InTimeFor(std::int64_t until_ms, policy::OpenedObligation terms,
                                   std::int64_t now_ms) {
  const std::int64_t left_ms = until_ms - now_ms;
  terms.within_ms = std::min(terms.within_ms, left_ms / 2);
  terms.escalate_every_ms = std::min(terms.escalate_every_ms, left_ms / 4);
  return terms;
}

Status ApplyCommissionReport(const CommissionReport& command, Step& step) {
  auto row = step.batch.Find<CaseRow>(CaseKey(command.case_id()));
  if (!row || !SpeaksForPanel(row->case_(), step.actor, step.batch)) {
    return Refuse(v1::ERROR_REASON_NOT_FOUND,
                  "no such case whose panel this post chairs or co-ordinates");
  }
  if (command.end()) {
    if (command.occurred_from_ms() != 0 || command.until_ms() != 0 || command.hearing_ms() != 0) {
      return TimeInvalid("`end` ends it now: it goes with no time");
    }
    const v1::CasePost* commission = CommissionOf(row->case_(), command.writer_post());
    if (commission == nullptr) {
      return Refuse(v1::ERROR_REASON_WRONG_STATE,
                    "a report must be commissioned from the post before that is ended");
    }
    EndCommission(command.case_id(), *row, *commission, step);
    return {};
  }
  TEARLINE_RETURN_IF_REFUSED(CheckCommission(command, *row, step));

  const CaseRow before = *row;
  const v1::CasePost commission = AsNamed(command);
  *row->mutable_case_()->add_named_posts() = commission;
  WriteCase(command.case_id(), before, *row, step);
  step.batch.Put(Deadline(command.case_id(), commission), "");
  step.AddChanged("report-commissioned", row->case_().case_id(), commission.post());
  TellOriginators(NominalOf(*row), commission.post(), step);
  BeginHistory(NominalOf(*row), commission.post(), step);
  return {};
}

void FireCommission(const std::string& id, std::int64_t due_ms, Step& step) {
  // What fired before it in this pulse may have ended it.
  if (!step.batch.Get(DeadlineKey(due_ms, DeadlineKind::kCommission, id))) return;
  const std::string case_id = id.substr(0, model::CaseId::kBytes);
  const auto row = step.batch.Find<CaseRow>(CaseKey(case_id));
  const v1::CasePost* commission =
      row ? CommissionOf(row->case_(), id.substr(model::CaseId::kBytes)) : nullptr;
  TEARLINE_INVARIANT(commission != nullptr, "a commission's deadline ends with it");
  EndCommission(case_id, *row, *commission, step);
}

}  // namespace tearline::machine
