#include "broker/machine/history.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "broker/machine/obligation.h"
#include "broker/machine/rows.h"
#include "broker/model/limits.h"
#include "tests/machine/wishing_world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

constexpr char kPanel[] = "police/panel";
constexpr char kChair[] = "probation/chair";
constexpr char kAccountable[] = "ct-police/accountable";
constexpr v1::Urgency kUrgent = v1::URGENCY_URGENT;

class HistoryTest : public testing::Test {
 protected:
  Applied Seat(const std::string& post, v1::SeatKind kind, bool with_history = true,
               std::int64_t history_from_ms = 0) {
    SeatPost command;
    command.set_case_id(case_);
    command.mutable_seat()->set_post(post);
    command.mutable_seat()->set_kind(kind);
    if (history_from_ms != 0) {
      command.mutable_seat()->mutable_history_from()->set_seconds(history_from_ms / 1000);
    }
    command.set_with_history(with_history);
    const bool own = AgencyOfPost(post) == "police";
    return world_.Say(World::System(own ? "probation/coordinator" : "police/coordinator"),
                      COMMAND_NUMBER_SEAT_POST, command);
  }
  std::map<v1::ObligationType, ObligationRow> Obligations() const {
    std::map<v1::ObligationType, ObligationRow> by_type;
    for (const auto& [id, row] : world_.OpenObligations()) by_type[row.type()] = row;
    return by_type;
  }
  std::vector<std::string> Tell(int count) {
    std::vector<std::string> events;
    for (int i = 0; i < count; ++i) events.push_back(world_.Tell(nominal_));
    return events;
  }
  bool IsDue() const { return NextDeadlineMs(world_.state) <= world_.now_ms; }
  Applied Pulse() { return world_.PassAndPulse(0); }

  WishingWorld world_;
  std::string nominal_ = world_.Register(1);
  std::string case_ = world_.OpenCase(nominal_, {});
};

/// P3. Who is given a seat is told what was recorded before, marked late, times as they were.
TEST_F(HistoryTest, BringsANewSeatWhatWasRecordedBefore) {
  const std::vector<std::string> events = Tell(3);
  world_.now_ms += 1000;
  ASSERT_EQ(Seat(kPanel, v1::SEAT_KIND_MEMBER).outcome, audit::Outcome::kApplied);
  ASSERT_TRUE(IsDue());
  world_.OpenSession(kPanel);
  Pulse();
  EXPECT_EQ(world_.Judged(), 3);
  EXPECT_TRUE(world_.DecisionFor(kPanel)->late());
  EXPECT_EQ(world_.Out(kPanel), events);
  for (const auto& [number, item] : world_.Released(kPanel, kUrgent)) EXPECT_TRUE(item.late());
  EXPECT_FALSE(IsDue()) << "it is through";
  const std::string live = world_.Tell(nominal_);
  EXPECT_EQ(world_.Judged(), 1);
  EXPECT_FALSE(world_.Released(kPanel, kUrgent).rbegin()->second.late());
  EXPECT_EQ(Replay(world_.records).Digest().Hex(), world_.state.Digest().Hex());
}

/// Law 10. A seat as it was given before there was back-filling means what it meant.
TEST_F(HistoryTest, BringsNothingWhereTheCommandDoesNotSaySo) {
  Tell(2);
  Seat(kPanel, v1::SEAT_KIND_MEMBER, /*with_history=*/false);
  EXPECT_FALSE(IsDue());
}

/// What is published between seat and back-fill comes once.
TEST_F(HistoryTest, TellsOnceWhatIsPublishedMeanwhile) {
  std::vector<std::string> events = Tell(2);
  Seat(kPanel, v1::SEAT_KIND_MEMBER);
  events.push_back(world_.Tell(nominal_));
  Pulse();
  EXPECT_EQ(world_.Judged(), 2);
  EXPECT_EQ(world_.Waiting(kPanel, kUrgent), 3u);
  Seat(kPanel, v1::SEAT_KIND_CHAIR);
  Pulse();
  EXPECT_EQ(world_.Waiting(kPanel, kUrgent), 3u) << "seated anew: judged, and not told twice";
}

TEST_F(HistoryTest, JudgesTwoHundredAndFiftySixInOneRecord) {
  Tell(600);
  Seat(kPanel, v1::SEAT_KIND_MEMBER);
  for (const int judged : {256, 256, 88}) {
    ASSERT_TRUE(IsDue());
    Pulse();
    EXPECT_EQ(world_.Judged(), judged);
  }
  EXPECT_FALSE(IsDue());
  EXPECT_EQ(world_.Waiting(kPanel, kUrgent), 600u) << "an inbox never drops anything";
}

TEST_F(HistoryTest, EndsWithTheSeat) {
  Tell(300);
  Seat(kPanel, v1::SEAT_KIND_MEMBER);
  Pulse();
  SeatPost leave;
  leave.set_case_id(case_);
  leave.mutable_seat()->set_post(kPanel);
  leave.set_leave(true);
  world_.Say(World::System("probation/coordinator"), COMMAND_NUMBER_SEAT_POST, leave);
  Pulse();
  EXPECT_EQ(world_.Judged(), 0);
  EXPECT_FALSE(IsDue());
}

/// A seat states from when history is visible, and to ask for it another way is no way round.
TEST_F(HistoryTest, ReachesBackAsFarAsTheSeatSays) {
  Tell(2);
  world_.now_ms += 10'000;
  const std::int64_t from = world_.now_ms;
  const std::vector<std::string> visible = Tell(1);
  const std::string feed =
      world_.Subscribe(kPanel, WishingWorld::About({nominal_}), v1::START_FROM_BEGINNING);
  Seat(kPanel, v1::SEAT_KIND_MEMBER, true, from);
  Pulse();
  world_.OpenSession(kPanel);
  world_.OpenSession(feed);
  EXPECT_EQ(world_.Out(kPanel), visible);
  EXPECT_TRUE(world_.Out(feed).empty()) << "what is in the inbox does not come again, and what is "
                                           "before the seat's history is not its to see";
  EXPECT_EQ(Seat(kChair, v1::SEAT_KIND_CHAIR, true, world_.now_ms + 1000).reason,
            v1::ERROR_REASON_TIME_INVALID);
}

/// Back-filled history opens one "history arrived" for the panel and no deadline for each event.
TEST_F(HistoryTest, OpensOneHistoryArrivedWhereItMustBeRead) {
  Tell(5);
  NameAccountable name;
  name.set_case_id(case_);
  name.set_post(kAccountable);
  name.set_with_history(true);
  world_.Say(World::System("police/coordinator"), COMMAND_NUMBER_NAME_ACCOUNTABLE, name);
  Pulse();
  const auto open = Obligations();
  ASSERT_EQ(open.size(), 1u);
  ASSERT_EQ(world_.OpenObligations().size(), 1u);
  EXPECT_EQ(open.begin()->first, v1::OBLIGATION_TYPE_HISTORY_ARRIVED);
  EXPECT_EQ(open.begin()->second.count(), 5u);
  world_.Tell(nominal_);
  EXPECT_TRUE(Obligations().contains(v1::OBLIGATION_TYPE_READ)) << "what is new must be read";
}

/// It is one word to the panel that brought in whom it came to: not to another that the event is
/// about, too, and that has had it since it was published.
TEST_F(HistoryTest, OpensItForThePanelThatBroughtItAlone) {
  for (const std::uint16_t version :
       {static_cast<std::uint16_t>(kHistoryHandedOnAloneFrom - 1), kHistoryHandedOnAloneFrom}) {
    SetPost intake;
    *intake.mutable_post() = world_.state.Find<PostRow>(PostKey("ct-police/intel"))->post();
    if (intake.post().roles_size() == 1) intake.mutable_post()->add_roles(v1::POST_ROLE_INTAKE);
    world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, intake);
    world_.behaviour_version = version;
    const std::string one = world_.Register(version + 10);
    const std::string other = world_.Register(version + 20);
    const std::string its_case = world_.OpenCase(one, {});
    world_.OpenCase(other, {{kChair, v1::SEAT_KIND_CHAIR}});
    for (const bool imported : {false, true}) {
      stored::v1::Publish event = world_.Event(one);
      event.add_nominals()->set_nominal_id(other);
      *event.add_segments() = event.segments(0);
      event.mutable_segments(1)->set_nominal_indexes(0, 1);  // the other panel is told its own part
      event.set_imported(imported);
      ASSERT_EQ(world_.Publish(event).sentence, "");
    }
    NameAccountable name;
    name.set_case_id(its_case);
    name.set_post(kAccountable);
    name.set_with_history(true);
    world_.Say(World::System("police/coordinator"), COMMAND_NUMBER_NAME_ACCOUNTABLE, name);
    Pulse();
    std::set<std::string> panels;
    for (const auto& [id, row] : world_.OpenObligations()) {
      if (row.type() == v1::OBLIGATION_TYPE_HISTORY_ARRIVED) panels.insert(row.nominal_id());
    }
    EXPECT_EQ(panels.contains(one), true);
    EXPECT_EQ(panels.contains(other), version < kHistoryHandedOnAloneFrom);
  }
}

/// What is owed and found withheld is one obligation, counted, as ever.
TEST_F(HistoryTest, OpensOneObligationForWhatIsOwedAndWithheld) {
  for (int i = 0; i < 4; ++i) world_.HoldBack(nominal_);
  Seat(kChair, v1::SEAT_KIND_CHAIR);
  Pulse();
  const auto open = Obligations();
  ASSERT_EQ(open.size(), 1u);
  EXPECT_EQ(open.begin()->first, v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW);
  EXPECT_EQ(open.begin()->second.count(), 4u);
  EXPECT_EQ(open.begin()->second.owed_posts(0), kChair);
  EXPECT_EQ(world_.Waiting(kChair, kUrgent), 0u);
}

TEST_F(HistoryTest, BringsItToWhoeverACaseIsOpenedWith) {
  const std::string other = world_.Register(2);
  const std::string event = world_.Tell(other);
  OpenCase open;
  v1::Case& asked = *open.mutable_case_();
  asked.set_nominal_id(model::NominalId::FromBytes(other)->Text());
  asked.set_category(v1::MAPPA_CATEGORY_4);
  asked.set_level(v1::MAPPA_LEVEL_3);
  asked.set_lead_agency("probation");
  asked.set_area("north");
  asked.set_accountable_post(kAccountable);
  open.set_with_history(true);
  world_.Say(World::System("police/coordinator"), COMMAND_NUMBER_OPEN_CASE, open);
  Pulse();
  world_.OpenSession(kAccountable);
  EXPECT_EQ(world_.Out(kAccountable), std::vector<std::string>{event});
}

/// The inbox takes what a duty owes: what waits in a subscription moves there.
TEST_F(HistoryTest, MovesToTheInboxWhatWaitsInASubscription) {
  const std::string feed = world_.Subscribe("prison/security", WishingWorld::About({nominal_}));
  const std::string session = world_.OpenSession(feed, 1);
  const std::vector<std::string> events = Tell(3);
  Seat("prison/security", v1::SEAT_KIND_MEMBER);
  Pulse();
  EXPECT_EQ(world_.Waiting(feed, kUrgent), 0u);
  EXPECT_EQ(world_.Lane(feed).waiting(), 0u);
  EXPECT_EQ(world_.Out(feed), std::vector<std::string>{events[0]}) << "it was let go before";
  EXPECT_EQ(world_.Waiting("prison/security", kUrgent), 3u);
  EXPECT_EQ(world_.Take(feed, session).size(), 1u);
  EXPECT_TRUE(world_.Out(feed).empty());
}

}  // namespace
}  // namespace tearline::machine
