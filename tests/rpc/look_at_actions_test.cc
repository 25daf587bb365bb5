#include "broker/rpc/look_at_actions.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "broker/rpc/look_at_case.h"
#include "tests/machine/action_world.h"

namespace tearline::rpc {
namespace {

using machine::ActionWorld;
using stored::v1::Actor;

class LookAtActionsTest : public testing::Test {
 protected:
  static Actor As(const std::string& post) {
    Actor actor = machine::World::System(post);
    actor.set_purpose("risk-review");
    return actor;
  }
  v1::ListActionsRequest OfCase() const {
    v1::ListActionsRequest request;
    request.set_case_id(model::CaseId::FromBytes(world_.case_id)->Text());
    return request;
  }
  v1::ListActionsResponse Look(const std::string& post, const v1::ListActionsRequest& request) {
    v1::ListActionsResponse response;
    looked_ = LookAtActions(request, As(post), world_.state, seal_, response).status();
    return response;
  }
  v1::GetCaseResponse Show(const std::string& post) {
    v1::GetCaseRequest request;
    request.set_case_id(OfCase().case_id());
    v1::GetCaseResponse response;
    looked_ = LookAtCase(request, As(post), world_.state, response).status();
    return response;
  }

  ActionWorld world_;
  Status looked_;
  const PageSeal seal_;
};

TEST_F(LookAtActionsTest, ShowsThemToWhoeverMayBeShownTheCase) {
  const std::string id = world_.AddOne();
  for (const char* post : {ActionWorld::kChair, ActionWorld::kGuest, "police/coordinator"}) {
    const auto response = Look(post, OfCase());
    ASSERT_EQ(response.actions_size(), 1) << post;
    EXPECT_EQ(response.actions(0).action_id(), model::ActionId::FromBytes(id)->Text());
    EXPECT_EQ(response.actions(0).owner_post(), ActionWorld::kMember);
    EXPECT_EQ(response.actions(0).end(), v1::ACTION_END_UNSPECIFIED);
  }
  Look("prison/security", OfCase());
  const Status stranger = looked_;
  EXPECT_EQ(ReasonOf(stranger), v1::ERROR_REASON_NOT_FOUND);
  v1::ListActionsRequest of_none;
  of_none.set_case_id(model::CaseId::FromBytes(std::string(16, 'x'))->Text());
  Look("prison/security", of_none);
  EXPECT_EQ(looked_, stranger);
}

/// P6. Who is not told of an event can't tell evidence that is one from evidence that is none.
TEST_F(LookAtActionsTest, NamesAnEventOnlyToWhoIsToldOfIt) {
  world_.OpenSession(ActionWorld::kMember);
  const std::string event = world_.PublishOne();
  const std::string by_event = world_.AddOne();
  const std::string by_document = world_.AddOne();
  auto command = world_.Ending(by_event, v1::ACTION_END_DONE);
  command.clear_evidence_digest();
  command.set_evidence_event_id(event);
  ASSERT_EQ(world_.EndIt(command, ActionWorld::kMember).sentence, "");
  ASSERT_EQ(
      world_.EndIt(world_.Ending(by_document, v1::ACTION_END_DONE), ActionWorld::kMember).sentence,
      "");
  v1::ListActionsRequest request = OfCase();
  request.set_ended(true);
  for (const auto& [post, told] :
       {std::pair{ActionWorld::kMember, true}, std::pair{ActionWorld::kGuest, false}}) {
    std::set<std::string> events;
    const auto response = Look(post, request);
    ASSERT_EQ(response.actions_size(), 2);
    for (const v1::Action& action : response.actions()) {
      EXPECT_EQ(action.evidence_digest().size(), 32u);
      EXPECT_EQ(action.ended_by(), ActionWorld::kMember);
      events.insert(action.evidence_event_id());
    }
    EXPECT_EQ(events.contains(model::EventId::FromBytes(event)->Text()), told) << post;
    EXPECT_TRUE(events.contains(""));
  }
}

TEST_F(LookAtActionsTest, ShowsEndedOnesWhenAskedAndPagesThatAddUp) {
  for (int i = 0; i < 5; ++i) world_.AddOne();
  world_.EndIt(world_.Ending(world_.AddOne(), v1::ACTION_END_OVERTAKEN));
  EXPECT_EQ(Look(ActionWorld::kChair, OfCase()).actions_size(), 5);
  v1::ListActionsRequest request = OfCase();
  request.set_ended(true);
  request.set_page_size(4);
  std::set<std::string> seen;
  int pages = 0;
  do {
    const auto response = Look(ActionWorld::kChair, request);
    for (const v1::Action& action : response.actions()) seen.insert(action.action_id());
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty() && ++pages < 10);
  EXPECT_EQ(seen.size(), 6u);
  EXPECT_EQ(pages, 1);
}

/// What a case was managed at, its open actions, and that it has ended, go with the case.
TEST_F(LookAtActionsTest, GoWithTheCase) {
  ASSERT_EQ(world_.Set(world_.To(v1::MAPPA_LEVEL_2)).sentence, "");
  const std::string action = world_.AddOne();
  auto shown = Show(ActionWorld::kChair);
  ASSERT_EQ(shown.managed_before_size(), 1);
  EXPECT_EQ(shown.managed_before(0).level(), v1::MAPPA_LEVEL_3);
  EXPECT_EQ(shown.managed_before(0).changed_by(), ActionWorld::kChair);
  EXPECT_EQ(shown.managed_before(0).lead_agency(), "probation");
  EXPECT_EQ(shown.managed_before(0).area(), "north");
  EXPECT_EQ(shown.open_actions_size(), 1);
  EXPECT_FALSE(shown.has_ended_at());
  auto fact = world_.Exit();
  fact.set_as_fact(true);
  ASSERT_EQ(world_.Set(fact, ActionWorld::Feed()).sentence, "");
  shown = Show("police/coordinator");
  EXPECT_TRUE(shown.has_ended_at());
  EXPECT_EQ(shown.open_actions_size(), 1) << "which were open at exit";
  Show(ActionWorld::kChair);
  EXPECT_EQ(ReasonOf(looked_), v1::ERROR_REASON_NOT_FOUND);
}

}  // namespace
}  // namespace tearline::rpc
