#include "broker/sequencer/measure.h"

#include <gtest/gtest.h>

#include <string>

#include "broker/telemetry/metrics.h"
#include "tests/doubles/memory_state.h"

namespace tearline::sequencer {
namespace {

/// The number behind `sample` and a space; 0 if it is not there.
std::uint64_t ValueOf(const std::string& sample) {
  telemetry::Exposition exposition;
  telemetry::Expose(exposition);
  const std::string text = '\n' + exposition.Text();
  const std::size_t at = text.find('\n' + sample + ' ');
  return at == std::string::npos ? 0 : std::stoull(text.substr(at + sample.size() + 2));
}

TEST(Measure, EachOutcomeIsCountedAsItself) {
  struct Row {
    audit::Outcome outcome;
    const char* word;
  };
  const Row rows[] = {{audit::Outcome::kApplied, "applied"},
                      {audit::Outcome::kAwaitsSecondHand, "awaits_second_hand"},
                      {audit::Outcome::kRepeated, "repeated"},
                      {audit::Outcome::kRefused, "refused"},
                      {audit::Outcome::kUnappliable, "unappliable"}};
  for (const Row& row : rows) {
    const std::string sample =
        std::string("tearline_records_total{command=\"pulse\",outcome=\"") + row.word + "\"}";
    const std::uint64_t before = ValueOf(sample);
    machine::Applied applied;
    applied.outcome = row.outcome;
    applied.reason = v1::ERROR_REASON_WRONG_STATE;
    MeasureRecord(stored::v1::COMMAND_NUMBER_PULSE, applied);
    EXPECT_EQ(ValueOf(sample), before + 1) << row.word;
  }
  EXPECT_EQ(ValueOf("tearline_refused_total{reason=\"wrong_state\"}"), 1U);
}

TEST(Measure, DecisionsAreCountedByLevelAndUnmetDutiesApart) {
  const std::string full = "tearline_decisions_total{level=\"full\"}";
  const std::string pointer = "tearline_decisions_total{level=\"pointer\"}";
  const std::uint64_t full_before = ValueOf(full);
  const std::uint64_t pointer_before = ValueOf(pointer);
  const std::uint64_t unmet_before = ValueOf("tearline_duties_unmet_total");
  machine::Applied applied;
  applied.judged.by_level[v1::LEVEL_FULL] = 4;
  applied.judged.by_level[v1::LEVEL_POINTER] = 2;
  applied.judged.duties_unmet = 1;
  MeasureRecord(stored::v1::COMMAND_NUMBER_PUBLISH, applied);
  EXPECT_EQ(ValueOf(full), full_before + 4);
  EXPECT_EQ(ValueOf(pointer), pointer_before + 2);
  EXPECT_EQ(ValueOf("tearline_duties_unmet_total"), unmet_before + 1);
}

TEST(Measure, ARefusalBeforeAnyRecordIsCountedAndGivenBack) {
  const std::string sample = "tearline_refused_total{reason=\"too_busy\"}";
  const std::uint64_t before = ValueOf(sample);
  const Status refusal = Measured(Refuse(v1::ERROR_REASON_TOO_BUSY, "try again later"));
  EXPECT_EQ(ReasonOf(refusal), v1::ERROR_REASON_TOO_BUSY);
  EXPECT_EQ(ValueOf(sample), before + 1);
}

TEST(Measure, ItemsAreCountedWhenTheyComeAndWhenTheyGo) {
  const std::uint64_t released = ValueOf("tearline_items_released_total");
  const std::uint64_t settled = ValueOf("tearline_items_settled_total");
  doubles::MemoryState below;
  state::Batch batch(below);
  const auto item = [](std::uint64_t sequence) {
    return state::Key(state::Table::kReleased).Name("police/panel").U8(1).U64(sequence);
  };
  batch.Put(item(1), "row");
  batch.Put(item(2), "row");
  batch.Erase(item(3));
  batch.Put(state::Key(state::Table::kWaiting).Name("police/panel").U8(1).U64(9), "row");
  batch.Erase(state::Key(state::Table::kParked).Name("police/panel").U8(1).U64(9));
  MeasureItems(batch);
  EXPECT_EQ(ValueOf("tearline_items_released_total"), released + 2);
  EXPECT_EQ(ValueOf("tearline_items_settled_total"), settled + 1);
}

}  // namespace
}  // namespace tearline::sequencer
