#include "broker/machine/judge.h"

#include <gtest/gtest.h>

#include "broker/machine/rows.h"
#include "tests/machine/world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

/// Duties find posts through the case, never through what anyone subscribed to.
TEST(Judge, FindsThePostsOfTheCase) {
  World world;
  const std::string nominal = world.Register(1);
  world.OpenCase(
      nominal,
      {{"probation/chair", v1::SEAT_KIND_CHAIR}, {"ct-police/intel", v1::SEAT_KIND_MEMBER}},
      "ct-police/accountable");
  EventRow event;
  event.add_nominal_ids(nominal);
  event.mutable_publish()->set_originating_post("ct-police/intel");
  EXPECT_EQ(PostsToJudge(event, world.now_ms, world.state),
            (std::set<std::string>{"probation/chair", "ct-police/accountable"}))
      << "all but the post that published";
}

TEST(Judge, HandsPolicyTheFactsAndNoContent) {
  World world;
  EventRow event;
  *event.mutable_publish() = world.Event(world.Register(1));
  event.mutable_publish()->set_originating_agency("prison");
  event.mutable_publish()->mutable_segments(0)->add_flags(v1::CONTENT_FLAG_VICTIM_ADDRESS);
  const policy::EventFacts facts = FactsOf(event, world.state);
  EXPECT_EQ(facts.originator_kind, v1::AGENCY_KIND_PRISON);
  ASSERT_EQ(facts.segments.size(), 1u);
  EXPECT_EQ(facts.segments[0].flags, std::vector{v1::CONTENT_FLAG_VICTIM_ADDRESS});
  EXPECT_EQ(facts.segments[0].nominals, std::vector<std::size_t>{0});
}

TEST(Judge, HandsPolicyWhyAndHowGraded) {
  World world;
  EventRow event;
  *event.mutable_publish() = world.Event(world.Register(1));
  event.set_purpose("public-protection");
  event.set_legal_basis("CJA2003-325-4");
  event.mutable_publish()->mutable_segments(0)->mutable_grading()->set_source(
      v1::SOURCE_GRADE_UNTESTED);
  const policy::EventFacts facts = FactsOf(event, world.state);
  EXPECT_EQ(facts.purpose, "public-protection");
  EXPECT_EQ(facts.legal_basis, "CJA2003-325-4");
  ASSERT_TRUE(facts.segments[0].grading.has_value());
  EXPECT_EQ(facts.segments[0].grading->source(), v1::SOURCE_GRADE_UNTESTED);
}

/// One record judges many events, and each by its own facts: two that wait, the second held to a
/// tear-line by its originator's control, are judged again together.
TEST(Judge, HearsEachEventOfARecordForItself) {
  World world;
  const std::string nominal = world.Register(1);
  const std::string case_id = world.OpenCase(nominal, {{"probation/chair", v1::SEAT_KIND_CHAIR}});
  stored::v1::Publish controlled = world.Event(nominal);
  controlled.mutable_label()->set_originator_controlled(true);
  SealedTearLine& tear_line = *controlled.add_tear_lines();
  tear_line.mutable_text()->set_ciphertext("sealed text");
  tear_line.mutable_marking()->set_tier(v1::TIER_OFFICIAL);
  tear_line.mutable_audience()->set_panels(true);
  const std::string controlled_id = world.NextEventId();
  world.Publish(controlled);
  world.Publish(world.Event(nominal));
  SeatPost seat;
  seat.set_case_id(case_id);
  seat.mutable_seat()->set_post("prison/security");
  seat.mutable_seat()->set_kind(v1::SEAT_KIND_MEMBER);
  world.Say(World::System("police/coordinator"), COMMAND_NUMBER_SEAT_POST, seat);

  world.OpenSession("probation/chair");
  int judged = 0;
  for (const Detail& detail : world.Details()) {
    if (!detail.has_decision()) continue;
    ++judged;
    EXPECT_TRUE(detail.decision().again());
    EXPECT_EQ(detail.decision().level(),
              detail.decision().event_id() == controlled_id ? v1::LEVEL_TEAR_LINE : v1::LEVEL_FULL);
  }
  EXPECT_EQ(judged, 2);
}

/// Whatever could alter a judgement moves it.
TEST(Judge, SeesEveryKindOfChange) {
  World world;
  const std::string nominal = world.Register(1);
  const std::string case_id = world.OpenCase(nominal, {{"probation/chair", v1::SEAT_KIND_CHAIR}});
  world.Publish(world.Event(nominal));
  const model::Position published = world.records.size();
  EventRow event;
  event.add_nominal_ids(nominal);
  const auto last_change = [&] {
    state::Batch batch(world.state);
    const ledger::Header header;
    Step step{.header = header, .batch = batch, .actor = {}, .ledger = {}};
    step.ledger = *world.state.Find<LedgerRow>(state::Key(state::Table::kLedger));
    return LastChange(event, "probation/chair", step.ledger, step.batch);
  };
  EXPECT_LT(last_change(), published);

  SeatPost seat;
  seat.set_case_id(case_id);
  seat.mutable_seat()->set_post("prison/security");
  seat.mutable_seat()->set_kind(v1::SEAT_KIND_MEMBER);
  world.Say(World::System("police/coordinator"), COMMAND_NUMBER_SEAT_POST, seat);
  EXPECT_EQ(last_change(), world.records.size()) << "a change of the panel";

  SetSuspension suspend;
  suspend.set_agency("probation");
  suspend.set_suspended(true);
  world.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_SUSPENSION, suspend);
  EXPECT_EQ(last_change(), world.records.size()) << "a change of the recipient's agency";
}

}  // namespace
}  // namespace tearline::machine
