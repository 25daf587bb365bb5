#include "broker/machine/review_told.h"

#include <gtest/gtest.h>

#include "tests/machine/moving.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

class ReviewTold : public Moving {
 protected:
  void SetUp() override {
    world_.PutInForce(kKeepingOut);
    Answering(case_, "ct-police/accountable");
    Answering(from_case_, "prison/security");
    world_.OpenSession(kLeft);
    world_.Tell(from_);
  }
  void Answering(const std::string& case_id, const std::string& post) {
    NameAccountable name;
    name.set_case_id(case_id);
    name.set_post(post);
    ASSERT_EQ(world_.Say(World::System("police/coordinator"), COMMAND_NUMBER_NAME_ACCOUNTABLE, name)
                  .outcome,
              audit::Outcome::kApplied);
  }
  std::string DebtorAfterMove() {
    const Applied moved = Move();
    if (moved.outcome == audit::Outcome::kAwaitsSecondHand) Confirm(moved);
    const auto review = Review();
    return review ? review->debtor_post() : "nobody";
  }
};

/// Whoever answers for the case of the person whose it is looks at who had it.
TEST_F(ReviewTold, FallsOnWhoAnswersForTheOther) {
  EXPECT_EQ(DebtorAfterMove(), "ct-police/accountable");
  EXPECT_EQ(Review()->due_ms(), world_.now_ms + 24 * 60 * 60 * 1000);
}

/// P6. Not on somebody who is kept out of one of the two, and would learn of it.
TEST_F(ReviewTold, PassesOverWhoIsKeptOutOfEither) {
  KeepOut(from_, "ct-police/accountable");
  EXPECT_EQ(DebtorAfterMove(), "prison/security");
}

TEST_F(ReviewTold, FallsOnGovernanceIfNobodyElseMay) {
  KeepOut(from_, "ct-police/accountable");
  KeepOut(known_, "prison/security");
  EXPECT_EQ(DebtorAfterMove(), "desk/governance");
}

}  // namespace
}  // namespace tearline::machine
