#include "broker/policy/examine.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "broker/policy/analysis.h"
#include "broker/policy/keeps_out.h"
#include "broker/policy/run_composite_tests.h"

namespace tearline::policy {
namespace {

v1::ErrorReason ReasonOf(Fault fault) {
  switch (fault) {
    case Fault::kTestFailed:
      return v1::ERROR_REASON_POLICY_TEST_FAILED;
    case Fault::kNotCovered:
      return v1::ERROR_REASON_POLICY_NOT_COVERED;
    case Fault::kTooComplex:
      return v1::ERROR_REASON_POLICY_TOO_COMPLEX;
    default:
      return v1::ERROR_REASON_POLICY_FLAWED;
  }
}

/// The place of what a finding is about, from 1: names and ids are callers' words.
std::string PlaceOf(const v1::Policy& policy, const Finding& finding) {
  const auto place = [&finding](const auto& list, const auto& name_of) -> std::string {
    const auto found = std::find_if(
        list.begin(), list.end(), [&](const auto& each) { return name_of(each) == finding.about; });
    return found == list.end() ? "" : std::to_string(found - list.begin() + 1);
  };
  if (finding.fault != Fault::kTestFailed) {
    const std::string rule = place(policy.rules(), [](const v1::Rule& each) { return each.id(); });
    if (!rule.empty()) return "rule " + rule;
    const std::string composite =
        place(policy.composites(), [](const v1::CompositeRule& each) { return each.name(); });
    return composite.empty() ? "the policy" : "composite " + composite;
  }
  const std::string test =
      place(policy.tests(), [](const v1::PolicyTest& each) { return each.name(); });
  if (!test.empty()) return "test " + test;
  const std::string composite_test =
      place(policy.composite_tests(), [](const v1::CompositeTest& each) { return each.name(); });
  if (!composite_test.empty()) return "composite test " + composite_test;
  return "the matrix, event " +
         place(policy.samples().events(), [](const v1::SampleEvent& each) { return each.name(); });
}

}  // namespace

TestRun Examine(const PolicySet& policy, Scope scope) {
  TestRun run = RunTests(policy);
  run.tests += static_cast<std::uint32_t>(policy.policy().composite_tests_size());
  std::vector<Finding> composites = RunCompositeTests(policy);
  run.findings.insert(run.findings.end(), std::make_move_iterator(composites.begin()),
                      std::make_move_iterator(composites.end()));
  std::vector<Finding> flaws = Analyse(policy, scope);
  run.findings.insert(run.findings.end(), std::make_move_iterator(flaws.begin()),
                      std::make_move_iterator(flaws.end()));
  std::vector<Finding> open = FindWhoIsNotKeptOut(policy, scope);
  run.findings.insert(run.findings.end(), std::make_move_iterator(open.begin()),
                      std::make_move_iterator(open.end()));
  return run;
}

Status CheckFindings(const PolicySet& policy, const TestRun& run) {
  if (run.findings.empty()) return {};
  const Finding& first = run.findings.front();
  std::string sentence = PlaceOf(policy.policy(), first);
  switch (first.fault) {
    case Fault::kTestFailed:
      sentence += " must come out as it says";
      break;
    case Fault::kNotCovered:
      sentence += " needs a test where it decides and one where it does not";
      break;
    case Fault::kKeepsNobodyOut:
      sentence += " must keep out, by absolute caps, whoever is excluded or in conflict";
      break;
    case Fault::kTooComplex:
      sentence += " must have rules that ask less of one another, so that it can be analysed";
      break;
    default:
      sentence += " must be able to speak, to matter, and to be obeyed";
  }
  if (const std::size_t more = run.findings.size() - 1; more > 0) {
    sentence += "; and " + std::to_string(more) + " more";
  }
  return Refuse(ReasonOf(first.fault), sentence + ": check the policy to see why");
}

}  // namespace tearline::policy
