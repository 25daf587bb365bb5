#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "broker/machine/glass.h"
#include "broker/machine/rows.h"
#include "broker/model/limits.h"
#include "tests/machine/world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

constexpr std::int64_t kHourMs = 3'600'000;
constexpr char kBreaker[] = "prison/security";
constexpr v1::Urgency kUrgent = v1::URGENCY_URGENT;

Actor Why(Actor actor) {
  actor.set_purpose("public-protection");
  return actor;
}

/// A policy that grants the prison nothing, caps everybody for originator control, and keeps out
/// whoever is excluded; and a nominal about whom ct-police/intel has told something.
class ApplyGlass : public testing::Test {
 protected:
  ApplyGlass() {
    world_.PutInForce(R"(id: "glass" version: 2
rules { id: "G1" kind: RULE_KIND_GRANT level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW
  when { recipient { on_panel: true } } }
rules { id: "Q1" kind: RULE_KIND_CAP_QUALIFIED level: LEVEL_POINTER
  reason: RULE_REASON_ORIGINATOR_CONTROL }
rules { id: "A1" kind: RULE_KIND_CAP_ABSOLUTE level: LEVEL_WITHHELD
  reason: RULE_REASON_ACCESS_LIMITED when { recipient { excluded: true } } })");
    nominal_ = world_.Register(1);
    world_.OpenCase(nominal_, {});
    Tell();
  }

  std::string Tell() {
    const std::string event_id = world_.NextEventId();
    EXPECT_EQ(world_.Publish(world_.Event(nominal_)).outcome, audit::Outcome::kApplied);
    return event_id;
  }
  static BreakGlass Asked(const std::string& nominal, std::int64_t lasts_ms = 4 * kHourMs) {
    BreakGlass command;
    command.set_nominal_id(nominal);
    command.set_reason(v1::BREAK_GLASS_REASON_THREAT_TO_LIFE);
    command.set_because("a threat was made tonight; ref 12");
    command.set_lasts_ms(lasts_ms);
    return command;
  }
  Applied Break(const BreakGlass& command, const Actor& actor = World::Holder(kBreaker)) {
    return world_.Say(Why(actor), COMMAND_NUMBER_BREAK_GLASS, command);
  }
  Applied Break() { return Break(Asked(nominal_)); }
  Applied Review(const std::string& id, const Actor& actor = World::Holder("desk/governance"),
                 v1::BreakGlassFinding finding = v1::BREAK_GLASS_FINDING_JUSTIFIED) {
    ReviewBreakGlass command;
    command.set_break_glass_id(model::GlassId::Parse(id)->Bytes());
    command.set_finding(finding);
    return world_.Say(Why(actor), COMMAND_NUMBER_REVIEW_BREAK_GLASS, command);
  }
  v1::ErrorReason Refused(const BreakGlass& command) { return Break(command).reason; }
  /// Ends it, and goes on until nothing is due.
  void RunOut() {
    world_.PassAndPulse(4 * kHourMs);
    Settle();
  }
  void Settle() {
    for (int i = 0; i < 8 && NextDeadlineMs(world_.state) <= world_.now_ms; ++i) {
      world_.PassAndPulse(0);
    }
  }

  World world_;
  std::string nominal_;
};

/// What was recorded before reaches the post, and what is published meanwhile, in full; each says
/// under which use.
TEST_F(ApplyGlass, TellsInFullForItsTimeAndSaysWhy) {
  const Applied broken = Break();
  ASSERT_EQ(broken.outcome, audit::Outcome::kApplied) << broken.sentence;
  EXPECT_TRUE(broken.made_id.starts_with("brk_"));
  world_.OpenSession(kBreaker);
  world_.PassAndPulse(0);
  ASSERT_TRUE(world_.DecisionFor(kBreaker).has_value());
  EXPECT_EQ(world_.DecisionFor(kBreaker)->level(), v1::LEVEL_FULL);
  EXPECT_EQ(world_.DecisionFor(kBreaker)->rules(0), "break-glass:" + broken.made_id);
  Tell();
  EXPECT_EQ(world_.DecisionFor(kBreaker)->level(), v1::LEVEL_FULL);
  EXPECT_EQ(world_.Released(kBreaker, kUrgent).size(), 2u);
}

/// Time ends it whether or not a pulse comes: nothing is judged by it at or after its end.
TEST_F(ApplyGlass, EndsByItself) {
  Break(Asked(nominal_, kHourMs));
  world_.now_ms += kHourMs - 1;
  Tell();
  EXPECT_TRUE(world_.DecisionFor(kBreaker).has_value()) << "a millisecond is left";
  world_.now_ms += 1;
  Tell();
  EXPECT_FALSE(world_.DecisionFor(kBreaker).has_value());
}

/// What was let go and not settled is taken back as it ends; what still waits never goes.
TEST_F(ApplyGlass, TakesBackWhatIsNotSettled) {
  Break();
  Settle();
  world_.OpenSession(kBreaker, /*window_messages=*/1);
  Tell();
  ASSERT_EQ(world_.Released(kBreaker, kUrgent).size(), 1u);
  ASSERT_EQ(world_.Waiting(kBreaker, kUrgent), 1u);
  RunOut();
  for (const auto& [sequence, item] : world_.Released(kBreaker, kUrgent)) {
    EXPECT_EQ(item.kind(), ITEM_KIND_ACCESS_WITHDRAWN);
  }
  EXPECT_EQ(world_.Released(kBreaker, kUrgent).size() + world_.Waiting(kBreaker, kUrgent), 1u);
}

/// Also where the pulse that ends it is late: a waiting item is judged as of now.
TEST_F(ApplyGlass, LetsNothingGoAfterItsEndWithoutAPulse) {
  Break(Asked(nominal_, kHourMs));
  world_.PassAndPulse(0);
  ASSERT_EQ(world_.Waiting(kBreaker, kUrgent), 1u);
  world_.now_ms += kHourMs;
  world_.OpenSession(kBreaker);
  EXPECT_TRUE(world_.Released(kBreaker, kUrgent).empty());
}

/// An absolute cap stands, in what was recorded and in what comes.
TEST_F(ApplyGlass, LiftsNoAbsoluteCap) {
  LimitAccess limit;
  limit.set_nominal_id(nominal_);
  limit.add_excluded("prison");
  ASSERT_EQ(
      world_.Say(Why(World::System("probation/chair")), COMMAND_NUMBER_LIMIT_ACCESS, limit).outcome,
      audit::Outcome::kApplied);
  ASSERT_EQ(Break().outcome, audit::Outcome::kApplied) << "nothing tells that it is in vain";
  world_.OpenSession(kBreaker);
  Settle();
  Tell();
  EXPECT_EQ(world_.DecisionFor(kBreaker)->level(), v1::LEVEL_WITHHELD);
  EXPECT_EQ(world_.DecisionFor(kBreaker)->shortfall(), v1::RULE_REASON_ACCESS_LIMITED);
  EXPECT_TRUE(world_.Released(kBreaker, kUrgent).empty());
}

/// What the post had as a pointer, and settled, comes to it once more.
TEST_F(ApplyGlass, RaisesWhatWasSettledAtLess) {
  const std::string other = world_.Register(3);
  world_.OpenCase(other, {{kBreaker, v1::SEAT_KIND_MEMBER}});
  Publish event = world_.Event(other);
  event.mutable_label()->set_existence_may_be_told(true);
  event.mutable_label()->set_pointer_post("ct-police/intel");
  ASSERT_EQ(world_.Publish(event).sentence, "");
  ASSERT_EQ(world_.DecisionFor(kBreaker)->level(), v1::LEVEL_POINTER);
  const std::string session = world_.OpenSession(kBreaker);
  ASSERT_EQ(world_.Released(kBreaker, kUrgent).at(1).level(), v1::LEVEL_POINTER);
  world_.Acknowledge(kBreaker, session, kUrgent, {1});
  ASSERT_EQ(Break(Asked(other)).outcome, audit::Outcome::kApplied);
  Settle();
  const auto released = world_.Released(kBreaker, kUrgent);
  ASSERT_EQ(released.size(), 1u);
  ASSERT_EQ(released.begin()->first, 2u);
  EXPECT_EQ(released.at(2).level(), v1::LEVEL_FULL);
}

/// The breaker was told of another's event, lost its seat before it had settled it, and has the
/// seat again: what it was told waits to come anew, once, when it breaks the glass.
class GlassOverWhatWaits : public ApplyGlass {
 protected:
  void Seat(bool leave) {
    SeatPost seat;
    seat.set_case_id(case_);
    seat.mutable_seat()->set_post(kBreaker);
    seat.mutable_seat()->set_kind(v1::SEAT_KIND_MEMBER);
    seat.set_leave(leave);
    seat.set_with_history(!leave);
    ASSERT_EQ(
        world_.Say(World::System("police/coordinator"), COMMAND_NUMBER_SEAT_POST, seat).sentence,
        "");
  }
  /// How many wait after the glass was broken under a behaviour version.
  std::size_t WaitingUnder(std::uint16_t behaviour_version) {
    world_.behaviour_version = behaviour_version;
    Publish event = world_.Event(other_);
    event.mutable_label()->set_existence_may_be_told(true);
    event.mutable_label()->set_pointer_post("ct-police/intel");
    const std::string event_id = world_.NextEventId();
    EXPECT_EQ(world_.Publish(event).sentence, "");
    world_.OpenSession(kBreaker, /*window_messages=*/1);
    EXPECT_EQ(world_.Released(kBreaker, kUrgent).size(), 1u);
    Seat(/*leave=*/true);
    ReleaseRows again;
    again.set_feed(kBreaker);
    again.set_look_again(true);
    world_.Say(World::Broker(), COMMAND_NUMBER_RELEASE, again);
    Seat(/*leave=*/false);
    Settle();
    EXPECT_EQ(world_.Waiting(kBreaker, kUrgent), 1u);
    EXPECT_TRUE(world_.state.Find<LetGoRow>(LetGoKey(kBreaker, event_id))->ended());
    EXPECT_EQ(Break(Asked(other_)).outcome, audit::Outcome::kApplied);
    Settle();
    return world_.Waiting(kBreaker, kUrgent);
  }

  std::string other_ = world_.Register(3);
  std::string case_ = world_.OpenCase(other_, {{kBreaker, v1::SEAT_KIND_MEMBER}});
};

TEST_F(GlassOverWhatWaits, BringsItOnce) { EXPECT_EQ(WaitingUnder(kGlassOnceFrom), 1u); }

/// Law 10. What earlier versions queued twice, a replay queues twice.
TEST_F(GlassOverWhatWaits, BroughtItTwiceBefore) {
  EXPECT_EQ(WaitingUnder(kGlassOnceFrom - 1), 2u);
}

/// Told alike before, by an earlier use: it does not come again, although a person has read it and
/// no row lies among the acknowledged any more.
TEST_F(ApplyGlass, BringsNothingThatThePostWasToldAlike) {
  const auto read_and_open_anew = [this](std::uint16_t behaviour_version) {
    world_.behaviour_version = behaviour_version;
    const std::string id = Break().made_id;
    const std::string session = world_.OpenSession(kBreaker);
    Settle();
    const auto released = world_.Released(kBreaker, kUrgent);
    EXPECT_EQ(released.size(), 1u);
    const std::uint64_t number = released.empty() ? 1 : released.begin()->first;
    world_.Acknowledge(kBreaker, session, kUrgent, {number});
    ReadItem read;
    read.set_feed(kBreaker);
    read.set_lane(kUrgent);
    read.set_sequence(number);
    EXPECT_EQ(world_.Say(World::Holder(kBreaker), COMMAND_NUMBER_READ, read).sentence, "");
    RunOut();
    Review(id);
    const std::string next = Break().made_id;
    Settle();
    const std::size_t came = world_.Released(kBreaker, kUrgent).size();
    RunOut();
    Review(next);
    return came;
  };
  EXPECT_EQ(read_and_open_anew(kGlassOnceFrom), 0u);
}

/// Originators hear of it at once; a review is owed within 72 hours, by somebody outside the line.
TEST_F(ApplyGlass, IsToldToOriginatorsAndOwesAReview) {
  Break();
  bool told = false;
  for (const auto& [key, bytes] : world_.state.Scan(
           LaneRows(state::Table::kWaiting, "ct-police/intel", v1::URGENCY_ROUTINE), 100)) {
    ItemRow item;
    item.ParseFromString(bytes);
    told = told || (item.kind() == ITEM_KIND_ACCESS_CHANGED && item.other_post() == kBreaker);
  }
  EXPECT_TRUE(told);
  const auto open = world_.OpenObligations();
  const auto review = std::find_if(open.begin(), open.end(), [](const auto& each) {
    return each.second.type() == v1::OBLIGATION_TYPE_REVIEW_BREAK_GLASS;
  });
  ASSERT_NE(review, open.end());
  EXPECT_EQ(review->second.debtor_post(), "desk/governance");
  EXPECT_EQ(review->second.due_ms(), world_.now_ms + 72 * kHourMs);
}

/// Who is above the post in its line hears of it at once.
TEST_F(ApplyGlass, IsToldUpTheLine) {
  Break(Asked(nominal_), World::Holder("probation/supervisor"));
  EXPECT_EQ(world_.Waiting("board/board", kUrgent), 1u);
  EXPECT_EQ(world_.Waiting("probation/supervisor", kUrgent), 0u) << "but not who did it";
}

/// The review ends what is owed; a discharge does not.
TEST_F(ApplyGlass, IsReviewedOnceAfterItsEndByAnotherHand) {
  const std::string id = Break().made_id;
  EXPECT_EQ(Review(id).reason, v1::ERROR_REASON_WRONG_STATE) << "it lasts";
  RunOut();
  DischargeObligation discharge;
  discharge.set_obligation_id(world_.OpenObligations().begin()->first);
  discharge.set_method(DISCHARGE_METHOD_OVERTAKEN);
  EXPECT_EQ(
      world_.Say(World::Holder("desk/governance"), COMMAND_NUMBER_DISCHARGE_OBLIGATION, discharge)
          .reason,
      v1::ERROR_REASON_WRONG_STATE);
  EXPECT_EQ(
      Review(id, World::Holder("desk/governance"), v1::BREAK_GLASS_FINDING_UNSPECIFIED).reason,
      v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(Review(id, World::Holder(kBreaker)).reason, v1::ERROR_REASON_NOT_PERMITTED);
  ASSERT_EQ(Review(id).outcome, audit::Outcome::kApplied);
  EXPECT_TRUE(world_.OpenObligations().empty());
  EXPECT_EQ(Review(id).reason, v1::ERROR_REASON_WRONG_STATE) << "once";
  bool marked = false;
  for (const Detail& detail : world_.Details(world_.records.size() - 1)) {
    marked = marked || (detail.has_break_glass() &&
                        detail.break_glass().finding() == v1::BREAK_GLASS_FINDING_JUSTIFIED &&
                        detail.break_glass().reviewed_by() == "desk/governance");
  }
  EXPECT_TRUE(marked);
}

/// An unreviewed use stops the next by the post, and by the person; nobody else's.
TEST_F(ApplyGlass, BlocksTheNextUntilItIsReviewed) {
  const std::string id = Break().made_id;
  RunOut();
  const std::string other = world_.Register(9);
  EXPECT_EQ(Refused(Asked(other)), v1::ERROR_REASON_GLASS_UNREVIEWED);
  Actor deputy = World::Holder(kBreaker);
  deputy.set_member("security-deputy");
  EXPECT_EQ(Break(Asked(other), deputy).reason, v1::ERROR_REASON_GLASS_UNREVIEWED) << "the post";
  EXPECT_EQ(Break(Asked(other), World::Holder("police/panel")).outcome, audit::Outcome::kApplied)
      << "another post's emergency is its own";
  Review(id);
  EXPECT_EQ(Break(Asked(other)).outcome, audit::Outcome::kApplied);
}

/// A pulse fires so many deadlines in one record: a use may have run out and been reviewed, and the
/// same post break the glass for the same person, before one comes by that ends the first.
TEST_F(ApplyGlass, IsBrokenAnewWhileThePulseThatEndsTheFirstIsLate) {
  const std::string first = Break(Asked(nominal_, kHourMs)).made_id;
  world_.now_ms += kHourMs;
  ASSERT_EQ(Review(first).outcome, audit::Outcome::kApplied);
  const std::string second = Break(Asked(nominal_, 2 * kHourMs)).made_id;
  ASSERT_TRUE(second.starts_with("brk_"));
  const auto opened = [this] { return world_.state.Find<NominalRow>(NominalKey(nominal_)); };
  ASSERT_EQ(opened()->open_glass_size(), 1) << "one use in the place of the other";
  EXPECT_EQ(GlassText(opened()->open_glass(0)), second);
  Settle();
  Tell();
  EXPECT_EQ(world_.DecisionFor(kBreaker)->rules(0), "break-glass:" + second);
  world_.PassAndPulse(2 * kHourMs);
  Settle();
  EXPECT_EQ(opened()->open_glass_size(), 0);
  EXPECT_EQ(Review(second).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(Replay(world_.records).Digest().Hex(), world_.state.Digest().Hex());
}

TEST_F(ApplyGlass, IsRefusedWhatIsNotWhole) {
  BreakGlass command = Asked(nominal_);
  command.set_reason(v1::BREAK_GLASS_REASON_UNSPECIFIED);
  EXPECT_EQ(Refused(command), v1::ERROR_REASON_FIELD_INVALID);
  command = Asked(nominal_);
  command.set_because("");
  EXPECT_EQ(Refused(command), v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(Refused(Asked(nominal_, 0)), v1::ERROR_REASON_TIME_INVALID);
  EXPECT_EQ(Refused(Asked(nominal_, model::kGlassLastsMax.count() + 1)),
            v1::ERROR_REASON_TIME_INVALID);
  EXPECT_EQ(Refused(Asked(std::string(16, 'x'))), v1::ERROR_REASON_NOT_FOUND);
  EXPECT_EQ(world_.Say(World::Holder(kBreaker), COMMAND_NUMBER_BREAK_GLASS, Asked(nominal_)).reason,
            v1::ERROR_REASON_PURPOSE_REQUIRED);
}

TEST_F(ApplyGlass, OpensANominalToSoManyPostsAndNoMore) {
  const auto fill = [this](int posts) {
    NominalRow row = *world_.state.Find<NominalRow>(NominalKey(nominal_));
    row.clear_open_glass();
    for (int i = 0; i < posts; ++i) {
      OpenGlass& glass = *row.add_open_glass();
      glass.set_break_glass_id(std::string(16, 'g'));
      glass.set_post("police/p" + std::to_string(100 + i));
      glass.set_until_ms(world_.now_ms + kHourMs);
    }
    state::Batch batch(world_.state);
    batch.PutRow(NominalKey(nominal_), row);
    world_.state.Commit(batch);
  };
  fill(model::kOpenGlassMax);
  EXPECT_EQ(Break().reason, v1::ERROR_REASON_LIMIT_PASSED);
  fill(model::kOpenGlassMax - 1);
  EXPECT_EQ(Break(Asked(nominal_, model::kGlassLastsMax.count())).outcome,
            audit::Outcome::kApplied);
}

/// P8. The same records give the same state.
TEST_F(ApplyGlass, ReplaysToTheSameState) {
  const std::string id = Break().made_id;
  world_.OpenSession(kBreaker);
  RunOut();
  Review(id);
  EXPECT_EQ(Replay(world_.records).Digest(), world_.state.Digest());
}

}  // namespace
}  // namespace tearline::machine
