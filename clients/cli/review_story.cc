#include "clients/cli/review_story.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "clients/cli/words.h"
#include "clients/verifier/base64.h"
#include "clients/verifier/feed_name.h"
#include "tearline/stored/v1/command.pb.h"

namespace tearline::cli {
namespace {

using google::protobuf::util::TimeUtil;
using stored::v1::Detail;
using verifier::ProvedLeaf;

std::string EventId(const std::string& id) { return "ev_" + verifier::Hex(id); }

/// Reads the leaves in their order.
class Teller {
 public:
  explicit Teller(const std::string& nominal_id) : nominal_id_(nominal_id) {}

  void Visit(const ProvedLeaf& leaf) {
    for (const Detail& fact : leaf.facts) {
      if (fact.has_published()) PutIn(fact.published(), leaf);
      if (fact.has_decision()) Decide(fact.decision(), leaf);
      if (fact.has_released()) LetGo(fact.released(), leaf);
      if (fact.has_settled()) Settle(fact.settled(), leaf);
      if (fact.has_read()) Read(fact.read(), leaf);
      if (fact.has_withdrawn()) {
        events_[EventId(fact.withdrawn().event_id())].withdrawn_ms = leaf.leaf.stamp_ms;
      }
    }
    for (const auto& said : verifier::SaidOfObligations(leaf)) Owe(said, leaf);
  }

  /// What was answered and no leaf shows.
  void Hear(const v1::KnownEvent& said) {
    StoryEvent& event = events_[said.event_id()];
    event.published_ms = TimeUtil::TimestampToMilliseconds(said.published_at());
    if (event.put_in_ms == 0) HearEvent(said, event);
    for (const v1::KnownTo& known : said.known_to()) {
      if (!event.answered && !known.has_acknowledged_at()) continue;
      StoryTold& told = told_[{said.event_id(), known.post()}];
      if (event.answered) HearTold(known, told);
      const std::int64_t ms = TimeUtil::TimestampToMilliseconds(known.acknowledged_at());
      if (!told.acknowledgement_proved && ms >= told.let_go_ms) told.acknowledged_ms = ms;
    }
  }

  void Hear(const v1::OpenAtRow& said) {
    StoryDuty& duty = duties_[said.obligation_id()];
    duty.answered = true;
    // What a record says of its end is the last there is to say.
    if (duty.ending_proved) return;
    duty.climbing_proved = duty.told == said.told_post() && duty.stage == said.stage();
    duty.told = said.told_post();
    duty.stage = said.stage();
    const std::int64_t due_ms = TimeUtil::TimestampToMilliseconds(said.due_at());
    if (due_ms != duty.due_ms) duty.answered_due_ms = due_ms;
    if (said.has_ended_at()) duty.ended_ms = TimeUtil::TimestampToMilliseconds(said.ended_at());
  }

  Story Take() && {
    Story story;
    std::set<std::string> agencies;
    for (auto& [key, told] : told_) {
      told.post = key.second;
      events_[key.first].told.push_back(told);
      agencies.insert(AgencyOf(key.second));
    }
    for (auto& [id, event] : events_) {
      event.id = id;
      if (!event.agency.empty()) agencies.insert(event.agency);
      story.events.push_back(std::move(event));
    }
    for (auto& [id, duty] : duties_) {
      duty.id = id;
      if (!duty.debtor.empty()) agencies.insert(AgencyOf(duty.debtor));
      story.duties.push_back(std::move(duty));
    }
    std::sort(story.events.begin(), story.events.end(), [](const auto& a, const auto& b) {
      return std::tie(a.put_in_ms, a.leaf, a.id) < std::tie(b.put_in_ms, b.leaf, b.id);
    });
    std::sort(story.duties.begin(), story.duties.end(), [](const auto& a, const auto& b) {
      return std::tie(a.opened_ms, a.leaf, a.id) < std::tie(b.opened_ms, b.leaf, b.id);
    });
    story.agencies.assign(agencies.begin(), agencies.end());
    return story;
  }

 private:
  /// Of an event of which no record here says that it was put in.
  static void HearEvent(const v1::KnownEvent& said, StoryEvent& event) {
    event.answered = true;
    event.type = said.event_type();
    event.agency = said.originating_agency();
    event.occurred_ms = TimeUtil::TimestampToMilliseconds(said.occurred_at());
    event.put_in_ms = TimeUtil::TimestampToMilliseconds(said.accepted_at());
  }

  static void HearTold(const v1::KnownTo& known, StoryTold& told) {
    if (!told.decision_proved) {
      told.decided = known.decided();
      told.duty = known.duty();
      told.shortfall = known.shortfall();
      told.decided_ms = TimeUtil::TimestampToMilliseconds(known.decided_at());
    }
    if (!told.letting_go_proved) {
      told.given = known.level();
      told.let_go_ms = TimeUtil::TimestampToMilliseconds(known.released_at());
      if (known.has_released_anew_at()) HearAnew(known, told);
    }
    if (!told.reading_proved) told.read_ms = TimeUtil::TimestampToMilliseconds(known.read_at());
  }

  /// Of what was let go before, the answer tells only when it was let go and read first.
  static void HearAnew(const v1::KnownTo& known, StoryTold& told) {
    StoryBefore& first = told.before.emplace_back();
    first.let_go_ms = std::exchange(
        told.let_go_ms, TimeUtil::TimestampToMilliseconds(known.released_anew_at()));
    first.read_ms = TimeUtil::TimestampToMilliseconds(known.read_before_at());
    first.over_ms = told.let_go_ms;
  }

  /// The post that asked for a record, or the agency where it names no post.
  static std::string AskedBy(const ProvedLeaf& leaf) {
    for (const Detail& fact : leaf.facts) {
      if (!fact.has_actor()) continue;
      return fact.actor().post().empty() ? fact.actor().agency() : fact.actor().post();
    }
    return "";
  }

  StoryTold& At(const std::string& event_id, const std::string& post) {
    return told_[{EventId(event_id), post}];
  }

  void PutIn(const stored::v1::PublishedDetail& published, const ProvedLeaf& leaf) {
    StoryEvent& event = events_[EventId(published.event_id())];
    event.type = published.event_type();
    event.agency = published.originating_agency();
    event.post = published.originating_post();
    event.urgency = published.urgency();
    event.occurred_ms = published.occurred_ms();
    event.put_in_ms = leaf.leaf.stamp_ms;
    event.leaf = leaf.index;
    const auto& people = published.nominal_ids();
    event.of_another_id = std::none_of(people.begin(), people.end(), [this](const auto& person) {
      return "nom_" + verifier::Hex(person) == nominal_id_;
    });
  }

  void Decide(const stored::v1::DecisionDetail& decision, const ProvedLeaf& leaf) {
    StoryTold& told = At(decision.event_id(), decision.post());
    told.decided = decision.level();
    told.duty = decision.duty();
    told.shortfall = decision.shortfall();
    told.rules.clear();
    for (const std::string& rule : decision.rules()) {
      told.rules += (told.rules.empty() ? "" : " ") + rule;
    }
    told.decided_ms = leaf.leaf.stamp_ms;
    told.decided_leaf = leaf.index;
    told.decision_proved = true;
  }

  void LetGo(const stored::v1::ReleasedDetail& released, const ProvedLeaf& leaf) {
    const std::string post = verifier::PostOfFeed(released.feed());
    if (!released.withdrawn_event_id().empty()) {
      At(released.withdrawn_event_id(), post).taken_back_ms = leaf.leaf.stamp_ms;
    }
    if (released.event_id().empty()) return;
    StoryTold& told = At(released.event_id(), post);
    const bool anew = told.let_go_ms != 0 &&
                      (released.superseding() || released.again() || told.taken_back_ms != 0 ||
                       released.level() != told.given);
    if (anew) BeginAnew(leaf.leaf.stamp_ms, told);
    told.given = released.level();
    told.letting_go_proved = true;
    told.taken_back_ms = 0;
    if (told.let_go_ms == 0) told.let_go_ms = leaf.leaf.stamp_ms;
    numbers_[{released.feed(), released.lane(), released.sequence()}] = {&told, told.before.size()};
  }

  static void BeginAnew(std::int64_t ms, StoryTold& told) {
    told.before.push_back({.given = told.given,
                           .let_go_ms = std::exchange(told.let_go_ms, 0),
                           .acknowledged_ms = std::exchange(told.acknowledged_ms, 0),
                           .read_ms = std::exchange(told.read_ms, 0),
                           .reader = std::exchange(told.reader, ""),
                           .over_ms = told.taken_back_ms == 0 ? ms : told.taken_back_ms});
    told.acknowledgement_proved = false;
    told.reading_proved = false;
  }

  /// A feed acknowledges numbers: these say of which events.
  void Settle(const stored::v1::SettledDetail& settled, const ProvedLeaf& leaf) {
    if (leaf.leaf.kind != stored::v1::COMMAND_NUMBER_ACKNOWLEDGE) return;
    for (const std::uint64_t sequence : settled.sequences()) {
      const auto found = numbers_.find({settled.feed(), settled.lane(), sequence});
      if (found == numbers_.end()) continue;
      auto& [told, turn] = found->second;
      if (turn < told->before.size() || told->acknowledged_ms != 0) continue;
      told->acknowledged_ms = leaf.leaf.stamp_ms;
      told->acknowledgement_proved = true;
    }
  }

  void Read(const stored::v1::ReadDetail& read, const ProvedLeaf& leaf) {
    StoryTold& told = At(read.event_id(), verifier::PostOfFeed(read.feed()));
    if (told.read_ms != 0) return;
    told.read_ms = leaf.leaf.stamp_ms;
    told.reading_proved = true;
    told.reader = read.reader();
  }

  void Owe(const stored::v1::ObligationDetail& said, const ProvedLeaf& leaf) {
    StoryDuty& duty = duties_["ob_" + verifier::Hex(said.obligation_id())];
    if (duty.opened_ms == 0) {
      duty.opened_ms = leaf.leaf.stamp_ms;
      duty.leaf = leaf.index;
    }
    duty.type = said.type();
    duty.reason = said.reason();
    duty.debtor = said.debtor_post();
    duty.told = said.told_post();
    duty.due_ms = said.due_ms();
    duty.stage = said.stage();
    if (!said.owed_post().empty()) {
      duty.owed_to += (duty.owed_to.empty() ? "" : " ") + said.owed_post();
    }
    if (said.change() == stored::v1::OBLIGATION_CHANGE_DISCHARGED) {
      duty.ended_ms = leaf.leaf.stamp_ms;
      duty.ending_proved = true;
      duty.ended_by = AskedBy(leaf);
    }
  }

  const std::string& nominal_id_;
  std::map<std::string, StoryEvent> events_;
  std::map<std::pair<std::string, std::string>, StoryTold> told_;
  std::map<std::string, StoryDuty> duties_;
  /// What was let go under a number, and after how many lettings-go.
  std::map<std::tuple<std::string, int, std::uint64_t>, std::pair<StoryTold*, std::size_t>>
      numbers_;
};

}  // namespace

bool GotTooLittle(const StoryTold& told) {
  return told.duty > (told.taken_back_ms == 0 ? told.given : v1::LEVEL_UNSPECIFIED);
}

std::vector<StorySpan> LateAcknowledgements(const StoryTold& told, v1::Urgency urgency,
                                            std::int64_t now_ms) {
  constexpr std::int64_t kMinuteMs = 60'000;
  const std::int64_t allowed_ms = urgency == v1::URGENCY_IMMEDIATE ? 15 * kMinuteMs
                                  : urgency == v1::URGENCY_URGENT  ? 240 * kMinuteMs
                                                                   : 4320 * kMinuteMs;
  std::vector<StorySpan> late;
  const auto look = [&](std::int64_t let_go_ms, std::int64_t acknowledged_ms,
                        std::int64_t over_ms) {
    const std::int64_t open_until_ms = over_ms == 0 ? now_ms : over_ms;
    const std::int64_t until_ms = acknowledged_ms == 0 ? open_until_ms : acknowledged_ms;
    if (let_go_ms == 0 || until_ms - let_go_ms <= allowed_ms) return;
    late.push_back({let_go_ms + allowed_ms, until_ms});
  };
  for (const StoryBefore& each : told.before) {
    // Of what is only answered nothing tells when its receipt was acknowledged.
    if (each.given == v1::LEVEL_UNSPECIFIED) continue;
    look(each.let_go_ms, each.acknowledged_ms, each.over_ms);
  }
  look(told.let_go_ms, told.acknowledged_ms, told.taken_back_ms);
  return late;
}

std::int64_t LatestDueMs(const StoryDuty& duty) {
  return std::max(duty.due_ms, duty.answered_due_ms);
}

Story Tell(const verifier::Review& review, const verifier::ProvedReview& proved) {
  Teller teller(review.nominal_id);
  for (const ProvedLeaf& leaf : proved.leaves) teller.Visit(leaf);
  for (const v1::KnownEvent& event : review.events) teller.Hear(event);
  for (const v1::OpenAtRow& row : review.obligations) teller.Hear(row);
  return std::move(teller).Take();
}

}  // namespace tearline::cli
