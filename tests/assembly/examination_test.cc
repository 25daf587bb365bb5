#include "broker/examination.h"

#include <gtest/gtest.h>

#include <string>

#include "tearline/stored/v1/row.pb.h"
#include "tearline/v1/policy.pb.h"
#include "tests/doubles/manual_clock.h"
#include "tests/doubles/temporary_directory.h"

namespace tearline {
namespace {

using std::chrono::milliseconds;

/// A broker's facts, as a test says they are; well as they stand.
class ExaminerTest : public testing::Test {
 protected:
  ExaminerTest() {
    row_.set_policy_digest(std::string(32, 'p'));
    Record();
    checkpoint_size_ = 1;
  }

  /// One more record, with the ledger's row as it now is.
  void Record() {
    const auto below = database_->Now();
    state::Batch batch(*below);
    batch.PutRow(state::Key(state::Table::kLedger), row_);
    ASSERT_TRUE(database_->Commit(batch, below->position() + 1).ok());
  }

  /// The parts that do not stand, each with a space behind it.
  std::string Fallen() {
    std::string fallen;
    for (const rpc::Part& part : examiner_.Examine()) {
      if (!part.stands) fallen += part.name + ' ';
    }
    return fallen;
  }

  doubles::TemporaryDirectory home_;
  std::unique_ptr<state::Database> database_ =
      state::Database::Open(home_.path() / "state").value();
  stored::v1::LedgerRow row_;
  std::uint64_t checkpoint_size_ = 0;
  bool parted_ = false;
  bool writing_ = true;
  bool cosigned_ = true;
  doubles::ManualClock clock_{1'900'000'000'000};
  Examiner examiner_{{.view = [this] { return database_->Now(); },
                      .checkpoint_size = [this] { return checkpoint_size_; },
                      .clock_parted = [this] { return parted_; },
                      .writing = [this] { return writing_; },
                      .queued = [] { return std::size_t{3}; },
                      .cosigned = [this] { return cosigned_; },
                      .witnesses =
                          [] {
                            cosign::Report report;
                            report.quorum = 2;
                            report.cosigned_size = 7;
                            report.standings.resize(2);
                            report.standings[0].name = "one";
                            report.standings[0].tree_size = 9;
                            report.standings[1].name = "two";
                            report.standings[1].forgot = true;
                            return report;
                          }},
                     clock_,
                     milliseconds(1000)};
};

TEST_F(ExaminerTest, EveryPartIsNamedAndWell) {
  std::string names;
  for (const rpc::Part& part : examiner_.Examine()) names += part.name + ' ';
  EXPECT_EQ(names, "ledger state policy clock cosigned audit ");
  EXPECT_EQ(Fallen(), "");
}

TEST_F(ExaminerTest, EachFaultFellsItsOwnPart) {
  writing_ = false;
  EXPECT_EQ(Fallen(), "ledger ");
  writing_ = true;
  parted_ = true;
  EXPECT_EQ(Fallen(), "clock ");
  parted_ = false;
  cosigned_ = false;
  EXPECT_EQ(Fallen(), "cosigned ");
  cosigned_ = true;
  row_.set_unappliable(1);
  Record();
  EXPECT_EQ(Fallen(), "state ");
  row_.set_unappliable(0);
  row_.clear_policy_digest();
  Record();
  EXPECT_EQ(Fallen(), "policy ");
}

TEST_F(ExaminerTest, TenBeatsWithoutACheckpointFellTheAuditLog) {
  EXPECT_EQ(Fallen(), "");
  Record();
  EXPECT_EQ(Fallen(), "");  // seen now, and awaited from now on
  clock_.Pass(10'000);
  EXPECT_EQ(Fallen(), "");
  EXPECT_EQ(examiner_.CheckpointAgeMs(), 10'000);
  clock_.Pass(1);
  EXPECT_EQ(Fallen(), "audit ");
  checkpoint_size_ = 2;
  EXPECT_EQ(Fallen(), "");
  EXPECT_EQ(examiner_.CheckpointAgeMs(), 0);
}

/// A checkpoint that is always a little behind a busy ledger is no fault.
TEST_F(ExaminerTest, WhatGrowsMeanwhileIsAwaitedFromThenOn) {
  for (int beat = 0; beat < 100; ++beat) {
    Record();
    EXPECT_EQ(Fallen(), "") << beat;
    clock_.Pass(9'000);
    ++checkpoint_size_;  // covers what was there, and never what has come since
    Record();
    EXPECT_EQ(Fallen(), "") << beat;
    ++checkpoint_size_;
  }
}

TEST_F(ExaminerTest, NothingNewNeedsNoCheckpoint) {
  clock_.Pass(100'000'000);
  EXPECT_EQ(Fallen(), "");
}

TEST_F(ExaminerTest, AShortBeatIsGivenFiveSeconds) {
  Examiner quick({.view = [this] { return database_->Now(); },
                  .checkpoint_size = [] { return std::uint64_t{0}; },
                  .clock_parted = [] { return false; },
                  .writing = [] { return true; },
                  .queued = [] { return std::size_t{0}; },
                  .cosigned = [] { return true; },
                  .witnesses = [] { return cosign::Report(); }},
                 clock_, milliseconds(100));
  quick.Examine();
  clock_.Pass(5'000);
  EXPECT_TRUE(quick.Examine().back().stands);
  clock_.Pass(1);
  EXPECT_FALSE(quick.Examine().back().stands);
}

TEST_F(ExaminerTest, WhatIsMeasuredIsTrue) {
  row_.set_unappliable(4);
  Record();
  const auto below = database_->Now();
  state::Batch batch(*below);
  const auto open = [&batch](v1::ObligationType type, const std::string& debtor) {
    batch.Put(state::Key(state::Table::kObligationOpen)
                  .Fixed(std::string(16, 'n'))
                  .Fixed(std::string(16, 'c'))
                  .U8(static_cast<std::uint8_t>(type))
                  .U16(7)
                  .Name(debtor),
              "id");
  };
  open(v1::OBLIGATION_TYPE_READ, "police/panel");
  open(v1::OBLIGATION_TYPE_READ, "police/intel");
  open(v1::OBLIGATION_TYPE_PARKED, "police/intel");
  ASSERT_TRUE(database_->Commit(batch, 3).ok());
  examiner_.Examine();
  clock_.Pass(2'500);

  telemetry::Exposition exposition;
  examiner_.Measure(exposition);
  for (const char* sample : {"tearline_ledger_records 3", "tearline_unappliable_records 4",
                             "tearline_checkpoint_records 1", "tearline_queued_commands 3",
                             "tearline_checkpoint_age_seconds 2.5", "tearline_cosigned_records 7",
                             "tearline_witnesses_needed 2", "tearline_witnesses_current 1",
                             "tearline_witnesses_forgetful 1",
                             "tearline_obligations_open{type=\"read\"} 2",
                             "tearline_obligations_open{type=\"parked\"} 1",
                             "tearline_obligations_open{type=\"sanitise_or_review\"} 0"}) {
    EXPECT_NE(exposition.Text().find('\n' + std::string(sample) + '\n'), std::string::npos)
        << sample << '\n'
        << exposition.Text();
  }
  EXPECT_EQ(exposition.Text().find("police"), std::string::npos);
}

}  // namespace
}  // namespace tearline
