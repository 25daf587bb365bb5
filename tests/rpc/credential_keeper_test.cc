#include "broker/rpc/credential_keeper.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>

#include "tests/rpc/directory_rows.h"
#include "tests/rpc/listen_files.h"

namespace tearline::rpc {
namespace {

using identity::ListBy;
using identity::ListOrder;

constexpr std::int64_t kSummer2030Ms = (identity::kNewYear2030 + 180 * 86'400) * 1000;

class CredentialKeeperTest : public testing::Test {
 protected:
  CredentialKeeperTest() {
    files_.Write("agencies.pem", rows_.police().pem);
    files_.Write("list.pem", ListBy(rows_.police(), {}).pem);
    listen_.add_revocation_lists(files_.Path("list.pem"));
    keeper_ = CredentialKeeper::Open(
                  listen_, [this] { return rows_.View(); }, [this] { ++changes_; })
                  .value();
  }
  /// A list that follows the first.
  std::string ListThatRevokes(const std::string& serial_hex) const {
    ListOrder order;
    order.serials_hex = {serial_hex};
    order.this_update_s += 60;
    return ListBy(rows_.police(), order).pem;
  }
  bool Revoked(const std::string& serial_hex) const {
    identity::Order order;
    order.serial_hex = serial_hex;
    const identity::Certificate leaf =
        identity::ReadCertificate(IssuedBy(rows_.police(), order).pem).value();
    return !keeper_->Current()
                ->revocations
                .Check(identity::Authority::Read(rows_.police().pem).value(), leaf, kSummer2030Ms)
                .ok();
  }

  DirectoryRows rows_;
  ListenFiles files_;
  settings::v1::Listen listen_ = files_.listen();
  std::unique_ptr<CredentialKeeper> keeper_;
  int changes_ = 0;
};

TEST_F(CredentialKeeperTest, OnlyWhatWasTouchedIsReadAgain) {
  EXPECT_TRUE(keeper_->ReloadIfTouched().ok());
  EXPECT_EQ(changes_, 0);
  files_.Write("list.pem", ListThatRevokes("2a"));
  EXPECT_TRUE(keeper_->ReloadIfTouched().ok());
  EXPECT_TRUE(keeper_->ReloadIfTouched().ok());
  EXPECT_EQ(changes_, 1);
  EXPECT_TRUE(Revoked("2a"));
  EXPECT_TRUE(keeper_->Reload().ok());
  EXPECT_EQ(changes_, 2);
}

TEST_F(CredentialKeeperTest, EachFileIsLookedAt) {
  files_.RenewBroker(identity::kNewYear2030, identity::kNewYear2031);
  EXPECT_TRUE(keeper_->ReloadIfTouched().ok());
  EXPECT_EQ(changes_, 1);
  files_.Write("agencies.pem", rows_.police().pem + rows_.probation().pem);
  EXPECT_TRUE(keeper_->ReloadIfTouched().ok());
  EXPECT_EQ(changes_, 2);
  EXPECT_EQ(keeper_->Current()->authorities_pem, rows_.police().pem + rows_.probation().pem);
}

TEST_F(CredentialKeeperTest, WhatDoesNotReadLeavesEverythingAsItWas) {
  files_.Write("list.pem", ListThatRevokes("2a"));
  ASSERT_TRUE(keeper_->ReloadIfTouched().ok());
  std::shared_ptr<const Credentials> before = keeper_->Current();
  struct Row {
    const char* file;
    std::string text;
  };
  const Row rows[] = {{"list.pem", "nobody"},
                      {"agencies.pem", "nobody"},
                      {"broker.pem", "nobody"},
                      {"broker.key", "nobody"}};
  for (const Row& row : rows) {
    std::filesystem::rename(files_.Path(row.file), files_.Path("kept"));
    EXPECT_FALSE(keeper_->ReloadIfTouched().ok()) << row.file << " is missing";
    EXPECT_FALSE(keeper_->Stands(kSummer2030Ms)) << row.file;
    files_.Write(row.file, row.text);
    EXPECT_FALSE(keeper_->ReloadIfTouched().ok()) << row.file << " is damaged";
    EXPECT_FALSE(keeper_->Standing().ok()) << row.file;
    EXPECT_EQ(keeper_->Current(), before) << row.file;
    EXPECT_TRUE(Revoked("2a")) << row.file;
    // Mended, it is well again by itself.
    std::filesystem::rename(files_.Path("kept"), files_.Path(row.file));
    EXPECT_TRUE(keeper_->ReloadIfTouched().ok()) << row.file;
    EXPECT_TRUE(keeper_->Stands(kSummer2030Ms)) << row.file;
    before = keeper_->Current();
  }
}

/// A key and a certificate are two files: between the two renames they do not fit.
TEST_F(CredentialKeeperTest, HalfARenewalIsNotServed) {
  const std::string before = keeper_->Current()->certificate_pem;
  const ListenFiles others;
  std::filesystem::copy_file(others.Path("broker.pem"), files_.Path("broker.pem"),
                             std::filesystem::copy_options::overwrite_existing);
  EXPECT_FALSE(keeper_->ReloadIfTouched().ok());
  EXPECT_EQ(keeper_->Current()->certificate_pem, before);
  std::filesystem::rename(others.Path("broker.key"), files_.Path("broker.key"));
  EXPECT_TRUE(keeper_->ReloadIfTouched().ok());
  EXPECT_NE(keeper_->Current()->certificate_pem, before);
}

/// An old list, however well signed, would make the revoked good again.
TEST_F(CredentialKeeperTest, AnOlderListIsNotTaken) {
  files_.Write("list.pem", ListThatRevokes("2a"));
  ASSERT_TRUE(keeper_->ReloadIfTouched().ok());
  files_.Write("list.pem", ListBy(rows_.police(), {}).pem);
  EXPECT_EQ(ReasonOf(keeper_->ReloadIfTouched()), v1::ERROR_REASON_CONFIG_INVALID);
  EXPECT_TRUE(Revoked("2a"));
  EXPECT_FALSE(keeper_->Stands(kSummer2030Ms));
}

/// A refused list is tried again: the directory may know its authority by then.
TEST_F(CredentialKeeperTest, AListIsTakenOnceItsAuthorityIsKnown) {
  const identity::Issued health =
      identity::SelfIssued(identity::AuthorityOrder("health authority"));
  files_.Write("list.pem", ListThatRevokes("2a") + ListBy(health, {}).pem);
  EXPECT_FALSE(keeper_->ReloadIfTouched().ok());
  EXPECT_FALSE(keeper_->ReloadIfTouched().ok());
  rows_.SetAgency("health", health, false);
  EXPECT_TRUE(keeper_->ReloadIfTouched().ok());
  EXPECT_EQ(keeper_->Current()->revocations.Lists(), 2U);
}

TEST_F(CredentialKeeperTest, ItIsNotWellWhenSomethingHasRunOut) {
  EXPECT_TRUE(keeper_->Stands(kSummer2030Ms));
  EXPECT_TRUE(keeper_->Stands(identity::kNewYear2031 * 1000 - 1));
  EXPECT_FALSE(keeper_->Stands(identity::kNewYear2031 * 1000));  // the list is due

  files_.RenewBroker(identity::kNewYear2030, identity::kNewYear2030 + 60);
  ASSERT_TRUE(keeper_->ReloadIfTouched().ok());
  EXPECT_FALSE(keeper_->Stands(identity::kNewYear2030 * 1000 - 1));
  EXPECT_TRUE(keeper_->Stands(identity::kNewYear2030 * 1000));
  EXPECT_FALSE(keeper_->Stands((identity::kNewYear2030 + 60) * 1000));
}

}  // namespace
}  // namespace tearline::rpc
