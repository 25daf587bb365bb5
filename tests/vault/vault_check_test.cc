#include "broker/vault/vault_check.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>

#include "tests/doubles/hex.h"
#include "tests/vault/vault_fixture.h"

namespace tearline::vault {
namespace {

/// A vault whose index key the test names.
class KeyedVault final : public Vault {
 public:
  explicit KeyedVault(std::string key) : key_(std::move(key)) {}

  Result<std::vector<model::SubjectKeyId>> Make(std::size_t) override { return Missing(); }
  Status Keep(const std::vector<Successor>&) override { return Missing(); }
  Result<std::optional<std::string>> FindRewrap(const model::SubjectKeyId&,
                                                const std::string&) const override {
    return std::optional<std::string>();
  }
  Result<crypto::Secret> Find(const model::SubjectKeyId&) const override { return Missing(); }
  Result<std::vector<model::SubjectKeyId>> List(const std::optional<model::SubjectKeyId>&,
                                                std::size_t) const override {
    return std::vector<model::SubjectKeyId>();
  }
  Status Destroy(const std::vector<model::SubjectKeyId>&) override { return {}; }
  const crypto::Secret& IndexKey() const override { return key_; }

 private:
  static Status Missing() { return Refuse(v1::ERROR_REASON_KEY_MISSING, "no keys here"); }
  const crypto::Secret key_;
};

/// The published derivation, computed apart: printf 'tearline vault check v1' |
/// openssl dgst -sha256 -mac HMAC -macopt hexkey:6969…69
TEST(VaultCheck, IsWhatTheDocumentsSay) {
  EXPECT_EQ(doubles::ToHex(CheckValueOf(KeyedVault(std::string(32, 'i')))),
            "46b12b8483b0a3b98448fabc890a52c2cb6a2b5706ae72a90f9e564fe2b6d987");
}

class VaultCheckTest : public VaultFixture {};

TEST_F(VaultCheckTest, StaysWithItsVaultAndIsNoOthers) {
  const std::string before = CheckValueOf(*vault_);
  Reopen();
  EXPECT_EQ(CheckValueOf(*vault_), before);
  const auto other = Vault::Open(home_.path() / "other", KeyFile());
  ASSERT_TRUE(other.ok());
  EXPECT_NE(CheckValueOf(**other), before);
}

}  // namespace
}  // namespace tearline::vault
