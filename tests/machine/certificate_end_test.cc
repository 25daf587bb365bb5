#include "broker/machine/certificate_end.h"

#include <gtest/gtest.h>

#include <string>

#include "broker/machine/reach.h"
#include "broker/machine/rows.h"
#include "broker/model/limits.h"
#include "tests/machine/event_world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

constexpr std::int64_t kDayMs = 24 * 3'600'000;
constexpr std::int64_t kWaitMs = model::kCertificateWait.count();
constexpr char kPanel[] = "police/panel";

/// The world of one event's panel, whose member is served by a system and held by a person.
struct CertificateEnd : testing::Test {
  /// A session that shows when its certificate ends.
  Applied Open(const Actor& actor, std::int64_t end_ms) {
    OpenSession command;
    command.set_feed(actor.post());
    command.set_window_messages(100);
    command.set_window_bytes(model::kWindowBytesMin);
    command.set_certificate_until_ms(end_ms);
    return world.Say(actor, COMMAND_NUMBER_OPEN_SESSION, command);
  }
  /// Everybody who acts for the panel's member has been seen, with certificates that end then.
  void AllShow(std::int64_t end_ms) {
    Actor deputy = World::Holder(kPanel);
    deputy.set_member("panel-deputy");
    for (const Actor& actor : {World::System(kPanel), World::Holder(kPanel), deputy}) {
      ASSERT_EQ(Open(actor, end_ms).sentence, "");
    }
  }
  v1::RuleReason Why() const { return OutOfReach(kPanel, world.state); }
  bool IsOwed() const { return !world.OpenObligations().empty(); }
  void Settle() {
    for (int i = 0; i < 8 && NextDeadlineMs(world.state) <= world.now_ms; ++i) {
      world.PassAndPulse(0);
    }
  }

  EventWorld world;
  std::int64_t until_ms = world.now_ms + 30 * kDayMs;
};

/// P3. All certificates have ended and nobody showed another: what is unread is owed, and by whom
/// the panel is led hears of it. The next session with a later end has all that was kept from it.
TEST_F(CertificateEnd, OfAllWhoActTakesAPostOutOfReach) {
  world.PutInForce(R"(id: "owed" version: 2
rules { id: "G1" kind: RULE_KIND_GRANT level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW
  when { recipient { on_panel: true } } }
rules { id: "D1" kind: RULE_KIND_DUTY level: LEVEL_FULL reason: RULE_REASON_PANEL_MUST_KNOW
  when { recipient { seat: SEAT_KIND_MEMBER } }
  oblige_if_unmet { type: OBLIGATION_TYPE_SANITISE_OR_REVIEW within: "4h" } })");
  AllShow(until_ms);
  world.PassAndPulse(30 * kDayMs);
  EXPECT_EQ(Why(), v1::RULE_REASON_UNSPECIFIED) << "the next is waited for";
  world.PublishOne();
  EXPECT_EQ(world.DecisionFor(kPanel)->level(), v1::LEVEL_FULL);
  world.PassAndPulse(kWaitMs - 1);
  EXPECT_EQ(Why(), v1::RULE_REASON_UNSPECIFIED);
  world.PassAndPulse(1);
  EXPECT_EQ(Why(), v1::RULE_REASON_RECIPIENT_UNCERTIFIED);
  Settle();
  const std::string missed = world.PublishOne();
  EXPECT_EQ(world.DecisionFor(kPanel)->level(), v1::LEVEL_WITHHELD);
  EXPECT_EQ(world.DecisionFor(kPanel)->shortfall(), v1::RULE_REASON_RECIPIENT_UNCERTIFIED);
  EXPECT_TRUE(IsOwed());

  ASSERT_EQ(Open(World::System(kPanel), world.now_ms + kDayMs).sentence, "");
  EXPECT_EQ(Why(), v1::RULE_REASON_UNSPECIFIED);
  Settle();
  EXPECT_FALSE(IsOwed());
  bool came = false;
  for (const auto& [number, item] : world.Released(kPanel, EventWorld::kLane)) {
    came = came || item.event_id() == missed;
  }
  EXPECT_TRUE(came);
  EXPECT_EQ(Replay(world.records).Digest().Hex(), world.state.Digest().Hex());
}

/// One who may come in is enough, and who was never seen counts as one.
TEST_F(CertificateEnd, OfSomeTakesNothingOutOfReach) {
  Open(World::System(kPanel), until_ms);
  Open(World::Holder(kPanel), until_ms);
  world.PassAndPulse(30 * kDayMs + kWaitMs);
  EXPECT_EQ(Why(), v1::RULE_REASON_UNSPECIFIED) << "its deputy was never seen";

  AllShow(world.now_ms + kDayMs);
  Open(World::Holder(kPanel), world.now_ms + 3 * kDayMs);
  world.PassAndPulse(kDayMs + kWaitMs);
  EXPECT_EQ(Why(), v1::RULE_REASON_UNSPECIFIED) << "its holder has one";
  SetSuspension suspend;
  suspend.set_agency("police");
  suspend.set_member("panel-holder");
  suspend.set_suspended(true);
  world.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_SUSPENSION, suspend);
  EXPECT_EQ(Why(), v1::RULE_REASON_RECIPIENT_UNCERTIFIED) << "and may not come in";
}

/// The latest end counts, in whichever order they were shown: certificates overlap.
TEST_F(CertificateEnd, IsTheLatestThatWasShown) {
  AllShow(until_ms);
  AllShow(until_ms - 5 * kDayMs);
  world.PassAndPulse(25 * kDayMs + kWaitMs);
  EXPECT_EQ(Why(), v1::RULE_REASON_UNSPECIFIED);
  AllShow(until_ms + kDayMs);
  world.PassAndPulse(5 * kDayMs);
  EXPECT_EQ(Why(), v1::RULE_REASON_UNSPECIFIED) << "no time of the one before is left";
  world.PassAndPulse(kDayMs);
  EXPECT_EQ(Why(), v1::RULE_REASON_RECIPIENT_UNCERTIFIED);
}

/// Another who is named for the post brings it back.
TEST_F(CertificateEnd, CountsForWhoeverIsNamed) {
  AllShow(until_ms);
  world.PassAndPulse(30 * kDayMs + kWaitMs);
  ASSERT_EQ(Why(), v1::RULE_REASON_RECIPIENT_UNCERTIFIED);
  SetPost set;
  *set.mutable_post() = world.state.Find<PostRow>(PostKey(kPanel))->post();
  set.mutable_post()->set_deputy("coordinator-holder");
  world.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, set);
  EXPECT_EQ(Why(), v1::RULE_REASON_UNSPECIFIED);
}

/// Law 10. Records of before say nothing of certificates, whatever they hold.
TEST_F(CertificateEnd, CountedForNothingBefore) {
  world.behaviour_version = kCertificatesEndFrom - 1;
  AllShow(until_ms);
  world.behaviour_version = kCertificatesEndFrom;
  world.PassAndPulse(30 * kDayMs + kWaitMs);
  EXPECT_EQ(Why(), v1::RULE_REASON_UNSPECIFIED);
  AllShow(0);
  AllShow(world.now_ms);
  world.PassAndPulse(kWaitMs);
  EXPECT_EQ(Why(), v1::RULE_REASON_UNSPECIFIED) << "nor does what had ended as it was shown";
}

}  // namespace
}  // namespace tearline::machine
