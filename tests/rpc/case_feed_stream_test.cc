#include "broker/rpc/case_feed_stream.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "broker/machine/consultation.h"
#include "broker/model/ids.h"
#include "broker/rpc/server_limits.h"
#include "tearline/v1/case_feed_service.grpc.pb.h"
#include "tests/rpc/change_access.h"
#include "tests/rpc/puller.h"
#include "tests/rpc/running_door.h"
#include "tests/rpc/withheld_event.h"

namespace tearline::rpc {
namespace {

constexpr char kChair[] = "probation/chair";
constexpr char kPanel[] = "police/panel";

/// Somebody who follows a case.
class CaseFollower {
 public:
  CaseFollower(RunningDoor& door, const std::string& post, const v1::FollowCaseRequest& request)
      : stub_(v1::CaseFeedService::NewStub(door.SystemOf(post))),
        stream_(stub_->FollowCase(&context_, request)) {}
  ~CaseFollower() { context_.TryCancel(); }

  /// The next frame that says more than the time; nothing if the call has ended.
  std::optional<v1::FollowCaseResponse> Next() {
    v1::FollowCaseResponse frame;
    while (stream_->Read(&frame)) {
      if (frame.has_opened() || frame.caught_up() || frame.entries_size() != 0) return frame;
    }
    return std::nullopt;
  }
  grpc::Status End() {
    while (Next()) {
    }
    return stream_->Finish();
  }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<v1::CaseFeedService::Stub> stub_;
  std::unique_ptr<grpc::ClientReader<v1::FollowCaseResponse>> stream_;
};

class CaseFeedStreamTest : public testing::Test {
 protected:
  v1::FollowCaseRequest Request(const std::string& post, bool follow) {
    v1::FollowCaseRequest request;
    *request.mutable_acting() = RunningDoor::As(post);
    request.set_case_id(CaseId());
    request.set_follow(follow);
    return request;
  }
  std::string CaseId() {
    const auto cases = door_.writer().View()->Scan(state::Key(state::Table::kCase), 1);
    return model::CaseId::FromBytes(cases.at(0).first.substr(1))->Text();
  }
  /// Records that looked at the nominal.
  std::size_t Looks() {
    const auto id = model::NominalId::Parse(nominal_)->Bytes();
    return door_.writer().View()->Scan(machine::NominalLooked(id), 1000).size();
  }

  RunningDoor door_;
  std::string nominal_ = door_.NominalWithCase("N17");
};

/// One look, recorded before it is answered; then all there is, and the end.
TEST_F(CaseFeedStreamTest, ShowsWhatThereIsAndEnds) {
  Puller chair(door_, kChair);
  ASSERT_TRUE(chair.Pull().ok());
  const std::string event = door_.Publish(nominal_, "first", "part");
  const std::size_t looks = Looks();
  CaseFollower follower(door_, kChair, Request(kChair, /*follow=*/false));
  const auto frame = follower.Next();
  ASSERT_TRUE(frame.has_value());
  EXPECT_EQ(Looks(), looks + 1);
  EXPECT_TRUE(frame->opened().chair());
  EXPECT_FALSE(frame->opened().has_last_pack_at());
  ASSERT_EQ(frame->entries_size(), 1);
  EXPECT_EQ(frame->entries(0).event().event_id(), event);
  EXPECT_FALSE(frame->caught_up()) << "said in a frame of its own";
  const auto end = follower.Next();
  ASSERT_TRUE(end.has_value());
  EXPECT_TRUE(end->caught_up());
  EXPECT_EQ(end->entries_size(), 0);
  EXPECT_FALSE(end->has_opened());
  EXPECT_TRUE(follower.End().ok());
}

/// P6: frame by frame the same, whether something was withheld behind a full frame or nothing
/// happened.
TEST_F(CaseFeedStreamTest, SendsTheSameFramesWhetherSomethingIsWithheldOrNothingHappened) {
  Puller panel(door_, kPanel);
  ASSERT_TRUE(panel.Pull().ok());
  for (int i = 0; i < kCaseFeedEntriesMax; ++i) {
    door_.Publish(nominal_, "event " + std::to_string(i), "part");
  }
  const auto frames = [this](const std::string& post) {
    std::vector<std::string> all;
    CaseFollower follower(door_, post, Request(post, /*follow=*/false));
    while (auto frame = follower.Next()) {
      frame->clear_broker_time();
      all.push_back(frame->SerializeAsString());
    }
    return all;
  };
  const std::vector<std::string> before = frames(kPanel);
  ASSERT_EQ(before.size(), 2U) << "one full frame, and the end";
  PublishWithheld(door_, nominal_, "withheld");
  EXPECT_EQ(frames(kPanel), before);
}

/// A post that was told nothing has an empty feed: it hears that it is whole, and no more.
TEST_F(CaseFeedStreamTest, ShowsNothingToWhomNothingCame) {
  door_.Publish(nominal_, "first", "part");  // waits for the panel, which does not listen
  CaseFollower follower(door_, kPanel, Request(kPanel, /*follow=*/false));
  const auto frame = follower.Next();
  ASSERT_TRUE(frame.has_value());
  EXPECT_FALSE(frame->opened().chair());
  EXPECT_EQ(frame->entries_size(), 0);
  EXPECT_TRUE(frame->caught_up());
  EXPECT_TRUE(follower.End().ok());
}

/// What comes is shown as it comes, each look recorded; a look that would show nothing is none.
TEST_F(CaseFeedStreamTest, GoesOnWithWhatComes) {
  Puller chair(door_, kChair);
  ASSERT_TRUE(chair.Pull().ok());
  Puller panel(door_, kPanel);
  ASSERT_TRUE(panel.Pull().ok());
  CaseFollower follower(door_, kChair, Request(kChair, /*follow=*/true));
  ASSERT_TRUE(follower.Next()->caught_up());
  const std::size_t looks = Looks();
  const std::string event = door_.Publish(nominal_, "first", "part");
  auto frame = follower.Next();
  ASSERT_TRUE(frame.has_value());
  ASSERT_EQ(frame->entries_size(), 1);
  EXPECT_EQ(frame->entries(0).event().event_id(), event);
  EXPECT_FALSE(frame->caught_up()) << "said once";
  EXPECT_EQ(Looks(), looks + 1);

  ASSERT_TRUE(panel.Acknowledge({1}).ok());
  frame = follower.Next();
  ASSERT_TRUE(frame.has_value());
  ASSERT_EQ(frame->entries_size(), 1);
  ASSERT_EQ(frame->entries(0).panel_size(), 1);
  EXPECT_EQ(frame->entries(0).panel(0).post(), kPanel);
  EXPECT_EQ(Looks(), looks + 2);
}

/// Cut anywhere, it goes on from the newest `go_on_from` it showed, though of an event that was
/// shown something changed after all the others.
TEST_F(CaseFeedStreamTest, GoesOnFromATime) {
  Puller chair(door_, kChair);
  ASSERT_TRUE(chair.Pull().ok());
  door_.Publish(nominal_, "first", "part");
  const std::string second = door_.Publish(nominal_, "second", "part");
  ASSERT_TRUE(chair.Acknowledge({1}).ok());
  v1::FollowCaseRequest request = Request(kChair, /*follow=*/false);
  const auto all = CaseFollower(door_, kChair, request).Next();
  ASSERT_EQ(all->entries_size(), 2);
  *request.mutable_since() = all->entries(0).go_on_from();
  const auto since = CaseFollower(door_, kChair, request).Next();
  ASSERT_EQ(since->entries_size(), 2);
  EXPECT_EQ(since->entries(1).event().event_id(), second);
  *request.mutable_since() = all->entries(1).go_on_from();
  EXPECT_GE(CaseFollower(door_, kChair, request).Next()->entries_size(), 1);
  request.mutable_since()->set_seconds(all->entries(0).changed_at().seconds() + 1);
  EXPECT_EQ(CaseFollower(door_, kChair, request).Next()->entries_size(), 0);
}

/// A pack says when the one before was read.
TEST_F(CaseFeedStreamTest, APackKnowsTheOneBefore) {
  v1::FollowCaseRequest request = Request(kChair, /*follow=*/false);
  request.set_pack(true);
  CaseFollower first(door_, kChair, request);
  EXPECT_FALSE(first.Next()->opened().has_last_pack_at());
  EXPECT_TRUE(first.End().ok());
  EXPECT_FALSE(
      CaseFollower(door_, kChair, Request(kChair, false)).Next()->opened().has_last_pack_at())
      << "who asks for no pack is not told";
  EXPECT_TRUE(CaseFollower(door_, kChair, request).Next()->opened().has_last_pack_at());
  v1::FollowCaseRequest other = Request(kPanel, /*follow=*/false);
  other.set_pack(true);
  EXPECT_FALSE(CaseFollower(door_, kPanel, other).Next()->opened().has_last_pack_at());
}

TEST_F(CaseFeedStreamTest, SuspensionEndsIt) {
  CaseFollower follower(door_, kPanel, Request(kPanel, /*follow=*/true));
  ASSERT_TRUE(follower.Next()->caught_up());
  SuspendSystemOf(door_, kPanel);
  EXPECT_EQ(ReasonIn(follower.End()), v1::ERROR_REASON_SUSPENDED);
}

/// Whoever leaves the panel is answered as if there were no such case.
TEST_F(CaseFeedStreamTest, LeavingThePanelEndsIt) {
  CaseFollower follower(door_, kPanel, Request(kPanel, /*follow=*/true));
  ASSERT_TRUE(follower.Next()->caught_up());
  LeaveThePanel(door_, kPanel);
  EXPECT_EQ(ReasonIn(follower.End()), v1::ERROR_REASON_NOT_FOUND);
}

/// Refused before anything is looked at; what may not be seen is as what is not there.
TEST_F(CaseFeedStreamTest, RefusesWhoMayNotSeeTheCase) {
  const auto reason = [this](const std::string& post, auto change) {
    v1::FollowCaseRequest request = Request(post, /*follow=*/true);
    change(request);
    return ReasonIn(CaseFollower(door_, post, request).End());
  };
  const std::size_t looks = Looks();
  EXPECT_EQ(reason("police/intel", [](auto&) {}), v1::ERROR_REASON_NOT_FOUND);
  const std::string nowhere = model::CaseId::FromBytes(std::string(16, 'x'))->Text();
  EXPECT_EQ(reason(kChair, [&](auto& request) { request.set_case_id(nowhere); }),
            v1::ERROR_REASON_NOT_FOUND);
  EXPECT_EQ(reason(kChair, [](auto& request) { request.set_case_id("a case"); }),
            v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(reason(kChair, [](auto& request) { request.mutable_since()->set_nanos(-1); }),
            v1::ERROR_REASON_TIME_INVALID);
  EXPECT_EQ(reason(kChair, [](auto& request) { request.mutable_acting()->clear_purpose(); }),
            v1::ERROR_REASON_PURPOSE_REQUIRED);
  EXPECT_EQ(Looks(), looks);
}

}  // namespace
}  // namespace tearline::rpc
