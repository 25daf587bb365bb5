#include "broker/sequencer/subject_keys.h"

#include <gtest/gtest.h>

#include "broker/model/civil_time.h"
#include "broker/sequencer/prepare_publish.h"
#include "tests/sequencer/station.h"

namespace tearline::sequencer {
namespace {

constexpr auto kSegment = stored::v1::CONTENT_CLASS_SEGMENT;
constexpr auto kTearLine = stored::v1::CONTENT_CLASS_TEAR_LINE;

/// The nominal that a published item made, and the key its segment was sealed under.
struct Published {
  std::string nominal_id;
  std::string key;
};

Published PublishOne(Station& station) {
  station.Start();
  const auto id = model::EventId::Parse(
      station
          .Say(*PreparePublish(Station::Item("r1"), Station::System("ct-police/intel"),
                               station.Bench()))
          .made_id);
  station.sequencer.reset();
  const auto row = station.Bench().view.Find<stored::v1::EventRow>(
      state::Key(state::Table::kEvent).Fixed(id->Bytes()));
  return {row->nominal_ids(0), row->publish().segments(0).keys(0).subject_key_id()};
}

TEST(SubjectKeys, MakesOneKeyPerNominalAndClassAndTellsWhoseTheyAre) {
  Station station;
  const Workbench bench = station.Bench();
  SubjectKeys keys(bench, /*reuse=*/true);
  keys.Need(0, "", kSegment);
  keys.Need(0, "", kSegment);
  keys.Need(0, "", kTearLine);
  keys.Need(1, "", kSegment);
  keys.Need(kNobody, "", kSegment);
  ASSERT_TRUE(keys.Get().ok());
  ASSERT_EQ(keys.Made().size(), 4u);
  EXPECT_NE(keys.Of(0, kSegment), keys.Of(1, kSegment));
  EXPECT_NE(keys.Of(0, kSegment), keys.Of(0, kTearLine));
  for (const stored::v1::SubjectKeyUse& use : keys.Made()) {
    EXPECT_TRUE(station.vault->Find(*model::SubjectKeyId::FromBytes(use.subject_key_id())).ok());
    EXPECT_EQ(use.quarter(), model::QuarterOf(Station::kStartMs));
  }
}

TEST(SubjectKeys, UsesTheKeyOfTheSameNominalClassAndQuarterAgain) {
  Station station;
  const Published published = PublishOne(station);
  const Workbench bench = station.Bench();
  SubjectKeys keys(bench, /*reuse=*/true);
  keys.Need(0, published.nominal_id, kSegment);
  ASSERT_TRUE(keys.Get().ok());
  EXPECT_EQ(keys.Of(0, kSegment).Bytes(), published.key);
  EXPECT_TRUE(keys.Made().empty());
}

TEST(SubjectKeys, MakesAnotherInTheNextQuarterAndWhenToldTo) {
  Station station;
  const Published published = PublishOne(station);
  Workbench bench = station.Bench();
  SubjectKeys anew(bench, /*reuse=*/false);
  anew.Need(0, published.nominal_id, kSegment);
  ASSERT_TRUE(anew.Get().ok());
  EXPECT_EQ(anew.Made().size(), 1u);
  EXPECT_NE(anew.Of(0, kSegment).Bytes(), published.key);

  bench.now_ms += std::int64_t{100} * 24 * 3'600'000;
  SubjectKeys later(bench, /*reuse=*/true);
  later.Need(0, published.nominal_id, kSegment);
  ASSERT_TRUE(later.Get().ok());
  EXPECT_EQ(later.Made().size(), 1u);
}

/// The machine takes a key that is erased from its owner (tests/machine/subject_key_test.cc). Whichever is
/// left is used again, and nothing is made; with none left, one is.
TEST(SubjectKeys, UsesWhichTheOwnerHasLeft) {
  Station station;
  const Published published = PublishOne(station);
  const Workbench stands = station.Bench();
  state::Batch rows(stands.view);
  const auto owned = [&](const std::string& key) {
    return state::Key(state::Table::kSubjectKeyOf)
        .Fixed(published.nominal_id)
        .U8(static_cast<std::uint8_t>(kSegment))
        .U32(static_cast<std::uint32_t>(model::QuarterOf(Station::kStartMs)))
        .Fixed(key);
  };
  const std::string last(model::SubjectKeyId::kBytes, '\xff');
  const Workbench bench{rows, stands.vault, stands.now_ms};
  const auto used = [&] {
    SubjectKeys keys(bench, /*reuse=*/true);
    keys.Need(0, published.nominal_id, kSegment);
    EXPECT_EQ(keys.Find(), 0u);
    return keys.Of(0, kSegment).Bytes();
  };
  rows.Put(owned(last), "");
  EXPECT_EQ(used(), published.key);
  rows.Erase(owned(published.key));
  EXPECT_EQ(used(), last);
  rows.Erase(owned(last));
  SubjectKeys keys(bench, /*reuse=*/true);
  keys.Need(0, published.nominal_id, kSegment);
  EXPECT_EQ(keys.Find(), 1u);
}

TEST(SubjectKeys, TakesKeysThatWereMadeForSeveralCommands) {
  Station station;
  const Workbench bench = station.Bench();
  SubjectKeys keys(bench, /*reuse=*/true);
  keys.Need(0, "", kSegment);
  keys.Need(0, "", kTearLine);
  ASSERT_EQ(keys.Find(), 2u);
  const auto made = station.vault->Make(2);
  keys.Take(*made);
  EXPECT_EQ(keys.Of(0, kSegment), (*made)[0]);
  EXPECT_EQ(keys.Of(0, kTearLine), (*made)[1]);
  EXPECT_EQ(keys.Made().size(), 2u);
}

}  // namespace
}  // namespace tearline::sequencer
