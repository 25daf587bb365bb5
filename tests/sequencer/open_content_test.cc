#include "broker/sequencer/open_content.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker/sequencer/prepare_publish.h"
#include "tests/doubles/memory_state.h"
#include "tests/sequencer/station.h"

namespace tearline::sequencer {
namespace {

constexpr char kSecond[] = "and he was not alone";

class OpenContentTest : public testing::Test {
 protected:
  void SetUp() override {
    v1::PublishItem item = Station::Item("r1");
    v1::Segment& second = *item.mutable_event()->add_segments();
    second.set_media_type("text/html");
    second.add_flags(v1::CONTENT_FLAG_WITNESS);
    second.set_content(kSecond);
    station_.Start();
    const machine::Applied applied =
        station_.Say(*PreparePublish(item, Station::System("ct-police/intel"), station_.Bench()));
    const auto id = model::EventId::Parse(applied.made_id);
    event_ = *station_.Bench().view.Find<stored::v1::EventRow>(
        state::Key(state::Table::kEvent).Fixed(id->Bytes()));
  }
  static stored::v1::ItemRow Full(const std::vector<std::uint32_t>& segments) {
    stored::v1::ItemRow item;
    item.set_level(v1::LEVEL_FULL);
    for (const std::uint32_t index : segments) item.add_segments(index);
    return item;
  }
  Result<OpenedContent> Open(const stored::v1::ItemRow& decision) {
    return OpenContent(event_, decision, station_.HeaderAt(1).ledger_id, state_, *station_.ledger,
                       *station_.vault);
  }
  /// The vault's key is gone.
  void Destroy(const stored::v1::SealedSegment& segment) {
    ASSERT_TRUE(
        station_.vault->Destroy({*model::SubjectKeyId::FromBytes(segment.keys(0).subject_key_id())})
            .ok());
  }
  /// The ledger says that it was erased.
  void MarkErased(const stored::v1::SealedSegment& segment) {
    const state::Key key =
        state::Key(state::Table::kSubjectKey).Fixed(segment.keys(0).subject_key_id());
    auto row = *station_.Bench().view.Find<stored::v1::SubjectKeyRow>(key);
    row.set_erased_position(9);
    state::Batch batch(state_);
    batch.PutRow(key, row);
    state_.Commit(batch);
  }

  Station station_;
  stored::v1::EventRow event_;
  doubles::MemoryState state_;  ///< Holds the rows of erased keys, and no others.
};

TEST_F(OpenContentTest, AtFullOpensTheSegmentsThatAreLeftAndNoOthers) {
  const auto both = Open(Full({0, 1}));
  ASSERT_TRUE(both.ok()) << SentenceOf(both.status());
  ASSERT_EQ(both->segments.size(), 2u);
  EXPECT_EQ(both->segments[0].content, "the quick brown fox was seen near the school");
  EXPECT_EQ(both->segments[1].content, kSecond);
  EXPECT_THAT(both->segments[1].flags, testing::ElementsAre(v1::CONTENT_FLAG_WITNESS));
  EXPECT_EQ(both->segments[1].media_type, "text/html");
  EXPECT_EQ(both->tear_line, "");

  const auto one = Open(Full({1}));
  ASSERT_EQ(one->segments.size(), 1u);
  EXPECT_EQ(one->segments[0].content, kSecond);
}

TEST_F(OpenContentTest, AtTearLineOpensTheTextAlone) {
  stored::v1::ItemRow item;
  item.set_level(v1::LEVEL_TEAR_LINE);
  item.set_tear_line(0);
  const auto opened = Open(item);
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(opened->tear_line, "ask the intelligence desk about movements");
  EXPECT_TRUE(opened->segments.empty());
}

TEST_F(OpenContentTest, AtPointerOpensNothing) {
  stored::v1::ItemRow item = Full({0, 1});
  item.set_level(v1::LEVEL_POINTER);
  const auto opened = Open(item);
  ASSERT_TRUE(opened.ok());
  EXPECT_TRUE(opened->segments.empty());
  EXPECT_EQ(opened->tear_line, "");
  EXPECT_FALSE(opened->erased);
}

TEST_F(OpenContentTest, SaysThatContentWasErasedAndGivesTheRest) {
  MarkErased(event_.publish().segments(0));
  Destroy(event_.publish().segments(0));
  const auto opened = Open(Full({0, 1}));
  ASSERT_TRUE(opened.ok());
  EXPECT_TRUE(opened->erased);
  ASSERT_EQ(opened->segments.size(), 1u);
  EXPECT_EQ(opened->segments[0].content, kSecond);
}

/// A lost key must not pass for an erasure that nobody decided.
TEST_F(OpenContentTest, AKeyThatIsGoneAndWasNotErasedIsDamage) {
  Destroy(event_.publish().segments(0));
  testing::internal::CaptureStderr();
  EXPECT_EQ(ReasonOf(Open(Full({0, 1})).status()), v1::ERROR_REASON_STORAGE_FAILED);
  EXPECT_THAT(testing::internal::GetCapturedStderr(), testing::HasSubstr("key_missing"));
  EXPECT_TRUE(Open(Full({1})).ok());
  MarkErased(event_.publish().segments(1));
  EXPECT_FALSE(Open(Full({0})).ok());  // another key's erasure excuses nothing
}

TEST_F(OpenContentTest, RefusesASegmentThatIsNotTheOneRecorded) {
  station_.disk->records[event_.position() - 1].segments[0][3] ^= 1;
  EXPECT_EQ(ReasonOf(Open(Full({0})).status()), v1::ERROR_REASON_LEDGER_CORRUPT);
  EXPECT_TRUE(Open(Full({1})).ok());
}

TEST_F(OpenContentTest, RefusesASegmentOfAnotherPlace) {
  auto& segments = *event_.mutable_publish()->mutable_segments();
  segments[0].set_digest(segments[1].digest());
  station_.disk->records[event_.position() - 1].segments[0] =
      station_.disk->records[event_.position() - 1].segments[1];
  *segments[0].mutable_keys() = segments[1].keys();
  EXPECT_EQ(ReasonOf(Open(Full({0})).status()), v1::ERROR_REASON_SEAL_BROKEN);
}

/// The ledger's word counts: between the record and the vault's destroying nothing is shown.
TEST_F(OpenContentTest, ShowsNothingThatWasErasedAlthoughTheKeyIsStillThere) {
  MarkErased(event_.publish().segments(0));
  const auto opened = Open(Full({0, 1}));
  ASSERT_TRUE(opened.ok());
  EXPECT_TRUE(opened->erased);
  ASSERT_EQ(opened->segments.size(), 1u);
  EXPECT_EQ(opened->segments[0].content, kSecond);
}

}  // namespace
}  // namespace tearline::sequencer
