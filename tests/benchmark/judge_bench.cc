#include "tests/benchmark/judge_bench.h"

#include <chrono>
#include <ctime>
#include <stdexcept>
#include <string>
#include <utility>

#include "broker/policy/evaluate.h"
#include "broker/policy/hearing.h"

namespace tearline::benchmark {
namespace {

constexpr std::size_t kRules[] = {25, 250, 1000};
constexpr std::size_t kPosts[] = {10, 100, 1000};
/// How long each engine works on one size in one round.
constexpr std::chrono::milliseconds kTime{20};

/// One rule of a policy as practitioners write them: of a kind, about some events, for some posts.
v1::Rule RuleOf(std::size_t number) {
  v1::Rule rule;
  rule.set_id("R" + std::to_string(number));
  rule.set_kind(static_cast<v1::RuleKind>(1 + number % 5));
  rule.set_reason(v1::RULE_REASON_NEED_TO_KNOW);
  const auto pick = [number](std::size_t salt, std::size_t below) {
    return static_cast<int>(number * 7 / (salt + 1) % below);
  };
  v1::EventCondition& event = *rule.mutable_when()->mutable_event();
  event.add_event_type("family-" + std::to_string(number % 40) + ".");
  if (number % 3 == 0) event.add_risk(static_cast<v1::Risk>(1 + pick(1, 4)));
  if (number % 7 == 0) event.set_originator_controlled(number % 2 == 0);
  v1::RecipientCondition& recipient = *rule.mutable_when()->mutable_recipient();
  recipient.add_agency_kind(static_cast<v1::AgencyKind>(1 + pick(2, 14)));
  recipient.add_agency_kind(static_cast<v1::AgencyKind>(1 + pick(3, 14)));
  if (number % 2 == 0) recipient.add_role(static_cast<v1::PostRole>(1 + pick(4, 15)));
  if (number % 4 == 0) recipient.set_on_panel(true);
  if (number % 5 == 0) recipient.set_cleared(true);
  if (number % 6 == 0) {
    rule.mutable_when()->add_none()->mutable_recipient()->set_of_originator(true);
  }
  if (number % 9 == 0) {
    rule.mutable_when()->add_any()->mutable_nominal()->add_level(v1::MAPPA_LEVEL_3);
    rule.mutable_when()->add_any()->mutable_event()->add_urgency(v1::URGENCY_IMMEDIATE);
  }
  switch (rule.kind()) {
    case v1::RULE_KIND_MASK:
      rule.add_hides(static_cast<v1::ContentFlag>(1 + pick(5, 8)));
      break;
    case v1::RULE_KIND_CAP_ABSOLUTE:
    case v1::RULE_KIND_CAP_QUALIFIED:
      rule.set_level(v1::LEVEL_TEAR_LINE);
      break;
    default:
      rule.set_level(number % 2 == 0 ? v1::LEVEL_FULL : v1::LEVEL_TEAR_LINE);
      break;
  }
  return rule;
}

policy::PolicySet PolicyOf(std::size_t rules) {
  v1::Policy policy;
  policy.set_id("measured");
  policy.set_version(1);
  for (std::size_t number = 0; number < rules; ++number) *policy.add_rules() = RuleOf(number);
  Result<policy::PolicySet> set = policy::PolicySet::Of(std::move(policy), "measured");
  if (!set.ok()) throw std::runtime_error(SentenceOf(set.status()));
  return *std::move(set);
}

/// An event about one nominal, in two segments, with a tear-line; of one of forty families.
policy::EventFacts EventOf(std::size_t number) {
  policy::EventFacts event;
  event.event_type = "family-" + std::to_string(number % 40) + ".case.changed";
  event.originating_agency = "agency-1";
  event.originator_kind = v1::AGENCY_KIND_POLICE;
  event.urgency = number % 5 == 0 ? v1::URGENCY_IMMEDIATE : v1::URGENCY_URGENT;
  event.facts.set_risk(static_cast<v1::Risk>(1 + number % 4));
  event.label.mutable_marking()->set_tier(v1::TIER_OFFICIAL);
  event.label.mutable_marking()->set_sensitive(true);
  event.label.set_originator_controlled(number % 2 == 0);
  event.label.set_existence_may_be_told(true);
  event.segments.resize(2);
  for (auto& segment : event.segments) segment.nominals = {0};
  event.segments[1].flags = {v1::CONTENT_FLAG_VICTIM_ADDRESS};
  policy::EventFacts::TearLine& tear_line = event.tear_lines.emplace_back();
  tear_line.marking.set_tier(v1::TIER_OFFICIAL);
  tear_line.audience.set_panels(true);
  return event;
}

/// A post, and what it is to the nominal.
struct Post {
  policy::RecipientFacts recipient;
  std::vector<policy::NominalFacts> nominals;
};

Post PostOf(std::size_t number) {
  Post post;
  post.recipient.agency = "agency-" + std::to_string(number % 30);
  post.recipient.post = post.recipient.agency + "/post-" + std::to_string(number);
  post.recipient.agency_kind = static_cast<v1::AgencyKind>(1 + number % 14);
  post.recipient.roles = {static_cast<v1::PostRole>(1 + number * 7 / 3 % 15)};
  post.recipient.clearance.set_tier(v1::TIER_OFFICIAL);
  post.recipient.clearance.set_sensitive(number % 3 != 0);
  policy::NominalFacts& nominal = post.nominals.emplace_back();
  nominal.has_case = true;
  nominal.category = v1::MAPPA_CATEGORY_1;
  nominal.level = v1::MAPPA_LEVEL_3;
  nominal.lead_agency = "agency-2";
  if (number % 4 != 0) nominal.seat = static_cast<v1::SeatKind>(1 + number % 3);
  return post;
}

/// What this thread has worked so far: judging waits for nothing, so that what others do on the
/// machine is not counted.
std::chrono::nanoseconds Worked() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

/// A policy, and what it judges: forty events, each for all posts.
class Court {
 public:
  Court(std::size_t rules, std::size_t posts) : policy_(PolicyOf(rules)), hearing_(policy_) {
    for (std::size_t number = 0; number < 40; ++number) events_.push_back(EventOf(number));
    for (std::size_t number = 0; number < posts; ++number) posts_.push_back(PostOf(number));
    for (std::size_t number = 0; number < events_.size(); ++number) {
      if (Fast(number) != Plain(number)) throw std::runtime_error("the engines decide differently");
    }
  }

  double FastTime() {
    return NanosecondsAPost([this](std::size_t number) { return Fast(number); });
  }
  double PlainTime() {
    return NanosecondsAPost([this](std::size_t number) { return Plain(number); });
  }

 private:
  /// How many rules are cited: something to be added up, so that nothing is left out.
  std::size_t Fast(std::size_t number) {
    std::size_t cited = 0;
    hearing_.Open(events_[number % events_.size()]);
    for (const Post& post : posts_) {
      const policy::Ruling& ruling = hearing_.Hear(post.nominals, post.recipient);
      cited += policy::DecisionOf(ruling, hearing_.policy()).rules.size();
    }
    return cited;
  }
  std::size_t Plain(std::size_t number) const {
    std::size_t cited = 0;
    const policy::EventFacts& event = events_[number % events_.size()];
    for (const Post& post : posts_) {
      cited += policy::Evaluate(policy_, event, post.nominals, post.recipient).rules.size();
    }
    return cited;
  }

  /// Over as many events as fit.
  template <typename JudgeEvent>
  double NanosecondsAPost(const JudgeEvent& judge_event) {
    const std::chrono::nanoseconds begun = Worked();
    std::chrono::nanoseconds taken{};
    std::size_t events = 0;
    do {
      cited_ += judge_event(events++);
      taken = Worked() - begun;
    } while (taken < kTime);
    return static_cast<double>(taken.count()) / static_cast<double>(events * posts_.size());
  }

  const policy::PolicySet policy_;
  policy::Hearing hearing_;
  std::vector<policy::EventFacts> events_;
  std::vector<Post> posts_;
  std::size_t cited_ = 0;
};

Row CompareEngines(std::size_t rules, std::size_t posts, int count) {
  Court court(rules, posts);
  Rounds rounds;
  for (int round = 0; round < count; ++round) {
    const double ours = court.FastTime();
    rounds.Add(ours, court.PlainTime());
  }
  return rounds.AsRow(
      "judge_" + std::to_string(rules) + "_rules_" + std::to_string(posts) + "_posts_over_plain",
      std::to_string(rules) + " rules, " + std::to_string(posts) +
          " posts: a post by the fast engine, over the plain",
      false, "ns");
}

/// What more rules than 25 cost the fast engine.
Row CompareGrowth(std::size_t rules, std::size_t posts, int count) {
  Court few(kRules[0], posts);
  Court many(rules, posts);
  Rounds rounds;
  for (int round = 0; round < count; ++round) {
    const double ours = many.FastTime();
    rounds.Add(ours, few.FastTime());
  }
  return rounds.AsRow(
      "judge_" + std::to_string(rules) + "_rules_over_25_" + std::to_string(posts) + "_posts",
      std::to_string(posts) + " posts: a post under " + std::to_string(rules) + " rules, over 25",
      false, "ns");
}

}  // namespace

void CompareJudging(int rounds, std::vector<Row>& rows) {
  for (const std::size_t rules : kRules) {
    for (const std::size_t posts : kPosts) rows.push_back(CompareEngines(rules, posts, rounds));
  }
  for (const std::size_t rules : {kRules[1], kRules[2]}) {
    for (const std::size_t posts : kPosts) rows.push_back(CompareGrowth(rules, posts, rounds));
  }
}

}  // namespace tearline::benchmark
