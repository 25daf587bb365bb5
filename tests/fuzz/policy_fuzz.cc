#include <cstddef>
#include <cstdint>
#include <string>

#include "broker/policy/diff.h"
#include "broker/policy/evaluate.h"
#include "broker/policy/examine.h"
#include "broker/policy/hearing.h"
#include "broker/policy/policy_set.h"
#include "broker/status/invariant.h"
#include "tests/fuzz/refusal.h"

/// Whatever an author writes: it is refused with a sentence that quotes nothing of it, or it
/// judges, by both engines alike, and is examined; and somebody about whom nothing is known, of an
/// event about nobody, is told nothing beyond a full and whole decision.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace tearline;
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  const auto policy = policy::PolicySet::Parse(text);
  if (!policy.ok()) {
    fuzz::ExpectGoodRefusal(policy.status(), text);
    TEARLINE_INVARIANT(ReasonOf(policy.status()) == v1::ERROR_REASON_POLICY_INVALID,
                       "that a bad policy has one reason");
    return 0;
  }
  policy::EventFacts event;
  event.segments.resize(1);
  const auto decision = policy::Evaluate(*policy, event, {}, {});
  policy::Hearing hearing(*policy);
  hearing.Open(event);
  TEARLINE_INVARIANT(decision == policy::DecisionOf(hearing.Hear({}, {}), hearing.policy()),
                     "that the two engines decide alike");
  TEARLINE_INVARIANT((decision.level == v1::LEVEL_FULL) == !decision.segments.empty(),
                     "that segments are left exactly at full");
  // Its own tests run, and its rules are looked at, whatever they are; a policy equals itself.
  const policy::TestRun run = policy::Examine(*policy);
  const Status right = policy::CheckFindings(*policy, run);
  TEARLINE_INVARIANT(right.ok() == run.findings.empty(), "that whoever finds something says so");
  if (!right.ok()) fuzz::ExpectGoodRefusal(right, text);
  TEARLINE_INVARIANT(policy::Diff(policy->policy(), policy->policy()).empty(),
                     "that a policy does not differ from itself");
  return 0;
}
