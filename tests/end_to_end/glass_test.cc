#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

#include "tearline/v1/nominal_service.grpc.pb.h"
#include "tests/end_to_end/command_line.h"

namespace tearline::end_to_end {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr char kFeeder[] = "police/feeder>police/intelligence";
constexpr char kManager[] = "probation/reader>probation/manager";
constexpr char kSamePerson[] = "probation/reader>probation/chair";
constexpr char kGovernor[] = "office/governor>office/governance";
constexpr char kAuditor[] = "inspectorate/auditor>inspectorate/auditor";

/// As long as the broker needs to look through what was recorded before; never nearly.
constexpr std::chrono::seconds kSoon{20};

class Glass : public CommandLine {
 protected:
  /// Somebody must be above whoever breaks the glass: here a board, for no post has a line.
  void SetUp() override {
    CommandLine::SetUp();
    Done("office/keeper>office/operator",
         "directory admit --file " +
             Write("board",
                   "post { post: \"probation/board\" roles: POST_ROLE_STRATEGIC_BOARD "
                   "services: \"reader\" clearance { tier: TIER_OFFICIAL } }"));
  }
  /// What a feed holds, once it holds `words`; what it holds in the end, if it never does.
  static std::string PullUntil(const char* who, const std::string& words) {
    const auto until = std::chrono::steady_clock::now() + kSoon;
    std::string pulled;
    do {
      pulled = Done(who, "feed pull");
      if (pulled.find(words) != std::string::npos) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    } while (std::chrono::steady_clock::now() < until);
    return pulled;
  }

  /// Breaks the glass for a second, less than the command line lets anybody ask for; the use.
  static std::string BreakForASecond(const std::string& member, const std::string& post) {
    v1::BreakGlassRequest request;
    request.mutable_acting()->set_post(post);
    request.mutable_acting()->set_purpose("public-protection");
    request.set_nominal_id(stage_->nominal_id());
    request.set_reason(v1::BREAK_GLASS_REASON_THREAT_TO_LIFE);
    request.set_because("a threat was heard");
    request.mutable_lasts()->set_seconds(1);
    v1::BreakGlassResponse response;
    grpc::ClientContext context;
    const grpc::Status status = v1::NominalService::NewStub(stage_->ChannelOf(member))
                                    ->BreakGlass(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.recorded().made_id();
  }
};

/// At three in the morning: one hand opens one person, everybody concerned knows at once, and the
/// next use waits for the review of this one.
TEST_F(Glass, IsBrokenByOneHandToldAtOnceAndNotTwiceWithoutAReview) {
  Done(kFeeder, "event publish --file " + EventFile("withheld.textproto", /*withheld=*/true));
  EXPECT_THAT(Done(kManager, "feed pull"), Not(HasSubstr("seen at noon")));

  const std::string why = " --purpose public-protection";
  const std::string breaking = "glass break --nominal " + stage_->nominal_id() +
                               " --reason threat-to-life --because heard --minutes 240";
  Refused(kManager, breaking, "PURPOSE_REQUIRED");
  Refused(kManager, breaking + " --purpose curiosity", "PURPOSE_UNKNOWN");
  Refused(kGovernor, breaking + why, "NOT_PERMITTED");
  const std::string use = DoneJson(kManager, breaking + why)["recorded"]["made_id"];
  EXPECT_THAT(use, StartsWith("brk_"));

  EXPECT_THAT(Done(kFeeder, "feed pull"), HasSubstr("access changed  probation/manager"));
  EXPECT_THAT(Done(kGovernor, "feed pull"), HasSubstr("review-break-glass"));
  EXPECT_THAT(PullUntil(kManager, "seen at noon"), HasSubstr("seen at noon"));

  Refused(kManager, breaking + why, "GLASS_UNREVIEWED");
  Refused(kSamePerson, breaking + why, "GLASS_UNREVIEWED");

  const std::string review = "glass review --use " + use + " --finding justified";
  const std::string reviewing = " --purpose break-glass-review";
  Refused(kManager, review + reviewing, "NOT_PERMITTED");
  Refused(kGovernor, review + reviewing, "WRONG_STATE");  // it has not ended
  for (const char* who : {kGovernor, kAuditor}) {
    const std::string listed = Done(who, "glass list" + reviewing);
    EXPECT_THAT(listed, HasSubstr(use + "  probation/manager"));
    EXPECT_THAT(listed, HasSubstr("not reviewed"));
  }
}

/// Time ends a use, somebody outside the line reviews it, and only then another may begin.
TEST_F(Glass, MayBeBrokenAgainOnceTheUseIsReviewed) {
  const std::string use = BreakForASecond("police/feeder", "police/intelligence");
  const std::string breaking = "glass break --nominal " + stage_->nominal_id() +
                               " --reason at-large --because again --minutes 1"
                               " --purpose public-protection";
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));
  Refused(kFeeder, breaking, "GLASS_UNREVIEWED");  // it has ended, and nobody looked

  const std::string reviewing = " --purpose break-glass-review";
  const std::string owed = DoneJson(kGovernor, "obligation list")["obligation_id"];
  Refused(kGovernor, "obligation discharge --how overtaken --obligation " + owed, "WRONG_STATE");
  EXPECT_THAT(Done(kGovernor, "glass review --use " + use + " --finding not-justified" + reviewing),
              StartsWith("review: recorded"));
  Refused(kGovernor, "glass review --use " + use + " --finding justified" + reviewing,
          "WRONG_STATE");
  EXPECT_EQ(Done(kGovernor, "glass list" + reviewing), "");
  EXPECT_THAT(Done(kAuditor, "glass list --all" + reviewing),
              HasSubstr("not-justified, found by office/governance"));
  EXPECT_THAT(Done(kFeeder, breaking), StartsWith("break-glass: recorded"));
}

}  // namespace
}  // namespace tearline::end_to_end
