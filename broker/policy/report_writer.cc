#include "broker/policy/report_writer.h"

#include <algorithm>

namespace tearline::policy {
namespace {

bool Asks(const v1::Condition& condition) {
  const auto& functions = condition.recipient().case_function();
  if (std::find(functions.begin(), functions.end(), v1::CASE_FUNCTION_REPORT_WRITER) !=
      functions.end()) {
    return true;
  }
  for (const auto* parts : {&condition.all(), &condition.any(), &condition.none()}) {
    if (std::any_of(parts->begin(), parts->end(), Asks)) return true;
  }
  return false;
}

bool Names(const v1::Case& its_case) {
  const auto& named = its_case.named_posts();
  return std::any_of(named.begin(), named.end(), [](const v1::CasePost& each) {
    return each.function() == v1::CASE_FUNCTION_REPORT_WRITER;
  });
}

}  // namespace

bool SpeaksOfReportWriters(const v1::Policy& policy) {
  const auto& cases = policy.samples().cases();
  return std::any_of(cases.begin(), cases.end(), Names) ||
         std::any_of(policy.rules().begin(), policy.rules().end(),
                     [](const v1::Rule& rule) { return Asks(rule.when()); });
}

}  // namespace tearline::policy
