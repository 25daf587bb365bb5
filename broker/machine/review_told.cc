#include "broker/machine/review_told.h"

#include <utility>

#include "broker/machine/glass.h"
#include "broker/machine/identity.h"
#include "broker/machine/obligation.h"
#include "broker/machine/supervisor.h"

namespace tearline::machine {
namespace {

/// Who saw what by mistake is looked at within 24 hours, then every day.
constexpr policy::OpenedObligation kReview = {v1::OBLIGATION_TYPE_REVIEW_UNMERGE, 24 * kHourMs,
                                              24 * kHourMs};

std::string DebtorOf(const std::string& nominal_id, const std::string& other_id, const Step& step) {
  for (const std::string& id : {other_id, nominal_id}) {
    const auto its_case = CaseOfNominal(id, step.batch);
    const std::string accountable = its_case ? its_case->case_().accountable_post() : "";
    for (const std::string& post : {accountable, SupervisorOf(id, step.batch)}) {
      if (!post.empty() && !IsKeptOutOfPerson(post, nominal_id, step.batch) &&
          !IsKeptOutOfPerson(post, other_id, step.batch)) {
        return post;
      }
    }
  }
  const std::string reviewer = ReviewerFor(step.actor, step.batch);
  return reviewer.empty() ? step.actor.post() : reviewer;
}

}  // namespace

void OpenReviewOfTold(const std::string& nominal_id, const std::string& other_id,
                      v1::RuleReason reason, Step& step, const std::string& case_id) {
  stored::v1::ObligationRow row;
  row.set_type(v1::OBLIGATION_TYPE_REVIEW_UNMERGE);
  row.set_reason(reason);
  row.set_nominal_id(nominal_id);
  row.set_case_id(case_id);
  row.set_debtor_post(DebtorOf(nominal_id, other_id, step));
  OpenOrJoin(std::move(row), kReview, step);
}

}  // namespace tearline::machine
