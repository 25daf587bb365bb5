#include "broker/policy/ruling.h"

#include <algorithm>
#include <bit>
#include <numeric>

#include "broker/policy/glass.h"
#include "broker/status/invariant.h"

namespace tearline::policy {
namespace {

constexpr v1::RuleKind kGrant = v1::RULE_KIND_GRANT;
constexpr v1::RuleKind kAbsolute = v1::RULE_KIND_CAP_ABSOLUTE;
constexpr v1::RuleKind kQualified = v1::RULE_KIND_CAP_QUALIFIED;
constexpr v1::RuleKind kDuty = v1::RULE_KIND_DUTY;
constexpr v1::RuleKind kMask = v1::RULE_KIND_MASK;

std::uint32_t BitOf(std::size_t place) { return std::uint32_t{1} << place; }

/// Calls `each` with the terms of `region` whose bits are set, rising.
template <typename Each>
void ForEachIn(const std::uint64_t* bits, Region region, const Each& each) {
  for (std::uint32_t term = FirstIn(bits, region); term < region.end;
       term = FirstIn(bits, {term + 1, region.end})) {
    each(term);
  }
}

/// The level of the word that decides a kind; `without` if none was spoken.
v1::Level Decisive(const CompiledPolicy& policy, const std::uint64_t* spoke, v1::RuleKind kind,
                   v1::Level without) {
  const Region region = policy.Of(kind);
  const std::uint32_t first = FirstIn(spoke, region);
  return first < region.end ? policy.LevelOf(first) : without;
}

/// One event judged for one post, from what is said about each nominal to what is told.
class Ruler {
 public:
  Ruler(const CompiledPolicy& policy, std::span<const Weighed> weighed, bool about_nobody)
      : policy_(policy), weighed_(weighed), about_nobody_(about_nobody) {}

  Ruling Rule(const EventFacts& event, std::optional<std::uint32_t> tear_line) {
    event_ = &event;
    Cut();
    const v1::RuleReason fell = Tell(tear_line);
    for (const Weighed& weighed : weighed_) CiteWinners(weighed);
    Owe([this](v1::Level owed, std::size_t place) { return Meets(owed, place); });
    ruling_.shortfall = fell != v1::RULE_REASON_UNSPECIFIED ? fell : ReasonForLess();
    return ruling_;
  }

  Ruling Deny(v1::RuleReason reason) {
    Owe([](v1::Level, std::size_t) { return false; });
    ruling_.shortfall = reason;
    return ruling_;
  }

 private:
  void Cite(std::uint32_t term) { Set(ruling_.cited.data(), policy_.RuleOf(term).rank); }
  void CiteAll(const Weighed& weighed, v1::RuleKind kind, v1::Level level) {
    ForEachIn(weighed.spoke, policy_.Of(kind, level), [this](std::uint32_t term) { Cite(term); });
  }

  /// Calls `each` with the places a segment concerns, in its order, until one answers false.
  template <typename Each>
  bool OfAllConcerned(const EventFacts::Segment& segment, const Each& each) const {
    if (!segment.nominals.empty()) {
      return std::all_of(segment.nominals.begin(), segment.nominals.end(), each);
    }
    for (std::size_t place = 0; place < weighed_.size(); ++place) {
      if (!each(place)) return false;
    }
    return true;
  }
  bool Concerns(const EventFacts::Segment& segment, std::size_t place) const {
    return !OfAllConcerned(segment, [place](std::size_t other) { return other != place; });
  }

  /// Whether a mask spoken about the nominal hides one of `flags`; cites those that do.
  bool Hides(const Weighed& weighed, std::uint32_t flags) {
    bool hides = false;
    ForEachIn(weighed.spoke, policy_.Of(kMask), [&](std::uint32_t term) {
      if ((policy_.RuleOf(term).hides & flags) == 0) return;
      Cite(term);
      hides = true;
    });
    return hides;
  }

  /// CutSegments (cut.h).
  void Cut() {
    for (std::size_t i = 0; i < event_->segments.size(); ++i) {
      const EventFacts::Segment& segment = event_->segments[i];
      if (!OfAllConcerned(segment, [this](std::size_t place) {
            return weighed_[place].level >= v1::LEVEL_FULL;
          })) {
        below_ |= BitOf(i);
        continue;
      }
      std::uint32_t flags = 0;
      for (const v1::ContentFlag flag : segment.flags) flags |= BitOf(flag);
      bool hidden = false;
      if (flags != 0) {
        OfAllConcerned(segment, [&](std::size_t place) {
          hidden = Hides(weighed_[place], flags) || hidden;
          return true;
        });
      }
      (hidden ? hidden_ : given_) |= BitOf(i);
    }
    ruling_.level = v1::LEVEL_FULL;
    if (given_ != 0) return;
    ruling_.level = v1::LEVEL_TEAR_LINE;
    for (const Weighed& each : weighed_) ruling_.level = std::min(ruling_.level, each.level);
  }

  /// What is told, and the fall-back that said so, if one did.
  v1::RuleReason Tell(std::optional<std::uint32_t> tear_line) {
    cut_level_ = ruling_.level;
    v1::RuleReason fell = v1::RULE_REASON_UNSPECIFIED;
    if (ruling_.level == v1::LEVEL_FULL) ruling_.segments = given_;
    if (ruling_.level == v1::LEVEL_TEAR_LINE) {
      ruling_.tear_line = tear_line;
      if (!tear_line) {
        ruling_.level = v1::LEVEL_POINTER;
        fell = v1::RULE_REASON_NO_TEAR_LINE;
      }
    }
    if (ruling_.level == v1::LEVEL_POINTER && !event_->label.existence_may_be_told()) {
      ruling_.level = v1::LEVEL_WITHHELD;
      fell = v1::RULE_REASON_EXISTENCE_NOT_TOLD;
    }
    return fell;
  }

  /// WinningRules (judgement.h).
  void CiteWinners(const Weighed& weighed) {
    if (!weighed.by_duty && weighed.grant == weighed.level) CiteAll(weighed, kGrant, weighed.level);
    CiteAll(weighed, kAbsolute, weighed.level);
    if (!weighed.by_duty && !weighed.glass_broken) CiteAll(weighed, kQualified, weighed.level);
    if (weighed.by_duty) CiteAll(weighed, kDuty, weighed.duty);
  }

  /// Meets (cut.h), at the level that is told.
  bool Meets(v1::Level owed, std::size_t place) const {
    if (ruling_.level < v1::LEVEL_FULL) return ruling_.level >= owed;
    std::uint32_t about = 0;
    for (std::size_t i = 0; i < event_->segments.size(); ++i) {
      if (Concerns(event_->segments[i], place)) about |= BitOf(i);
    }
    if (about == 0) return weighed_[place].level >= owed;
    return (about & given_) != 0 && (owed < v1::LEVEL_FULL || (about & below_) == 0);
  }

  void Open(const std::vector<OpenedObligation>& opened) {
    for (const OpenedObligation& one : opened) {
      OpenedObligation& kept = ruling_.obligations[one.type];
      if ((ruling_.opened & BitOf(one.type)) == 0) kept = one;
      ruling_.opened |= BitOf(one.type);
      kept.within_ms = std::min(kept.within_ms, one.within_ms);
      kept.escalate_every_ms = std::min(kept.escalate_every_ms, one.escalate_every_ms);
    }
  }

  template <typename Meeting>
  void Owe(const Meeting& meets) {
    for (std::size_t place = 0; place < weighed_.size(); ++place) {
      std::uint32_t asked = 0;  // By level: whether it was found out if that is met,
      std::uint32_t met = 0;    // and that it is.
      ForEachIn(weighed_[place].spoke, policy_.Of(kDuty), [&](std::uint32_t term) {
        const PolicySet::Rule& duty = *policy_.RuleOf(term).rule;
        const v1::Level level = duty.rule.level();
        if ((asked & BitOf(level)) == 0 && meets(level, place)) met |= BitOf(level);
        asked |= BitOf(level);
        Open(duty.oblige);
        if ((met & BitOf(level)) != 0) return;
        Cite(term);
        Open(duty.oblige_if_unmet);
      });
      ruling_.duty = std::max(ruling_.duty, weighed_[place].duty);
      if (asked == met) continue;
      ruling_.duty_unmet = true;
      if (!about_nobody_) ruling_.unmet_nominals |= BitOf(place);
    }
    // Nothing was told: there is nothing to read, and an obligation would tell that there is.
    if (ruling_.level == v1::LEVEL_WITHHELD) ruling_.opened &= ~BitOf(v1::OBLIGATION_TYPE_READ);
  }

  /// GrantedLevel (shortfall.h).
  v1::Level GrantedLevel() const {
    for (const EventFacts::Segment& segment : event_->segments) {
      if (OfAllConcerned(segment, [this](std::size_t place) {
            return weighed_[place].grant == v1::LEVEL_FULL;
          })) {
        return v1::LEVEL_FULL;
      }
    }
    v1::Level granted = v1::LEVEL_TEAR_LINE;
    for (const Weighed& each : weighed_) granted = std::min(granted, each.grant);
    return granted;
  }

  /// ReasonBelow (judgement.h).
  v1::RuleReason ReasonBelow(const Weighed& weighed) const {
    const bool below_duty = weighed.level < weighed.duty;
    if (!below_duty && weighed.level >= weighed.grant) {
      const bool nothing = weighed.level == v1::LEVEL_WITHHELD;
      return nothing ? v1::RULE_REASON_NO_GRANT : v1::RULE_REASON_UNSPECIFIED;
    }
    const PolicySet::Rule* lowest = nullptr;
    std::uint16_t rank = 0;
    for (const v1::RuleKind kind : {kAbsolute, kQualified}) {
      // What is owed yields to no qualified cap, nor does broken glass.
      if ((below_duty || weighed.glass_broken) && kind == kQualified) continue;
      const Region region = policy_.Of(kind);
      const std::uint32_t first = FirstIn(weighed.spoke, region);
      if (first == region.end) continue;
      const CompiledPolicy::CompiledRule& cap = policy_.RuleOf(first);
      if (lowest == nullptr || cap.rule->rule.level() < lowest->rule.level() ||
          (cap.rule->rule.level() == lowest->rule.level() && cap.rank < rank)) {
        lowest = cap.rule;
        rank = cap.rank;
      }
    }
    return lowest == nullptr ? v1::RULE_REASON_NO_GRANT : lowest->rule.reason();
  }

  /// Of judgements heard one by one, the reason of the lowest that has one; of several as low, the
  /// first.
  class Lowest {
   public:
    explicit Lowest(const Ruler& ruler) : ruler_(ruler) {}
    void Hear(const Weighed& weighed) {
      if (lowest_ == nullptr || weighed.level < lowest_->level ||
          (weighed.level == lowest_->level &&
           ruler_.ReasonBelow(*lowest_) == v1::RULE_REASON_UNSPECIFIED)) {
        lowest_ = &weighed;
      }
    }
    bool HeardNone() const { return lowest_ == nullptr; }
    v1::RuleReason Reason() const {
      const v1::RuleReason reason = ruler_.ReasonBelow(*lowest_);
      return reason == v1::RULE_REASON_UNSPECIFIED ? v1::RULE_REASON_NO_GRANT : reason;
    }

   private:
    const Ruler& ruler_;
    const Weighed* lowest_ = nullptr;
  };

  /// Why an event given in full does not reach the nominal at `place`.
  v1::RuleReason ReasonNotReached(std::size_t place) const {
    const v1::RuleReason own = ReasonBelow(weighed_[place]);
    if (own != v1::RULE_REASON_UNSPECIFIED) return own;
    Lowest lowest(*this);
    for (std::size_t i = 0; i < event_->segments.size(); ++i) {
      const EventFacts::Segment& segment = event_->segments[i];
      if ((below_ & BitOf(i)) == 0 || !Concerns(segment, place)) continue;
      OfAllConcerned(segment, [&](std::size_t other) {
        lowest.Hear(weighed_[other]);
        return true;
      });
    }
    return lowest.HeardNone() ? v1::RULE_REASON_ALL_HIDDEN : lowest.Reason();
  }

  /// ReasonForLess (shortfall.h).
  v1::RuleReason ReasonForLess() const {
    const bool less =
        ruling_.duty_unmet || cut_level_ < GrantedLevel() || cut_level_ == v1::LEVEL_WITHHELD;
    if (!less) return v1::RULE_REASON_UNSPECIFIED;
    if (given_ != 0) {
      const bool about_one = ruling_.unmet_nominals != 0;
      return ReasonNotReached(
          about_one ? static_cast<std::size_t>(std::countr_zero(ruling_.unmet_nominals)) : 0);
    }
    if (hidden_ != 0) return v1::RULE_REASON_ALL_HIDDEN;
    Lowest lowest(*this);
    for (const Weighed& each : weighed_) lowest.Hear(each);
    return lowest.Reason();
  }

  const CompiledPolicy& policy_;
  const std::span<const Weighed> weighed_;
  const bool about_nobody_;
  const EventFacts* event_ = nullptr;
  v1::Level cut_level_ = v1::LEVEL_WITHHELD;
  std::uint32_t below_ = 0;   // Segments by place: some nominal is not at full,
  std::uint32_t hidden_ = 0;  // hidden by a mask,
  std::uint32_t given_ = 0;   // given.
  Ruling ruling_;
};

}  // namespace

Decision DecisionOf(const Ruling& ruling, const CompiledPolicy& policy,
                    std::span<const NominalFacts> nominals) {
  Decision decision;
  decision.level = ruling.level;
  decision.duty = ruling.duty;
  decision.shortfall = ruling.shortfall;
  decision.duty_unmet = ruling.duty_unmet;
  decision.tear_line = ruling.tear_line;
  for (std::uint32_t left = ruling.segments; left != 0; left &= left - 1) {
    decision.segments.push_back(static_cast<std::uint32_t>(std::countr_zero(left)));
  }
  for (std::uint32_t left = ruling.unmet_nominals; left != 0; left &= left - 1) {
    decision.unmet_nominals.push_back(static_cast<std::size_t>(std::countr_zero(left)));
  }
  ForEachIn(ruling.cited.data(), {0, static_cast<std::uint32_t>(policy.rules())},
            [&](std::uint32_t rank) { decision.rules.push_back(policy.IdOf(rank)); });
  for (std::uint32_t left = ruling.opened; left != 0; left &= left - 1) {
    decision.obligations.push_back(
        ruling.obligations[static_cast<std::size_t>(std::countr_zero(left))]);
  }
  CiteGlass(nominals, decision);
  return decision;
}

Weighed Weigh(const CompiledPolicy& policy, const std::uint64_t* spoke, bool glass_broken) {
  Weighed weighed;
  weighed.spoke = spoke;
  weighed.grant = Decisive(policy, spoke, kGrant, v1::LEVEL_WITHHELD);
  weighed.absolute = Decisive(policy, spoke, kAbsolute, v1::LEVEL_FULL);
  weighed.qualified = Decisive(policy, spoke, kQualified, v1::LEVEL_FULL);
  weighed.duty = Decisive(policy, spoke, kDuty, v1::LEVEL_UNSPECIFIED);
  weighed.glass_broken = glass_broken;
  if (glass_broken) weighed.grant = weighed.qualified = v1::LEVEL_FULL;
  weighed.level = std::min({weighed.grant, weighed.absolute, weighed.qualified});
  if (weighed.level < weighed.duty) {
    weighed.level = std::min(weighed.duty, weighed.absolute);
    weighed.by_duty = true;
  }
  return weighed;
}

Ruling Rule(const CompiledPolicy& policy, const EventFacts& event, std::span<const Weighed> weighed,
            bool about_nobody, std::optional<std::uint32_t> tear_line) {
  return Ruler(policy, weighed, about_nobody).Rule(event, tear_line);
}

Ruling Deny(const CompiledPolicy& policy, std::span<const Weighed> weighed, bool about_nobody,
            v1::RuleReason reason) {
  return Ruler(policy, weighed, about_nobody).Deny(reason);
}

}  // namespace tearline::policy
