#include "broker/state/scratch.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/doubles/temporary_directory.h"

namespace tearline::state {
namespace {

TEST(Scratch, StandsBesideAndLeavesNothingBehind) {
  const doubles::TemporaryDirectory directory;
  std::filesystem::path path;
  {
    const Scratch scratch(directory.path() / "state");
    path = scratch.path();
    ASSERT_FALSE(path.empty());
    EXPECT_EQ(path.parent_path(), directory.path());
    EXPECT_NE(Scratch(directory.path() / "state").path(), path) << "each its own";
    std::ofstream(path / "left") << "something";
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(Scratch, IsEmptyWhereNothingCanBeMade) {
  EXPECT_TRUE(Scratch("/nowhere/at/all/state").path().empty());
}

}  // namespace
}  // namespace tearline::state
