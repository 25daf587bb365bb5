#include "broker/machine/obligation_row.h"

#include <gtest/gtest.h>

#include <string>

#include "broker/model/limits.h"
#include "tests/machine/world.h"

namespace tearline::machine {
namespace {

using stored::v1::ObligationRow;

std::string EventId(int number) { return std::string(15, 'e') + static_cast<char>(number); }

class ObligationRows : public testing::Test {
 protected:
  World world_;
  state::Batch batch_{world_.state};
  const ledger::Header header_;
  Step step_{.header = header_, .batch = batch_, .actor = {}, .ledger = {}};
  const std::string id_ = std::string(16, 'o');
  ObligationRow row_;
};

/// Both sides of the list's length, and back.
TEST_F(ObligationRows, CountEachEventOnceHoweverLongTheList) {
  const int kMany = model::kObligationEventsMax + 2;
  for (int i = 0; i < kMany; ++i) EXPECT_TRUE(AddEvent(id_, EventId(i), row_, step_));
  for (int i = 0; i < kMany; ++i) EXPECT_FALSE(AddEvent(id_, EventId(i), row_, step_)) << i;
  EXPECT_EQ(row_.event_ids_size(), model::kObligationEventsMax);
  EXPECT_EQ(row_.count(), static_cast<std::uint64_t>(kMany));

  TakeEvent(id_, EventId(0), row_, step_);
  TakeEvent(id_, EventId(kMany - 1), row_, step_);
  EXPECT_EQ(row_.count(), static_cast<std::uint64_t>(kMany - 2));
  EXPECT_FALSE(HoldsEvent(id_, row_, EventId(0), batch_));
  EXPECT_FALSE(HoldsEvent(id_, row_, EventId(kMany - 1), batch_));
  EXPECT_TRUE(HoldsEvent(id_, row_, EventId(kMany - 2), batch_)) << "beyond the list";
  EXPECT_FALSE(AddEvent(id_, EventId(kMany - 2), row_, step_)) << "although the list has room";
}

TEST_F(ObligationRows, NameEachPostOnceHoweverLongTheList) {
  const int kMany = model::kObligationPostsMax + 2;
  const auto post = [](int i) { return "prison/seat-" + std::to_string(i); };
  for (int i = 0; i < kMany; ++i) EXPECT_TRUE(AddOwed(id_, post(i), row_, step_));
  for (int i = 0; i < kMany; ++i) EXPECT_FALSE(AddOwed(id_, post(i), row_, step_)) << i;
  EXPECT_EQ(row_.owed_posts_size(), model::kObligationPostsMax);
  EXPECT_EQ(row_.owed_more(), 2u);
  for (int i = 0; i < kMany; ++i) EXPECT_TRUE(IsOwedTo(id_, row_, post(i), batch_));
  EXPECT_FALSE(IsOwedTo(id_, row_, "prison/security", batch_));
  EXPECT_FALSE(AddOwed(id_, "", row_, step_));
}

/// What is about a nominal is found by it, but a duty to read by its event alone.
TEST_F(ObligationRows, AreFoundByNominalOrIfToReadByEvent) {
  row_.set_nominal_id(std::string(16, 'n'));
  row_.set_type(v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW);
  row_.add_event_ids(EventId(1));
  EXPECT_TRUE(OpenKey(row_).bytes().starts_with(OpenAbout(row_.nominal_id()).bytes()));
  EXPECT_EQ(OpenKey(row_).bytes().find(EventId(1)), std::string::npos);
  row_.set_type(v1::OBLIGATION_TYPE_READ);
  EXPECT_FALSE(OpenKey(row_).bytes().starts_with(OpenAbout(row_.nominal_id()).bytes()));
  EXPECT_TRUE(OpenKey(row_).bytes().ends_with(EventId(1)));
}

}  // namespace
}  // namespace tearline::machine
