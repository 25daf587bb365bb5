#include "broker/rpc/report_posts.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "broker/machine/rows.h"
#include "broker/model/limits.h"
#include "broker/rpc/server_limits.h"
#include "tests/machine/wishing_world.h"

namespace tearline::rpc {
namespace {

using namespace stored::v1;
using machine::WishingWorld;
using machine::World;

constexpr char kOperator[] = "desk/operator";
constexpr char kAuditor[] = "board/board";

class ReportPostsTest : public testing::Test {
 protected:
  ReportPostsTest() {
    Change(kAuditor, [](v1::Post& post) { post.add_roles(v1::POST_ROLE_AUDITOR); });
  }

  template <typename How>
  void Change(const std::string& name, How how) {
    SetPost set;
    *set.mutable_post() = world_.state.Find<PostRow>(machine::PostKey(name))->post();
    how(*set.mutable_post());
    const auto applied = world_.Say(World::System("board/operator"), COMMAND_NUMBER_SET_POST, set);
    if (applied.outcome != audit::Outcome::kAwaitsSecondHand) return;
    SecondHand second;
    second.set_pending_id(model::PendingId::Parse(applied.made_id)->Bytes());
    ASSERT_EQ(world_.Say(World::System(kOperator), COMMAND_NUMBER_SECOND_HAND, second).outcome,
              audit::Outcome::kApplied);
  }
  Result<Looked> Look(const std::string& post, v1::ReportPostsResponse& response,
                      const v1::ReportPostsRequest& request = {}) const {
    return ReportPosts(request, World::System(post), world_.state, world_.now_ms, seal_, response);
  }
  /// All pages.
  v1::ReportPostsResponse All(const std::string& post, std::uint32_t page_size = 0) const {
    v1::ReportPostsResponse all;
    v1::ReportPostsRequest request;
    request.set_page_size(page_size);
    do {
      v1::ReportPostsResponse page;
      EXPECT_TRUE(Look(post, page, request).ok());
      if (page_size != 0) {
        EXPECT_LE(page.posts_size() + page.unwatched_nominal_ids_size() +
                      page.unsupervised_nominal_ids_size() + page.subscriptions_size(),
                  static_cast<int>(page_size));
      }
      request.set_page_token(page.next_page_token());
      all.set_unwatched(all.unwatched() + page.unwatched());
      all.set_unsupervised(all.unsupervised() + page.unsupervised());
      page.clear_unwatched();
      page.clear_unsupervised();
      page.clear_next_page_token();
      all.MergeFrom(page);
    } while (!request.page_token().empty());
    return all;
  }
  std::map<std::string, v1::ReportedPost> Posts() const {
    std::map<std::string, v1::ReportedPost> by_name;
    const v1::ReportPostsResponse all = All(kOperator);
    for (const v1::ReportedPost& post : all.posts()) by_name[post.post()] = post;
    return by_name;
  }

  WishingWorld world_;
  const PageSeal seal_;
};

/// Each row: what became of a post, and what the report says of it.
TEST_F(ReportPostsTest, SaysWhatEachPostWants) {
  EXPECT_FALSE(Posts().contains("probation/chair"))
      << "held, deputised, and its line ends at a board";
  EXPECT_FALSE(Posts().contains("board/board")) << "where lines end";
  EXPECT_TRUE(Posts().at("police/panel").no_line());
  EXPECT_FALSE(Posts().at("police/panel").no_holder());

  Change("probation/chair", [](v1::Post& post) { post.clear_deputy(); });
  EXPECT_TRUE(Posts().at("probation/chair").no_deputy());
  EXPECT_FALSE(Posts().at("probation/chair").no_holder());
  EXPECT_FALSE(Posts().at("probation/chair").has_handed_over_at());

  Change("probation/chair", [](v1::Post& post) { post.clear_holder(); });
  EXPECT_TRUE(Posts().at("probation/chair").no_holder());
  EXPECT_FALSE(Posts().at("probation/chair").dead()) << "a service acts for it";

  Change("probation/chair", [](v1::Post& post) { post.clear_services(); });
  EXPECT_TRUE(Posts().at("probation/chair").dead());
}

TEST_F(ReportPostsTest, SaysWhereALineIsACircle) {
  Change("police/panel", [](v1::Post& post) { post.set_escalates_to("police/coordinator"); });
  EXPECT_FALSE(Posts().contains("police/panel")) << "its line ends; where, its end is asked";
  EXPECT_TRUE(Posts().at("police/coordinator").no_line());
  Change("police/coordinator", [](v1::Post& post) { post.set_escalates_to("police/panel"); });
  EXPECT_TRUE(Posts().at("police/panel").no_line());
  EXPECT_TRUE(Posts().at("police/coordinator").no_line());
}

/// Hand-overs that nobody took over are seen, with how many holders came, and whether they are
/// late.
TEST_F(ReportPostsTest, SaysWhatWasNotTakenOver) {
  Change("probation/chair", [](v1::Post& post) { post.set_holder("supervisor-holder"); });
  const v1::ReportedPost post = Posts().at("probation/chair");
  EXPECT_TRUE(post.has_handed_over_at());
  EXPECT_EQ(post.holders(), 1U);
  EXPECT_FALSE(post.past_due());
  Change("probation/chair", [](v1::Post& changed) { changed.set_holder("chair-holder"); });
  EXPECT_EQ(Posts().at("probation/chair").holders(), 2U);
  world_.now_ms += model::kTakeOverWithin.count();
  EXPECT_TRUE(Posts().at("probation/chair").past_due());
}

/// Whoever is in a case that brings a post in, is supervised, or is named by a subscription, is
/// watched. Operators learn how many are not, unbound auditors whom.
TEST_F(ReportPostsTest, CountsTheNominalsThatNoPostWatches) {
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) ids.push_back(world_.Register(i));
  EXPECT_EQ(All(kOperator).unwatched(), 5U);
  world_.OpenCase(ids[0], {});
  EXPECT_EQ(All(kOperator).unwatched(), 5U) << "its case brings nobody in";
  world_.OpenCase(ids[1], {{"police/panel", v1::SEAT_KIND_MEMBER}});
  EXPECT_EQ(All(kOperator).unwatched(), 4U);
  world_.Subscribe("prison/security", WishingWorld::About({ids[2]}));
  EXPECT_EQ(All(kOperator).unwatched(), 3U);
  world_.Subscribe("prison/security", WishingWorld::About({}));
  EXPECT_EQ(All(kOperator).unwatched(), 3U) << "a wish for everything watches nobody";
  SetSupervisor supervise;
  supervise.set_nominal_id(ids[3]);
  supervise.set_post("probation/supervisor");
  Actor police = World::System("police/coordinator");
  police.set_purpose("public-protection");
  world_.Say(police, COMMAND_NUMBER_SET_SUPERVISOR, supervise);
  EXPECT_EQ(All(kOperator).unwatched(), 2U);
  EXPECT_EQ(All(kOperator).unwatched_nominal_ids_size(), 0);

  const v1::ReportPostsResponse seen = All(kAuditor);
  EXPECT_EQ(seen.unwatched(), 2U);
  ASSERT_EQ(seen.unwatched_nominal_ids_size(), 2);
  const std::vector<std::string> shown(seen.unwatched_nominal_ids().begin(),
                                       seen.unwatched_nominal_ids().end());
  for (const std::size_t i : {0U, 4U}) {
    EXPECT_NE(std::find(shown.begin(), shown.end(), model::NominalId::FromBytes(ids[i])->Text()),
              shown.end());
  }
  Change(kAuditor, [](v1::Post& post) { post.add_areas("north"); });
  EXPECT_EQ(All(kAuditor).unwatched(), 2U);
  EXPECT_EQ(All(kAuditor).unwatched_nominal_ids_size(), 0) << "bound to an area";
}

/// A seat or a wish is no supervision: a guest's wish is deleted again. Who is supervised, by a case
/// or without one, is not counted.
TEST_F(ReportPostsTest, CountsTheNominalsThatNoPostSupervises) {
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) ids.push_back(world_.Register(i));
  EXPECT_EQ(All(kOperator).unsupervised(), 5U) << "whom nobody watches, too";
  world_.OpenCase(ids[0], {{"police/panel", v1::SEAT_KIND_MEMBER}});
  world_.Subscribe("prison/security", WishingWorld::About({ids[1]}));
  EXPECT_EQ(All(kOperator).unsupervised(), 5U);
  EXPECT_EQ(All(kOperator).unwatched(), 3U);
  EXPECT_EQ(All(kOperator).unsupervised_nominal_ids_size(), 0);
  const v1::ReportPostsResponse seen = All(kAuditor);
  EXPECT_EQ(seen.unwatched_nominal_ids_size(), 3);
  EXPECT_EQ(seen.unsupervised_nominal_ids_size(), 2) << "each once";

  ChangeCase supervise;
  supervise.set_case_id(*world_.state.Find<NominalRow>(machine::NominalKey(ids[0]))
                             ->mutable_case_id());
  supervise.set_supervising_post("probation/supervisor");
  ASSERT_EQ(
      world_.Say(World::System("police/coordinator"), COMMAND_NUMBER_CHANGE_CASE, supervise)
          .sentence,
      "");
  EXPECT_EQ(All(kOperator).unsupervised(), 4U);
  ASSERT_EQ(world_.Merge(ids[1], ids[0]).sentence, "");
  EXPECT_EQ(All(kOperator).unsupervised(), 3U) << "one person, and supervised";
}

/// Each row: what a subscription has, and what the report says of it after so many days.
TEST_F(ReportPostsTest, SaysWhichSubscriptionsReceiveNothing) {
  constexpr std::int64_t kDayMs = 24 * 3'600'000;
  const std::string known = world_.Register(1);
  const std::string other = world_.Register(2);
  const std::string waits = world_.Subscribe("prison/security", WishingWorld::About({known}));
  world_.Subscribe("education/guest", WishingWorld::About({other}));
  world_.now_ms += kQuietDays * kDayMs - 1;
  EXPECT_EQ(All(kOperator).subscriptions_size(), 0);
  world_.now_ms += 1;
  EXPECT_EQ(All(kOperator).subscriptions_size(), 2) << "neither has ever received anything";
  world_.Tell(known);
  v1::ReportPostsResponse all = All(kOperator);
  ASSERT_EQ(all.subscriptions_size(), 1) << "one waits, not for long";
  EXPECT_EQ(all.subscriptions(0).post(), "education/guest");
  EXPECT_TRUE(all.subscriptions(0).never_received());
  EXPECT_FALSE(all.subscriptions(0).has_waiting_since());

  world_.Tell(known, v1::URGENCY_IMMEDIATE);
  world_.now_ms += kQuietDays * kDayMs;
  all = All(kOperator);
  ASSERT_EQ(all.subscriptions_size(), 2);
  const v1::ReportedSubscription& quiet = all.subscriptions(1);
  EXPECT_EQ(quiet.post(), "prison/security");
  EXPECT_EQ(quiet.post() + "/" + quiet.subscription_id(), waits);
  EXPECT_EQ(quiet.waiting(), 2U);
  EXPECT_TRUE(quiet.has_waiting_since());
  EXPECT_FALSE(quiet.never_received());
  for (const std::uint32_t size : {1U, 2U}) {
    EXPECT_EQ(All(kOperator, size).SerializeAsString(), all.SerializeAsString()) << size;
  }

  world_.OpenSession(waits);
  all = All(kOperator);
  ASSERT_EQ(all.subscriptions_size(), 1) << "it has been let go";
  world_.now_ms += kQuietDays * kDayMs;
  EXPECT_EQ(All(kOperator).subscriptions_size(), 1) << "it has received, and nothing waits";
}

TEST_F(ReportPostsTest, SaysWhatIsQuietForAsManyDaysAsAreAskedFor) {
  world_.Subscribe("prison/security", WishingWorld::About({world_.Register(1)}));
  world_.now_ms += 24 * 3'600'000;
  v1::ReportPostsRequest request;
  v1::ReportPostsResponse response;
  request.set_quiet_days(2);
  ASSERT_TRUE(Look(kOperator, response, request).ok());
  EXPECT_EQ(response.subscriptions_size(), 0);
  request.set_quiet_days(1);
  ASSERT_TRUE(Look(kOperator, response, request).ok());
  EXPECT_EQ(response.subscriptions_size(), 1);
  request.set_quiet_days(kQuietDaysMax);
  EXPECT_TRUE(Look(kOperator, response, request).ok());
  request.set_quiet_days(kQuietDaysMax + 1);
  EXPECT_EQ(ReasonOf(Look(kOperator, response, request).status()), v1::ERROR_REASON_FIELD_INVALID);
}

/// A wish that names any of the nominals that are the person watches the person.
TEST_F(ReportPostsTest, APersonIsWatchedUnderAnyNominal) {
  const std::string known = world_.Register(1);
  const std::string other = world_.Register(2);
  world_.Subscribe("prison/security", WishingWorld::About({other}));
  ASSERT_EQ(All(kAuditor).unwatched(), 1U);
  ASSERT_EQ(world_.Merge(other, known).sentence, "");
  EXPECT_EQ(All(kAuditor).unwatched(), 0U);
}

TEST_F(ReportPostsTest, IsForOperatorsAndAuditorsAndRecordedAsOfEverybody) {
  v1::ReportPostsResponse response;
  EXPECT_EQ(ReasonOf(Look("probation/chair", response).status()), v1::ERROR_REASON_NOT_PERMITTED);
  EXPECT_EQ(response.posts_size(), 0);
  const auto looked = Look(kOperator, response);
  ASSERT_TRUE(looked.ok());
  EXPECT_EQ(looked->consulted.kind(), CONSULTATION_KIND_POSTS);
}

/// The same, page by page; a token is its reader's own.
TEST_F(ReportPostsTest, SaysTheSamePageByPage) {
  for (int i = 0; i < 7; ++i) world_.Register(i);
  const v1::ReportPostsResponse whole = All(kAuditor);
  EXPECT_EQ(whole.unwatched(), 7U);
  for (const std::uint32_t size : {1U, 2U, 3U, 1000U}) {
    EXPECT_EQ(All(kAuditor, size).SerializeAsString(), whole.SerializeAsString()) << size;
  }
  v1::ReportPostsRequest request;
  request.set_page_size(kPageMax + 1);
  v1::ReportPostsResponse response;
  EXPECT_EQ(ReasonOf(Look(kAuditor, response, request).status()), v1::ERROR_REASON_LIMIT_PASSED);
  request.set_page_size(1);
  ASSERT_TRUE(Look(kAuditor, response, request).ok());
  request.set_page_token(response.next_page_token());
  EXPECT_EQ(ReasonOf(Look(kOperator, response, request).status()), v1::ERROR_REASON_FIELD_INVALID);
}

}  // namespace
}  // namespace tearline::rpc
