// deploy/certs/make-development-certs, judged by the room that will read what it makes.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "broker/identity/authority.h"
#include "broker/identity/certificate.h"
#include "broker/identity/revocation_list.h"
#include "tests/doubles/run_command.h"
#include "tests/doubles/temporary_directory.h"

namespace tearline::identity {
namespace {

namespace fs = std::filesystem;

std::string Contents(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

class MakeDevelopmentCerts : public testing::Test {
 protected:
  doubles::CommandOutcome Run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(),
                     {TEARLINE_SOURCE_DIR "/deploy/certs/make-development-certs", certs_.string()});
    return doubles::RunCommand(arguments);
  }

  const doubles::TemporaryDirectory directory_;
  const fs::path certs_ = directory_.path() / "certs";
};

TEST_F(MakeDevelopmentCerts, MembersAreWhoTheyShouldBeAndVouchedForByTheirOwnAgencyAlone) {
  const doubles::CommandOutcome outcome =
      Run({"--trust-domain", "try.example", "--member", "police/ppu", "probation/managers"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;

  const Result<Certificate> member = ReadCertificate(Contents(certs_ / "police" / "ppu.pem"));
  ASSERT_TRUE(member.ok()) << member.status();
  EXPECT_EQ(member->trust_domain, "try.example");
  EXPECT_EQ(member->agency, "police");
  EXPECT_EQ(member->member, "ppu");

  const Result<Authority> own = Authority::Read(Contents(certs_ / "police" / "ca.pem"));
  ASSERT_TRUE(own.ok()) << own.status();
  EXPECT_TRUE(own->Verify(*member, member->not_before_ms).ok());
  const Result<Authority> other = Authority::Read(Contents(certs_ / "probation" / "ca.pem"));
  ASSERT_TRUE(other.ok()) << other.status();
  EXPECT_EQ(ReasonOf(other->Verify(*member, member->not_before_ms)),
            v1::ERROR_REASON_WRONG_AUTHORITY);

  EXPECT_EQ(Contents(certs_ / "agencies.pem"),
            Contents(certs_ / "police" / "ca.pem") + Contents(certs_ / "probation" / "ca.pem"));
}

TEST_F(MakeDevelopmentCerts, TheBrokerMayNotSpeakAsAMember) {
  ASSERT_EQ(Run({"--broker", "broker.example"}).exit_code, 0);
  EXPECT_EQ(ReasonOf(ReadCertificate(Contents(certs_ / "broker.pem")).status()),
            v1::ERROR_REASON_CERTIFICATE_INVALID);
  EXPECT_TRUE(Authority::Read(Contents(certs_ / "broker-ca.pem")).ok());
}

TEST_F(MakeDevelopmentCerts, KeysAreForTheirOwnerAlone) {
  ASSERT_EQ(Run({"--member", "police/ppu"}).exit_code, 0);
  int keys = 0;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(certs_)) {
    if (entry.path().extension() != ".key") continue;
    ++keys;
    EXPECT_EQ(entry.status().permissions(), fs::perms::owner_read | fs::perms::owner_write)
        << entry.path();
  }
  EXPECT_EQ(keys, 4);  // two authorities, the broker, the member
}

TEST_F(MakeDevelopmentCerts, RunAgainItKeepsWhatIsThereAndAddsTheRest) {
  ASSERT_EQ(Run({"--member", "police/ppu"}).exit_code, 0);
  const std::string before = Contents(certs_ / "police" / "ppu.pem");
  ASSERT_FALSE(before.empty());
  ASSERT_EQ(Run({"--member", "police/ppu", "police/control-room"}).exit_code, 0);
  EXPECT_EQ(Contents(certs_ / "police" / "ppu.pem"), before);
  EXPECT_TRUE(ReadCertificate(Contents(certs_ / "police" / "control-room.pem")).ok());
}

/// Whether the list of the member's agency names the certificate that is there now.
bool IsRevoked(const fs::path& certs, const std::string& agency, const std::string& member) {
  const auto lists = RevocationList::ReadAll(Contents(certs / agency / "ca.crl"));
  const auto leaf = ReadCertificate(Contents(certs / agency / (member + ".pem")));
  const auto authority = Authority::Read(Contents(certs / agency / "ca.pem"));
  EXPECT_TRUE(lists.ok() && leaf.ok() && authority.ok());
  EXPECT_TRUE(lists->front().VerifyIssuedBy(*authority).ok());
  return lists->front().Revokes(leaf->serial_hex);
}

TEST_F(MakeDevelopmentCerts, TheRevokedAreOnTheirAuthoritysListAndNobodyElse) {
  ASSERT_EQ(Run({"--member", "police/ppu", "police/control-room", "health/ward"}).exit_code, 0);
  EXPECT_FALSE(IsRevoked(certs_, "police", "ppu"));
  const doubles::CommandOutcome outcome = Run({"--revoke", "police/ppu"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_TRUE(IsRevoked(certs_, "police", "ppu"));
  EXPECT_FALSE(IsRevoked(certs_, "police", "control-room"));
  EXPECT_FALSE(IsRevoked(certs_, "health", "ward"));
  EXPECT_EQ(RevocationList::ReadAll(Contents(certs_ / "revoked.pem")).value().size(), 2U);

  // Again is nothing; what was revoked stays so; a certificate made anew is another one.
  ASSERT_EQ(Run({"--revoke", "police/ppu"}).exit_code, 0);
  ASSERT_EQ(Run({"--revoke", "health/ward"}).exit_code, 0);
  EXPECT_TRUE(IsRevoked(certs_, "police", "ppu"));
  EXPECT_TRUE(IsRevoked(certs_, "health", "ward"));
  fs::remove(certs_ / "police" / "ppu.pem");
  ASSERT_EQ(Run({"--member", "police/ppu"}).exit_code, 0);
  EXPECT_FALSE(IsRevoked(certs_, "police", "ppu"));
}

TEST_F(MakeDevelopmentCerts, TheLongestNamesFit) {
  const std::string longest(40, 'a');
  const doubles::CommandOutcome outcome = Run({"--member", longest + "/" + longest});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_TRUE(ReadCertificate(Contents(certs_ / longest / (longest + ".pem"))).ok());
}

TEST_F(MakeDevelopmentCerts, WhatItCannotMakeIsRefusedBeforeAnythingIsMade) {
  const std::vector<std::vector<std::string>> rows = {
      {"--member", "police"},
      {"--member", "Police/ppu"},
      {"--member", "police/../../ppu"},
      {"--member", "police/ca"},
      {"--member", std::string(41, 'a') + "/ppu"},
      {"--agency", "two words"},
      {"--trust-domain", "TRY.example"},
      {"--days", "0"},
      {"--days", "826"},
      {"--broker", "a,DNS:b"},
      {"--revoke", "police/ppu"},
      {"--revoke", "police"},
      {"--revoke", "police/ca"},
      {"--revoke", "../police/ppu"},
      {"--unknown"},
      {"another-directory"},
  };
  for (const std::vector<std::string>& row : rows) {
    EXPECT_EQ(Run(row).exit_code, 2) << row.back();
    EXPECT_FALSE(fs::exists(certs_)) << row.back();
  }
}

TEST_F(MakeDevelopmentCerts, HelpSaysThatTheyAreThrowAway) {
  const doubles::CommandOutcome outcome = Run({"--help"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_NE(outcome.output.find("THROW-AWAY USE ONLY"), std::string::npos);
  EXPECT_FALSE(fs::exists(certs_));
}

}  // namespace
}  // namespace tearline::identity
