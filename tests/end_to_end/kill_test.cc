#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "clients/cpp/feed.h"
#include "tests/doubles/temporary_directory.h"
#include "tests/end_to_end/books.h"
#include "tests/end_to_end/stage.h"

namespace tearline::end_to_end {
namespace {

using testing::IsEmpty;

constexpr char kChair[] = "probation/chair";

/// How often the broker is killed; TEARLINE_KILLS in the environment says another number.
int Kills() {
  const char* const asked = std::getenv("TEARLINE_KILLS");
  return asked == nullptr ? 6 : std::max(std::atoi(asked), 1);
}

/// A broker, three publishers and the chair's system, who go on through every kill.
class Kill : public testing::Test {
 protected:
  void TearDown() override {
    EndPublishing();
    chair_.Enough();
    feed_.Stop();
    if (subscriber_.joinable()) subscriber_.join();
  }

  void Begin() {
    for (int i = 0; i < 2; ++i) {
      publishers_.emplace_back(
          [this, i] { EXPECT_EQ(PublishUntil(enough_, i, stage_, accepted_), ""); });
    }
    publishers_.emplace_back(
        [this] { EXPECT_EQ(PublishManyUntil(enough_, stage_, accepted_), ""); });
    subscriber_ = std::thread([this] { ended_ = feed_.Run(chair_); });
  }

  /// Lets at least `events` be accepted, kills the broker, and starts it again.
  void KillAfter(std::size_t events) {
    const std::size_t before = accepted_.size();
    WaitFor([&] { return accepted_.size() >= before + events; });
    stage_.Kill();
    stage_.Start();
  }

  void EndPublishing() {
    enough_.store(true);
    for (std::thread& publisher : publishers_) publisher.join();
    publishers_.clear();
  }

  /// Waits until the chair has all that was accepted, then lets the chair go.
  void EndFeed() {
    const std::map<std::string, std::string> answered = accepted_.events();
    WaitFor([&] { return HasAll(chair_.received(), answered); });
    chair_.Enough();
    feed_.Stop();
    subscriber_.join();
    EXPECT_FALSE(ended_ && !ended_->reason.empty()) << ended_->reason;
  }

  static v1::SubscribeOpen OpenOf(const std::string& post) {
    v1::SubscribeOpen open;
    *open.mutable_acting() = For(post);
    return open;
  }

  const doubles::TemporaryDirectory directory_;
  Stage stage_{{.broker = TEARLINE_BINARY_DIR "/bin/tearlined",
                .certificates = TEARLINE_SOURCE_DIR "/deploy/certs/make-development-certs",
                .policy = TEARLINE_SOURCE_DIR "/config/policies/public_protection.textproto",
                .directory = directory_.path()}};
  std::atomic<bool> enough_ = false;
  Accepted accepted_;
  std::vector<std::thread> publishers_;
  Reader chair_;
  client::Feed feed_{stage_.ChannelOf("probation/reader"), OpenOf(kChair)};
  std::optional<client::Refusal> ended_;
  std::thread subscriber_;
};

/// kill -9 under load, again and again; then a replay from nothing gives the same state, root and
/// checkpoint.
TEST_F(Kill, LosesNothingDoublesNothingAndDisclosesNothingUnrecorded) {
  constexpr std::size_t kEventsBetweenKills = 20;
  const int kills = Kills();
  Begin();
  for (int kill = 0; kill < kills; ++kill) KillAfter(kEventsBetweenKills);
  EndPublishing();
  EndFeed();

  const std::map<std::string, std::string> answered = accepted_.events();
  ASSERT_GE(answered.size(), kEventsBetweenKills * static_cast<std::size_t>(kills));
  RecordProperty("kills", kills);
  RecordProperty("events", static_cast<int>(answered.size()));
  EXPECT_EQ(chair_.renumbered(), 0);
  EXPECT_THAT(LostOrDoubled(answered, stage_), IsEmpty());
  EXPECT_THAT(MissingOrMisnumbered(answered, chair_.received()), IsEmpty());
  EXPECT_THAT(NeverRecorded(kChair, chair_.received(), stage_), IsEmpty());
  stage_.Stop();
  EXPECT_NO_THROW(stage_.Run({"--verify"}));
}

}  // namespace
}  // namespace tearline::end_to_end
