#include "broker/rpc/credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tests/rpc/directory_rows.h"
#include "tests/rpc/listen_files.h"

namespace tearline::rpc {
namespace {

using identity::ListBy;
using testing::HasSubstr;
using testing::Not;

class CredentialsTest : public testing::Test {
 protected:
  CredentialsTest() { files_.Write("agencies.pem", rows_.probation().pem + rows_.police().pem); }

  Result<std::shared_ptr<const Credentials>> Read() const {
    return ReadCredentials(listen_, *rows_.View());
  }
  void ExpectRefusal(v1::ErrorReason reason, const std::string& says) const {
    const Status refusal = Read().status();
    EXPECT_EQ(ReasonOf(refusal), reason) << says;
    EXPECT_THAT(SentenceOf(refusal), HasSubstr(says));
    EXPECT_THAT(SentenceOf(refusal), Not(HasSubstr(files_.Path("").string())));
  }

  DirectoryRows rows_;
  ListenFiles files_;
  settings::v1::Listen listen_ = files_.listen();
};

TEST_F(CredentialsTest, WhatTheFilesHoldIsRead) {
  files_.Write("lists.pem", ListBy(rows_.police(), {}).pem);
  files_.Write("list.der", ListBy(rows_.probation(), {}).der);
  listen_.add_revocation_lists(files_.Path("lists.pem"));
  listen_.add_revocation_lists(files_.Path("list.der"));
  const auto read = Read();
  ASSERT_TRUE(read.ok()) << SentenceOf(read.status());
  EXPECT_EQ((*read)->authorities_pem, rows_.probation().pem + rows_.police().pem);
  EXPECT_EQ((*read)->revocations.Lists(), 2U);
  EXPECT_EQ(CredentialFiles(listen_).size(), 5U);
}

TEST_F(CredentialsTest, AKeyOthersCanReadIsRefused) {
  using std::filesystem::perm_options;
  using std::filesystem::perms;
  ASSERT_TRUE(Read().ok());
  std::filesystem::permissions(listen_.key_file(), perms::group_read, perm_options::add);
  ExpectRefusal(v1::ERROR_REASON_KEY_FILE_UNSAFE, "`listen.key_file`");
}

TEST_F(CredentialsTest, AKeyOfAnotherCertificateIsRefused) {
  const ListenFiles others;
  listen_.set_key_file(others.Path("broker.key"));
  ExpectRefusal(v1::ERROR_REASON_CONFIG_INVALID, "`listen.certificate_file`");
}

TEST_F(CredentialsTest, ABundleThatDoesNotReadIsRefused) {
  files_.Write("agencies.pem", "nobody");
  ExpectRefusal(v1::ERROR_REASON_CONFIG_INVALID, "`listen.agency_authorities_file`");
  files_.Write("agencies.pem", "");
  ExpectRefusal(v1::ERROR_REASON_CONFIG_INVALID, "`listen.agency_authorities_file`");
  listen_.set_agency_authorities_file(files_.Path("missing.pem"));
  ExpectRefusal(v1::ERROR_REASON_CONFIG_INVALID, "`listen.agency_authorities_file`");
}

TEST_F(CredentialsTest, AListThatDoesNotReadIsRefused) {
  listen_.add_revocation_lists(files_.Path("list.pem"));
  ExpectRefusal(v1::ERROR_REASON_CONFIG_INVALID, "`listen.revocation_lists[0]`");
  files_.Write("list.pem", rows_.police().pem);
  ExpectRefusal(v1::ERROR_REASON_CONFIG_INVALID, "`listen.revocation_lists[0]`");
  const identity::Issued stranger =
      identity::SelfIssued(identity::AuthorityOrder("police authority"));
  files_.Write("list.pem", ListBy(stranger, {}).pem);
  ExpectRefusal(v1::ERROR_REASON_CONFIG_INVALID, "`listen.revocation_lists`");
  files_.Write("list.pem", ListBy(rows_.police(), {}).pem);
  EXPECT_TRUE(Read().ok());
}

/// An agency's authority may stand below a root: then only the directory knows it.
TEST_F(CredentialsTest, AnAuthorityOfTheDirectoryMaySignAList) {
  files_.Write("agencies.pem", rows_.probation().pem);
  files_.Write("list.pem", ListBy(rows_.police(), {}).pem);
  listen_.add_revocation_lists(files_.Path("list.pem"));
  EXPECT_TRUE(Read().ok());
}

TEST_F(CredentialsTest, TheTermsAreThoseOfTheSettings) {
  const identity::Authority police = identity::Authority::Read(rows_.police().pem).value();
  const identity::Certificate leaf =
      identity::ReadCertificate(IssuedBy(rows_.police(), identity::Order()).pem).value();
  const std::int64_t due_ms = identity::kNewYear2031 * 1000;
  EXPECT_TRUE(Read().value()->revocations.Check(police, leaf, due_ms).ok());
  listen_.set_revocation_lists_required(true);
  EXPECT_FALSE(Read().value()->revocations.Check(police, leaf, due_ms).ok());
  files_.Write("list.pem", ListBy(rows_.police(), {}).pem);
  listen_.add_revocation_lists(files_.Path("list.pem"));
  EXPECT_FALSE(Read().value()->revocations.Check(police, leaf, due_ms).ok());
  listen_.set_revocation_grace_s(7);
  EXPECT_TRUE(Read().value()->revocations.Check(police, leaf, due_ms + 6'999).ok());
  EXPECT_FALSE(Read().value()->revocations.Check(police, leaf, due_ms + 7'000).ok());
}

}  // namespace
}  // namespace tearline::rpc
