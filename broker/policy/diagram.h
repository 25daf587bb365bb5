#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

namespace tearline::policy {

/// Sets of situations, as reduced ordered decision diagrams over variables with few values each.
///
/// Equal sets have equal numbers, so that "never" is a comparison with kNone. Everything is exact,
/// or, once more than `steps_max` steps were taken, nothing is: see Exhausted.
///
/// Source: R. Bryant, "Graph-Based Algorithms for Boolean Function Manipulation" (1986), with more
/// than two branches.
class Diagrams {
 public:
  using Set = std::uint32_t;
  static constexpr Set kNone = 0;  ///< No situation.
  static constexpr Set kAll = 1;   ///< Every situation.

  /// `values[v]` is how many values variable `v` has; variables are asked in this order.
  ///
  /// Requires: each has at least one.
  Diagrams(std::vector<std::uint32_t> values, std::size_t steps_max);

  /// The situations in which `variable` has one of the values for which `holds` is true.
  Set Where(std::uint32_t variable, const std::function<bool(std::uint32_t value)>& holds);

  Set And(Set a, Set b) { return Apply(Operation::kAnd, a, b); }
  Set Or(Set a, Set b) { return Apply(Operation::kOr, a, b); }
  Set Not(Set a) { return Apply(Operation::kButNot, kAll, a); }
  /// Those in `a` and not in `b`.
  Set Without(Set a, Set b) { return Apply(Operation::kButNot, a, b); }

  /// What is left of `a` when nothing is asked of the variables from `first` on: those situations
  /// for which some values of these would lie in `a`.
  Set Project(Set a, std::uint32_t first);

  /// Whether the situation with these values, one per variable, lies in `a`.
  bool Holds(Set a, const std::vector<std::uint32_t>& situation) const;

  /// True once the steps are used up. Every set made since is kNone and means nothing.
  bool Exhausted() const { return steps_ > steps_max_; }

  /// One situation of `a`: the value of each variable that matters to it, nothing for others.
  ///
  /// Requires: `a` is not kNone.
  std::vector<std::optional<std::uint32_t>> Example(Set a) const;

 private:
  enum class Operation : std::uint8_t { kAnd, kOr, kButNot };
  struct Node {
    std::uint32_t variable;
    std::vector<Set> branches;  ///< One per value.

    friend auto operator<=>(const Node&, const Node&) = default;
  };

  Set Make(std::uint32_t variable, std::vector<Set> branches);
  Set Apply(Operation operation, Set a, Set b);
  std::uint32_t VariableOf(Set set) const;
  Set Branch(Set set, std::uint32_t variable, std::uint32_t value) const;

  const std::vector<std::uint32_t> values_;
  const std::size_t steps_max_;
  std::size_t steps_ = 0;
  std::vector<Node> nodes_;  ///< The first two stand for kNone and kAll.
  std::map<Node, Set> known_;
  std::map<std::tuple<Operation, Set, Set>, Set> done_;
  std::map<std::pair<Set, std::uint32_t>, Set> projected_;
};

}  // namespace tearline::policy
