// The log of a real broker as a directory of tiles, judged by programs that share no line with it.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include <nlohmann/json.hpp>

#include "tests/end_to_end/command_line.h"
#include "tests/strangers/fsck.h"
#include "tests/strangers/has_python.h"

namespace tearline::end_to_end {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

class TilesTest : public CommandLine {
 protected:
  /// Exports three times, so that partial tiles have come and gone and two levels are there, and
  /// stops the broker.
  void SetUp() override {
    CommandLine::SetUp();
    for (int i = 0; i < 200 && Say(kFeeder, "audit checkpoint").code != 0; ++i) Pause();
    key_ = DoneJson(kFeeder, "audit checkpoint")["verifier_key"];
    std::uint64_t size = ExportUpTo(1);
    for (const int events : {300, 301}) {
      Publish(events);
      size = ExportUpTo(size + static_cast<std::uint64_t>(events));
    }
    stage_->Stop();
    size_ = size;
  }

  static void Pause() { std::this_thread::sleep_for(std::chrono::milliseconds(100)); }
  static void Publish(int events) {
    const std::string one = doubles::FileBytes(EventFile("event.textproto", false));
    std::string all;
    for (int i = 0; i < events; ++i) {
      all += "items { request_id: \"tiles-" + std::to_string(events) + '-' + std::to_string(i) +
             "\" " + one + " }\n";
    }
    EXPECT_EQ(Say(kFeeder, "event publish --file " + Write("events.textproto", all)).code, 0);
  }
  /// Exports until a checkpoint covers so many leaves; how many it covers.
  std::uint64_t ExportUpTo(std::uint64_t size) const {
    const std::string words =
        "audit export --purpose inspection --tiles " + Directory() + " --verifier-key " + key_;
    for (int i = 0; i < 200; ++i) {
      const std::uint64_t covered = DoneJson(kAuditor, words)["tree_size"];
      if (covered >= size) return covered;
      Pause();
    }
    ADD_FAILURE() << "no checkpoint covers " << size << " leaves";
    return 0;
  }
  static std::string Directory() { return (directory_->path() / "tiles").string(); }
  /// Whether it judges otherwise once a bit is turned in the middle of each of these files, as it
  /// does of no other.
  template <typename Judge>
  void RefusesWhatIsBent(const Judge& accepts) const {
    EXPECT_TRUE(accepts());
    const std::string width = std::to_string(size_ / 256);
    for (const std::string& name :
         {std::string("/tile/0/000"), "/tile/1/000.p/" + width, std::string("/tile/entries/001")}) {
      const std::string bytes = doubles::FileBytes(Directory() + name);
      ASSERT_FALSE(bytes.empty()) << name;
      std::string bent = bytes;
      bent[bent.size() / 2] = static_cast<char>(bent[bent.size() / 2] ^ 1);
      std::ofstream(Directory() + name, std::ios::binary) << bent;
      EXPECT_FALSE(accepts()) << name;
      std::ofstream(Directory() + name, std::ios::binary) << bytes;
    }
    EXPECT_TRUE(accepts());
  }

  static constexpr char kFeeder[] = "police/feeder>police/intelligence";
  static constexpr char kAuditor[] = "inspectorate/auditor>inspectorate/auditor";

  std::string key_;
  std::uint64_t size_ = 0;
};

TEST_F(TilesTest, AreVerifiedWithoutTheBroker) {
  ASSERT_GE(size_, 601u);
  EXPECT_TRUE(fs::exists(Directory() + "/tile/0/001"));
  EXPECT_FALSE(fs::exists(Directory() + "/tile/0/000.p")) << "its full tile is there";
  RefusesWhatIsBent([this] {
    return doubles::RunTearline("audit verify --tiles " + Directory() + " --verifier-key " + key_)
               .code == 0;
  });
}

TEST_F(TilesTest, AreAcceptedByTesserasFsck) {
  const std::string fsck = strangers::Fsck();
  if (fsck.empty()) {
    GTEST_SKIP() << "no Go, or no " << strangers::kFsckModule << " to be had: NOT TESTED";
  }
  const std::string key_file = Write("key", key_);
  RefusesWhatIsBent([&] { return strangers::Accepts(fsck, Directory(), key_file); });
}

TEST_F(TilesTest, AreVerifiedByAStrangersProgram) {
  if (!strangers::HasPython()) GTEST_SKIP() << "no python3 of at least 3.9: NOT TESTED";
  RefusesWhatIsBent([this] {
    return std::system(("python3 -B '" TEARLINE_SOURCE_DIR "/tests/strangers/verify.py' tiles '" +
                        Directory() + "' '" + key_ + "' > /dev/null 2>&1")
                           .c_str()) == 0;
  });
}

}  // namespace
}  // namespace tearline::end_to_end
