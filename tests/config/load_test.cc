#include "broker/config/load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker/crypto/digest.h"
#include "broker/crypto/key_file.h"
#include "tests/config/config_files.h"

namespace tearline::config {
namespace {

using testing::HasSubstr;
using testing::Not;

Result<Loaded> Load(const ConfigFiles& files, const std::string& text) {
  files.Write("broker.textproto", text);
  return LoadConfig(files.Path("broker.textproto"));
}

TEST(LoadConfig, ReadsAGoodFileAndResolvesItsPaths) {
  const ConfigFiles files;
  const auto loaded = Load(files, ConfigFiles::Good());
  ASSERT_TRUE(loaded.ok()) << SentenceOf(loaded.status());
  EXPECT_EQ(loaded->digest, crypto::Sha256(ConfigFiles::Good()).Hex());
  EXPECT_EQ(loaded->config.ledger().rocksdb().directory(), files.Path("ledger").string());
  EXPECT_EQ(loaded->config.vault().key_encryption_key_file(), files.Path("kek").string());
  EXPECT_EQ(loaded->config.audit().checkpoint_interval_ms(), kCheckpointIntervalMs);
}

struct Row {
  const char* what;
  const char* from;
  const char* to;
  const char* says;  // part of the sentence; "" if good
};

constexpr Row kRows[] = {
    // what is changed, what it was, what it is, what must be said
    {"an unknown setting", "ledger {", "legder {", "line 4, column 8"},
    {"a setting given twice", "state {", "state { directory: \"x\" } state {", "given twice"},
    {"a wrong type", "\"127.0.0.1:7443\"", "7443", "a text in quotes"},
    {"no engine", "rocksdb { directory: \"ledger\" }", "", "choose `rocksdb`"},
    {"an IPv6 address", "127.0.0.1:7443", "[::1]:7443", ""},
    {"a free port", ":7443", ":0", ""},
    {"the last port", ":7443", ":65535", ""},
    {"one port further", ":7443", ":65536", "`listen.address`"},
    {"no port", ":7443", "", "`listen.address`"},
    {"no host", "127.0.0.1:7443", ":7443", "`listen.address`"},
    {"no directory", "\"state\"", "\"\"", "`state.directory` is required"},
    {"the same directory twice", "\"state\"", "\"ledger\"", "`ledger.rocksdb.directory`"},
    {"the same, written otherwise", "\"state\"", "\"x/../ledger\"", "`ledger.rocksdb.directory`"},
    {"one within another", "\"state\"", "\"ledger/state\"", "in a directory that is there"},
    {"a parent that is missing", "\"state\"", "\"missing/state\"", "in a directory that is there"},
    {"a file for a directory", "\"state\"", "\"broker.pem\"", "must be a directory"},
    {"a key that is missing", "\"kek\"", "\"nowhere\"", "`vault.key_encryption_key_file`"},
    {"no key", "\"signing.pem\"", "\"\"", "`audit.signing_key_file` is required"},
    {"a key readable by all", "\"signing.pem\"", "\"broker.pem\"", "`audit.signing_key_file`"},
    {"a certificate that is missing", "\"agencies.pem\"", "\"nowhere\"",
     "`listen.agency_authorities_file`"},
    {"a revocation list", "agency_authorities_file",
     "revocation_lists: \"agencies.pem\" agency_authorities_file", ""},
    {"one that is missing", "agency_authorities_file",
     "revocation_lists: \"agencies.pem\" revocation_lists: \"nowhere\" agency_authorities_file",
     "`listen.revocation_lists[1]`"},
    {"the longest grace", "agency_authorities_file",
     "revocation_grace_s: 604800 agency_authorities_file", ""},
    {"a longer grace", "agency_authorities_file",
     "revocation_grace_s: 604801 agency_authorities_file", "0 to 604800"},
    {"an address for operators", "state {", "admin { address: \"127.0.0.1:0\" } state {", ""},
    {"one without a port", "state {", "admin { address: \"127.0.0.1\" } state {",
     "`admin.address`"},
    {"none at all", "state {", "admin {} state {", ""},
    {"the shortest beat", "checkpoint_directory",
     "checkpoint_interval_ms: 100 checkpoint_directory", ""},
    {"a shorter beat", "checkpoint_directory", "checkpoint_interval_ms: 99 checkpoint_directory",
     "100 to 60000"},
    {"the longest beat", "checkpoint_directory",
     "checkpoint_interval_ms: 60000 checkpoint_directory", ""},
    {"a longer beat", "checkpoint_directory", "checkpoint_interval_ms: 60001 checkpoint_directory",
     "100 to 60000"},
};

TEST(LoadConfig, RefusesExactlyWhereTheTableSaysSo) {
  for (const Row& row : kRows) {
    const ConfigFiles files;
    const auto loaded = Load(files, ConfigFiles::GoodBut(row.from, row.to));
    EXPECT_EQ(loaded.ok(), *row.says == '\0') << row.what << ": " << SentenceOf(loaded.status());
    EXPECT_THAT(SentenceOf(loaded.status()), HasSubstr(row.says)) << row.what;
    EXPECT_THAT(SentenceOf(loaded.status()), Not(HasSubstr("nowhere"))) << row.what;
  }
}

/// Nobody is listened to from other machines unless somebody wrote so.
TEST(LoadConfig, OperatorsAreListenedToOnLoopbackUnlessToldOtherwise) {
  const ConfigFiles files;
  const auto by_itself = Load(files, ConfigFiles::GoodBut("state {", "admin {} state {"));
  ASSERT_TRUE(by_itself.ok()) << SentenceOf(by_itself.status());
  EXPECT_EQ(by_itself->config.admin().address(), "127.0.0.1:7444");
  const auto told = Load(
      files, ConfigFiles::GoodBut("state {", "admin { address: \"192.0.2.1:7444\" } state {"));
  ASSERT_TRUE(told.ok()) << SentenceOf(told.status());
  EXPECT_EQ(told->config.admin().address(), "192.0.2.1:7444");
  EXPECT_FALSE(Load(files, ConfigFiles::Good())->config.has_admin());
}

/// A copy of the data must not hold the key that opens it.
TEST(LoadConfig, RefusesAKeyWithinADataDirectory) {
  const ConfigFiles files;
  std::filesystem::create_directory(files.Path("vault"));
  ASSERT_TRUE(crypto::WriteNewKeyFile(files.Path("vault/kek"), std::string(32, 'k')).ok());
  const auto inside = Load(files, ConfigFiles::GoodBut("\"kek\"", "\"vault/kek\""));
  EXPECT_EQ(ReasonOf(inside.status()), v1::ERROR_REASON_KEY_FILE_UNSAFE);
  std::filesystem::create_symlink(files.Path("vault"), files.Path("elsewhere"));
  const auto linked = Load(files, ConfigFiles::GoodBut("\"kek\"", "\"elsewhere/kek\""));
  EXPECT_EQ(ReasonOf(linked.status()), v1::ERROR_REASON_KEY_FILE_UNSAFE);
}

TEST(LoadConfig, RefusesAFileThatIsMissing) {
  const ConfigFiles files;
  EXPECT_EQ(ReasonOf(LoadConfig(files.Path("none")).status()), v1::ERROR_REASON_CONFIG_INVALID);
}

}  // namespace
}  // namespace tearline::config
