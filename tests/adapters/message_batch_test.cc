#include "clients/adapters/message_batch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "clients/adapters/hmpps.h"
#include "tests/adapters/invented_message.h"
#include "tests/doubles/temporary_directory.h"

namespace tearline::adapters {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::Pair;

std::string BadTime() {
  InventedMessage message;
  message.occurred = "\"{createdDate}\"";
  return message.Bare();
}

void Write(const fs::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary) << bytes;
}

class MessageBatchTest : public testing::Test {
 protected:
  MessageBatchTest() {
    fs::create_directory(input());
    absl::StatusOr<MessageBatch> opened = MessageBatch::Open(
        quarantine(), HmppsAdapter({"prison-north/desk"}), [this](const Adapted& adapted) {
          received_.push_back(adapted.event.segments(1).content());
          return received_.size() < stop_after_;
        });
    EXPECT_TRUE(opened.ok());
    batch_.emplace(*std::move(opened));
  }

  fs::path input() const { return directory_.path() / "input"; }
  fs::path quarantine() const { return directory_.path() / "quarantine"; }

  /// The bytes that lie in quarantine, in order of name.
  std::vector<std::string> Kept() const {
    std::map<std::string, std::string> files;
    for (const fs::directory_entry& entry : fs::directory_iterator(quarantine())) {
      if (entry.path().string().ends_with(".reason.json")) continue;
      std::ifstream in(entry.path(), std::ios::binary);
      files[entry.path().filename()] = {std::istreambuf_iterator<char>(in), {}};
    }
    std::vector<std::string> contents;
    for (const auto& [name, content] : files) contents.push_back(content);
    return contents;
  }

  doubles::TemporaryDirectory directory_;
  std::vector<std::string> received_;
  std::size_t stop_after_ = 1000;
  std::optional<MessageBatch> batch_;
};

TEST_F(MessageBatchTest, GivesEveryMessageOfADirectoryInOrderOfNameAndCountsThem) {
  const std::string good = InventedMessage().Bare();
  Write(input() / "c.json", "not JSON");
  Write(input() / "b.json", good + "\n");
  Write(input() / "a.json", good);
  Write(input() / "d.json", BadTime());
  Write(input() / "e.json", "");
  fs::create_directory(input() / "below");
  Write(input() / "below" / "f.json", good);

  ASSERT_TRUE(batch_->AddDirectory(input()).ok());
  EXPECT_THAT(received_, ElementsAre(good, good + "\n"));
  const BatchReport& report = batch_->report();
  EXPECT_EQ(report.read, 5U);
  EXPECT_EQ(report.adapted, 2U);
  EXPECT_EQ(report.quarantined, 3U);
  EXPECT_THAT(report.reasons, ElementsAre(Pair(QuarantineReason::kMalformedJson, 2U),
                                          Pair(QuarantineReason::kTimeUnusable, 1U)));
  EXPECT_TRUE(report.AddsUp());
  EXPECT_THAT(Kept(), testing::UnorderedElementsAre("not JSON", BadTime(), ""));
}

TEST_F(MessageBatchTest, ReadsOneMessageALine) {
  const std::string good = InventedMessage().Bare();
  std::istringstream lines(good + "\n\n" + BadTime() + "\r\n   \n" + good);
  ASSERT_TRUE(batch_->AddLines(lines, "monday.jsonl").ok());
  EXPECT_THAT(received_, ElementsAre(good, good));
  EXPECT_THAT(Kept(), ElementsAre(BadTime() + "\r"));
  EXPECT_EQ(batch_->report().read, 3U);
  EXPECT_TRUE(batch_->report().AddsUp());
}

TEST_F(MessageBatchTest, SaysWhichLineWasQuarantined) {
  std::istringstream lines(InventedMessage().Bare() + "\n\nnot JSON\n");
  ASSERT_TRUE(batch_->AddLines(lines, "monday.jsonl").ok());
  for (const fs::directory_entry& entry : fs::directory_iterator(quarantine())) {
    if (!entry.path().string().ends_with(".reason.json")) continue;
    std::ifstream in(entry.path());
    const std::string reason{std::istreambuf_iterator<char>(in), {}};
    EXPECT_NE(reason.find("\"monday.jsonl:3\""), std::string::npos) << reason;
  }
}

TEST_F(MessageBatchTest, KeepsWhatIsTooLargeWholeAndGoesOn) {
  const std::string good = InventedMessage().Bare();
  const std::string exactly = good + std::string(kOriginalBytesMax - good.size(), ' ');
  const std::string large(3 * kOriginalBytesMax + 7, 'x');
  std::istringstream lines(large + "\n" + exactly + "\n" + exactly + " \n" + good);
  ASSERT_TRUE(batch_->AddLines(lines, "lines").ok());
  EXPECT_THAT(received_, ElementsAre(exactly, good));
  EXPECT_THAT(Kept(), testing::UnorderedElementsAre(large, exactly + " "));

  Write(input() / "large.json", large);
  Write(input() / "large-2.json", exactly + "\n");
  ASSERT_TRUE(batch_->AddDirectory(input()).ok());
  EXPECT_THAT(Kept(), testing::UnorderedElementsAre(large, large, exactly + " ", exactly + "\n"));
  EXPECT_EQ(batch_->report().reasons.at(QuarantineReason::kTooLarge), 4U);
  EXPECT_TRUE(batch_->report().AddsUp());
}

TEST_F(MessageBatchTest, CountsWhatWasNoticed) {
  std::istringstream lines(InNotification(InventedMessage().Bare(), "other.type") + "\n" +
                           InNotification(InventedMessage().Bare(), "person.alert.created"));
  ASSERT_TRUE(batch_->AddLines(lines, "lines").ok());
  EXPECT_THAT(batch_->report().notes, ElementsAre(Pair(NoteKind::kTypeMismatch, 1U)));
}

TEST_F(MessageBatchTest, StopsWhenItsReceiverAsks) {
  stop_after_ = 2;
  const std::string good = InventedMessage().Bare();
  std::istringstream lines(good + "\n" + good + "\n" + good + "\nnot JSON\n");
  ASSERT_TRUE(batch_->AddLines(lines, "lines").ok());
  EXPECT_TRUE(batch_->report().stopped);
  EXPECT_EQ(batch_->report().read, 2U);
  EXPECT_TRUE(batch_->report().AddsUp());
}

TEST_F(MessageBatchTest, CountsAFileItCannotRead) {
  fs::create_symlink(input() / "nowhere", input() / "broken.json");
  ASSERT_TRUE(batch_->AddDirectory(input()).ok());
  EXPECT_THAT(batch_->report().reasons, ElementsAre(Pair(QuarantineReason::kUnreadable, 1U)));
  EXPECT_TRUE(batch_->report().AddsUp());
  EXPECT_TRUE(fs::exists(quarantine() / "unreadable.reason.json"));
}

TEST_F(MessageBatchTest, RefusesADirectoryItCannotListOrThatIsItsQuarantine) {
  EXPECT_FALSE(batch_->AddDirectory(input() / "missing").ok());
  EXPECT_FALSE(batch_->AddDirectory(quarantine()).ok());
  EXPECT_TRUE(batch_->AddDirectory(input()).ok());
}

/// A message that can be neither sent nor kept is not counted as read: the batch ends.
TEST_F(MessageBatchTest, EndsWhenItCannotKeep) {
  fs::remove_all(quarantine());
  EXPECT_FALSE(batch_->AddMessage("not JSON", "one").ok());
  EXPECT_EQ(batch_->report().read, 0U);
  EXPECT_TRUE(batch_->AddMessage(InventedMessage().Bare(), "two").ok());
  EXPECT_TRUE(batch_->report().AddsUp());
}

TEST(BatchReport, AddsUpOnlyIfEveryMessageHasAnEnd) {
  BatchReport report;
  EXPECT_TRUE(report.AddsUp());
  report.read = 3;
  report.adapted = 2;
  EXPECT_FALSE(report.AddsUp());
  report.quarantined = 1;
  EXPECT_FALSE(report.AddsUp());
  report.reasons[QuarantineReason::kTooDeep] = 1;
  EXPECT_TRUE(report.AddsUp());
}

}  // namespace
}  // namespace tearline::adapters
