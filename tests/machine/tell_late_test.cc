#include "broker/machine/tell_late.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "broker/machine/rows.h"
#include "broker/machine/silence.h"
#include "tests/machine/raising.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

/// What was received stands, and what comes late comes once: a raise judges nobody lower than what
/// they have (tell_late.h).
class Received : public Raising {
 protected:
  /// What members are owed in full, and told as a clearance reaches.
  static std::string Cleared() {
    return Policy("cleared", Grant("G1", "FULL", kChairSeat) +
                                 Grant("G2", "FULL", kMemberSeat) + Duty("D1", "FULL", kMemberSeat) +
                                 "rules { id: 'A1' kind: RULE_KIND_CAP_ABSOLUTE level: "
                                 "LEVEL_WITHHELD reason: RULE_REASON_CLEARANCE when { recipient { "
                                 "cleared: false } } }\n");
  }
  void Clear(bool sensitive, v1::PostRole further = v1::POST_ROLE_UNSPECIFIED) {
    SetPost set;
    *set.mutable_post() = world_.state.Find<PostRow>(PostKey(kPanel))->post();
    set.mutable_post()->mutable_clearance()->set_tier(v1::TIER_OFFICIAL);
    set.mutable_post()->mutable_clearance()->set_sensitive(sensitive);
    if (further != v1::POST_ROLE_UNSPECIFIED) set.mutable_post()->add_roles(further);
    ASSERT_EQ(world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, set).sentence, "");
  }
  void Seat(const std::string& post, bool with_history) {
    SeatPost seat;
    seat.set_case_id(case_);
    seat.mutable_seat()->set_post(post);
    seat.mutable_seat()->set_kind(v1::SEAT_KIND_MEMBER);
    seat.set_with_history(with_history);
    const bool police = AgencyOfPost(post) == "police";
    ASSERT_EQ(world_
                  .Say(World::System(police ? "probation/coordinator" : "police/coordinator"),
                       COMMAND_NUMBER_SEAT_POST, seat)
                  .sentence,
              "");
  }
  /// Two events that kPanel received in full.
  std::vector<std::string> Receive() {
    const std::vector<std::string> events = Tell(2);
    const std::string session = world_.OpenSession(kPanel);
    EXPECT_EQ(world_.Take(kPanel, session), events);
    return events;
  }
};

/// A narrower policy that owes what was received opens no duty for it, and withholds it from nobody
/// who has it. What was not received is owed.
TEST_F(Received, StandsUnderANarrowerPolicy) {
  Approve(Policy("all", Grant("G1", "FULL", "recipient { on_panel: true }")));
  const std::vector<std::string> events = Receive();
  const std::string narrow =
      Policy("narrow", Grant("G1", "FULL", kChairSeat) + Duty("D1", "FULL", kMemberSeat) +
                           "rules { id: 'A1' kind: RULE_KIND_CAP_ABSOLUTE level: LEVEL_WITHHELD "
                           "reason: RULE_REASON_CLEARANCE when { " +
                           kMemberSeat + " } }\n");
  Approve(narrow);
  PulseUntilThrough();
  EXPECT_EQ(world_.Judged(), 0);
  EXPECT_TRUE(world_.OpenObligations().empty());
  for (const std::string& event : events) EXPECT_FALSE(IsWithheld(event, kPanel, world_.state));
  world_.Tell(nominal_);
  EXPECT_EQ(world_.OpenObligations().size(), 1u) << "what it is not told any more is owed";
  ExpectReplays();
}

/// P3. What was let go, and of which nobody said that it arrived, is not received: it is owed.
TEST_F(Received, IsNotWhatIsOnItsWay) {
  Approve(Policy("all", Grant("G1", "FULL", "recipient { on_panel: true }")));
  const std::string event = Tell(1).front();
  CloseSession close;
  close.set_feed(kPanel);
  close.set_session_id(world_.OpenSession(kPanel));
  ASSERT_EQ(world_.Out(kPanel), std::vector<std::string>{event});
  ASSERT_EQ(world_.Say(World::System(kPanel), COMMAND_NUMBER_CLOSE_SESSION, close).sentence, "");
  Approve(Policy("narrow", Grant("G1", "FULL", kChairSeat) + Duty("D1", "FULL", kMemberSeat) +
                               "rules { id: 'A1' kind: RULE_KIND_CAP_ABSOLUTE level: LEVEL_WITHHELD "
                               "reason: RULE_REASON_CLEARANCE when { " +
                               kMemberSeat + " } }\n"));
  PulseUntilThrough();
  ASSERT_EQ(world_.OpenObligations().size(), 1u);
  EXPECT_EQ(world_.OpenObligations().begin()->second.owed_posts(0), kPanel);
  world_.OpenSession(kPanel);
  world_.GoOn();
  EXPECT_TRUE(world_.Out(kPanel).empty()) << "nor does it come any more";
  ExpectReplays();
}

/// P6. Who is kept out of the person by now is owed nothing of what it received, must read nothing
/// of it, and does not count as knowing of it; until it may be told again.
TEST_F(Received, IsNotKnownToWhoIsKeptOut) {
  const std::string duty =
      "rules { id: 'D1' kind: RULE_KIND_DUTY level: LEVEL_FULL reason: "
      "RULE_REASON_PANEL_MUST_KNOW when { " +
      kMemberSeat + " } oblige { type: OBLIGATION_TYPE_READ within: '4h' } }\n";
  const std::string all = Grant("G1", "FULL", "recipient { on_panel: true }") + duty;
  Approve(Policy("all", all));
  const std::string event = Tell(1).front();
  const std::string session = world_.OpenSession(kPanel);
  ASSERT_FALSE(world_.Take(kPanel, session).empty()) << "and the notice that it must be read";
  ASSERT_EQ(world_.OpenObligations().size(), 1u);
  ASSERT_TRUE(KnowsOf(event, kPanel, world_.state));
  Approve(Policy("limits", all + "rules { id: 'A1' kind: RULE_KIND_CAP_ABSOLUTE level: "
                                 "LEVEL_WITHHELD reason: RULE_REASON_CONFLICT_OF_INTEREST when { " +
                               kMemberSeat + " } }\n"));
  PulseUntilThrough();
  EXPECT_TRUE(world_.OpenObligations().empty());
  EXPECT_FALSE(KnowsOf(event, kPanel, world_.state));
  Approve(Policy("all-again", all));
  PulseUntilThrough();
  EXPECT_TRUE(KnowsOf(event, kPanel, world_.state));
  EXPECT_EQ(world_.Out(kPanel).size(), 0u) << "it has it";
  ExpectReplays();
}

/// What is owed no more, since what was received is all that is owed now, ends.
TEST_F(Received, MeetsALesserDuty) {
  const std::string pointers = Grant("G1", "FULL", kChairSeat) + Grant("G2", "POINTER", kMemberSeat);
  Approve(Policy("owed", pointers + Duty("D1", "TEAR_LINE", kMemberSeat)));
  TellPointed();
  const std::string session = world_.OpenSession(kPanel);
  ASSERT_EQ(world_.Take(kPanel, session).size(), 1u);
  ASSERT_EQ(world_.OpenObligations().size(), 1u);
  Approve(Policy("less", Grant("G1", "FULL", kChairSeat) + Duty("D1", "POINTER", kMemberSeat) +
                             "rules { id: 'A1' kind: RULE_KIND_CAP_ABSOLUTE level: LEVEL_WITHHELD "
                             "reason: RULE_REASON_ACCESS_LIMITED when { " +
                             kMemberSeat + " } }\n"));
  PulseUntilThrough();
  EXPECT_TRUE(world_.OpenObligations().empty());
  ExpectReplays();
}

/// Law 10. Records of before mean what they meant.
TEST_F(Received, WasJudgedLowerBefore) {
  version_ = kReceivedStandsFrom - 1;
  world_.behaviour_version = version_;
  Approve(Policy("all", Grant("G1", "FULL", "recipient { on_panel: true }")));
  Receive();
  Approve(Policy("narrow", Grant("G1", "FULL", kChairSeat) + Duty("D1", "FULL", kMemberSeat) +
                               "rules { id: 'A1' kind: RULE_KIND_CAP_ABSOLUTE level: LEVEL_WITHHELD "
                               "reason: RULE_REASON_ACCESS_LIMITED when { " +
                               kMemberSeat + " } }\n"));
  PulseUntilThrough();
  EXPECT_EQ(world_.OpenObligations().size(), 1u);
}

/// The past of a post is judged where another clearance or other roles may let it see more, not
/// where it is changed otherwise; and whoever may see less keeps what it received.
TEST_F(Received, IsLookedAtWhereAPostMaySeeMore) {
  Approve(Cleared());
  const std::vector<std::string> events = Receive();
  PulseUntilThrough();
  Clear(/*sensitive=*/false);
  EXPECT_TRUE(IsDue()) << "a lower clearance";
  PulseUntilThrough();
  Seat(kPanel, /*with_history=*/true);
  PulseUntilThrough();
  EXPECT_TRUE(world_.OpenObligations().empty()) << "it has all that it is owed";
  for (const std::string& event : events) EXPECT_FALSE(IsWithheld(event, kPanel, world_.state));
  world_.Tell(nominal_);
  EXPECT_EQ(world_.OpenObligations().size(), 1u);
  Clear(/*sensitive=*/true);
  EXPECT_TRUE(IsDue()) << "a higher clearance";
  PulseUntilThrough();
  EXPECT_TRUE(world_.OpenObligations().empty());
  Clear(/*sensitive=*/true);
  EXPECT_FALSE(IsDue()) << "as it was";
  Clear(/*sensitive=*/true, v1::POST_ROLE_PRACTITIONER);
  EXPECT_TRUE(IsDue()) << "a further role";
  ExpectReplays();
}

/// A role may be what something is hidden by: without it a post is told the past.
TEST_F(Received, IsLookedAtWhereARoleIsTakenAway) {
  Approve(Policy("hidden", Grant("G1", "FULL", "recipient { on_panel: true }") +
                               "rules { id: 'A1' kind: RULE_KIND_CAP_ABSOLUTE level: LEVEL_WITHHELD "
                               "reason: RULE_REASON_VICTIM_PROTECTION when { recipient { role: "
                               "POST_ROLE_PRACTITIONER } } }\n"));
  Clear(/*sensitive=*/true, v1::POST_ROLE_PRACTITIONER);
  PulseUntilThrough();
  const std::vector<std::string> events = Tell(2);
  world_.OpenSession(kPanel);
  ASSERT_TRUE(world_.Out(kPanel).empty());
  SetPost set;
  *set.mutable_post() = world_.state.Find<PostRow>(PostKey(kPanel))->post();
  set.mutable_post()->mutable_roles()->RemoveLast();
  ASSERT_EQ(world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, set).sentence, "");
  EXPECT_TRUE(IsDue());
  PulseUntilThrough();
  EXPECT_EQ(world_.Out(kPanel), events);
  ExpectReplays();
}

/// What a subscription told that was deleted since comes into the inbox, where there is more.
TEST_F(Received, BySubscriptionThatIsGoneIsToldMoreInTheInbox) {
  constexpr char kPrison[] = "prison/security";
  const std::string chairs = Grant("G1", "FULL", kChairSeat);
  Approve(Policy("pointers", chairs + Grant("G2", "POINTER",
                                            "recipient { agency_kind: AGENCY_KIND_PRISON }")));
  PulseUntilThrough();
  const std::string feed = world_.Subscribe(kPrison, WishingWorld::About({nominal_}));
  const std::string event = TellPointed();
  const std::string session = world_.OpenSession(feed);
  world_.GoOn();
  ASSERT_EQ(world_.Take(feed, session), std::vector<std::string>{event});
  world_.Delete(feed);
  Seat(kPrison, /*with_history=*/false);
  PulseUntilThrough();
  world_.OpenSession(kPrison);
  ASSERT_TRUE(world_.Out(kPrison).empty());
  Approve(Policy("pointers-again",
                 chairs + Grant("G2", "POINTER", "recipient { agency_kind: AGENCY_KIND_PRISON }")));
  PulseUntilThrough();
  EXPECT_TRUE(world_.Out(kPrison).empty()) << "it had that";
  Approve(Policy("all", Grant("G1", "FULL", "recipient { on_panel: true }")));
  PulseUntilThrough();
  EXPECT_EQ(world_.Out(kPrison), std::vector<std::string>{event});
  for (const auto& [number, item] : world_.Released(kPrison, kUrgent)) {
    EXPECT_TRUE(item.late());
    EXPECT_EQ(item.level(), v1::LEVEL_FULL);
  }
  ExpectReplays();
}

/// P3. Of what a subscription had told and is owed, the rest comes into the inbox; nobody is chased
/// for it any more, and it is withheld from nobody.
TEST_F(Received, BySubscriptionAndToldTheRestIsOwedNoMore) {
  constexpr char kPrison[] = "prison/security";
  const std::string is_prison = "recipient { agency_kind: AGENCY_KIND_PRISON }";
  const std::string chairs = Grant("G1", "FULL", kChairSeat);
  Approve(Policy("pointers", chairs + Grant("G2", "POINTER", is_prison)));
  PulseUntilThrough();
  const std::string feed = world_.Subscribe(kPrison, WishingWorld::About({nominal_}));
  const std::string event = TellPointed();
  const std::string session = world_.OpenSession(feed);
  world_.GoOn();
  ASSERT_EQ(world_.Take(feed, session), std::vector<std::string>{event});
  Seat(kPrison, /*with_history=*/false);
  Approve(Policy("narrow", chairs + Duty("D1", "FULL", is_prison) +
                               "rules { id: 'A1' kind: RULE_KIND_CAP_ABSOLUTE level: LEVEL_WITHHELD "
                               "reason: RULE_REASON_CLEARANCE when { " +
                               is_prison + " } }\n"));
  PulseUntilThrough();
  ASSERT_EQ(world_.OpenObligations().size(), 1u);
  ASSERT_TRUE(IsWithheld(event, kPrison, world_.state));
  world_.OpenSession(kPrison);
  Approve(Policy("wide", chairs + Grant("G2", "FULL", is_prison) + Duty("D1", "FULL", is_prison)));
  PulseUntilThrough();
  EXPECT_EQ(world_.Out(kPrison), std::vector<std::string>{event});
  EXPECT_FALSE(IsToldLess(event, kPrison, world_.state));
  EXPECT_TRUE(world_.OpenObligations().empty());
  ExpectReplays();
}

/// What must still be read, and is superseded by more, is one duty.
TEST_F(Received, IsReadOnceWhereMoreSupersedesIt) {
  const std::string read = " oblige { type: OBLIGATION_TYPE_READ within: '4h' } }\n";
  const auto owing = [&read](const std::string& id, const std::string& level) {
    return Policy(id, Grant("G1", "FULL", kChairSeat) +
                          "rules { id: 'D1' kind: RULE_KIND_DUTY level: LEVEL_" + level +
                          " reason: RULE_REASON_PANEL_MUST_KNOW when { " + kMemberSeat + " }" + read);
  };
  Approve(owing("pointers", "POINTER"));
  TellPointed();
  const std::string session = world_.OpenSession(kPanel);
  ASSERT_FALSE(world_.Take(kPanel, session).empty()) << "and the notice that it must be read";
  Approve(owing("all", "FULL"));
  PulseUntilThrough();
  ASSERT_EQ(world_.Out(kPanel).size(), 1u);
  std::vector<v1::ObligationType> open;
  for (const auto& [id, row] : world_.OpenObligations()) open.push_back(row.type());
  EXPECT_EQ(open, std::vector<v1::ObligationType>{v1::OBLIGATION_TYPE_READ});
  ExpectReplays();
}

}  // namespace
}  // namespace tearline::machine
