#include "broker/policy/run_composite_tests.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <string>

namespace tearline::policy {
namespace {

const v1::SampleEvent& FindSample(const v1::Policy& policy, const std::string& name) {
  const auto& events = policy.samples().events();
  return *std::find_if(events.begin(), events.end(),
                       [&name](const v1::SampleEvent& each) { return each.name() == name; });
}

bool Makes(const v1::Policy& policy, const CompositeRule& rule, const v1::CompositeTest& test) {
  std::vector<Occurrence> occurrences;
  for (const std::string& name : test.events()) {
    const v1::SampleEvent& sample = FindSample(policy, name);
    if (!Counts(rule.written, sample.event().event_type())) continue;
    const std::string& post = sample.originating_post();
    occurrences.push_back(
        {google::protobuf::util::TimeUtil::TimestampToMilliseconds(sample.event().occurred_at()),
         post.substr(0, post.find('/'))});
  }
  return !NewestRun(rule.terms, occurrences).empty();
}

void RunOf(const v1::Policy& policy, const CompositeRule& rule, std::vector<Finding>& findings) {
  const std::string& name = rule.written.name();
  bool shown_made = false;
  bool shown_not_made = false;
  for (const v1::CompositeTest& test : policy.composite_tests()) {
    if (test.composite() != name) continue;
    const bool makes = Makes(policy, rule, test);
    (makes ? shown_made : shown_not_made) = true;
    if (makes == test.made()) continue;
    findings.push_back({Fault::kTestFailed, test.name(),
                        makes ? "no composite should be made of these events, and one is"
                              : "a composite should be made of these events, and none is"});
  }
  if (!shown_made) {
    findings.push_back(
        {Fault::kNotCovered, name, "no composite test shows one being made; add one"});
  }
  if (!shown_not_made) {
    findings.push_back(
        {Fault::kNotCovered, name, "no composite test shows none being made; add one"});
  }
  const auto& events = policy.samples().events();
  if (std::none_of(events.begin(), events.end(), [&rule](const v1::SampleEvent& each) {
        return each.event().event_type() == rule.written.event_type();
      })) {
    findings.push_back({Fault::kNotCovered, name,
                        "no event of the samples is of its type, so nothing shows who gets it; "
                        "add one"});
  }
}

}  // namespace

std::vector<Finding> RunCompositeTests(const PolicySet& policy) {
  std::vector<Finding> findings;
  for (const CompositeRule& rule : policy.composites()) RunOf(policy.policy(), rule, findings);
  return findings;
}

}  // namespace tearline::policy
