#include <cstddef>
#include <cstdint>

#include "broker/policy/evaluate.h"
#include "broker/policy/hearing.h"
#include "broker/status/invariant.h"
#include "tests/policy/invented.h"

/// Whatever policy and events are invented out of the bytes: the fast engine decides as the plain
/// one does.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace tearline;
  std::size_t used = 0;
  policy::Inventor inventor{
      [&](std::size_t bound) -> std::size_t { return used < size ? bytes[used++] % bound : 0; }};
  const auto policy = policy::PolicySet::Of(inventor.Policy(16), "invented");
  TEARLINE_INVARIANT(policy.ok(), "that an invented policy checks");
  policy::Hearing hearing(*policy);
  do {
    policy::Scene scene = inventor.Invent();
    hearing.Open(scene.event);
    for (int post = 0; post < 3; ++post) {
      const auto plain = Evaluate(*policy, scene.event, scene.nominals, scene.recipient);
      const auto fast = DecisionOf(hearing.Hear(scene.nominals, scene.recipient), hearing.policy(),
                                   scene.nominals);
      TEARLINE_INVARIANT(plain == fast, "that the two engines decide alike");
      inventor.Readdress(scene);
    }
  } while (used < size);
  return 0;
}
