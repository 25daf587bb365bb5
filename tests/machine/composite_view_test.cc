#include "broker/machine/composite_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/machine/composite_world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;
using policy::MemberShown;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr v1::Level kFull = v1::LEVEL_FULL;
constexpr v1::Level kTearLine = v1::LEVEL_TEAR_LINE;
constexpr v1::Level kPointer = v1::LEVEL_POINTER;

/// A composite of a sensitive breach that the prison controls, and two of housing's.
class CompositeView : public testing::Test {
 protected:
  CompositeView() {
    stored::v1::Publish first = world_.BreachOf(world_.nominal);
    first.mutable_label()->set_originator_controlled(true);
    first.mutable_label()->mutable_marking()->set_sensitive(true);
    first.mutable_label()->mutable_grading()->set_source(v1::SOURCE_GRADE_RELIABLE);
    first.mutable_label()->mutable_grading()->set_information(v1::INFORMATION_GRADE_KNOWN_DIRECTLY);
    first.mutable_label()->mutable_grading()->set_handling(v1::HANDLING_CODE_PERMITTED);
    world_.Breach(CompositeWorld::kPrison, first);
    for (int i = 0; i < 2; ++i) {
      world_.now_ms += CompositeWorld::kDay;
      world_.Breach(CompositeWorld::kKeeper);
    }
    event_ = world_.Composites().at(0);
  }

  /// As a post sees it of whom each member is at this level.
  EventRow Seen(const std::vector<MemberShown>& members) const {
    return AsShown(event_, RowsOf(members), world_.state);
  }
  /// What a post sees of which each member is at this level, by itself.
  std::vector<MemberShown> ShownAt(std::vector<v1::Level> levels) const {
    std::size_t asked = 0;
    return MembersFor(event_, CompositeWorld::kChair, {kBehaviourVersion, world_.now_ms},
                      world_.state,
                      [&](const policy::EventFacts&, const Standing&) { return levels[asked++]; });
  }

  CompositeWorld world_;
  EventRow event_;
};

TEST_F(CompositeView, BearsTheLabelOfWhatIsShown) {
  const v1::Label all = Seen({{0, kFull}, {1, kFull}, {2, kFull}}).publish().label();
  EXPECT_TRUE(all.marking().sensitive());
  EXPECT_TRUE(all.originator_controlled());
  EXPECT_TRUE(all.has_grading());

  const v1::Label pointed = Seen({{0, kPointer}, {1, kFull}}).publish().label();
  EXPECT_FALSE(pointed.marking().sensitive()) << "a pointer tells no marking";
  EXPECT_FALSE(pointed.has_grading());
  EXPECT_TRUE(pointed.originator_controlled()) << "and stays controlled";

  const v1::Label others = Seen({{1, kFull}, {2, kFull}}).publish().label();
  EXPECT_FALSE(others.marking().sensitive());
  EXPECT_FALSE(others.originator_controlled()) << "nothing of what is withheld";
}

TEST_F(CompositeView, TellsTheTimesOfWhatIsShown) {
  const EventRow first = Seen({{0, kFull}, {1, kFull}});
  EXPECT_EQ(first.accepted_ms(), world_.now_ms - CompositeWorld::kDay);
  EXPECT_EQ(first.publish().occurred_ms(), first.accepted_ms() - 60'000);
  const EventRow pointed = Seen({{0, kFull}, {1, kPointer}});
  EXPECT_EQ(pointed.publish().occurred_ms(), world_.now_ms - 2 * CompositeWorld::kDay - 60'000)
      << "a pointer does not tell when";
  const EventRow all = Seen({{1, kPointer}, {2, kPointer}});
  EXPECT_EQ(all.publish().occurred_ms(), all.accepted_ms());
}

TEST_F(CompositeView, IsNoneToWhoSeesTooFew) {
  EXPECT_EQ(ShownAt({kFull, kFull, kFull}).size(), 3U);
  EXPECT_THAT(
      ShownAt({kTearLine, kFull, kPointer}),
      ElementsAre(MemberShown{0, kTearLine}, MemberShown{1, kFull}, MemberShown{2, kPointer}));
  EXPECT_THAT(ShownAt({kFull, kFull, v1::LEVEL_WITHHELD}), IsEmpty()) << "two of three";
  EXPECT_THAT(ShownAt({kPointer, kFull, kFull}), IsEmpty()) << "of one agency that is told";

  policy::RecipientFacts recipient;
  static_cast<void>(FactsFor({}, event_, world_.state, recipient));
  EXPECT_TRUE(recipient.sees_too_few);
  static_cast<void>(FactsFor({{0, kFull}}, event_, world_.state, recipient));
  EXPECT_FALSE(recipient.sees_too_few);
}

/// What left is no member, and its own a post sees whole.
TEST_F(CompositeView, JudgesEachMemberByItself) {
  const LevelOf by_control = [](const policy::EventFacts& facts, const Standing&) {
    return facts.label.originator_controlled() ? kPointer : kFull;
  };
  EXPECT_THAT(MembersFor(event_, CompositeWorld::kPrison, {kBehaviourVersion, world_.now_ms},
                         world_.state, by_control),
              testing::Contains(MemberShown{0, kFull}));
  EXPECT_TRUE(MakesOne(event_.composite()));
  event_.mutable_composite()->mutable_members(1)->set_left(true);
  EXPECT_FALSE(MakesOne(event_.composite()));
  EXPECT_THAT(ShownAt({kFull, kFull}), IsEmpty());
}

TEST(ShownMembers, AreAlikeOrLess) {
  const Shown two = RowsOf({{0, kFull}, {1, kPointer}});
  EXPECT_TRUE(ShownAlike(two, RowsOf({{0, kFull}, {1, kPointer}})));
  EXPECT_FALSE(ShownAlike(two, RowsOf({{0, kFull}})));
  EXPECT_FALSE(ShownAlike(two, RowsOf({{0, kFull}, {1, kFull}})));
  EXPECT_FALSE(ShowsLess(RowsOf({{0, kFull}, {1, kFull}, {2, kFull}}), two));
  EXPECT_TRUE(ShowsLess(RowsOf({{0, kFull}}), two));
  EXPECT_TRUE(ShowsLess(RowsOf({{0, kTearLine}, {1, kPointer}}), two));
  EXPECT_FALSE(ShowsLess(RowsOf({{2, kFull}, {3, kFull}}), two)) << "another run";
}

TEST(ShowMembers, TakesThePlaceOfSegments) {
  policy::Decision decision;
  decision.level = kFull;
  decision.segments = {0};
  ShowMembers({{0, kFull}}, decision);
  EXPECT_THAT(decision.segments, IsEmpty());
  EXPECT_THAT(decision.members, ElementsAre(MemberShown{0, kFull}));
  policy::Decision withheld;
  ShowMembers({{0, kFull}}, withheld);
  EXPECT_THAT(withheld.members, IsEmpty());
}

}  // namespace
}  // namespace tearline::machine
