// Apart from the tests of the room: a sanitizer keeps what is given back.
#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <string>

#include "clients/verifier/tile_directory.h"
#include "tests/clients/run_tearline.h"

namespace tearline::verifier {
namespace {

/// What this process holds of memory, in KiB.
long ResidentKb() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::stol(line.substr(6));
  }
  return 0;
}

/// An export needs its right edge and no more: 900,000 leaves further on it holds what it held.
TEST(TileDirectory, IsWrittenInMemoryThatDoesNotGrow) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer keeps what is given back";
#endif
  constexpr std::uint64_t kFew = 100'000;
  constexpr std::uint64_t kMany = 1'000'000;
  constexpr long kGrownKbMax = 2 * 1024;
  const doubles::Workplace workplace;
  absl::StatusOr<TileWriter> writer = TileWriter::Open(workplace.Path("log"));
  ASSERT_TRUE(writer.ok()) << writer.status();
  std::string leaf(144, 'l');
  const auto grow_to = [&](std::uint64_t size) {
    while (writer->Size() < size) {
      leaf.replace(0, 7, std::to_string(1'000'000 + writer->Size() % 9'000'000));
      ASSERT_TRUE(writer->Append(leaf).ok());
    }
  };
  grow_to(kFew);
  const long few = ResidentKb();
  grow_to(kMany);
  const long many = ResidentKb();
  EXPECT_GT(few, 0);
  EXPECT_LE(many - few, kGrownKbMax) << few << " KiB at a tenth, " << many << " at the end";
}

}  // namespace
}  // namespace tearline::verifier
