#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <ostream>
#include <string>
#include <vector>

#include "tests/assembly/history.h"
#include "tests/faults/promised.h"

// One bit is flipped at every byte of every file of a small ledger, of its vault and of its
// checkpoints, one at a time, and a start is made on what is then there. It is refused with a
// sentence, or serves what it served before: the same position, state digest, root and keys, and of
// every event its content or, of one that was struck, a sentence.

namespace tearline::faults {
namespace {

namespace fs = std::filesystem;

/// Usually one byte of so many is tried: no multiple of 8, so that each bit of a byte has its turn.
constexpr std::uint64_t kUsuallyOneOf = 101;

/// TEARLINE_ONE_BYTE_OF in the environment says another number; 1 tries every byte.
std::uint64_t OneOf() {
  const char* const asked = std::getenv("TEARLINE_ONE_BYTE_OF");
  const std::uint64_t number = asked == nullptr ? kUsuallyOneOf : std::strtoull(asked, nullptr, 10);
  return std::max<std::uint64_t>(number, 1);
}

struct Struck {
  const char* what;
  const char* store;
  bool with_state;  ///< Else all that is served is read from the ledger anew.

  friend void PrintTo(const Struck& struck, std::ostream* out) { *out << struck.what; }
};

class EveryByte : public testing::TestWithParam<Struck> {
 protected:
  static void SetUpTestSuite() {
    history_ = new History();
    history_->Publish(2);
    const Moment early = history_->Copy("early");
    history_->GoOnFrom(early);  // What was a log is tables now; what follows is a log.
    history_->Publish(2);
    history_->DestroyAKey();
    whole_ = new Moment(history_->Copy("whole"));
    history_->Close();
  }
  static void TearDownTestSuite() {
    delete whole_;
    delete history_;
  }

  static fs::path Place() { return history_->installation().Path("place"); }

  /// All stores as they were, the state only if it is to be there.
  static void Lay() {
    fs::remove_all(Place());
    CopyAll(whole_->directory, Place());
    if (!GetParam().with_state) fs::remove_all(Place() / "state");
  }

  /// Files of the store, in order, from the stores' directory.
  static std::vector<fs::path> Files() {
    std::vector<fs::path> files;
    const fs::path store = whole_->directory / GetParam().store;
    for (const auto& entry : fs::recursive_directory_iterator(store)) {
      if (entry.is_regular_file()) files.push_back(fs::relative(entry.path(), whole_->directory));
    }
    std::sort(files.begin(), files.end());
    return files;
  }

  /// Starts on what lies there.
  void StartAndJudge() {
    const Outcome outcome = history_->Start(Place());
    ++tried_;
    if (outcome.reason != v1::ERROR_REASON_UNSPECIFIED) {
      ++refused_;
      EXPECT_FALSE(outcome.sentence.empty());
      return;
    }
    EXPECT_EQ(outcome.position, whole_->position);
    EXPECT_EQ(outcome.state_digest.Hex(), whole_->state_digest.Hex());
    EXPECT_EQ(outcome.root.Hex(), whole_->root.Hex());
    EXPECT_EQ(outcome.keys, whole_->keys);
    EXPECT_EQ(outcome.contents.size(), whole_->contents.size());
    bool unread = false;
    for (const auto& [event, content] : whole_->contents) {
      const auto opened = outcome.contents.find(event);
      ASSERT_NE(opened, outcome.contents.end());
      if (opened->second == content) continue;
      unread = true;
      EXPECT_TRUE(opened->second.starts_with(kRefusedToOpen)) << opened->second;
    }
    unread_ += unread;
  }

  static inline History* history_ = nullptr;
  static inline const Moment* whole_ = nullptr;
  int tried_ = 0;
  int refused_ = 0;
  int unread_ = 0;  ///< Served, but for content that was struck: that is refused when it is read.
};

TEST_P(EveryByte, FlippedIsRefusedOrHarmless) {
  std::uint64_t bytes = 0;
  for (const fs::path& file : Files()) {
    const std::uint64_t size = fs::file_size(whole_->directory / file);
    for (std::uint64_t at = 0; at < size; ++at) {
      if (bytes++ % OneOf() != 0) continue;
      SCOPED_TRACE(file.string() + " at byte " + std::to_string(at));
      Lay();
      FlipBit(Place() / file, at);
      StartAndJudge();
      if (HasFailure()) return;
    }
  }
  RecordProperty("files", static_cast<int>(Files().size()));
  RecordProperty("bytes", static_cast<int>(bytes));
  RecordProperty("tried", tried_);
  RecordProperty("refused", refused_);
  RecordProperty("unread", unread_);
  EXPECT_GT(tried_, 0);
  EXPECT_GT(refused_, 0);
}

/// Nothing flipped, nothing refused: what is refused above is so for the bit.
TEST_P(EveryByte, UntouchedIsServed) {
  Lay();
  StartAndJudge();
  EXPECT_EQ(refused_, 0);
  EXPECT_EQ(unread_, 0);
}

constexpr Struck kStruck[] = {
    {"TheLedgerUnderItsState", "ledger", true},
    {"TheLedgerAlone", "ledger", false},
    {"TheVault", "vault", true},
    {"TheCheckpoints", "checkpoints", true},
};
INSTANTIATE_TEST_SUITE_P(Of, EveryByte, testing::ValuesIn(kStruck),
                         [](const auto& row) { return row.param.what; });

}  // namespace
}  // namespace tearline::faults
