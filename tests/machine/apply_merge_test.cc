#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "broker/machine/identity.h"
#include "broker/model/limits.h"
#include "tests/machine/merging.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

using ApplyMerge = Merging;

TEST_F(ApplyMerge, IsRememberedAsACombinationAndAnswersForBoth) {
  ASSERT_EQ(Merge(other_, known_).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(world_.Details()[1].changed().what(), "combination");
  EXPECT_EQ(Resolve(2), Text(known_));
  EXPECT_EQ(Resolve(1), Text(known_));
}

TEST_F(ApplyMerge, RefusesCirclesAndWhatWasMergedBefore) {
  const std::string third = world_.Register(3);
  EXPECT_EQ(Merge(known_, known_).reason, v1::ERROR_REASON_WRONG_STATE);
  ASSERT_EQ(Merge(third, other_).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(Merge(other_, third).reason, v1::ERROR_REASON_WRONG_STATE) << "a circle";
  EXPECT_EQ(Merge(third, known_).reason, v1::ERROR_REASON_WRONG_STATE) << "merged before";
  ASSERT_EQ(Merge(other_, known_).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(SurvivorOf(third, world_.state), known_) << "a chain leads to its end";
  EXPECT_EQ(Merge(std::string(16, 'x'), known_).reason, v1::ERROR_REASON_NOT_FOUND);
}

/// P10. A post of the author's agency would see more: that takes two.
TEST_F(ApplyMerge, AwaitsASecondHandWhereItShowsTheAuthorsAgencyMore) {
  EXPECT_EQ(Merge(other_, known_, "probation/coordinator").outcome,
            audit::Outcome::kAwaitsSecondHand);
  EXPECT_EQ(SurvivorOf(other_, world_.state), other_);
}

/// What its posts may only wish for may be more, too.
TEST_F(ApplyMerge, AwaitsASecondHandWhereTheAuthorsAgencyWishesForAnything) {
  EXPECT_EQ(Merge(other_, known_, "prison/security").outcome, audit::Outcome::kApplied);
  ASSERT_EQ(Unmerge(other_).outcome, audit::Outcome::kApplied);
  world_.Subscribe("prison/security", WishingWorld::About({}));
  EXPECT_EQ(Merge(world_.Register(3), known_, "prison/security").outcome,
            audit::Outcome::kAwaitsSecondHand);
}

TEST_F(ApplyMerge, IsTakenBackExactlyAndForGood) {
  world_.OpenSession(kChair);
  ASSERT_EQ(Merge(other_, known_).outcome, audit::Outcome::kApplied);
  Settle();
  world_.Tell(other_);
  EXPECT_EQ(world_.Released(kChair, kUrgent).size(), 1u);
  ASSERT_EQ(Unmerge(other_).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(world_.Details()[1].changed().what(), "separation");
  EXPECT_TRUE(OutEvents(kChair).empty()) << "what is out and not settled is taken back";
  EXPECT_EQ(Resolve(2), Text(other_));
  world_.Tell(other_);
  EXPECT_FALSE(world_.DecisionFor(kChair).has_value()) << "nothing to do with the chair any more";
  EXPECT_EQ(Merge(other_, known_).reason, v1::ERROR_REASON_NOT_ONE_PERSON);
  EXPECT_EQ(Merge(known_, other_).reason, v1::ERROR_REASON_NOT_ONE_PERSON);
  EXPECT_EQ(Unmerge(other_).reason, v1::ERROR_REASON_WRONG_STATE);
  ExpectReplays();
}

/// Who was parted stays parted, also where each has become somebody more since.
TEST_F(ApplyMerge, NeverJoinsWhoWasPartedByWayOfAThird) {
  const std::string third = world_.Register(3);
  ASSERT_EQ(Merge(other_, known_).outcome, audit::Outcome::kApplied);
  ASSERT_EQ(Unmerge(other_).outcome, audit::Outcome::kApplied);
  ASSERT_EQ(Merge(third, other_).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(Merge(other_, known_).reason, v1::ERROR_REASON_NOT_ONE_PERSON);
  EXPECT_EQ(Merge(known_, third).reason, v1::ERROR_REASON_NOT_ONE_PERSON);
}

/// Each was said to be one with somebody by name, and stays so when that one is parted from others.
TEST_F(ApplyMerge, PartsAPersonWhereItWasJoined) {
  const std::string third = world_.Register(3);
  ASSERT_EQ(Merge(other_, known_).outcome, audit::Outcome::kApplied);
  ASSERT_EQ(Merge(third, other_).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(SurvivorOf(third, world_.state), known_);
  ASSERT_EQ(Unmerge(other_).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(SurvivorOf(third, world_.state), other_);
  EXPECT_EQ(SamePerson(known_, world_.state), std::vector<std::string>{known_});
}

TEST_F(ApplyMerge, AReviewIsOwedByWhoeverAnswersForTheCase) {
  NameAccountable name;
  name.set_case_id(case_);
  name.set_post("ct-police/accountable");
  ASSERT_EQ(world_.Say(World::System("police/coordinator"), COMMAND_NUMBER_NAME_ACCOUNTABLE, name)
                .outcome,
            audit::Outcome::kApplied);
  ASSERT_EQ(Merge(other_, known_).outcome, audit::Outcome::kApplied);
  ASSERT_EQ(Unmerge(other_).outcome, audit::Outcome::kApplied);
  const auto review = Review();
  ASSERT_TRUE(review.has_value());
  EXPECT_EQ(review->debtor_post(), "ct-police/accountable");
  EXPECT_EQ(review->nominal_id(), other_);
  EXPECT_EQ(review->due_ms(), world_.now_ms + 24 * 60 * 60 * 1000);
}

/// P6. Somebody kept out of one of the two is not told of it by being asked to look.
TEST_F(ApplyMerge, AReviewIsNotOwedByWhomIsKeptOut) {
  NameAccountable name;
  name.set_case_id(case_);
  name.set_post("ct-police/accountable");
  world_.Say(World::System("police/coordinator"), COMMAND_NUMBER_NAME_ACCOUNTABLE, name);
  KeepOut(other_, "ct-police/accountable");
  ASSERT_EQ(Merge(other_, known_).outcome, audit::Outcome::kApplied);
  Confirm(Unmerge(other_));
  const auto review = Review();
  ASSERT_TRUE(review.has_value());
  EXPECT_EQ(review->debtor_post(), "desk/governance");
}

/// What a person is known by is bounded: 64 nominals, and no more.
TEST_F(ApplyMerge, OnePersonHasAtMost64Nominals) {
  for (int number = 3; number < 3 + model::kSamePersonMax - 2; ++number) {
    ASSERT_EQ(Merge(world_.Register(number), known_).outcome, audit::Outcome::kApplied) << number;
  }
  ASSERT_EQ(Merge(other_, known_).outcome, audit::Outcome::kApplied) << "the 64th";
  EXPECT_EQ(Merge(world_.Register(100), other_).reason, v1::ERROR_REASON_LIMIT_PASSED);
}

/// A chain as long as may be still leads to its end.
TEST_F(ApplyMerge, AChainOf64LeadsToItsEnd) {
  std::string last = known_;
  for (int number = 3; number < 3 + model::kSamePersonMax - 1; ++number) {
    const std::string next = world_.Register(number);
    ASSERT_EQ(Merge(last, next).outcome, audit::Outcome::kApplied) << number;
    last = next;
  }
  EXPECT_EQ(SurvivorOf(known_, world_.state), last);
  EXPECT_EQ(SamePerson(known_, world_.state).size(),
            static_cast<std::size_t>(model::kSamePersonMax));
}

TEST_F(ApplyMerge, TwoOpenCasesAreNotJoinedByAPointer) {
  world_.OpenCase(other_, {});
  EXPECT_EQ(Merge(other_, known_).reason, v1::ERROR_REASON_TWO_OPEN_CASES);
}

/// A provisional nominal goes into the registered one, never the other way.
TEST_F(ApplyMerge, AProvisionalNominalIsTheOneRemoved) {
  stored::v1::Publish event = world_.Event(known_);
  event.clear_nominals();
  *event.add_nominals()->add_identifiers() = World::Number(9);
  world_.Publish(event);
  const auto made = world_.state.Find<IdentifierRow>(
      IdentifierKey(World::Number(9).type(), World::Number(9).index()));
  ASSERT_TRUE(made.has_value());
  EXPECT_EQ(Merge(known_, made->nominal_id()).reason, v1::ERROR_REASON_WRONG_STATE);
  EXPECT_EQ(Merge(made->nominal_id(), known_).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(Resolve(9), Text(known_));
}

/// A number of either is the person's: to link it to the other says nothing new; before, it was
/// taken.
TEST_F(ApplyMerge, ANumberOfEitherIsThePersons) {
  LinkIdentifier link;
  link.set_nominal_id(known_);
  *link.mutable_identifier() = World::Number(2);
  const auto say = [&] {
    return world_.Say(Why(World::System("police/coordinator")), COMMAND_NUMBER_LINK_IDENTIFIER,
                      link);
  };
  EXPECT_EQ(say().reason, v1::ERROR_REASON_IDENTIFIER_TAKEN);
  ASSERT_EQ(Merge(other_, known_).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(say().outcome, audit::Outcome::kApplied);
}

}  // namespace
}  // namespace tearline::machine
