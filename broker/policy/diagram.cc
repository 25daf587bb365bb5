#include "broker/policy/diagram.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "broker/status/invariant.h"

namespace tearline::policy {
namespace {

/// Behind every variable: kNone and kAll ask about none.
constexpr std::uint32_t kNoVariable = std::numeric_limits<std::uint32_t>::max();

}  // namespace

Diagrams::Diagrams(std::vector<std::uint32_t> values, std::size_t steps_max)
    : values_(std::move(values)), steps_max_(steps_max), nodes_(2, Node{kNoVariable, {}}) {}

Diagrams::Set Diagrams::Where(std::uint32_t variable,
                              const std::function<bool(std::uint32_t value)>& holds) {
  std::vector<Set> branches;
  for (std::uint32_t value = 0; value < values_[variable]; ++value) {
    branches.push_back(holds(value) ? kAll : kNone);
  }
  return Make(variable, std::move(branches));
}

Diagrams::Set Diagrams::Make(std::uint32_t variable, std::vector<Set> branches) {
  if (std::adjacent_find(branches.begin(), branches.end(), std::not_equal_to<>()) ==
      branches.end()) {
    return branches.front();  // The variable does not matter.
  }
  if (++steps_; Exhausted()) return kNone;
  const auto [place, made] =
      known_.try_emplace({variable, std::move(branches)}, static_cast<Set>(nodes_.size()));
  if (made) nodes_.push_back(place->first);
  return place->second;
}

std::uint32_t Diagrams::VariableOf(Set set) const { return nodes_[set].variable; }

Diagrams::Set Diagrams::Branch(Set set, std::uint32_t variable, std::uint32_t value) const {
  return VariableOf(set) == variable ? nodes_[set].branches[value] : set;
}

Diagrams::Set Diagrams::Apply(Operation operation, Set a, Set b) {
  switch (operation) {
    case Operation::kAnd:
      if (a == kNone || b == kNone) return kNone;
      if (a == kAll || a == b) return b;
      if (b == kAll) return a;
      break;
    case Operation::kOr:
      if (a == kAll || b == kAll) return kAll;
      if (a == kNone || a == b) return b;
      if (b == kNone) return a;
      break;
    case Operation::kButNot:
      if (a == kNone || b == kAll || a == b) return kNone;
      if (b == kNone) return a;
      break;
  }
  if (operation != Operation::kButNot && b < a) std::swap(a, b);
  if (const auto before = done_.find({operation, a, b}); before != done_.end()) {
    return before->second;
  }
  if (++steps_; Exhausted()) return kNone;
  const std::uint32_t variable = std::min(VariableOf(a), VariableOf(b));
  TEARLINE_INVARIANT(variable != kNoVariable, "two sets that ask nothing are decided above");
  std::vector<Set> branches;
  for (std::uint32_t value = 0; value < values_[variable]; ++value) {
    branches.push_back(Apply(operation, Branch(a, variable, value), Branch(b, variable, value)));
  }
  const Set made = Make(variable, std::move(branches));
  done_.emplace(std::make_tuple(operation, a, b), made);
  return made;
}

Diagrams::Set Diagrams::Project(Set a, std::uint32_t first) {
  if (a == kNone || a == kAll) return a;
  if (VariableOf(a) >= first) return kAll;  // A set that is not kNone holds some situation.
  if (const auto before = projected_.find({a, first}); before != projected_.end()) {
    return before->second;
  }
  if (++steps_; Exhausted()) return kNone;
  std::vector<Set> branches;
  for (std::uint32_t value = 0; value < values_[VariableOf(a)]; ++value) {
    branches.push_back(Project(nodes_[a].branches[value], first));
  }
  const Set made = Make(VariableOf(a), std::move(branches));
  projected_.emplace(std::make_pair(a, first), made);
  return made;
}

bool Diagrams::Holds(Set a, const std::vector<std::uint32_t>& situation) const {
  while (a != kNone && a != kAll) a = nodes_[a].branches[situation[VariableOf(a)]];
  return a == kAll;
}

std::vector<std::optional<std::uint32_t>> Diagrams::Example(Set a) const {
  TEARLINE_INVARIANT(a != kNone, "an example is asked of a set that has one");
  std::vector<std::optional<std::uint32_t>> values(values_.size());
  while (a != kAll) {
    const std::vector<Set>& branches = nodes_[a].branches;
    const auto taken =
        std::find_if(branches.begin(), branches.end(), [](Set branch) { return branch != kNone; });
    values[VariableOf(a)] = static_cast<std::uint32_t>(taken - branches.begin());
    a = *taken;
  }
  return values;
}

}  // namespace tearline::policy
