#include "broker/vault/stop_on_failure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tearline::vault {
namespace {

/// What a disk does to a vault.
struct Disk {
  bool sync_fails = false;
  int writes = 0;
};

/// A vault that keeps nothing, and whose sync fails when the disk says so.
class FaultyVault final : public Vault {
 public:
  explicit FaultyVault(Disk& disk) : disk_(disk) {}

  Result<std::vector<model::SubjectKeyId>> Make(std::size_t count) override {
    if (const Status synced = Write(); !synced.ok()) return synced;
    return std::vector<model::SubjectKeyId>(count);
  }
  Status Keep(const std::vector<Successor>&) override { return Write(); }
  Result<std::optional<std::string>> FindRewrap(const model::SubjectKeyId&,
                                                const std::string&) const override {
    return std::optional<std::string>();
  }
  Result<crypto::Secret> Find(const model::SubjectKeyId&) const override {
    return Refuse(v1::ERROR_REASON_KEY_MISSING, "no keys here");
  }
  Result<std::vector<model::SubjectKeyId>> List(const std::optional<model::SubjectKeyId>&,
                                                std::size_t) const override {
    return std::vector<model::SubjectKeyId>();
  }
  Status Destroy(const std::vector<model::SubjectKeyId>&) override { return Write(); }
  const crypto::Secret& IndexKey() const override { return key_; }

 private:
  Status Write() {
    ++disk_.writes;
    if (!disk_.sync_fails) return {};
    return Refuse(v1::ERROR_REASON_STORAGE_FAILED, "not written");
  }

  Disk& disk_;
  const crypto::Secret key_;
};

class StopOnFailureTest : public testing::Test {
 protected:
  Disk disk_;
  std::vector<std::string> fatal_;
  const std::unique_ptr<Vault> vault_ =
      StopOnFailure(std::make_unique<FaultyVault>(disk_),
                    [this](const std::string& sentence) { fatal_.push_back(sentence); });
};

TEST_F(StopOnFailureTest, PassesOnWhatSucceeds) {
  EXPECT_EQ(vault_->Make(3)->size(), 3u);
  EXPECT_TRUE(vault_->Destroy({}).ok());
  EXPECT_THAT(fatal_, testing::IsEmpty());
}

TEST_F(StopOnFailureTest, AKeyThatIsMissingStopsNothing) {
  EXPECT_EQ(ReasonOf(vault_->Find({}).status()), v1::ERROR_REASON_KEY_MISSING);
  EXPECT_FALSE(*vault_->HoldsAll({model::SubjectKeyId()}));
  EXPECT_THAT(fatal_, testing::IsEmpty());
}

/// The second sync may succeed without having kept what the first should have.
TEST_F(StopOnFailureTest, AfterOneFailedSyncItSaysSoOnceAndWritesNothingMore) {
  disk_.sync_fails = true;
  EXPECT_EQ(ReasonOf(vault_->Make(1).status()), v1::ERROR_REASON_STORAGE_FAILED);
  ASSERT_EQ(fatal_.size(), 1u);
  EXPECT_THAT(fatal_[0], testing::HasSubstr("look at the disk"));
  disk_.sync_fails = false;
  EXPECT_EQ(ReasonOf(vault_->Make(1).status()), v1::ERROR_REASON_STORAGE_FAILED);
  EXPECT_EQ(ReasonOf(vault_->Destroy({})), v1::ERROR_REASON_STORAGE_FAILED);
  EXPECT_EQ(disk_.writes, 1);
  EXPECT_EQ(fatal_.size(), 1u);
}

TEST_F(StopOnFailureTest, AFailedDestructionStopsToo) {
  disk_.sync_fails = true;
  EXPECT_FALSE(vault_->Destroy({}).ok());
  EXPECT_EQ(fatal_.size(), 1u);
}

}  // namespace
}  // namespace tearline::vault
