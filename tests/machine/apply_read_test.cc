#include <gtest/gtest.h>

#include "tests/machine/world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

constexpr char kAccountable[] = "ct-police/accountable";

class ApplyRead : public testing::Test {
 protected:
  void SetUp() override {
    nominal_ = world_.Register(1);
    world_.OpenCase(nominal_, {}, kAccountable);
    session_ = world_.OpenSession(kAccountable);
    world_.Publish(world_.Event(nominal_));
  }
  Applied Read(const Actor& actor, std::uint64_t sequence = 1) {
    ReadItem command;
    command.set_feed(kAccountable);
    command.set_lane(v1::URGENCY_URGENT);
    command.set_sequence(sequence);
    return world_.Say(actor, COMMAND_NUMBER_READ, command);
  }
  bool OwesARead() const {
    for (const auto& [id, row] : world_.OpenObligations()) {
      if (row.type() == v1::OBLIGATION_TYPE_READ) return true;
    }
    return false;
  }

  World world_;
  std::string nominal_;
  std::string session_;
};

/// Received by the system is not read by a person.
TEST_F(ApplyRead, IsNotDoneByAnAcknowledgement) {
  ASSERT_TRUE(OwesARead());
  world_.Acknowledge(kAccountable, session_, v1::URGENCY_URGENT, {1});
  EXPECT_TRUE(OwesARead());
  EXPECT_EQ(Read(World::Holder(kAccountable)).outcome, audit::Outcome::kApplied);
  EXPECT_FALSE(OwesARead());
}

/// Read first and acknowledged later: nothing is left that waits for a reader.
TEST_F(ApplyRead, LeavesNothingBehindWhicheverComesFirst) {
  const auto unread = [this] {
    return world_.state.Scan(state::Key(state::Table::kAcknowledged), 10).size();
  };
  Read(World::Holder(kAccountable));
  world_.Acknowledge(kAccountable, session_, v1::URGENCY_URGENT, {1});
  EXPECT_EQ(unread(), 0u);
  world_.Publish(world_.Event(nominal_));
  const std::uint64_t newest = world_.Released(kAccountable, v1::URGENCY_URGENT).rbegin()->first;
  world_.Acknowledge(kAccountable, session_, v1::URGENCY_URGENT, {newest - 1, newest});
  EXPECT_EQ(unread(), 1u) << "received, and not read";
}

TEST_F(ApplyRead, IsDoneByAPersonWhoHoldsThePost) {
  EXPECT_EQ(Read(World::System(kAccountable)).reason, v1::ERROR_REASON_PERSON_REQUIRED);
  EXPECT_TRUE(OwesARead());
  Actor deputy = World::Holder(kAccountable);
  deputy.set_member("accountable-deputy");
  EXPECT_EQ(Read(deputy).outcome, audit::Outcome::kApplied);
  EXPECT_FALSE(OwesARead());
}

TEST_F(ApplyRead, IsOfOnesOwnInbox) {
  EXPECT_EQ(Read(World::Holder("ct-police/intel")).reason, v1::ERROR_REASON_NOT_YOUR_POST);
}

TEST_F(ApplyRead, IsOfWhatWasLetGo) {
  EXPECT_EQ(Read(World::Holder(kAccountable), 99).reason, v1::ERROR_REASON_NOT_FOUND);
}

/// A change of the case between does not leave the duty open for ever.
TEST_F(ApplyRead, EndsTheDutyWhateverBecameOfTheCase) {
  const auto open = world_.OpenObligations();
  NameAccountable other;
  other.set_case_id(open.begin()->second.case_id());
  other.set_post("police/panel");
  world_.Say(World::System("probation/coordinator"), COMMAND_NUMBER_NAME_ACCOUNTABLE, other);
  Read(World::Holder(kAccountable));
  EXPECT_FALSE(OwesARead());
}

}  // namespace
}  // namespace tearline::machine
