#include "broker/ledger/head_keeper.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/doubles/temporary_directory.h"

namespace tearline::ledger {
namespace {

Head HeadAt(model::Position position) { return {position, crypto::Sha256("header")}; }

TEST(HeadKeeper, WritesWhatIsNewestWhileItLives) {
  const doubles::TemporaryDirectory directory;
  std::atomic<model::Position> tip = 1;
  const HeadKeeper keeper(
      directory.path(), Head{}, [&tip] { return HeadAt(tip.load()); }, [] { FAIL(); });
  for (const model::Position position : {1u, 2u, 3u}) {
    tip = position;
    Result<Head> written = ReadHeadFile(directory.path());
    while (!written.ok() || written->position != position) {
      std::this_thread::yield();
      written = ReadHeadFile(directory.path());
    }
  }
}

TEST(HeadKeeper, WritesALastTimeWhenDestroyed) {
  const doubles::TemporaryDirectory directory;
  {
    const HeadKeeper keeper(
        directory.path(), Head{}, [] { return HeadAt(7); }, [] { FAIL(); });
  }
  EXPECT_EQ(*ReadHeadFile(directory.path()), HeadAt(7));
}

TEST(HeadKeeper, LeavesAFileAloneThatIsUpToDate) {
  const doubles::TemporaryDirectory directory;
  {
    const HeadKeeper keeper(
        directory.path(), HeadAt(7), [] { return HeadAt(7); }, [] { FAIL(); });
  }
  EXPECT_EQ(ReasonOf(ReadHeadFile(directory.path()).status()), v1::ERROR_REASON_NOT_FOUND);
}

TEST(HeadKeeper, SaysOnceThatItCannotWriteOrRead) {
  const doubles::TemporaryDirectory directory;
  const auto unreadable = []() -> Result<Head> {
    return Refuse(v1::ERROR_REASON_LEDGER_CORRUPT, "unreadable");
  };
  for (const bool can_read : {true, false}) {
    std::atomic<int> failures = 0;
    {
      const HeadKeeper keeper(
          can_read ? directory.path() / "nowhere" : directory.path(), Head{},
          can_read ? std::function<Result<Head>()>([] { return HeadAt(1); }) : unreadable,
          [&failures] { ++failures; });
      while (failures == 0) std::this_thread::yield();
    }
    EXPECT_EQ(failures, 1);
  }
}

}  // namespace
}  // namespace tearline::ledger
