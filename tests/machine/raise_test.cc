#include "broker/machine/raise.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "broker/machine/feed_name.h"
#include "broker/machine/rows.h"
#include "broker/model/limits.h"
#include "tests/machine/wishing_world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

constexpr char kChair[] = "probation/chair";
constexpr char kPanel[] = "police/panel";
constexpr v1::Urgency kUrgent = v1::URGENCY_URGENT;

std::string Policy(const std::string& id, const std::string& rules) {
  return "id: '" + id + "' version: 2\n" + rules;
}
std::string Grant(const std::string& id, const std::string& level, const std::string& when) {
  return "rules { id: '" + id + "' kind: RULE_KIND_GRANT level: LEVEL_" + level +
         " reason: RULE_REASON_NEED_TO_KNOW when { " + when + " } }\n";
}
std::string Duty(const std::string& id, const std::string& level, const std::string& when) {
  return "rules { id: '" + id + "' kind: RULE_KIND_DUTY level: LEVEL_" + level +
         " reason: RULE_REASON_PANEL_MUST_KNOW when { " + when +
         " } oblige_if_unmet { type: OBLIGATION_TYPE_SANITISE_OR_REVIEW within: '4h' } }\n";
}
const std::string kChairSeat = "recipient { seat: SEAT_KIND_CHAIR }";
const std::string kMemberSeat = "recipient { seat: SEAT_KIND_MEMBER }";
const std::string kEducation = "recipient { agency_kind: AGENCY_KIND_EDUCATION }";

/// Chairs are told all, members nothing.
const std::string kChairsAlone = Policy("chairs", Grant("G1", "FULL", kChairSeat));

class RaiseTest : public testing::Test {
 protected:
  RaiseTest() {
    world_.PutInForce(kChairsAlone);
    nominal_ = world_.Register(1);
    world_.OpenCase(nominal_, {{kChair, v1::SEAT_KIND_CHAIR}, {kPanel, v1::SEAT_KIND_MEMBER}});
  }

  /// Into force by a record of today's version; what it was proposed by is older, for it has no
  /// tests.
  void Approve(const std::string& text) {
    world_.behaviour_version = kPoliciesTestedFrom - 1;
    ProposePolicy propose;
    propose.set_policy_text(text);
    ASSERT_EQ(world_.Say(World::System("desk/author"), COMMAND_NUMBER_PROPOSE_POLICY, propose)
                  .sentence,
              "");
    world_.behaviour_version = version_;
    ASSERT_EQ(world_.NoteSimulation(text).sentence, "");
    ApprovePolicy approve;
    approve.set_policy_digest(crypto::Sha256(text).Bytes());
    ASSERT_EQ(world_.Say(World::System("desk/governance"), COMMAND_NUMBER_APPROVE_POLICY, approve)
                  .sentence,
              "");
  }
  std::vector<std::string> Tell(int count, v1::Urgency lane = kUrgent) {
    std::vector<std::string> events;
    for (int i = 0; i < count; ++i) events.push_back(world_.Tell(nominal_, lane));
    return events;
  }
  /// Whose existence may be told: a pointer can be given.
  std::string TellPointed() {
    Publish event = world_.Event(nominal_);
    event.mutable_label()->set_existence_may_be_told(true);
    event.mutable_label()->set_pointer_post("ct-police/intel");
    const std::string id = world_.NextEventId();
    world_.last = world_.Publish(event);
    return id;
  }
  bool IsDue() const { return NextDeadlineMs(world_.state) <= world_.now_ms; }
  /// How many pulses it took.
  int PulseUntilThrough() {
    int pulses = 0;
    for (; IsDue() && pulses < 100; ++pulses) world_.PassAndPulse(0);
    return pulses;
  }
  void ExpectReplays() const {
    EXPECT_EQ(Replay(world_.records).Digest().Hex(), world_.state.Digest().Hex());
  }

  WishingWorld world_;
  std::string nominal_;
  std::uint16_t version_ = kBehaviourVersion;
};

/// What was withheld under the policy before reaches whoever the new one tells of it: once, late,
/// in the order of the ledger.
TEST_F(RaiseTest, ANewPolicyBringsWhatTheOldOneWithheld) {
  const std::vector<std::string> events = Tell(3);
  world_.OpenSession(kPanel);
  ASSERT_TRUE(world_.Out(kPanel).empty());
  Approve(Policy("all", Grant("G1", "FULL", "recipient { on_panel: true }")));
  EXPECT_TRUE(world_.Out(kPanel).empty()) << "the record itself is judged by the old one";
  EXPECT_EQ(PulseUntilThrough(), 1);
  EXPECT_EQ(world_.Out(kPanel), events);
  for (const auto& [number, item] : world_.Released(kPanel, kUrgent)) {
    EXPECT_TRUE(item.late());
    EXPECT_EQ(item.level(), v1::LEVEL_FULL);
  }
  EXPECT_EQ(world_.Waiting(kChair, kUrgent), 3u) << "whoever had all gets nothing anew";
  ExpectReplays();
}

TEST_F(RaiseTest, InEveryLane) {
  for (const v1::Urgency lane : {v1::URGENCY_IMMEDIATE, kUrgent, v1::URGENCY_ROUTINE}) {
    Tell(2, lane);
  }
  Approve(Policy("all", Grant("G1", "FULL", "recipient { on_panel: true }")));
  PulseUntilThrough();
  for (const v1::Urgency lane : {v1::URGENCY_IMMEDIATE, kUrgent, v1::URGENCY_ROUTINE}) {
    EXPECT_EQ(world_.Waiting(kPanel, lane), 2u) << lane;
  }
}

/// What was received at less is superseded by more, and a person's reading of the less is none of
/// the more.
TEST_F(RaiseTest, SupersedesWhatWasToldLess) {
  Approve(Policy("pointers", Grant("G1", "FULL", kChairSeat) + Grant("G2", "POINTER", kMemberSeat)));
  const std::vector<std::string> events = {TellPointed(), TellPointed()};
  const std::string session = world_.OpenSession(kPanel);
  ASSERT_EQ(world_.Take(kPanel, session), events);
  TellPointed();  // is out, and not settled
  ASSERT_EQ(world_.Out(kPanel).size(), 1u);

  Approve(Policy("all", Grant("G1", "FULL", "recipient { on_panel: true }")));
  PulseUntilThrough();
  const auto released = world_.Released(kPanel, kUrgent);
  ASSERT_EQ(released.size(), 3u);
  for (const auto& [number, item] : released) {
    EXPECT_TRUE(item.superseding());
    EXPECT_TRUE(item.late());
    EXPECT_EQ(item.level(), v1::LEVEL_FULL);
  }
  ExpectReplays();
}

/// A lower policy takes nothing back that was received, and brings nothing.
TEST_F(RaiseTest, BringsNothingWhereLessIsTold) {
  Approve(Policy("all", Grant("G1", "FULL", "recipient { on_panel: true }")));
  TellPointed();
  TellPointed();
  const std::string session = world_.OpenSession(kPanel);
  world_.Take(kPanel, session);
  Approve(Policy("pointers", Grant("G1", "FULL", kChairSeat) + Grant("G2", "POINTER", kMemberSeat)));
  PulseUntilThrough();
  EXPECT_EQ(world_.Judged(), 0);
  EXPECT_TRUE(world_.Out(kPanel).empty());
}

/// Whatever is owed under the new policy and not met opens its obligation; what is owed no more
/// ends it.
TEST_F(RaiseTest, OpensWhatComesToBeOwedAndEndsWhatIsNot) {
  Tell(2);
  const std::string owed =
      Policy("owed", Grant("G1", "FULL", kChairSeat) + Duty("D1", "FULL", kMemberSeat) +
                         "rules { id: 'A1' kind: RULE_KIND_CAP_ABSOLUTE level: LEVEL_WITHHELD "
                         "reason: RULE_REASON_ACCESS_LIMITED when { " +
                         kMemberSeat + " } }\n");
  Approve(owed);
  PulseUntilThrough();
  const auto open = world_.OpenObligations();
  ASSERT_EQ(open.size(), 1u);
  EXPECT_EQ(open.begin()->second.count(), 2u);
  Approve(Policy("chairs-again", Grant("G1", "FULL", kChairSeat)));
  PulseUntilThrough();
  EXPECT_TRUE(world_.OpenObligations().empty());
  ExpectReplays();
}

/// As many as a record may judge, and the rest by the next pulses, across a crash.
TEST_F(RaiseTest, IsCarriedOnByPulsesAcrossACrash) {
  const int count = model::kReleaseRowsMax + 10;
  Tell(count);
  Approve(Policy("all", Grant("G1", "FULL", "recipient { on_panel: true }")));
  world_.PassAndPulse(0);
  EXPECT_EQ(world_.Waiting(kPanel, kUrgent), static_cast<std::size_t>(model::kReleaseRowsMax));
  world_.Crash();
  EXPECT_EQ(PulseUntilThrough(), 1);
  EXPECT_EQ(world_.Waiting(kPanel, kUrgent), static_cast<std::size_t>(count));
  EXPECT_FALSE(IsDue());
}

/// The next policy is what the rest is judged by, and all that went before once more.
TEST_F(RaiseTest, BeginsAnewWithTheNextPolicy) {
  Tell(model::kReleaseRowsMax + 10);
  Approve(Policy("all", Grant("G1", "FULL", "recipient { on_panel: true }")));
  world_.PassAndPulse(0);
  Approve(kChairsAlone + "\n# again\n");
  PulseUntilThrough();
  EXPECT_EQ(world_.Waiting(kPanel, kUrgent), static_cast<std::size_t>(model::kReleaseRowsMax))
      << "what waits is judged as it goes out";
  world_.OpenSession(kPanel);
  world_.GoOn();
  EXPECT_TRUE(world_.Out(kPanel).empty());
}

/// A subscription gets what was recorded since it was made, and no more.
TEST_F(RaiseTest, BringsASubscriptionWhatItWishedFor) {
  Tell(1);
  const std::string feed = world_.Subscribe("education/guest", WishingWorld::About({nominal_}));
  const std::vector<std::string> since = Tell(2);
  Approve(Policy("schools", Grant("G1", "FULL", kChairSeat) + Grant("G3", "FULL", kEducation)));
  PulseUntilThrough();
  world_.OpenSession(feed);
  world_.GoOn();
  EXPECT_EQ(world_.Out(feed), since);
  ExpectReplays();
}

/// A post that is given the clearance it lacked is told what it was not.
TEST_F(RaiseTest, ReachesAPostThatIsClearedForMore) {
  Approve(Policy("cleared", Grant("G1", "FULL", kChairSeat) +
                                Grant("G2", "FULL",
                                      "recipient { seat: SEAT_KIND_MEMBER cleared: true }")));
  auto post = world_.state.Find<PostRow>(PostKey(kPanel))->post();
  const auto clearance = post.clearance();
  post.mutable_clearance()->set_tier(v1::TIER_OFFICIAL);
  post.mutable_clearance()->clear_sensitive();
  SetPost set;
  *set.mutable_post() = post;
  world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, set);
  const std::vector<std::string> events = Tell(2);
  PulseUntilThrough();
  ASSERT_EQ(world_.Waiting(kPanel, kUrgent), 0u);
  *set.mutable_post()->mutable_clearance() = clearance;
  world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, set);
  PulseUntilThrough();
  world_.OpenSession(kPanel);
  EXPECT_EQ(world_.Out(kPanel), events);
}

/// Law 10. An approval of before there were raises means what it meant.
TEST_F(RaiseTest, IsNotBegunByWhatWasRecordedBefore) {
  version_ = kRaisesReachFrom - 1;
  Tell(2);
  Approve(Policy("all", Grant("G1", "FULL", "recipient { on_panel: true }")));
  EXPECT_FALSE(IsDue());
}

}  // namespace
}  // namespace tearline::machine
