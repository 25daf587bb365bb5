#include "broker/feed_measurement.h"

#include <gtest/gtest.h>

#include <string>

#include "broker/machine/rows.h"
#include "broker/state/batch.h"
#include "tests/doubles/memory_state.h"

namespace tearline {
namespace {

class FeedMeasurement : public testing::Test {
 protected:
  void Outstanding(const std::string& feed, v1::Urgency lane, std::uint64_t items) {
    stored::v1::LaneRow row;
    row.set_outstanding(items);
    batch_.PutRow(machine::LaneKey(feed, lane), row);
  }
  void Waiting(const std::string& feed, v1::Urgency lane, std::uint64_t items) {
    for (std::uint64_t place = 1; place <= items; ++place) {
      batch_.Put(machine::LaneItem(state::Table::kWaiting, feed, lane, place), "row");
    }
  }
  std::string Measured() {
    state_.Commit(batch_);
    telemetry::Exposition exposition;
    MeasureFeeds(state_, exposition);
    return '\n' + exposition.Text();
  }
  static bool Holds(const std::string& text, const std::string& sample) {
    return text.find('\n' + sample + '\n') != std::string::npos;
  }

  doubles::MemoryState state_;
  state::Batch batch_{state_};
};

TEST_F(FeedMeasurement, SumsUpTheLanesOfAllFeedsAndNamesNone) {
  Outstanding("police/panel", v1::URGENCY_URGENT, 3);
  Outstanding("probation/chair", v1::URGENCY_URGENT, 4);
  Outstanding("probation/chair", v1::URGENCY_IMMEDIATE, 1);
  Waiting("police/panel", v1::URGENCY_ROUTINE, 2);
  Waiting("probation/chair", v1::URGENCY_ROUTINE, 5);
  Waiting("probation/chair", v1::URGENCY_URGENT, 1);
  const std::string text = Measured();
  for (const char* sample :
       {"tearline_items_outstanding{lane=\"immediate\"} 1",
        "tearline_items_outstanding{lane=\"urgent\"} 7",
        "tearline_items_outstanding{lane=\"routine\"} 0",
        "tearline_items_waiting{lane=\"immediate\"} 0", "tearline_items_waiting{lane=\"urgent\"} 1",
        "tearline_items_waiting{lane=\"routine\"} 7"}) {
    EXPECT_TRUE(Holds(text, sample)) << sample << '\n' << text;
  }
  EXPECT_EQ(text.find("police"), std::string::npos);
  EXPECT_EQ(text.find("chair"), std::string::npos);
}

TEST_F(FeedMeasurement, CountsBeyondOneReading) {
  Waiting("police/panel", v1::URGENCY_ROUTINE, 2'500);
  EXPECT_TRUE(Holds(Measured(), "tearline_items_waiting{lane=\"routine\"} 2500"));
}

TEST_F(FeedMeasurement, DoesNotCountWithoutEnd) {
  Waiting("police/panel", v1::URGENCY_ROUTINE, 2'500);
  Waiting("probation/chair", v1::URGENCY_ROUTINE, kWaitingCountedMax);
  EXPECT_TRUE(Holds(Measured(), "tearline_items_waiting{lane=\"routine\"} " +
                                    std::to_string(kWaitingCountedMax)));
}

}  // namespace
}  // namespace tearline
