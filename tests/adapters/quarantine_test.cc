#include "clients/adapters/quarantine.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <nlohmann/json.hpp>

#include "tests/doubles/temporary_directory.h"

namespace tearline::adapters {
namespace {

namespace fs = std::filesystem;

const Quarantined kAside{QuarantineReason::kTimeUnusable, "`occurredAt` must be a time"};
constexpr char kName[] = "hmpps-ba7816bf8f01cfea414140de5dae2223";  // of "abc"

std::string Content(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  EXPECT_TRUE(in.is_open()) << file.filename();
  return {std::istreambuf_iterator<char>(in), {}};
}

class QuarantineTest : public testing::Test {
 protected:
  QuarantineTest() {
    absl::StatusOr<Quarantine> opened = Quarantine::Open(path(), "hmpps");
    EXPECT_TRUE(opened.ok());
    quarantine_.emplace(*std::move(opened));
  }
  fs::path path() const { return directory_.path() / "new" / "quarantine"; }

  doubles::TemporaryDirectory directory_;
  std::optional<Quarantine> quarantine_;
};

TEST_F(QuarantineTest, KeepsTheBytesBesideTheirReason) {
  ASSERT_TRUE(quarantine_->Keep("abc", kAside, "monday.json").ok());
  EXPECT_EQ(Content(path() / kName), "abc");
  const nlohmann::json reason =
      nlohmann::json::parse(Content(path() / (std::string(kName) + ".reason.json")));
  EXPECT_EQ(reason, (nlohmann::json{{"number", 8},
                                    {"reason", "TIME_UNUSABLE"},
                                    {"sentence", "`occurredAt` must be a time"},
                                    {"source", "monday.json"},
                                    {"bytes", 3}}));
}

TEST_F(QuarantineTest, OverwritesNothing) {
  ASSERT_TRUE(quarantine_->Keep("abc", kAside, "one").ok());
  ASSERT_TRUE(quarantine_->Keep("abc", kAside, "two").ok());
  EXPECT_EQ(Content(path() / kName), "abc");
  EXPECT_EQ(Content(path() / (std::string(kName) + "-2")), "abc");
  EXPECT_NE(Content(path() / (std::string(kName) + ".reason.json")).find("one"), std::string::npos);
  EXPECT_NE(Content(path() / (std::string(kName) + "-2.reason.json")).find("two"),
            std::string::npos);
}

TEST_F(QuarantineTest, IsReadableByItsOwnerAlone) {
  ASSERT_TRUE(quarantine_->Keep("abc", kAside, "one").ok());
  EXPECT_EQ(fs::status(path()).permissions(), fs::perms::owner_all);
  for (const fs::directory_entry& entry : fs::directory_iterator(path())) {
    EXPECT_EQ(entry.status().permissions(), fs::perms::owner_read | fs::perms::owner_write)
        << entry.path().filename();
  }
}

TEST_F(QuarantineTest, KeepsALargeCopyPieceByPiece) {
  LargeCopy copy(*quarantine_);
  ASSERT_TRUE(copy.Add("a").ok());
  ASSERT_TRUE(copy.Add("bc").ok());
  ASSERT_TRUE(copy.Finish(kAside, "one").ok());
  EXPECT_EQ(Content(path() / kName), "abc");
}

TEST_F(QuarantineTest, LeavesNothingOfACopyThatWasGivenUp) {
  {
    LargeCopy copy(*quarantine_);
    ASSERT_TRUE(copy.Add("abc").ok());
    EXPECT_FALSE(fs::is_empty(path()));
  }
  EXPECT_TRUE(fs::is_empty(path()));
}

TEST_F(QuarantineTest, KeepsASourceWhoseNameIsNoText) {
  ASSERT_TRUE(quarantine_->Keep("abc", kAside, "\xFF\xFE").ok());
  EXPECT_TRUE(nlohmann::json::accept(Content(path() / (std::string(kName) + ".reason.json"))));
}

TEST_F(QuarantineTest, KeepsAReasonWithoutBytes) {
  ASSERT_TRUE(quarantine_->KeepReason(kAside, "one").ok());
  ASSERT_TRUE(quarantine_->KeepReason(kAside, "two").ok());
  EXPECT_TRUE(fs::exists(path() / "unreadable.reason.json"));
  EXPECT_TRUE(fs::exists(path() / "unreadable-2.reason.json"));
}

TEST_F(QuarantineTest, SaysSoWhenItCannotKeep) {
  fs::remove_all(path());
  EXPECT_FALSE(quarantine_->Keep("abc", kAside, "one").ok());
  EXPECT_FALSE(quarantine_->KeepReason(kAside, "one").ok());
  std::ofstream(path()) << "a file";
  EXPECT_FALSE(Quarantine::Open(path(), "hmpps").ok());
  EXPECT_FALSE(Quarantine::Open(path() / "below", "hmpps").ok());
}

}  // namespace
}  // namespace tearline::adapters
