#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tearline/v1/event.pb.h"
#include "tearline/v1/policy.pb.h"

namespace tearline::policy {

/// How policy is said to people. Every word is of a closed vocabulary or from the policy's own
/// text.

/// "nothing", "a pointer", "the tear-line", "everything"; "nothing" of no level.
[[nodiscard]] std::string LevelWords(v1::Level level);

/// "victim address", "sanitise or review": an enum's value without its prefix, in small letters.
[[nodiscard]] std::string FlagWords(v1::ContentFlag flag);
[[nodiscard]] std::string ReasonWords(v1::RuleReason reason);

/// "the originator controls it": goes behind "because". "" of a reason this broker does not know.
[[nodiscard]] std::string BecauseWords(v1::RuleReason reason);

/// What a rule wants, as the end of a sentence that begins with its name: "owes it at least a
/// pointer".
[[nodiscard]] std::string WantWords(const v1::Rule& rule);

/// "4 hours", "1 day", "90 minutes": in the largest unit that is whole.
[[nodiscard]] std::string DurationWords(std::int64_t milliseconds);

/// "a", "a and b", "a, b and c"; "" of nothing.
[[nodiscard]] std::string Listed(const std::vector<std::string>& words);

/// What a condition asks, on one line, as a policy writes it:
/// `event { originator_controlled: true }`; "always" if it asks nothing.
[[nodiscard]] std::string ConditionWords(const v1::Condition& condition);

}  // namespace tearline::policy
