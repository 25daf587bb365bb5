#include "tests/simulation/debts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "broker/machine/rows.h"
#include "broker/state/batch.h"
#include "tests/doubles/memory_state.h"
#include "tests/simulation/told_event.h"

namespace tearline::simulation {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

constexpr char kChair[] = "probation/chair-0";
constexpr char kOfficer[] = "police/accountable-0";
constexpr char kUnread[] = "an event must be read and no obligation says so";

/// A case with a chair and an accountable officer, who must read the one event that there is.
class DebtsHeard : public testing::Test {
 protected:
  DebtsHeard() {
    reading_.cases["case"] = {"nominal", kOfficer, "", 0, {{kChair, v1::SEAT_KIND_CHAIR}}, {}};
    reading_.case_of["nominal"] = "case";
    events_["event"] = ToldEvent();
  }

  /// The officer is judged for again, to be told all.
  void JudgeAgain(stored::v1::CommandNumber by) {
    Seen seen;
    seen.command = static_cast<std::uint16_t>(by);
    stored::v1::DecisionDetail& detail = *seen.details.emplace_back().mutable_decision();
    detail.set_event_id("event");
    detail.set_post(kOfficer);
    detail.set_level(v1::LEVEL_FULL);
    detail.set_again(true);
    debts_.HearDetails(seen);
  }
  /// An obligation about the event is opened.
  void Owe(v1::ObligationType type, const std::string& debtor) {
    Seen seen;
    stored::v1::ObligationDetail& detail = *seen.details.emplace_back().mutable_obligation();
    detail.set_obligation_id(std::string(16, 'o'));
    detail.set_change(stored::v1::OBLIGATION_CHANGE_OPENED);
    detail.set_type(type);
    detail.set_event_id("event");
    detail.set_debtor_post(debtor);
    debts_.HearDetails(seen);
    stored::v1::ObligationRow row;
    row.set_type(type);
    row.set_debtor_post(debtor);
    state::Batch batch(view_);
    batch.PutRow(machine::ObligationKey(detail.obligation_id()), row);
    view_.Commit(batch);
  }
  Complaints Look(std::int64_t stamp_ms = 0, bool pulsed = false) {
    debts_.Look(view_, stamp_ms, pulsed);
    return complaints_;
  }
  /// A step is due, and what was written is looked at before that and after.
  void LetAStepPass(bool joined) {
    stored::v1::ObligationRow row;
    row.set_type(v1::OBLIGATION_TYPE_TAKE_OVER);
    row.set_debtor_post(kOfficer);
    row.set_next_step_ms(10);
    const std::string id(16, 'o');
    state::Batch batch(view_);
    batch.PutRow(machine::ObligationKey(id), row);
    view_.Commit(batch);
    Look(5, /*pulsed=*/true);
    Seen seen;
    if (joined) {
      stored::v1::ObligationDetail& detail = *seen.details.emplace_back().mutable_obligation();
      detail.set_obligation_id(id);
      detail.set_change(stored::v1::OBLIGATION_CHANGE_JOINED);
      detail.set_type(row.type());
      detail.set_debtor_post(row.debtor_post());
    }
    debts_.HearDetails(seen);
    complaints_.clear();
    Look(20, /*pulsed=*/true);
  }

  const Town town_{1};
  Reading reading_{town_};
  Debts::Events events_;
  Complaints complaints_;
  Leaves leaves_{reading_, complaints_};
  Requests requests_{reading_, complaints_};
  Debts debts_{reading_, events_, leaves_, requests_, complaints_};
  doubles::MemoryState view_;
};

/// P3.
TEST_F(DebtsHeard, WhatMustBeReadAndIsNotOwedIsNoticed) {
  JudgeAgain(stored::v1::COMMAND_NUMBER_PULSE);
  EXPECT_THAT(Look(), Contains(HasSubstr(kUnread)));
}

TEST_F(DebtsHeard, AnObligationToReadSaysSo) {
  JudgeAgain(stored::v1::COMMAND_NUMBER_PULSE);
  Owe(v1::OBLIGATION_TYPE_READ, kOfficer);
  EXPECT_THAT(Look(), Not(Contains(HasSubstr(kUnread))));
}

/// What is told as the past is judged by and by is history that arrived, whoever of the panel has
/// that.
TEST_F(DebtsHeard, HistoryThatArrivedSaysSoOfWhatAPulseRaised) {
  JudgeAgain(stored::v1::COMMAND_NUMBER_PULSE);
  Owe(v1::OBLIGATION_TYPE_HISTORY_ARRIVED, kChair);
  EXPECT_THAT(Look(), Not(Contains(HasSubstr(kUnread))));
}

TEST_F(DebtsHeard, HistoryThatArrivedSaysNothingOfWhatWasAmended) {
  events_["event"].amended = 7;
  JudgeAgain(stored::v1::COMMAND_NUMBER_PULSE);
  Owe(v1::OBLIGATION_TYPE_HISTORY_ARRIVED, kOfficer);
  EXPECT_THAT(Look(), Contains(HasSubstr(kUnread)));
}

TEST_F(DebtsHeard, HistoryThatArrivedSaysNothingOfWhatNoPulseRaised) {
  JudgeAgain(stored::v1::COMMAND_NUMBER_AMEND_EVENT);
  Owe(v1::OBLIGATION_TYPE_HISTORY_ARRIVED, kOfficer);
  EXPECT_THAT(Look(), Contains(HasSubstr(kUnread)));
}

TEST_F(DebtsHeard, AStepThatWasDueAndIsNotTakenIsNoticed) {
  LetAStepPass(/*joined=*/false);
  EXPECT_THAT(complaints_, Contains(HasSubstr("an obligation was due")));
}

/// What had come to the end of its line is due at once when more joins it, where nobody is there.
TEST_F(DebtsHeard, AStepThatIsDueAnewSinceMoreJoinedWaitsForTheNextPulse) {
  LetAStepPass(/*joined=*/true);
  EXPECT_THAT(complaints_, Not(Contains(HasSubstr("an obligation was due"))));
  Look(20, /*pulsed=*/true);
  EXPECT_THAT(complaints_, Contains(HasSubstr("an obligation was due")));
}

}  // namespace
}  // namespace tearline::simulation
