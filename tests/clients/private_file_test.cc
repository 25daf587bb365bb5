#include "clients/cli/private_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/clients/stopped.h"
#include "tests/doubles/temporary_directory.h"

namespace tearline::cli {
namespace {

using testing::HasSubstr;

class PrivateFileTest : public testing::Test {
 protected:
  std::string Bytes() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  /// Somebody's file, which others may read.
  void Leave(const std::string& bytes) const {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << bytes;
    std::filesystem::permissions(path_, std::filesystem::perms(0644));
  }
  unsigned Mode() const {
    struct stat state {};
    return ::stat(path_.c_str(), &state) == 0 ? state.st_mode & 0777U : 0;
  }
  std::size_t Names() const {
    using Entries = std::filesystem::directory_iterator;
    return static_cast<std::size_t>(std::distance(Entries(directory_.path()), Entries()));
  }
  doubles::TemporaryDirectory directory_;
  const std::string path_ = (directory_.path() / "file").string();
};

TEST_F(PrivateFileTest, IsAddedToIfNobodyElseMayReadIt) {
  PrivateFile::AddTo(path_, "--keep").Add("one\n");
  EXPECT_EQ(Mode(), 0600U);
  PrivateFile::AddTo(path_, "--keep").Add("two\n");
  EXPECT_EQ(Bytes(), "one\ntwo\n");
  Leave("others read this");
  EXPECT_EQ(Stopped([this] { PrivateFile::AddTo(path_, "--keep").Add("more"); }),
            "--keep: others may read the file; chmod 600");
  EXPECT_EQ(Bytes(), "others read this");
  EXPECT_EQ(Stopped([this] { (void)PrivateFile::AddTo(path_ + "/no/such", "--keep"); }),
            "--keep cannot be written");
}

TEST_F(PrivateFileTest, IsForItsOwnerAlone) {
  WritePrivately(path_, "--html", "text", /*overwrite=*/false);
  EXPECT_EQ(Bytes(), "text");
  EXPECT_EQ(Mode(), 0600U);
  std::filesystem::remove(path_);
  PrivateFile::Make(path_, "--out", "there").Add("text");
  EXPECT_EQ(Bytes(), "text");
  EXPECT_EQ(Mode(), 0600U);
  EXPECT_EQ(Names(), 1U);
}

TEST_F(PrivateFileTest, ReplacesOnlyWhatItIsToldToAndNotItsMode) {
  Leave("somebody's");
  const auto write = [this](bool overwrite) {
    return Stopped([&] { WritePrivately(path_, "--html", "text", overwrite); });
  };
  EXPECT_EQ(write(false), "--html is there already; --overwrite replaces it");
  EXPECT_EQ(Stopped([this] { PrivateFile::Make(path_, "--out", "there"); }), "there");
  EXPECT_EQ(Bytes(), "somebody's");
  EXPECT_EQ(Mode(), 0644U);
  EXPECT_EQ(write(true), "");
  EXPECT_EQ(Bytes(), "text");
  EXPECT_EQ(Mode(), 0600U);
  EXPECT_EQ(Names(), 1U) << "nothing is left beside it";
}

/// Before anybody is asked for what is to be written: is there room? A link that leads nowhere is
/// in the way, too.
TEST_F(PrivateFileTest, IsRefusedBeforeItIsAskedForWhatItWouldHold) {
  const auto demand = [this](bool overwrite) {
    return Stopped([&] { DemandRoom(path_, "--out", overwrite); });
  };
  EXPECT_EQ(demand(false), "");
  std::filesystem::create_symlink("nowhere", path_);
  EXPECT_EQ(demand(false), "--out is there already; --overwrite replaces it");
  EXPECT_EQ(demand(true), "");
}

/// A link to a file elsewhere is not followed, and a folder is no file.
TEST_F(PrivateFileTest, WritesThroughNoLinkAndIntoNoFolder) {
  const std::string elsewhere = (directory_.path() / "elsewhere").string();
  std::ofstream(elsewhere) << "theirs";
  std::filesystem::create_symlink(elsewhere, path_);
  EXPECT_NE(Stopped([this] { PrivateFile::Make(path_, "--out", "there"); }), "");
  EXPECT_NE(Stopped([this] { PrivateFile::GoOn(path_, "--out", 0); }), "");
  WritePrivately(path_, "--html", "text", /*overwrite=*/true);
  std::ifstream file(elsewhere);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), "theirs");
  const std::string folder = directory_.path().string();
  EXPECT_EQ(Stopped([&] { WritePrivately(folder, "--html", "text", true); }),
            "--html cannot be written");
  EXPECT_EQ(Stopped([&] { WritePrivately(folder + "/no/file", "--html", "text", false); }),
            "--html cannot be written");
}

TEST_F(PrivateFileTest, IsGoneOnWithFromWhereItIsWhole) {
  Leave("whole, torn");
  {
    PrivateFile file = PrivateFile::GoOn(path_, "--out", 5);
    file.Add(" again");
    file.Sync();
  }
  EXPECT_EQ(Bytes(), "whole again");
  EXPECT_EQ(Mode(), 0600U);
  EXPECT_THAT(Stopped([this] { PrivateFile::GoOn(path_ + "-not", "--out", 0); }),
              HasSubstr("--out cannot be written"));
}

}  // namespace
}  // namespace tearline::cli
