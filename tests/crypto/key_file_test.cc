#include "broker/crypto/key_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/doubles/temporary_directory.h"

namespace tearline::crypto {
namespace {

namespace fs = std::filesystem;

class KeyFile : public testing::Test {
 protected:
  fs::path Write(const std::string& content, mode_t mode) const {
    fs::path path = directory_.path() / "key";
    std::ofstream(path, std::ios::binary) << content;
    ::chmod(path.c_str(), mode);
    return path;
  }

  doubles::TemporaryDirectory directory_;
};

TEST_F(KeyFile, IsReadWhenOnlyItsOwnerMay) {
  for (const mode_t mode : {0600U, 0400U, 0700U}) {
    const Result<Secret> key = ReadKeyFile(Write(std::string(32, 'k'), mode), 32);
    ASSERT_TRUE(key.ok()) << key.status();
    EXPECT_EQ(key->View(), std::string(32, 'k'));
  }
}

TEST_F(KeyFile, IsRefusedWhenGroupOrOthersHaveAnyPermission) {
  for (const mode_t mode : {0640U, 0620U, 0610U, 0604U, 0602U, 0601U, 0666U}) {
    const Status refusal =
        ReadKeyFile(Write(std::string(32, 'k'), mode), 32, "`vault.key_file`").status();
    EXPECT_EQ(ReasonOf(refusal), v1::ERROR_REASON_KEY_FILE_UNSAFE) << std::oct << mode;
    EXPECT_EQ(SentenceOf(refusal),
              "`vault.key_file` is open to its group or to others; run `chmod 600` on it");
  }
}

TEST_F(KeyFile, IsRefusedAtAnyOtherLength) {
  for (const std::size_t length : {0U, 31U, 33U, 64U}) {
    const Status refusal = ReadKeyFile(Write(std::string(length, 'k'), 0600), 32).status();
    EXPECT_EQ(ReasonOf(refusal), v1::ERROR_REASON_KEY_FILE_UNSAFE) << length << " bytes";
  }
}

TEST_F(KeyFile, IsRefusedWhenMissingOrNotAFile) {
  EXPECT_EQ(ReasonOf(ReadKeyFile(directory_.path() / "absent", 32).status()),
            v1::ERROR_REASON_KEY_FILE_UNSAFE);
  EXPECT_EQ(ReasonOf(ReadKeyFile(directory_.path(), 32).status()),
            v1::ERROR_REASON_KEY_FILE_UNSAFE);
  const fs::path pipe = directory_.path() / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(ReasonOf(ReadKeyFile(pipe, 32).status()), v1::ERROR_REASON_KEY_FILE_UNSAFE);
}

TEST_F(KeyFile, ALinkIsJudgedByWhatItLeadsTo) {
  const fs::path link = directory_.path() / "link";
  fs::create_symlink(Write(std::string(32, 'k'), 0600), link);
  EXPECT_TRUE(ReadKeyFile(link, 32).ok());
  Write(std::string(32, 'k'), 0644);
  EXPECT_FALSE(ReadKeyFile(link, 32).ok());
}

TEST_F(KeyFile, NoSentenceTellsThePath) {
  const Status refusal = ReadKeyFile(directory_.path() / "absent", 32).status();
  EXPECT_EQ(SentenceOf(refusal).find(directory_.path().string()), std::string::npos);
}

TEST_F(KeyFile, APrivateFileIsReadUpToItsLimit) {
  EXPECT_TRUE(ReadPrivateFile(Write(std::string(100, 'x'), 0600), 100, "the file").ok());
  EXPECT_EQ(ReasonOf(ReadPrivateFile(Write(std::string(101, 'x'), 0600), 100, "the file").status()),
            v1::ERROR_REASON_KEY_FILE_UNSAFE);
}

TEST_F(KeyFile, IsWrittenForItsOwnerAloneWhateverTheUmask) {
  for (const mode_t mask : {0000U, 0022U, 0777U}) {
    const fs::path path = directory_.path() / ("new-" + std::to_string(mask));
    const mode_t before = ::umask(mask);
    const Status written = WriteNewKeyFile(path, std::string(32, 'n'));
    ::umask(before);
    ASSERT_TRUE(written.ok()) << written;
    EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_read | fs::perms::owner_write);
    const Result<Secret> back = ReadKeyFile(path, 32);
    ASSERT_TRUE(back.ok()) << back.status();
    EXPECT_EQ(back->View(), std::string(32, 'n'));
  }
}

TEST_F(KeyFile, IsNeverOverwritten) {
  const fs::path path = Write(std::string(32, 'k'), 0600);
  EXPECT_EQ(ReasonOf(WriteNewKeyFile(path, std::string(32, 'n'))), v1::ERROR_REASON_ALREADY_EXISTS);
  EXPECT_EQ(ReadKeyFile(path, 32)->View(), std::string(32, 'k'));
  const fs::path link = directory_.path() / "dangling";
  fs::create_symlink(directory_.path() / "nowhere", link);
  EXPECT_EQ(ReasonOf(WriteNewKeyFile(link, "x")), v1::ERROR_REASON_ALREADY_EXISTS);
}

TEST_F(KeyFile, IsRefusedWhereThereIsNoDirectory) {
  EXPECT_EQ(ReasonOf(WriteNewKeyFile(directory_.path() / "absent" / "key", "x")),
            v1::ERROR_REASON_STORAGE_FAILED);
}

}  // namespace
}  // namespace tearline::crypto
