#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "broker/status/status.h"
#include "tearline/v1/policy.pb.h"

namespace tearline::policy {

/// When several events about one person are one composite. The policy says so rule by rule; the
/// machine counts, and makes it. What counts are codes and times, never content.

/// How many, from how many, within which time.
struct CompositeTerms {
  std::uint32_t events = 0;
  std::uint32_t agencies = 0;
  std::int64_t within_ms = 0;
};

/// A composite rule with its time read.
struct CompositeRule {
  v1::CompositeRule written;
  CompositeTerms terms;
};

/// What counts towards one.
struct Occurrence {
  std::int64_t occurred_ms = 0;
  std::string agency;  ///< That originated it; "" if that is not told: no agency then.
};

/// Whether events of a type count: it is one of the rule's, or begins with one that ends in ".".
[[nodiscard]] bool Counts(const v1::CompositeRule& rule, std::string_view event_type);

/// Which of these make one, by place, rising: the newest run. Some `terms.within_ms` long hold at
/// least `terms.events` of them, from at least `terms.agencies` agencies; such times that share one
/// of them are one run. Two that are exactly that far apart are not within it. Empty if none do.
[[nodiscard]] std::vector<std::size_t> NewestRun(const CompositeTerms& terms,
                                                 const std::vector<Occurrence>& occurrences);

/// At most `most` of these that make one, by place, rising: from the first place on, those are left
/// out without which the rest still do. All of them if there are no more.
///
/// Requires: they make one, and `most` is at least `terms.events`.
[[nodiscard]] std::vector<std::size_t> RunThatFits(const CompositeTerms& terms,
                                                   const std::vector<Occurrence>& occurrences,
                                                   std::size_t most);

/// Whether a policy's composite rules make sense, and their tests name what there is.
///
/// Refuses: POLICY_INVALID, by the place of what is wrong, from 1.
[[nodiscard]] Status CheckComposites(const v1::Policy& policy);

/// The rules as the machine asks them. Requires: CheckComposites found them right.
[[nodiscard]] std::vector<CompositeRule> ReadComposites(const v1::Policy& policy);

}  // namespace tearline::policy
