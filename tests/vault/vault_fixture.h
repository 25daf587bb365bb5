#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "broker/crypto/key_file.h"
#include "broker/vault/vault.h"
#include "tests/doubles/temporary_directory.h"

namespace tearline::vault {

/// A vault in a directory of its own, its key-encryption key in a file beside that.
class VaultFixture : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(crypto::WriteNewKeyFile(KeyFile(), std::string(32, 'k')).ok());
    Reopen();
  }

  std::filesystem::path Directory() const { return home_.path() / "vault"; }
  std::filesystem::path KeyFile() const { return home_.path() / "kek"; }

  void Reopen() {
    vault_.reset();
    Result<std::unique_ptr<Vault>> opened = Vault::Open(Directory(), KeyFile());
    ASSERT_TRUE(opened.ok()) << SentenceOf(opened.status());
    vault_ = *std::move(opened);
  }

  model::SubjectKeyId MakeOne() { return vault_->Make(1)->front(); }

  doubles::TemporaryDirectory home_;
  std::unique_ptr<Vault> vault_;
};

}  // namespace tearline::vault
