#include "broker/machine/by_number.h"

#include "broker/machine/consultation.h"
#include "broker/machine/second_hand.h"
#include "broker/model/limits.h"
#include "tests/machine/merging.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

class ByNumber : public Merging {
 protected:
  template <typename Command>
  Applied Say(CommandNumber number, int removed, int surviving, const std::string& post) {
    Command command;
    *command.mutable_removed() = World::Number(removed);
    *command.mutable_surviving() = World::Number(surviving);
    return world_.Say(Why(World::System(post)), number, command);
  }
  Applied MergeNumbers(int removed, int surviving, const std::string& post = "police/coordinator") {
    return Say<MergeNominals>(COMMAND_NUMBER_MERGE_NOMINALS, removed, surviving, post);
  }
  Applied PartNumbers(int removed, int surviving, const std::string& post = "police/coordinator") {
    return Say<UnmergeNominals>(COMMAND_NUMBER_UNMERGE_NOMINALS, removed, surviving, post);
  }
  /// Tells of somebody whom nobody here knows by this number.
  void TellOf(int number) {
    Publish event = world_.Event(known_);
    event.clear_nominals();
    *event.add_nominals()->add_identifiers() = World::Number(number);
    world_.Publish(event);
  }
};

TEST_F(ByNumber, TwoAreMergedAndParted) {
  ASSERT_EQ(MergeNumbers(2, 1).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(SurvivorOf(other_, world_.state), known_);
  EXPECT_EQ(MergeNumbers(2, 1).reason, v1::ERROR_REASON_ALREADY_EXISTS);
  EXPECT_EQ(MergeNumbers(1, 2).reason, v1::ERROR_REASON_ALREADY_EXISTS);
  ASSERT_EQ(PartNumbers(2, 1).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(SurvivorOf(other_, world_.state), other_);
  EXPECT_EQ(PartNumbers(2, 1).reason, v1::ERROR_REASON_WRONG_STATE);
  EXPECT_EQ(MergeNumbers(2, 1).reason, v1::ERROR_REASON_NOT_ONE_PERSON) << "parted for good";
  ExpectReplays();
}

/// A merge done the wrong way round there is parted here, too, whichever stood for the person; but
/// never one of them from somebody else.
TEST_F(ByNumber, TwoArePartedWhicheverWasMerged) {
  const std::string third = world_.Register(3);
  ASSERT_EQ(MergeNumbers(2, 1).outcome, audit::Outcome::kApplied);
  ASSERT_EQ(MergeNumbers(3, 1).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(PartNumbers(2, 3).reason, v1::ERROR_REASON_WRONG_STATE);
  EXPECT_EQ(PartNumbers(1, 2).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(SurvivorOf(other_, world_.state), other_);
  EXPECT_EQ(SurvivorOf(third, world_.state), known_);
}

/// Somebody who became another by way of a third leaves the first of those, whoever is named; two
/// that were merged into the same are parted from that one, not from each other.
TEST_F(ByNumber, WhoBecameAnotherByWayOfAThirdIsParted) {
  const std::string third = world_.Register(3);
  ASSERT_EQ(Merge(third, other_).outcome, audit::Outcome::kApplied);
  ASSERT_EQ(Merge(other_, known_).outcome, audit::Outcome::kApplied);
  world_.behaviour_version = kPartedByWayFrom - 1;
  EXPECT_EQ(PartNumbers(3, 1).reason, v1::ERROR_REASON_WRONG_STATE) << "as it was";
  world_.behaviour_version = kPartedByWayFrom;
  ASSERT_EQ(PartNumbers(3, 1).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(SurvivorOf(third, world_.state), third);
  EXPECT_EQ(SurvivorOf(other_, world_.state), known_);
}

/// The same message comes twice: it waits once for its second hand, under one name.
TEST_F(ByNumber, TheSameMergeWaitsOnce) {
  world_.behaviour_version = kWaitsOnceFrom;
  const Applied first = MergeNumbers(2, 1, "probation/coordinator");
  const Applied again = MergeNumbers(2, 1, "probation/coordinator");
  ASSERT_EQ(again.outcome, audit::Outcome::kAwaitsSecondHand);
  EXPECT_EQ(again.made_id, first.made_id);
  EXPECT_EQ(world_.state.Scan(state::Key(state::Table::kPending), 10).size(), 1U);
  EXPECT_NE(MergeNumbers(2, 1, "probation/supervisor").made_id, first.made_id) << "another post";
  world_.behaviour_version = kWaitsOnceFrom - 1;
  EXPECT_NE(MergeNumbers(2, 1, "probation/coordinator").made_id, first.made_id) << "as it was";
  Confirm(first);
  EXPECT_EQ(SurvivorOf(other_, world_.state), known_);
  ExpectReplays();
}

/// What a number's nominal became is merged on.
TEST_F(ByNumber, APersonIsMergedWhole) {
  const std::string third = world_.Register(3);
  ASSERT_EQ(MergeNumbers(3, 2).outcome, audit::Outcome::kApplied);
  ASSERT_EQ(MergeNumbers(3, 1).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(SurvivorOf(third, world_.state), known_);
  EXPECT_EQ(SurvivorOf(other_, world_.state), known_);
}

/// Somebody of whom nothing is known but what others said is the one removed.
TEST_F(ByNumber, WhoIsProvisionalIsRemoved) {
  TellOf(9);
  ASSERT_EQ(MergeNumbers(1, 9).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(Resolve(9), Text(known_));
}

/// P10. As by id: the two hands are asked once who has the numbers, and remember whom it was about.
TEST_F(ByNumber, AwaitsItsSecondHand) {
  const Applied asked = MergeNumbers(2, 1, "probation/coordinator");
  ASSERT_EQ(asked.outcome, audit::Outcome::kAwaitsSecondHand) << asked.sentence;
  Confirm(asked);
  EXPECT_EQ(SurvivorOf(other_, world_.state), known_);
}

/// P6. Whether somebody has a number is an answer: it counts, whatever comes of it.
TEST_F(ByNumber, CountsAsResolvingBoth) {
  const auto used = [this](const std::string& post) {
    return world_.Resolved(World::System(post));
  };
  const std::uint32_t before = used("police/coordinator");
  EXPECT_EQ(MergeNumbers(2, 99).reason, v1::ERROR_REASON_NOT_FOUND);
  EXPECT_EQ(used("police/coordinator"), before + 2);
  EXPECT_EQ(PartNumbers(99, 2).reason, v1::ERROR_REASON_NOT_FOUND);
  EXPECT_EQ(used("police/coordinator"), before + 4);
  const Applied asked = MergeNumbers(2, 1, "probation/coordinator");
  ASSERT_EQ(asked.outcome, audit::Outcome::kAwaitsSecondHand);
  EXPECT_EQ(used("probation/coordinator"), 2U);
  Confirm(asked);
  EXPECT_EQ(used("probation/coordinator"), 2U) << "asked once";
}

/// Who looked at either is found.
TEST_F(ByNumber, IsALookAtBoth) {
  const auto looks = [this](const std::string& nominal) {
    return world_.state.Scan(NominalLooked(nominal), 100).size();
  };
  const std::size_t known = looks(known_);
  const std::size_t other = looks(other_);
  ASSERT_EQ(MergeNumbers(2, 1, "probation/coordinator").outcome, audit::Outcome::kAwaitsSecondHand);
  EXPECT_EQ(looks(known_), known + 1);
  EXPECT_EQ(looks(other_), other + 1);
}

/// P6. Whoever is kept out of a person is not led to who they are known as.
TEST_F(ByNumber, LeadsNobodyWhoIsKeptOutToWhoThePersonIs) {
  const std::string third = world_.Register(3);
  ASSERT_EQ(MergeNumbers(2, 1).outcome, audit::Outcome::kApplied);
  KeepOut(known_, "police/coordinator");
  EXPECT_EQ(MergeNumbers(2, 3).reason, v1::ERROR_REASON_WRONG_STATE) << "as by its id";
  EXPECT_EQ(SurvivorOf(third, world_.state), third);
}

TEST_F(ByNumber, IsRefusedAsUnappliableIfANumberIsNotWhole) {
  MergeNominals command;
  *command.mutable_removed() = World::Number(2);
  EXPECT_EQ(
      world_.Say(Why(World::System("police/coordinator")), COMMAND_NUMBER_MERGE_NOMINALS, command)
          .reason,
      v1::ERROR_REASON_UNAPPLIABLE);
}

}  // namespace
}  // namespace tearline::machine
