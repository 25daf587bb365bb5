#include "broker/machine/passed_on.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "broker/machine/hand_over.h"
#include "broker/machine/information_request.h"
#include "broker/machine/rows.h"
#include "tests/machine/erasing.h"
#include "tests/machine/request_world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;
using testing::ElementsAre;

constexpr v1::ObligationType kOwed = v1::OBLIGATION_TYPE_ANSWER_INFORMATION_REQUEST;
constexpr char kNew[] = "police/new-checks";

/// police/checks retires; police/new-checks does its work from then on, held by somebody else.
class PassedOn : public testing::Test {
 protected:
  static constexpr const char* kChecks = RequestWorld::kChecks;

  v1::Post Known(const std::string& post) const {
    return world_.state.Find<PostRow>(PostKey(post))->post();
  }
  void Set(const v1::Post& post) {
    SetPost command;
    *command.mutable_post() = post;
    ASSERT_EQ(world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, command).sentence,
              "");
  }
  void Retire() {
    v1::Post post = Known(kChecks);
    post.clear_holder();
    post.clear_deputy();
    post.clear_services();
    Set(post);
  }
  v1::Post New() const {
    v1::Post post = Known(kChecks);
    post.set_post(kNew);
    post.set_holder("panel-holder");
    post.clear_deputy();
    post.clear_services();
    return post;
  }
  /// Of the new post as of its holder.
  Applied AnswerAsNew(const std::string& id) {
    AnswerForInformation command;
    command.set_information_request_id(id);
    command.set_outcome(v1::INFORMATION_OUTCOME_NOTHING_KNOWN);
    Actor actor = World::Holder("police/panel");
    actor.set_post(kNew);
    actor.set_purpose("public-protection");
    return world_.Say(actor, COMMAND_NUMBER_ANSWER_FOR_INFORMATION, command);
  }
  std::size_t Found(const std::string& post) const {
    return world_.state.Scan(RequestsOf(post, Part::kAsked, RequestState::kOpen), 100).size();
  }
  void TearDown() override {
    EXPECT_EQ(Replay(world_.records).Digest().Hex(), world_.state.Digest().Hex());
  }

  RequestWorld world_;
};

/// What waited at the dead address is the new post's to answer, in the time that is left.
TEST_F(PassedOn, ANewPostForTheSameFunctionGetsWhatWaited) {
  const std::string id = world_.Ask();
  const std::int64_t due_ms = world_.RowOf(id).answer_by_ms();
  world_.now_ms += RequestWorld::kDayMs;
  Retire();
  ASSERT_TRUE(IsDeadAddress(kChecks, world_.state));
  EXPECT_THAT(world_.Asked(id), ElementsAre(kChecks)) << "nobody does its work yet";
  Set(New());
  EXPECT_THAT(world_.Asked(id), ElementsAre(kNew));
  EXPECT_EQ(world_.Said("information-passed-on", kChecks), 1);
  EXPECT_EQ(world_.Said("information-asked", kNew), 1);
  const auto open = world_.Open(kOwed);
  ASSERT_EQ(open.size(), 1u) << "owed once";
  const ObligationRow owed = world_.OpenObligations().at(open.at(kNew));
  EXPECT_EQ(owed.due_ms(), due_ms);
  EXPECT_EQ(owed.case_id(), world_.case_id);
  EXPECT_EQ(world_.RowOf(id).asked(0).obligation_id(), open.at(kNew));
  EXPECT_EQ(Found(kChecks), 0u);
  EXPECT_EQ(Found(kNew), 1u);
  ASSERT_EQ(AnswerAsNew(id).sentence, "");
  EXPECT_NE(world_.RowOf(id).closed_ms(), 0);
  EXPECT_TRUE(world_.Open(kOwed).empty());
}

/// A post that was vacant and is held again counts as one that takes its work up.
TEST_F(PassedOn, APostThatIsHeldAgainGetsItToo) {
  v1::Post vacant = New();
  vacant.clear_holder();
  Set(vacant);
  AskForInformation command = world_.Asking();
  command.add_ask()->set_post(kChecks);
  const std::string id = model::InformationRequestId::Parse(world_.Ask(command).made_id)->Bytes();
  Retire();
  EXPECT_THAT(world_.Asked(id), ElementsAre(kChecks));
  Set(New());
  EXPECT_THAT(world_.Asked(id), ElementsAre(kNew));
}

/// What is past its time has a day.
TEST_F(PassedOn, HasAtLeastADay) {
  const std::string id = world_.Ask();
  Retire();
  world_.PassStepByStep(20 * RequestWorld::kDayMs);
  Set(New());
  const auto owed = world_.OpenObligations().at(world_.Open(kOwed).at(kNew));
  EXPECT_EQ(owed.due_ms(), world_.now_ms + RequestWorld::kDayMs);
  EXPECT_THAT(world_.Asked(id), ElementsAre(kNew));
}

TEST_F(PassedOn, StaysWhereSomebodyReadsItOrTheNewPostDoesLess) {
  const std::string id = world_.Ask();
  Set(New());
  EXPECT_THAT(world_.Asked(id), ElementsAre(kChecks)) << "held";
  v1::Post less = New();
  less.clear_capabilities();
  Set(less);
  Retire();
  less.add_capabilities(v1::CAPABILITY_DOMESTIC_ABUSE_CHECKS);
  Set(less);
  EXPECT_THAT(world_.Asked(id), ElementsAre(kChecks)) << "it also answered enquiries";
  v1::Post south = Known(RequestWorld::kSouth);
  south.add_capabilities(v1::CAPABILITY_ENQUIRIES);
  Set(south);
  EXPECT_THAT(world_.Asked(id), ElementsAre(kChecks)) << "another agency's";
}

TEST_F(PassedOn, IsNotAskedTwiceOfOnePost) {
  Set(New());
  const std::string id = world_.Ask();
  ASSERT_THAT(world_.Asked(id), ElementsAre(kChecks, kNew));
  Retire();
  v1::Post vacant = New();
  vacant.clear_holder();
  Set(vacant);
  Set(New());
  EXPECT_THAT(world_.Asked(id), ElementsAre(kChecks, kNew));
}

/// P7. Of whom was erased nobody is asked anew.
TEST_F(PassedOn, IsOfNobodyWhoWasErased) {
  const std::string id = world_.Ask();
  Erase(world_.nominal, world_, RequestWorld::kChair);
  ASSERT_TRUE(world_.Open(kOwed).empty());
  Retire();
  Set(New());
  EXPECT_THAT(world_.Asked(id), ElementsAre(kChecks));
  EXPECT_TRUE(world_.Open(kOwed).empty());
}

TEST_F(PassedOn, IsOfNobodyWhoIsKeptOut) {
  const std::string kept_out = world_.Ask();
  v1::Post vacant = New();
  vacant.clear_holder();
  vacant.clear_capabilities();
  Set(vacant);
  world_.KeepOut(world_.nominal, {kNew});
  Retire();
  Set(New());
  EXPECT_THAT(world_.Asked(kept_out), ElementsAre(kChecks));
  EXPECT_EQ(world_.Said("information-asked"), 0);
}

TEST_F(PassedOn, WhatWasAnsweredStaysAnswered) {
  const std::string id = world_.Ask();
  ASSERT_EQ(world_.Answer(id, v1::INFORMATION_OUTCOME_NOTHING_KNOWN).sentence, "");
  Retire();
  Set(New());
  EXPECT_THAT(world_.Asked(id), ElementsAre("police/checks nothing-known"));
}

/// The words of a question are offered to who comes as they were to who was asked first.
TEST_F(PassedOn, BringsItsWords) {
  const std::string id = world_.NextEventId();
  stored::v1::Publish words = world_.Event(world_.nominal);
  words.mutable_label()->add_released_to_posts(kNew);
  world_.Publish(words, RequestWorld::kChair);
  AskForInformation command = world_.Asking();
  command.set_event_id(id);
  ASSERT_EQ(world_.Ask(command).sentence, "");
  Retire();
  ASSERT_EQ(world_.Waiting(kNew, v1::URGENCY_URGENT), 0u);
  Set(New());
  EXPECT_TRUE(world_.DecisionFor(kNew).has_value());
  EXPECT_TRUE(world_.state.Get(ItemOfKey(kNew, id)).has_value());
}

TEST_F(PassedOn, HoldsFromItsVersionOn) {
  world_.behaviour_version = kRequestsPassedOnFrom - 1;
  const std::string id = world_.Ask();
  Retire();
  Set(New());
  EXPECT_THAT(world_.Asked(id), ElementsAre(kChecks));
}

}  // namespace
}  // namespace tearline::machine
