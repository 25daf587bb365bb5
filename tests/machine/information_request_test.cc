#include "broker/machine/information_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <vector>

#include "broker/machine/capability.h"
#include "broker/machine/rows.h"
#include "broker/machine/silence.h"
#include "broker/machine/step.h"
#include "broker/model/limits.h"
#include "tests/doubles/counting_reader.h"
#include "tests/machine/request_world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::int64_t kDayMs = RequestWorld::kDayMs;
constexpr v1::ObligationType kOwed = v1::OBLIGATION_TYPE_ANSWER_INFORMATION_REQUEST;
constexpr v1::ObligationType kReview = v1::OBLIGATION_TYPE_REVIEW_INFORMATION_REFUSAL;

class InformationRequestTest : public testing::Test {
 protected:
  static constexpr const char* kChair = RequestWorld::kChair;
  static constexpr const char* kChecks = RequestWorld::kChecks;
  static constexpr const char* kAbove = RequestWorld::kAbove;
  static constexpr const char* kHealth = RequestWorld::kHealth;
  static constexpr const char* kSupervisor = RequestWorld::kSupervisor;

  std::vector<std::string> AskedBy(const AskForInformation& command,
                                   const std::string& post = kChair) {
    const Applied applied = world_.Ask(command, post);
    if (applied.outcome != audit::Outcome::kApplied) {
      return {v1::ErrorReason_Name(applied.reason)};
    }
    return world_.Asked(model::InformationRequestId::Parse(applied.made_id)->Bytes());
  }
  std::size_t Count(const state::Key& key) const { return world_.state.Scan(key, 100).size(); }
  /// A request of police/checks and police/panel, below one superintendent; its id.
  std::string AskTwo() {
    world_.PutAbove(kAbove, "police/panel");
    AskForInformation command = world_.Asking();
    command.add_ask()->set_post(kChecks);
    command.add_ask()->set_post("police/panel");
    return model::InformationRequestId::Parse(world_.Ask(command).made_id)->Bytes();
  }
  /// Whose refusals a post is shown, in order.
  std::vector<std::string> Shown(const std::string& post, const std::string& id) const {
    std::vector<std::string> posts;
    const InformationRequestRow row = world_.RowOf(id);
    for (const AskedForInformationRow& asked : row.asked()) {
      if (LooksAtRefusal(post, id, row, asked, world_.state)) posts.push_back(asked.post());
    }
    return posts;
  }
  std::size_t LookedAt(const std::string& post, RequestState state) const {
    return Count(RequestsOf(post, Part::kLooksAtRefusal, state));
  }

  RequestWorld world_;
};

/// What each way of naming somebody leads to.
TEST_F(InformationRequestTest, LeadsToPostsAgenciesAndCapabilities) {
  AskForInformation command = world_.Asking();
  EXPECT_THAT(AskedBy(command), ElementsAre(kChecks))
      << "whoever does such checks in the case's area";
  command.set_area("south");
  EXPECT_THAT(AskedBy(command), ElementsAre("police-south/checks"));
  command.clear_area();
  command.add_ask()->set_agency("health");
  EXPECT_THAT(AskedBy(command), ElementsAre(kHealth)) << "who answers enquiries there";
  command.add_ask()->set_capability(v1::CAPABILITY_HOUSING);
  v1::Addressee& both = *command.add_ask();
  both.set_agency("police-south");
  both.set_capability(v1::CAPABILITY_DOMESTIC_ABUSE_CHECKS);
  command.add_ask()->set_post("police/panel");
  command.add_ask()->set_post(kHealth);
  EXPECT_THAT(AskedBy(command),
              ElementsAre(kHealth, "housing/homes", "police-south/checks", "police/panel"))
      << "each once; police/panel is of the case";
}

TEST_F(InformationRequestTest, NamesByItselfOnlyWhoAnswersForSomethingOrIsOfTheCase) {
  const auto named = [this](const char* post) {
    return AskedBy(world_.AskingOf(post), kSupervisor);
  };
  EXPECT_THAT(named(kHealth), ElementsAre(kHealth));
  EXPECT_THAT(named("police/panel"), ElementsAre("ERROR_REASON_NOBODY_TO_ASK"))
      << "of a case, but not of this person's";
  EXPECT_THAT(named("nobody/nowhere"), ElementsAre("ERROR_REASON_NOBODY_TO_ASK"));
  world_.behaviour_version = kCapabilitiesFrom - 1;
  SetPost before;
  *before.mutable_post() = world_.state.Find<PostRow>(PostKey(kAbove))->post();
  before.mutable_post()->add_capabilities(v1::CAPABILITY_HOUSING);
  world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, before);
  world_.behaviour_version = kBehaviourVersion;
  EXPECT_THAT(named(kAbove), ElementsAre("ERROR_REASON_NOBODY_TO_ASK"))
      << "what a record of before said of it does not count";
  EXPECT_THAT(named("nowhere"), ElementsAre("ERROR_REASON_NAME_INVALID"));
}

TEST_F(InformationRequestTest, RefusesAddresseesWithoutForm) {
  AskForInformation command = world_.AskingOf(kHealth);
  command.clear_ask();
  const auto refused = [&] { return AskedBy(command, kSupervisor); };
  EXPECT_THAT(refused(), ElementsAre("ERROR_REASON_FIELD_INVALID")) << "only an abuse check may";
  v1::Addressee& addressee = *command.add_ask();
  EXPECT_THAT(refused(), ElementsAre("ERROR_REASON_FIELD_INVALID"));
  addressee.set_capability(static_cast<v1::Capability>(99));
  EXPECT_THAT(refused(), ElementsAre("ERROR_REASON_FIELD_INVALID"));
  addressee.clear_capability();
  addressee.set_agency("No Such");
  EXPECT_THAT(refused(), ElementsAre("ERROR_REASON_NAME_INVALID"));
  addressee.set_agency("health");
  addressee.set_post(kHealth);
  EXPECT_THAT(refused(), ElementsAre("ERROR_REASON_FIELD_INVALID")) << "a post is named alone";
}

TEST_F(InformationRequestTest, NamesOnlySoMany) {
  AskForInformation command = world_.AskingOf(kHealth);
  while (command.ask_size() < model::kAddresseesMax) command.add_ask()->set_post(kHealth);
  EXPECT_THAT(AskedBy(command, kSupervisor), ElementsAre(kHealth));
  command.add_ask()->set_post(kHealth);
  EXPECT_THAT(AskedBy(command, kSupervisor), ElementsAre("ERROR_REASON_LIMIT_PASSED"));
}

/// What is named several times is looked for once: it may be thousands of posts.
TEST_F(InformationRequestTest, LooksForEachOnce) {
  AskForInformation command = world_.Asking();
  for (int i = 0; i < 4; ++i) {
    command.add_ask()->set_capability(v1::CAPABILITY_HOUSING);
    command.add_ask()->set_agency("health");
    command.add_ask()->set_post("housing/homes");
  }
  const doubles::CountingReader counting(world_.state);
  state::Batch batch(counting);
  const ledger::Header header;
  const Step step{.header = header, .batch = batch, .actor = World::System(kChair), .ledger = {}};
  const auto posts = WhomToAsk(command, world_.nominal, nullptr, step);
  ASSERT_TRUE(posts.ok());
  EXPECT_THAT(*posts, ElementsAre(kHealth, "housing/homes"));
  EXPECT_EQ(counting.ScansOf(state::Table::kCapable), 2);
}

TEST_F(InformationRequestTest, AsksOnlySoMany) {
  const auto add = [this](std::size_t i) {
    const std::string number = std::to_string(i);
    SetPost command;
    command.mutable_post()->set_post("housing/estate-" + number);
    command.mutable_post()->add_roles(v1::POST_ROLE_PRACTITIONER);
    command.mutable_post()->mutable_clearance()->set_tier(v1::TIER_OFFICIAL);
    command.mutable_post()->add_capabilities(v1::CAPABILITY_HOUSING);
    return world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, command).outcome;
  };
  for (std::size_t i = 1; i < model::kAskedPostsMax; ++i) {
    ASSERT_EQ(add(i), audit::Outcome::kApplied);
  }
  AskForInformation command = world_.Asking();
  command.add_ask()->set_capability(v1::CAPABILITY_HOUSING);
  EXPECT_EQ(AskedBy(command).size(), model::kAskedPostsMax);
  add(model::kAskedPostsMax);
  EXPECT_THAT(AskedBy(command), ElementsAre("ERROR_REASON_LIMIT_PASSED"));
}

/// P6. Whoever is kept out of the person is looked over, and whoever asks is told no more than that
/// there is nobody.
TEST_F(InformationRequestTest, AsksNobodyWhoIsKeptOut) {
  AskForInformation command = world_.Asking();
  command.add_ask()->set_capability(v1::CAPABILITY_ENQUIRIES);
  world_.KeepOut(world_.nominal, {"police"});
  EXPECT_THAT(AskedBy(command), ElementsAre(kHealth));
  command.mutable_ask(0)->set_agency("police");
  const Applied kept_out = world_.Ask(command);
  command.mutable_ask(0)->set_agency("nobody");
  const Applied nobody = world_.Ask(command);
  EXPECT_EQ(kept_out.reason, v1::ERROR_REASON_NOBODY_TO_ASK);
  EXPECT_EQ(kept_out.sentence, nobody.sentence);
}

/// One person: who is kept out of one nominal is kept out of the other.
TEST_F(InformationRequestTest, AsksNobodyWhoIsKeptOutUnderAnotherNominal) {
  const std::string third = world_.Register(3);
  world_.KeepOut(third, {kChecks});
  ASSERT_EQ(world_.Merge(third, world_.nominal).sentence, "");
  EXPECT_THAT(AskedBy(world_.Asking()), ElementsAre("ERROR_REASON_NOBODY_TO_ASK"));
}

/// P6. It climbs past whoever is kept out of the person.
TEST_F(InformationRequestTest, ClimbsPastWhoIsKeptOut) {
  world_.KeepOut(world_.nominal, {kAbove});
  const std::string request = world_.Ask();
  const std::string owed = world_.Open(kOwed).at(kChecks);
  world_.PassStepByStep(30 * kDayMs);
  EXPECT_EQ(world_.TimesTold(kAbove, owed), 0);
  EXPECT_EQ(world_.TimesTold("board/board", owed), 1);
  world_.Refuse(request);
  EXPECT_EQ(world_.Open(kReview).count("board/board"), 1u);
  EXPECT_EQ(world_.RowOf(request).asked(0).reviewed_by(), "board/board");
}

/// P6. So it does past whoever comes to be kept out after it opened.
TEST_F(InformationRequestTest, ClimbsPastWhoComesToBeKeptOut) {
  world_.Ask();
  const std::string owed = world_.Open(kOwed).at(kChecks);
  world_.KeepOut(world_.nominal, {kAbove});
  world_.PassStepByStep(30 * kDayMs);
  EXPECT_EQ(world_.TimesTold(kAbove, owed), 0);
  EXPECT_EQ(world_.TimesTold("board/board", owed), 1);
}

/// P6. The same of a look at a refusal.
TEST_F(InformationRequestTest, HasARefusalClimbPastWhoComesToBeKeptOut) {
  const std::string request = world_.Ask();
  world_.Refuse(request);
  const std::string review = world_.Open(kReview).at(kAbove);
  world_.KeepOut(world_.nominal, {"board/board"});
  world_.PassStepByStep(30 * kDayMs);
  EXPECT_EQ(world_.TimesTold("board/board", review), 0);
  EXPECT_THAT(Shown("board/board", request), IsEmpty());
}

/// P6. Not even whoever is to look at a refusal is shown it, once kept out of the person.
TEST_F(InformationRequestTest, ShowsNoRefusalToWhoComesToBeKeptOut) {
  const std::string request = world_.Ask();
  world_.Refuse(request);
  ASSERT_THAT(Shown(kAbove, request), ElementsAre(kChecks));
  world_.KeepOut(world_.nominal, {kAbove});
  EXPECT_THAT(Shown(kAbove, request), IsEmpty());
}

/// Whoever it climbs to looks at the refusal, too; once it was told and comes to be kept out, it
/// has no say any more.
TEST_F(InformationRequestTest, IsLookedAtByWhomItClimbsToWhileTheyMayHearOfIt) {
  const std::string request = world_.Ask();
  world_.Refuse(request);
  const std::string review = world_.Open(kReview).at(kAbove);
  EXPECT_THAT(Shown(kAbove, request), ElementsAre(kChecks));
  EXPECT_THAT(Shown("board/board", request), IsEmpty());
  EXPECT_EQ(world_.LookAtRefusal(review, "board/board").reason, v1::ERROR_REASON_NOT_FOUND);
  world_.PassStepByStep(30 * kDayMs);
  EXPECT_THAT(Shown("board/board", request), ElementsAre(kChecks));
  EXPECT_EQ(LookedAt("board/board", RequestState::kOpen), 1u);
  world_.KeepOut(world_.nominal, {"board/board"});
  EXPECT_THAT(Shown("board/board", request), IsEmpty());
  EXPECT_EQ(world_.LookAtRefusal(review, "board/board").reason, v1::ERROR_REASON_NOT_FOUND);
  world_.KeepOut(world_.nominal, {});
  EXPECT_EQ(world_.LookAtRefusal(review, "board/board").outcome, audit::Outcome::kApplied);
  EXPECT_EQ(world_.RowOf(request).asked(0).reviewed_by(), "board/board");
  EXPECT_THAT(Shown("board/board", request), ElementsAre(kChecks));
  EXPECT_THAT(Shown(kAbove, request), IsEmpty()) << "another has looked";
  EXPECT_EQ(LookedAt("board/board", RequestState::kClosed), 1u);
  EXPECT_EQ(LookedAt("board/board", RequestState::kOpen), 0u);
  EXPECT_EQ(LookedAt(kAbove, RequestState::kOpen), 0u);
}

/// Nobody looks at their own refusal, though a line goes in a circle.
TEST_F(InformationRequestTest, IsNeverLookedAtByWhoDeclined) {
  world_.PutAbove(kChecks, kAbove);
  const std::string request = world_.Ask();
  world_.Refuse(request);
  const std::string review = world_.Open(kReview).at(kAbove);
  world_.PassStepByStep(30 * kDayMs);
  EXPECT_EQ(world_.TimesTold(kChecks, review), 0);
  EXPECT_EQ(world_.LookAtRefusal(review, kChecks).reason, v1::ERROR_REASON_NOT_FOUND);
  EXPECT_THAT(Shown(kChecks, request), IsEmpty());
  EXPECT_EQ(world_.LookAtRefusal(review, kAbove).outcome, audit::Outcome::kApplied);
}

/// One post looks at a refusal, and later at another of the same request: it finds the request
/// once.
TEST_F(InformationRequestTest, IsFoundOnceByWhoLooksAgain) {
  const std::string request = AskTwo();
  world_.Refuse(request);
  world_.LookAtRefusal(world_.Open(kReview).at(kAbove), kAbove);
  EXPECT_EQ(LookedAt(kAbove, RequestState::kClosed), 1u);
  world_.now_ms += kDayMs;
  world_.Refuse(request, "police/panel");
  EXPECT_EQ(LookedAt(kAbove, RequestState::kOpen), 1u);
  EXPECT_EQ(LookedAt(kAbove, RequestState::kClosed), 0u);
  EXPECT_THAT(Shown(kAbove, request), ElementsAre(kChecks, "police/panel"));
  world_.LookAtRefusal(world_.Open(kReview).at(kAbove), kAbove);
  EXPECT_EQ(LookedAt(kAbove, RequestState::kOpen), 0u);
  EXPECT_EQ(LookedAt(kAbove, RequestState::kClosed), 1u);
}

/// A second refusal joins what is owed for the first; neither of the two that declined hears of it.
TEST_F(InformationRequestTest, IsLookedAtOnceForTwoThatDecline) {
  const std::string request = AskTwo();
  world_.PutAbove("police/panel", kAbove);
  world_.Refuse(request);
  const std::string review = world_.Open(kReview).at(kAbove);
  world_.PassStepByStep(model::kRefusalReviewedWithin.count() + kDayMs);
  ASSERT_THAT(Shown("police/panel", request), ElementsAre(kChecks)) << "it climbed to there";
  world_.Refuse(request, "police/panel");
  EXPECT_EQ(world_.OpenObligations().size(), 1u);
  EXPECT_EQ(world_.LookAtRefusal(review, "police/panel").reason, v1::ERROR_REASON_NOT_FOUND);
  EXPECT_THAT(Shown(kAbove, request), ElementsAre(kChecks, "police/panel"));
}

/// Why a post declines is not for who asked, though that stands above it.
TEST_F(InformationRequestTest, HasTheRefusalLookedAtByNobodyWhoAsked) {
  AskForInformation command = world_.Asking();
  command.clear_case_id();
  command.set_nominal_id(world_.nominal);
  world_.PublishFor("", world_.nominal, "police/panel");
  world_.PutAbove("police/panel", kChecks);
  const auto id =
      model::InformationRequestId::Parse(world_.Ask(command, "police/panel").made_id)->Bytes();
  world_.Refuse(id);
  EXPECT_EQ(world_.Open(kReview).size(), 0u) << "nobody else is above it";
  EXPECT_EQ(world_.RowOf(id).asked(0).refusal(), v1::INFORMATION_REFUSAL_DANGER_TO_SOMEBODY);
}

TEST_F(InformationRequestTest, IsForWhoHasToDoWithThePerson) {
  const auto has = [this](const std::string& nominal_id, const char* post) {
    return HasToDoWith(nominal_id, World::System(post), world_.state);
  };
  EXPECT_TRUE(has(world_.nominal, kChair));
  EXPECT_TRUE(has(world_.nominal, "police/panel"));
  EXPECT_TRUE(has(world_.nominal, "probation/coordinator")) << "of the area";
  EXPECT_FALSE(has(world_.nominal, kHealth));
  EXPECT_FALSE(has(world_.nominal, kSupervisor));
  EXPECT_TRUE(has(world_.other, kSupervisor));
  EXPECT_FALSE(has(world_.other, kChair));
  EXPECT_FALSE(has(std::string(16, 'x'), kChair)) << "nobody by that id";
  world_.PublishFor("", world_.other, kHealth);
  EXPECT_TRUE(has(world_.other, kHealth)) << "it told something about them";
  world_.KeepOut(world_.other, {kHealth});
  EXPECT_FALSE(has(world_.other, kHealth));
  world_.Merge(world_.other, world_.nominal);
  EXPECT_TRUE(has(world_.other, kChair)) << "one person";
  EXPECT_FALSE(has(world_.nominal, kHealth));
}

/// It is found among what is open of each, until each has done its part.
TEST_F(InformationRequestTest, IsFoundByWhoHasAPartInIt) {
  AskForInformation command = world_.Asking();
  command.add_ask()->set_agency("police");
  command.add_ask()->set_agency("health");
  const auto id = model::InformationRequestId::Parse(world_.Ask(command).made_id)->Bytes();
  const auto open = [&](const char* post, Part part) {
    return Count(RequestsOf(post, part, RequestState::kOpen).Fixed(id));
  };
  EXPECT_EQ(open(kChair, Part::kMade), 1u);
  EXPECT_EQ(open(kChecks, Part::kAsked), 1u);
  EXPECT_EQ(Count(RequestsOfCase(world_.case_id, RequestState::kOpen)), 1u);
  world_.Refuse(id);
  EXPECT_EQ(open(kChecks, Part::kAsked), 0u) << "it has answered";
  EXPECT_EQ(open(kHealth, Part::kAsked), 1u);
  EXPECT_EQ(open(kAbove, Part::kLooksAtRefusal), 1u);
  EXPECT_EQ(open(kChair, Part::kMade), 1u);
  world_.Answer(id, v1::INFORMATION_OUTCOME_NOTHING_KNOWN, kHealth);
  EXPECT_EQ(open(kChair, Part::kMade), 0u);
  EXPECT_EQ(Count(RequestsOf(kChair, Part::kMade, RequestState::kClosed)), 1u);
  EXPECT_EQ(Count(RequestsOfCase(world_.case_id, RequestState::kClosed)), 1u);
  EXPECT_EQ(Count(RequestsOfCase(world_.case_id, RequestState::kOpen)), 0u);
  EXPECT_EQ(open(kAbove, Part::kLooksAtRefusal), 1u) << "nobody has looked";
  DischargeObligation looked;
  looked.set_obligation_id(world_.Open(kReview).at(kAbove));
  looked.set_method(DISCHARGE_METHOD_OVERTAKEN);
  EXPECT_EQ(world_.Say(World::System(kAbove), COMMAND_NUMBER_DISCHARGE_OBLIGATION, looked).reason,
            v1::ERROR_REASON_FIELD_INVALID);
  world_.LookAtRefusal(looked.obligation_id(), kAbove);
  EXPECT_EQ(open(kAbove, Part::kLooksAtRefusal), 0u);
  EXPECT_EQ(world_.OpenObligations().size(), 0u);
}

}  // namespace
}  // namespace tearline::machine
