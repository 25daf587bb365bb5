#include "tests/doubles/temporary_directory.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace tearline::doubles {
namespace {

TEST(TemporaryDirectory, IsThereEmptyAndGoneAfterwards) {
  std::filesystem::path path;
  {
    const TemporaryDirectory directory;
    path = directory.path();
    EXPECT_TRUE(std::filesystem::is_empty(path));
    std::filesystem::create_directory(path / "within");
    std::ofstream(path / "within" / "file") << "content";
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(TemporaryDirectory, TwoAreNeverTheSame) {
  const TemporaryDirectory one;
  const TemporaryDirectory other;
  EXPECT_NE(one.path(), other.path());
}

}  // namespace
}  // namespace tearline::doubles
