#include <cstddef>
#include <cstdint>
#include <string>

#include "broker/policy/evaluate.h"
#include "broker/policy/policy_set.h"
#include "broker/status/invariant.h"

/// Whatever an author writes: it is refused with a sentence, or it judges; and somebody about whom
/// nothing is known, of an event about nobody, is told nothing beyond a full and whole decision.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  const auto policy = tearline::policy::PolicySet::Parse(text);
  if (!policy.ok()) {
    TEARLINE_INVARIANT(
        tearline::ReasonOf(policy.status()) == tearline::v1::ERROR_REASON_POLICY_INVALID,
        "a bad policy has one reason");
    return 0;
  }
  tearline::policy::EventFacts event;
  event.segments.resize(1);
  const auto decision = tearline::policy::Evaluate(*policy, event, {}, {});
  TEARLINE_INVARIANT((decision.level == tearline::v1::LEVEL_FULL) == !decision.segments.empty(),
                     "segments are left exactly at full");
  return 0;
}
