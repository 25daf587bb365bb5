#include "broker/policy/analysis.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "broker/model/limits.h"
#include "broker/policy/situations.h"
#include "broker/policy/words.h"

namespace tearline::policy {
namespace {

using Set = Diagrams::Set;

/// The levels that something can be above: a decision is at least one of these, or not.
constexpr v1::Level kSteps[] = {v1::LEVEL_POINTER, v1::LEVEL_TEAR_LINE, v1::LEVEL_FULL};

/// The rules, where each speaks, and what follows.
///
/// At least `step` is told where no absolute cap is below it, and either a grant reaches it under
/// no lower qualified cap, or a duty does: the formula of judgement.h, asked one step at a time.
class Analysis {
 public:
  Analysis(const PolicySet& policy, Scope scope)
      : policy_(policy),
        situations_(policy.policy(), model::kPolicyAnalysisStepsMax, scope),
        sets_(situations_.diagrams()) {
    for (const PolicySet::Rule& rule : policy.rules()) {
      speaks_.push_back(situations_.Speaks(rule.rule));
    }
    for (const v1::Level step : kSteps) {
      bounds_.push_back({Others(kNobody, v1::RULE_KIND_GRANT, step),
                         Others(kNobody, v1::RULE_KIND_CAP_ABSOLUTE, step),
                         Others(kNobody, v1::RULE_KIND_CAP_QUALIFIED, step),
                         Others(kNobody, v1::RULE_KIND_DUTY, step)});
    }
  }

  std::vector<Finding> Run() {
    std::vector<Finding> findings;
    for (std::size_t i = 0; i < speaks_.size() && !sets_.Exhausted(); ++i) {
      if (std::optional<Finding> finding = Look(i)) findings.push_back(*std::move(finding));
    }
    if (!sets_.Exhausted()) return findings;
    return {{Fault::kTooComplex, "",
             "the rules ask too many things of one another to be analysed; let fewer of them ask "
             "for different parts of one situation, or split a rule"}};
  }

 private:
  static constexpr std::size_t kNobody = static_cast<std::size_t>(-1);

  /// Where, for one step, grants and duties reach it, and caps are below it.
  struct Bounds {
    Set grant, absolute, qualified, duty;
  };

  /// Where the rules of one group speak: for each rule, those before it and those from it on.
  struct Group {
    std::vector<Set> before, from;
  };

  /// Whether a rule is of the group: grants and duties that reach a level, caps that are below it,
  /// masks that hide a flag.
  static bool IsOf(const v1::Rule& rule, v1::RuleKind kind, int key) {
    if (rule.kind() != kind) return false;
    switch (kind) {
      case v1::RULE_KIND_GRANT:
      case v1::RULE_KIND_DUTY:
        return rule.level() >= key;
      case v1::RULE_KIND_MASK:
        return std::find(rule.hides().begin(), rule.hides().end(), key) != rule.hides().end();
      default:
        return rule.level() < key;
    }
  }

  const Group& GroupOf(v1::RuleKind kind, int key) {
    const auto [place, made] = groups_.try_emplace({kind, key});
    Group& group = place->second;
    if (!made) return group;
    const std::size_t rules = speaks_.size();
    const auto set = [&](std::size_t i) {
      return IsOf(policy_.rules()[i].rule, kind, key) ? speaks_[i] : Diagrams::kNone;
    };
    group.before.assign(rules + 1, Diagrams::kNone);
    group.from.assign(rules + 1, Diagrams::kNone);
    for (std::size_t i = 0; i < rules; ++i) {
      group.before[i + 1] = sets_.Or(group.before[i], set(i));
    }
    for (std::size_t i = rules; i > 0; --i) {
      group.from[i - 1] = sets_.Or(group.from[i], set(i - 1));
    }
    return group;
  }

  /// Where some rule of the group speaks, other than the rule at `but`.
  Set Others(std::size_t but, v1::RuleKind kind, int key) {
    const Group& group = GroupOf(kind, key);
    if (but == kNobody) return group.from.front();
    return sets_.Or(group.before[but], group.from[but + 1]);
  }

  std::optional<Finding> Look(std::size_t i) {
    const v1::Rule& rule = policy_.rules()[i].rule;
    if (speaks_[i] == Diagrams::kNone) {
      return Finding{Fault::kUnreachable, rule.id(),
                     "its condition can never hold: it asks for things that exclude one another; "
                     "ask for less, or remove the rule"};
    }
    switch (rule.kind()) {
      case v1::RULE_KIND_GRANT:
        return LookAtGrant(i);
      case v1::RULE_KIND_CAP_ABSOLUTE:
      case v1::RULE_KIND_CAP_QUALIFIED:
        return LookAtCap(i);
      case v1::RULE_KIND_DUTY:
        return LookAtDuty(i);
      default:
        return LookAtMask(i);
    }
  }

  Finding NeverDecides(std::size_t i, const std::string& why) {
    return {Fault::kNeverDecides, policy_.rules()[i].rule.id(),
            "it never decides: " + why + "; narrow what beats it, or remove the rule"};
  }

  /// " (Q1)" if one rule of the group alone speaks wherever the rule at `i` does.
  std::string By(std::size_t i, v1::RuleKind kind, int key) {
    for (std::size_t other = 0; other < speaks_.size(); ++other) {
      if (other != i && IsOf(policy_.rules()[other].rule, kind, key) &&
          sets_.Without(speaks_[i], speaks_[other]) == Diagrams::kNone) {
        return " (" + policy_.rules()[other].rule.id() + ")";
      }
    }
    return {};
  }

  std::optional<Finding> LookAtGrant(std::size_t i) {
    const v1::Rule& rule = policy_.rules()[i].rule;
    bool alone = false, below_caps = false;
    for (std::size_t step = 0; step < std::size(kSteps) && kSteps[step] <= rule.level(); ++step) {
      Set left = sets_.Without(speaks_[i], Others(i, v1::RULE_KIND_GRANT, kSteps[step]));
      alone = alone || left != Diagrams::kNone;
      left = sets_.Without(sets_.Without(left, bounds_[step].absolute), bounds_[step].qualified);
      below_caps = below_caps || left != Diagrams::kNone;
      if (sets_.Without(left, bounds_[step].duty) != Diagrams::kNone) return std::nullopt;
    }
    if (!alone) {
      return NeverDecides(i, "other grants" + By(i, v1::RULE_KIND_GRANT, rule.level()) +
                                 " allow as much wherever it speaks");
    }
    if (!below_caps) return NeverDecides(i, "caps are lower wherever it would allow more");
    return NeverDecides(i, "duties owe as much wherever it would allow more");
  }

  std::optional<Finding> LookAtCap(std::size_t i) {
    const v1::Rule& rule = policy_.rules()[i].rule;
    const bool is_absolute = rule.kind() == v1::RULE_KIND_CAP_ABSOLUTE;
    bool alone = false;
    for (std::size_t step = 0; step < std::size(kSteps); ++step) {
      if (rule.level() >= kSteps[step]) continue;
      const Bounds& bounds = bounds_[step];
      const Set left = sets_.Without(speaks_[i], Others(i, rule.kind(), kSteps[step]));
      alone = alone || left != Diagrams::kNone;
      const Set granted = sets_.And(left, bounds.grant);
      const Set lowered =
          is_absolute
              ? sets_.Or(sets_.Without(granted, bounds.qualified), sets_.And(left, bounds.duty))
              : sets_.Without(sets_.Without(granted, bounds.absolute), bounds.duty);
      if (lowered != Diagrams::kNone) return std::nullopt;
    }
    if (!alone) {
      return NeverDecides(i, "other caps" + By(i, rule.kind(), rule.level() + 1) +
                                 " are as low wherever it speaks");
    }
    return NeverDecides(i, "nobody is granted or owed more wherever it speaks");
  }

  /// Whether some word of the duty is its own: its level, or a time of what it obliges.
  bool SaysSomethingOfItsOwn(std::size_t i) {
    const PolicySet::Rule& rule = policy_.rules()[i];
    const Set others = Others(i, v1::RULE_KIND_DUTY, rule.rule.level());
    if (sets_.Without(speaks_[i], others) != Diagrams::kNone) return true;
    return OwnTime(i, /*if_unmet=*/false) || OwnTime(i, /*if_unmet=*/true);
  }

  bool OwnTime(std::size_t i, bool if_unmet) {
    const PolicySet::Rule& rule = policy_.rules()[i];
    const auto opened = [if_unmet](const PolicySet::Rule& each) -> const auto& {
      return if_unmet ? each.oblige_if_unmet : each.oblige;
    };
    const auto as_soon = [&](const PolicySet::Rule& other, const OpenedObligation& wanted,
                             std::int64_t OpenedObligation::*time) {
      // Whoever owes less may be met where this one is not.
      if (other.rule.kind() != v1::RULE_KIND_DUTY) return false;
      if (if_unmet && other.rule.level() < rule.rule.level()) return false;
      return std::any_of(opened(other).begin(), opened(other).end(),
                         [&](const OpenedObligation& each) {
                           return each.type == wanted.type && each.*time <= wanted.*time;
                         });
    };
    for (const OpenedObligation& wanted : opened(rule)) {
      for (const auto time : {&OpenedObligation::within_ms, &OpenedObligation::escalate_every_ms}) {
        Set others = Diagrams::kNone;
        for (std::size_t other = 0; other < speaks_.size(); ++other) {
          if (other != i && as_soon(policy_.rules()[other], wanted, time)) {
            others = sets_.Or(others, speaks_[other]);
          }
        }
        if (sets_.Without(speaks_[i], others) != Diagrams::kNone) return true;
      }
    }
    return false;
  }

  std::optional<Finding> LookAtDuty(std::size_t i) {
    const v1::Rule& rule = policy_.rules()[i].rule;
    const auto step = static_cast<std::size_t>(
        std::find(std::begin(kSteps), std::end(kSteps), rule.level()) - std::begin(kSteps));
    if (sets_.Without(speaks_[i], bounds_[step].absolute) == Diagrams::kNone) {
      return Finding{
          Fault::kDutyDefeated, rule.id(),
          "absolute caps are below it wherever it speaks, so that what it owes can never "
          "be given; owe less, or speak where it can be"};
    }
    const Set not_even_a_pointer =
        sets_.Without(situations_.RecipientsOf(speaks_[i]),
                      situations_.RecipientsOf(sets_.Without(speaks_[i], bounds_[0].absolute)));
    if (not_even_a_pointer != Diagrams::kNone) {
      return Finding{Fault::kNeverTold, rule.id(),
                     "it speaks to recipients who can never get even a pointer from it: " +
                         situations_.Recipient(not_even_a_pointer) +
                         "; leave them out of it, or let the absolute cap spare them"};
    }
    if (SaysSomethingOfItsOwn(i)) return std::nullopt;
    return NeverDecides(i, "other duties" + By(i, v1::RULE_KIND_DUTY, rule.level()) +
                               " owe as much, as soon, wherever it speaks");
  }

  std::optional<Finding> LookAtMask(std::size_t i) {
    const v1::Rule& rule = policy_.rules()[i].rule;
    const Bounds& full = bounds_.back();
    const Set given = sets_.Without(sets_.Or(sets_.Without(full.grant, full.qualified), full.duty),
                                    full.absolute);
    bool alone = false;
    for (const int hidden : rule.hides()) {
      const Set left = sets_.Without(
          sets_.And(speaks_[i], situations_.Carries(static_cast<v1::ContentFlag>(hidden))),
          Others(i, v1::RULE_KIND_MASK, hidden));
      alone = alone || left != Diagrams::kNone;
      if (sets_.And(left, given) != Diagrams::kNone) return std::nullopt;
    }
    if (!alone) return NeverDecides(i, "other masks hide as much wherever it speaks");
    return NeverDecides(i, "nobody gets anything in full wherever it speaks");
  }

  const PolicySet& policy_;
  Situations situations_;
  Diagrams& sets_;
  std::vector<Set> speaks_;     ///< One per rule, in the policy's order.
  std::vector<Bounds> bounds_;  ///< One per step.
  std::map<std::pair<v1::RuleKind, int>, Group> groups_;
};

}  // namespace

std::vector<Finding> Analyse(const PolicySet& policy, Scope scope) {
  return Analysis(policy, scope).Run();
}

}  // namespace tearline::policy
