#include <gtest/gtest.h>

#include "tests/machine/world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

constexpr std::int64_t kDayMs = 24ll * 60 * 60 * 1000;
constexpr char kAccountable[] = "ct-police/accountable";

class ApplyObligation : public testing::Test {
 protected:
  void SetUp() override {
    const std::string nominal = world_.Register(1);
    world_.OpenCase(nominal, {{"probation/chair", v1::SEAT_KIND_CHAIR}}, kAccountable);
    stored::v1::Publish event = world_.Event(nominal);
    event.mutable_label()->set_originator_controlled(true);
    world_.Publish(event);
  }
  std::string IdOf(v1::ObligationType type) const {
    for (const auto& [id, row] : world_.OpenObligations()) {
      if (row.type() == type) return id;
    }
    return "";
  }
  Applied Discharge(const std::string& post, v1::ObligationType type, DischargeMethod method,
                    std::int64_t review_ms = 0) {
    DischargeObligation command;
    command.set_obligation_id(IdOf(type));
    command.set_method(method);
    command.set_review_ms(review_ms);
    return world_.Say(World::Holder(post), COMMAND_NUMBER_DISCHARGE_OBLIGATION, command);
  }

  World world_;
};

constexpr v1::ObligationType kReview = v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW;

TEST_F(ApplyObligation, IsEndedByWhoeverHasASayInIt) {
  EXPECT_EQ(Discharge("probation/chair", kReview, DISCHARGE_METHOD_OVERTAKEN).reason,
            v1::ERROR_REASON_NOT_FOUND)
      << "whom it was owed to must not learn of it";
  EXPECT_EQ(Discharge(kAccountable, kReview, DISCHARGE_METHOD_TOLD_OTHERWISE).outcome,
            audit::Outcome::kApplied);
  EXPECT_EQ(IdOf(kReview), "");
}

TEST_F(ApplyObligation, EndsOnce) {
  const std::string id = IdOf(kReview);
  Discharge(kAccountable, kReview, DISCHARGE_METHOD_OVERTAKEN);
  DischargeObligation again;
  again.set_obligation_id(id);
  again.set_method(DISCHARGE_METHOD_OVERTAKEN);
  EXPECT_EQ(
      world_.Say(World::Holder(kAccountable), COMMAND_NUMBER_DISCHARGE_OBLIGATION, again).reason,
      v1::ERROR_REASON_NOT_FOUND);
}

/// Reviewed and upheld: it is due again, from the first step, and not gone.
TEST_F(ApplyObligation, IsDueAgainWhenUpheld) {
  const std::int64_t review_ms = world_.now_ms + 7 * kDayMs;
  EXPECT_EQ(Discharge(kAccountable, kReview, DISCHARGE_METHOD_UPHELD, review_ms).outcome,
            audit::Outcome::kApplied);
  const ObligationRow row = world_.OpenObligations().at(IdOf(kReview));
  EXPECT_EQ(row.due_ms(), review_ms);
  EXPECT_EQ(row.stage(), 0u);
}

TEST_F(ApplyObligation, IsUpheldForAYearAtMost) {
  const std::int64_t now = world_.now_ms;
  EXPECT_EQ(Discharge(kAccountable, kReview, DISCHARGE_METHOD_UPHELD, now).reason,
            v1::ERROR_REASON_TIME_INVALID);
  EXPECT_EQ(
      Discharge(kAccountable, kReview, DISCHARGE_METHOD_UPHELD, now + 366 * kDayMs + 1).reason,
      v1::ERROR_REASON_TIME_INVALID);
  EXPECT_EQ(Discharge(kAccountable, kReview, DISCHARGE_METHOD_UPHELD, now + 366 * kDayMs).outcome,
            audit::Outcome::kApplied);
}

/// An obligation on a person ends only by that person's Read.
TEST_F(ApplyObligation, OfReadingIsEndedByReadingOnly) {
  EXPECT_EQ(Discharge(kAccountable, v1::OBLIGATION_TYPE_READ, DISCHARGE_METHOD_OVERTAKEN).reason,
            v1::ERROR_REASON_WRONG_STATE);
}

TEST_F(ApplyObligation, IsEscalatedByHandBeforeItsTime) {
  EscalateObligation command;
  command.set_obligation_id(IdOf(kReview));
  world_.Say(World::Holder(kAccountable), COMMAND_NUMBER_ESCALATE_OBLIGATION, command);
  EXPECT_EQ(world_.OpenObligations().at(IdOf(kReview)).stage(), 1u);
  EXPECT_EQ(
      world_.Say(World::Holder("probation/chair"), COMMAND_NUMBER_ESCALATE_OBLIGATION, command)
          .reason,
      v1::ERROR_REASON_NOT_FOUND);
}

}  // namespace
}  // namespace tearline::machine
