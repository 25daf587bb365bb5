#include <gtest/gtest.h>

#include "broker/machine/rows.h"
#include "broker/model/limits.h"
#include "tests/machine/world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

constexpr std::int64_t kDayMs = 24ll * 60 * 60 * 1000;
constexpr char kAccountable[] = "ct-police/accountable";

constexpr v1::ObligationType kReview = v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW;

class ApplyObligation : public testing::Test {
 protected:
  void SetUp() override {
    nominal_ = world_.Register(1);
    case_ = world_.OpenCase(nominal_, {{"probation/chair", v1::SEAT_KIND_CHAIR}}, kAccountable);
    PublishControlled();
  }
  void PublishControlled() {
    stored::v1::Publish event = world_.Event(nominal_);
    event.mutable_label()->set_originator_controlled(true);
    world_.Publish(event);
  }
  void Escalate() {
    EscalateObligation command;
    command.set_obligation_id(IdOf(kReview));
    world_.Say(World::Holder(world_.OpenObligations().at(IdOf(kReview)).debtor_post()),
               COMMAND_NUMBER_ESCALATE_OBLIGATION, command);
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
  std::string nominal_;
  std::string case_;
};

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
  Discharge(kAccountable, kReview, DISCHARGE_METHOD_TOLD_OTHERWISE);
  DischargeObligation again;
  again.set_obligation_id(id);
  again.set_method(DISCHARGE_METHOD_TOLD_OTHERWISE);
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

/// P3. What is owed is not overtaken by being left undone; the records of before stand.
TEST_F(ApplyObligation, IsNotOvertakenWhileItIsOwed) {
  EXPECT_EQ(Discharge(kAccountable, kReview, DISCHARGE_METHOD_OVERTAKEN).reason,
            v1::ERROR_REASON_WRONG_STATE);
  EXPECT_NE(IdOf(kReview), "");
  SeatPost leave;
  leave.set_case_id(case_);
  leave.mutable_seat()->set_post("probation/chair");
  leave.mutable_seat()->set_kind(v1::SEAT_KIND_CHAIR);
  leave.set_leave(true);
  ASSERT_EQ(world_.Say(World::System("police/coordinator"), COMMAND_NUMBER_SEAT_POST, leave).sentence,
            "");
  EXPECT_EQ(Discharge(kAccountable, kReview, DISCHARGE_METHOD_OVERTAKEN).outcome,
            audit::Outcome::kApplied)
      << "it is owed to nobody now";
}

TEST_F(ApplyObligation, WasOvertakenByAWordBefore) {
  world_.behaviour_version = kDutiesKeptFrom - 1;
  EXPECT_EQ(Discharge(kAccountable, kReview, DISCHARGE_METHOD_OVERTAKEN).outcome,
            audit::Outcome::kApplied);
}

/// Beyond the list, too: the last of many events is owed as the first.
TEST_F(ApplyObligation, IsNotOvertakenForWhatItNoLongerLists) {
  std::vector<std::string> events;
  for (int i = 0; i < model::kObligationEventsMax; ++i) PublishControlled();
  const ObligationRow row = world_.OpenObligations().at(IdOf(kReview));
  ASSERT_EQ(row.event_ids_size(), model::kObligationEventsMax);
  Actor intel = World::System("ct-police/intel");
  intel.set_purpose("correction");
  for (const std::string& event_id : row.event_ids()) {
    WithdrawEvent withdraw;
    withdraw.set_event_id(event_id);
    withdraw.set_reason(v1::WITHDRAWAL_REASON_INACCURATE);
    ASSERT_EQ(world_.Say(intel, COMMAND_NUMBER_WITHDRAW_EVENT, withdraw).sentence, "");
  }
  ASSERT_EQ(world_.OpenObligations().at(IdOf(kReview)).event_ids_size(), 0);
  EXPECT_EQ(Discharge(kAccountable, kReview, DISCHARGE_METHOD_OVERTAKEN).reason,
            v1::ERROR_REASON_WRONG_STATE);
}

/// One record looks at so many of the events that an obligation counts; what lies beyond may be owed
/// still. (Before kCountedBoundedFrom it looked at all.)
TEST_F(ApplyObligation, IsNotOvertakenBeyondWhatARecordLooksAt) {
  const auto count = [this] { return world_.OpenObligations().at(IdOf(kReview)).count(); };
  while (count() <= static_cast<std::uint64_t>(model::kLookedAtRowsMax)) PublishControlled();
  SeatPost leave;
  leave.set_case_id(case_);
  leave.mutable_seat()->set_post("probation/chair");
  leave.set_leave(true);
  ASSERT_EQ(world_.Say(World::System("police/coordinator"), COMMAND_NUMBER_SEAT_POST, leave).sentence,
            "");
  EXPECT_EQ(Discharge(kAccountable, kReview, DISCHARGE_METHOD_OVERTAKEN).reason,
            v1::ERROR_REASON_WRONG_STATE);
  EXPECT_EQ(Discharge(kAccountable, kReview, DISCHARGE_METHOD_TOLD_OTHERWISE).reason,
            v1::ERROR_REASON_NOT_YOUR_POST)
      << "it may answer for what lies beyond";
  WithdrawEvent withdraw;
  withdraw.set_event_id(world_.OpenObligations().at(IdOf(kReview)).event_ids(0));
  withdraw.set_reason(v1::WITHDRAWAL_REASON_INACCURATE);
  Actor intel = World::System("ct-police/intel");
  intel.set_purpose("correction");
  ASSERT_EQ(world_.Say(intel, COMMAND_NUMBER_WITHDRAW_EVENT, withdraw).sentence, "");
  ASSERT_EQ(count(), static_cast<std::uint64_t>(model::kLookedAtRowsMax));
  EXPECT_EQ(Discharge(kAccountable, kReview, DISCHARGE_METHOD_OVERTAKEN).outcome,
            audit::Outcome::kApplied);
}

/// A case without an accountable officer: whoever published is the debtor, and does not end what it
/// owes by its own word. It may let the withholding stand, on record; else the post above speaks.
TEST_F(ApplyObligation, IsNotEndedByWhoeverWithholdsAlone) {
  constexpr char kIntel[] = "ct-police/intel";
  world_ = World();
  nominal_ = world_.Register(1);
  world_.OpenCase(nominal_, {{"probation/chair", v1::SEAT_KIND_CHAIR}});
  PublishControlled();
  ASSERT_EQ(world_.OpenObligations().at(IdOf(kReview)).debtor_post(), kIntel);
  EXPECT_EQ(Discharge(kIntel, kReview, DISCHARGE_METHOD_OVERTAKEN).reason,
            v1::ERROR_REASON_WRONG_STATE);
  EXPECT_EQ(Discharge(kIntel, kReview, DISCHARGE_METHOD_TOLD_OTHERWISE).reason,
            v1::ERROR_REASON_NOT_YOUR_POST);
  EXPECT_EQ(
      Discharge(kIntel, kReview, DISCHARGE_METHOD_UPHELD, world_.now_ms + 7 * kDayMs).outcome,
      audit::Outcome::kApplied);
  Escalate();
  Escalate();
  ASSERT_EQ(world_.OpenObligations().at(IdOf(kReview)).told_post(), "board/board");
  EXPECT_EQ(Discharge("board/board", kReview, DISCHARGE_METHOD_TOLD_OTHERWISE).outcome,
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
