#include "tests/machine/wishing_world.h"

#include "broker/machine/feed_name.h"
#include "broker/machine/lane.h"
#include "broker/machine/rows.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

constexpr char kPolicy[] = R"(
id: "wishing" version: 2 purpose: "For tests."
rules { id: "G2" kind: RULE_KIND_GRANT level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW
  when { recipient { agency_kind: [AGENCY_KIND_PRISON, AGENCY_KIND_EDUCATION] } } }
rules { id: "A1" kind: RULE_KIND_CAP_ABSOLUTE level: LEVEL_WITHHELD
  reason: RULE_REASON_SOURCE_PROTECTION
  when { event { flag: CONTENT_FLAG_SOURCE_IDENTITY } } }
rules { id: "D4" kind: RULE_KIND_DUTY level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW
  when { recipient { role: POST_ROLE_STRATEGIC_BOARD } } })";

}  // namespace

WishingWorld::WishingWorld() { PutInForce(kPolicy + PanelRules()); }

v1::Selector WishingWorld::About(const std::vector<std::string>& nominals) {
  v1::Selector selector;
  for (const std::string& id : nominals) {
    selector.add_nominal_ids(model::NominalId::FromBytes(id)->Text());
  }
  return selector;
}

Applied WishingWorld::Create(const std::string& post, const v1::Selector& selector,
                             v1::StartFrom from, std::int64_t time_ms) {
  CreateSubscription command;
  *command.mutable_selector() = selector;
  command.set_from(from);
  command.set_time_ms(time_ms);
  return last = Say(System(post), COMMAND_NUMBER_CREATE_SUBSCRIPTION, command);
}

std::string WishingWorld::Subscribe(const std::string& post, const v1::Selector& selector,
                                    v1::StartFrom from, std::int64_t time_ms) {
  const Applied made = Create(post, selector, from, time_ms);
  const auto id = model::SubscriptionId::Parse(made.made_id);
  return SubscriptionFeed(post, id->Bytes());
}

Applied WishingWorld::Seek(const std::string& feed, v1::StartFrom from, std::int64_t time_ms) {
  SeekSubscription command;
  command.set_subscription_id(SubscriptionOfFeed(feed));
  command.set_from(from);
  command.set_time_ms(time_ms);
  return last = Say(System(PostOfFeed(feed)), COMMAND_NUMBER_SEEK_SUBSCRIPTION, command);
}

Applied WishingWorld::Delete(const std::string& feed) {
  DeleteSubscription command;
  command.set_subscription_id(SubscriptionOfFeed(feed));
  return last = Say(System(PostOfFeed(feed)), COMMAND_NUMBER_DELETE_SUBSCRIPTION, command);
}

std::string WishingWorld::PublishOne(stored::v1::Publish event, v1::Urgency lane) {
  event.set_urgency(lane);
  std::string id = NextEventId();
  last = Publish(event);
  return id;
}

std::string WishingWorld::Tell(const std::string& nominal, v1::Urgency lane) {
  return PublishOne(Event(nominal), lane);
}

std::string WishingWorld::HoldBack(const std::string& nominal, v1::Urgency lane) {
  stored::v1::Publish event = Event(nominal);
  event.mutable_label()->set_originator_controlled(true);
  return PublishOne(event, lane);
}

int WishingWorld::GoOn() {
  int said = 0;
  while (!last.unfinished.empty() && said < 1000) {
    ReleaseRows command;
    command.set_feed(*last.unfinished.begin());
    last = Say(Broker(), COMMAND_NUMBER_RELEASE, command);
    ++said;
  }
  return said;
}

std::vector<std::string> WishingWorld::Out(const std::string& feed, v1::Urgency lane) const {
  std::vector<std::string> events;
  for (const auto& [number, item] : Released(feed, lane)) {
    if (item.kind() == ITEM_KIND_EVENT) events.push_back(item.event_id());
  }
  return events;
}

std::vector<std::string> WishingWorld::Take(const std::string& feed, const std::string& session,
                                            v1::Urgency lane) {
  std::vector<std::string> events = Out(feed, lane);
  std::vector<std::uint64_t> numbers;
  for (const auto& [number, item] : Released(feed, lane)) {
    if (numbers.size() < 256) numbers.push_back(number);
  }
  events.resize(numbers.size());
  last = Acknowledge(feed, session, lane, numbers);
  GoOn();
  return events;
}

LaneRow WishingWorld::Lane(const std::string& feed, v1::Urgency lane) const {
  return ReadLane(feed, lane, state);
}

int WishingWorld::Judged() const {
  int decisions = 0;
  for (const Detail& detail : Details()) decisions += detail.has_decision() ? 1 : 0;
  return decisions;
}

}  // namespace tearline::machine
