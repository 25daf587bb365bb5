#include "broker/config/read_file.h"

#include <gtest/gtest.h>

#include "tests/config/config_files.h"

namespace tearline::config {
namespace {

TEST(ReadFile, ReadsUpToItsBound) {
  const ConfigFiles files;
  files.Write("file", "12345");
  EXPECT_EQ(*ReadFile(files.Path("file"), 5, "the file"), "12345");
  EXPECT_EQ(ReasonOf(ReadFile(files.Path("file"), 4, "the file").status()),
            v1::ERROR_REASON_CONFIG_INVALID);
}

TEST(ReadFile, RefusesWhatIsNoFile) {
  const ConfigFiles files;
  EXPECT_FALSE(ReadFile(files.Path("none"), 5, "the file").ok());
  EXPECT_FALSE(ReadFile(files.directory.path(), 5, "the file").ok());
}

TEST(Resolve, StartsRelativePathsAtTheBase) {
  EXPECT_EQ(Resolve("/etc/tearline", "keys/a"), "/etc/tearline/keys/a");
  EXPECT_EQ(Resolve("/etc/tearline", "/var/a"), "/var/a");
  EXPECT_EQ(Resolve("", "a"), "a");
  EXPECT_EQ(Resolve("/etc/tearline", ""), "");
}

}  // namespace
}  // namespace tearline::config
