#include "broker/machine/level_fact.h"

#include <gtest/gtest.h>

#include <string>

#include "broker/model/ids.h"
#include "tests/machine/action_world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

constexpr char kAdded[] = "probation-case.registration.added";
constexpr char kUpdated[] = "probation-case.registration.updated";
constexpr char kDeregistered[] = "probation-case.registration.deregistered";
constexpr std::int64_t kHour = 3'600'000;
constexpr std::size_t kLookedAtMax = 64;

class LevelFactTest : public testing::Test {
 protected:
  /// The case was opened long before anything is said of it.
  LevelFactTest() { world_.now_ms += 2 * kHour; }

  /// A message of the register about somebody, as an event; its id, 16 bytes. Occurred so long ago.
  std::string Tell(v1::MappaLevel level, std::int64_t ago_ms, const std::string& type = kAdded,
                   v1::MappaCategory category = v1::MAPPA_CATEGORY_4,
                   const std::string& about = "") {
    world_.now_ms += 1'000;
    stored::v1::Publish event = world_.Event(about.empty() ? world_.nominal : about);
    event.set_event_type(type);
    event.set_occurred_ms(world_.now_ms - ago_ms);
    event.mutable_facts()->set_mappa_category(category);
    event.mutable_facts()->set_mappa_level(level);
    event.set_originating_agency("probation");
    event.set_originating_post(ActionWorld::kFeed);
    event.set_event_id(world_.NextEventId());
    EXPECT_EQ(world_.Say(ActionWorld::Feed(), COMMAND_NUMBER_PUBLISH, event.SerializeAsString(), 1)
                  .sentence,
              "");
    return event.event_id();
  }
  Result<LevelFact> Read(const std::string& event_id,
                         const Actor& actor = ActionWorld::Feed()) const {
    return ReadLevelFact(event_id, kTypes, actor, kLookedAtMax, world_.state);
  }
  FactStanding Standing(const std::string& event_id) const {
    const auto fact = Read(event_id);
    EXPECT_TRUE(fact.ok()) << fact.status();
    return fact->standing;
  }
  v1::ErrorReason Refused(const std::string& event_id,
                          const Actor& actor = ActionWorld::Feed()) const {
    return ReasonOf(Read(event_id, actor).status());
  }
  /// What the door records of an event.
  SetLevel Saying(const std::string& event_id, v1::MappaLevel level,
                  v1::MappaCategory category = v1::MAPPA_CATEGORY_4) const {
    SetLevel command = world_.To(level, category);
    command.set_as_fact(true);
    command.set_event_id(event_id);
    command.mutable_event_types()->Add(kTypes.saying.begin(), kTypes.saying.end());
    command.mutable_ending_types()->Add(kTypes.ending.begin(), kTypes.ending.end());
    return command;
  }
  /// Records what an event says, as the door does.
  void Take(const std::string& event_id) {
    const auto fact = Read(event_id);
    ASSERT_TRUE(fact.ok()) << fact.status();
    if (fact->standing != FactStanding::kNews) return;
    SetLevel command = Saying(event_id, fact->level, fact->category);
    command.set_case_id(fact->case_id);
    ASSERT_EQ(world_.Set(command, ActionWorld::Feed()).sentence, "");
  }
  v1::MappaLevel Level() const { return world_.Case().case_().level(); }

  const FactTypes kTypes = {.saying = {kAdded, kUpdated}, .ending = {kDeregistered}};
  ActionWorld world_;
};

TEST_F(LevelFactTest, SetsTheCaseOfThePersonWhomTheEventIsAbout) {
  const std::string event = Tell(v1::MAPPA_LEVEL_2, 0, kAdded, v1::MAPPA_CATEGORY_2);
  const auto fact = Read(event);
  ASSERT_TRUE(fact.ok()) << fact.status();
  EXPECT_EQ(fact->case_id, world_.case_id);
  EXPECT_EQ(fact->category, v1::MAPPA_CATEGORY_2);
  EXPECT_EQ(fact->level, v1::MAPPA_LEVEL_2);
  EXPECT_EQ(fact->standing, FactStanding::kNews);
  world_.AddOne();  // whatever is open
  Take(event);
  EXPECT_EQ(Level(), v1::MAPPA_LEVEL_2);
  EXPECT_EQ(Standing(event), FactStanding::kSame);
}

/// Each message again, and all of them from the beginning, change nothing: the level does not go
/// through its history once more.
TEST_F(LevelFactTest, SaidAgainChangesNothing) {
  const std::string first = Tell(v1::MAPPA_LEVEL_2, 2'000);
  Take(first);
  const std::string second = Tell(v1::MAPPA_LEVEL_1, 1'000, kUpdated);
  Take(second);
  ASSERT_EQ(Level(), v1::MAPPA_LEVEL_1);
  const std::size_t records = world_.records.size();
  for (const std::string& event : {first, second, first}) Take(event);
  EXPECT_EQ(Level(), v1::MAPPA_LEVEL_1);
  EXPECT_EQ(world_.records.size(), records);
  EXPECT_EQ(Standing(first), FactStanding::kOvertaken);
}

/// Published before anybody acted on them, they are taken up later: the newest holds, in whichever
/// order they came.
TEST_F(LevelFactTest, TheNewestHoldsByWhenItOccurred) {
  const std::string newer = Tell(v1::MAPPA_LEVEL_1, 0);
  const std::string older = Tell(v1::MAPPA_LEVEL_2, 60'000);
  EXPECT_EQ(Standing(older), FactStanding::kOvertaken);
  Take(older);
  EXPECT_EQ(Level(), v1::MAPPA_LEVEL_3);
  Take(newer);
  EXPECT_EQ(Level(), v1::MAPPA_LEVEL_1);
  // Of the same time the one published later.
  const std::string one = Tell(v1::MAPPA_LEVEL_2, 0);
  world_.now_ms -= 1'000;
  const std::string other = Tell(v1::MAPPA_LEVEL_3, 0);
  EXPECT_EQ(Standing(one), FactStanding::kOvertaken);
  EXPECT_EQ(Standing(other), FactStanding::kNews);
}

/// Only what says so counts: not what is of another type, nor what was taken back.
TEST_F(LevelFactTest, IsOvertakenOnlyByWhatSaysSo) {
  const std::string event = Tell(v1::MAPPA_LEVEL_2, 5'000);
  Tell(v1::MAPPA_LEVEL_1, 0, "probation-case.contact.added");
  EXPECT_EQ(Standing(event), FactStanding::kNews);
  const std::string wrong = Tell(v1::MAPPA_LEVEL_1, 0);
  ASSERT_EQ(Standing(event), FactStanding::kOvertaken);
  WithdrawEvent back;
  back.set_event_id(wrong);
  back.set_reason(v1::WITHDRAWAL_REASON_INACCURATE);
  Actor feed = ActionWorld::Feed();
  feed.set_purpose("correction");
  ASSERT_EQ(world_.Say(feed, COMMAND_NUMBER_WITHDRAW_EVENT, back).sentence, "");
  EXPECT_EQ(Standing(event), FactStanding::kNews);
  EXPECT_EQ(Refused(wrong), v1::ERROR_REASON_EVENT_WITHDRAWN);
}

/// The end of an entry says no level; what is older than it is a person's to look at.
TEST_F(LevelFactTest, NothingIsSetThatIsOlderThanAnEnd) {
  const std::string event = Tell(v1::MAPPA_LEVEL_2, 5'000);
  Tell(v1::MAPPA_LEVEL_UNSPECIFIED, 0, kDeregistered, v1::MAPPA_CATEGORY_UNSPECIFIED);
  EXPECT_EQ(Standing(event), FactStanding::kNews) << "it was of something else";
  Tell(v1::MAPPA_LEVEL_2, 60'000, kDeregistered);
  EXPECT_EQ(Standing(event), FactStanding::kNews) << "of the entry before";
  Tell(v1::MAPPA_LEVEL_2, 0, kDeregistered);
  EXPECT_EQ(Standing(event), FactStanding::kEndedSince);
  EXPECT_EQ(Standing(Tell(v1::MAPPA_LEVEL_1, 0)), FactStanding::kNews);
}

/// What was said last week stands, whenever the message of the year before is imported.
TEST_F(LevelFactTest, WhenItOccurredCountsAndNotWhenItCame) {
  ASSERT_EQ(world_.Set(world_.To(v1::MAPPA_LEVEL_2)).sentence, "") << "by the chair";
  world_.now_ms += 60'000;
  EXPECT_EQ(Standing(Tell(v1::MAPPA_LEVEL_1, 24 * kHour)), FactStanding::kChangedSince)
      << "before the case was opened";
  EXPECT_EQ(Standing(Tell(v1::MAPPA_LEVEL_1, kHour)), FactStanding::kChangedSince);
  EXPECT_EQ(Standing(Tell(v1::MAPPA_LEVEL_1, 0)), FactStanding::kNews);
  EXPECT_EQ(Level(), v1::MAPPA_LEVEL_2);
}

/// The feed's own post is a person, too, where no message said it.
TEST_F(LevelFactTest, GivesWayToWhatItsOwnPostSaidByHand) {
  const std::string event = Tell(v1::MAPPA_LEVEL_1, 0);
  Take(event);
  EXPECT_EQ(world_.Case().changes(0).event_id(), event);
  world_.now_ms += 1'000;
  SetLevel correction = world_.To(v1::MAPPA_LEVEL_2);
  correction.set_as_fact(true);
  ASSERT_EQ(world_.Set(correction, ActionWorld::Feed()).sentence, "");
  Take(event);
  EXPECT_EQ(Level(), v1::MAPPA_LEVEL_2);
  EXPECT_EQ(Standing(event), FactStanding::kChangedSince);
}

/// What comes between asking and recording decides; as it did not before kFactsByEventFrom.
TEST_F(LevelFactTest, IsLookedAtOnceMoreWhenItIsRecorded) {
  const std::string older = Tell(v1::MAPPA_LEVEL_1, 5'000);
  ASSERT_EQ(Standing(older), FactStanding::kNews);
  const SetLevel asked = Saying(older, v1::MAPPA_LEVEL_1);
  Take(Tell(v1::MAPPA_LEVEL_2, 0));
  const Applied applied = world_.Set(asked, ActionWorld::Feed());
  EXPECT_EQ(applied.sentence, "");
  EXPECT_TRUE(world_.Changed().empty());
  EXPECT_EQ(Level(), v1::MAPPA_LEVEL_2);
  SetLevel not_a_fact = asked;
  not_a_fact.set_as_fact(false);
  EXPECT_NE(world_.Set(not_a_fact).sentence, "");
  EXPECT_EQ(Level(), v1::MAPPA_LEVEL_2);
  world_.behaviour_version = kFactsByEventFrom - 1;
  ASSERT_EQ(world_.Set(asked, ActionWorld::Feed()).sentence, "");
  EXPECT_EQ(Level(), v1::MAPPA_LEVEL_1);
  EXPECT_EQ(world_.Case().changes().rbegin()->event_id(), "");
}

/// What a chair said since is no register's to undo by an old message; what it says next, is.
TEST_F(LevelFactTest, GivesWayToWhoeverElseSaidSince) {
  const std::string event = Tell(v1::MAPPA_LEVEL_1, 0);
  Take(event);
  world_.now_ms += 1'000;
  SetLevel up = world_.To(v1::MAPPA_LEVEL_3);
  up.set_as_fact(true);
  SetPost prison;
  *prison.mutable_post() = world_.state.Find<PostRow>(PostKey("prison/security"))->post();
  prison.mutable_post()->add_roles(v1::POST_ROLE_INTAKE);
  ASSERT_EQ(world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, prison).sentence,
            "");
  ASSERT_EQ(world_.Set(up, World::System("prison/security")).sentence, "");
  EXPECT_EQ(Standing(event), FactStanding::kChangedSince);
  EXPECT_EQ(Standing(Tell(v1::MAPPA_LEVEL_2, 0)), FactStanding::kNews);
}

TEST_F(LevelFactTest, GivesWayToWhoeverOpenedTheCaseSince) {
  const std::string nominal = world_.Register(7);
  const std::string event =
      Tell(v1::MAPPA_LEVEL_2, 0, kAdded, v1::MAPPA_CATEGORY_4, nominal);
  EXPECT_EQ(Standing(event), FactStanding::kNoCase);
  world_.now_ms += 1'000;
  world_.OpenCase(nominal, {});
  EXPECT_EQ(Standing(event), FactStanding::kChangedSince);
}

TEST_F(LevelFactTest, IsOfThePersonUnderAnyNominal) {
  const std::string other = world_.Register(8);
  ASSERT_EQ(world_.Merge(other, world_.nominal).sentence, "");
  const std::string event = Tell(v1::MAPPA_LEVEL_2, 0, kAdded, v1::MAPPA_CATEGORY_4, other);
  Take(event);
  EXPECT_EQ(Level(), v1::MAPPA_LEVEL_2);
  Take(Tell(v1::MAPPA_LEVEL_1, 0));
  EXPECT_EQ(Level(), v1::MAPPA_LEVEL_1);
  EXPECT_EQ(Standing(event), FactStanding::kOvertaken);
}

TEST_F(LevelFactTest, RefusesWhatSaysNoLevelAndWhoHasNoSay) {
  EXPECT_EQ(Refused(Tell(v1::MAPPA_LEVEL_UNSPECIFIED, 0)), v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(Refused(Tell(v1::MAPPA_LEVEL_1, 0, kAdded, v1::MAPPA_CATEGORY_3)),
            v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(Refused(std::string(16, 'x')), v1::ERROR_REASON_NOT_FOUND);
  const std::string event = Tell(v1::MAPPA_LEVEL_1, 0);
  EXPECT_EQ(Refused(event, World::System("probation/chair")), v1::ERROR_REASON_NOT_PERMITTED);
  EXPECT_EQ(Refused(world_.PublishOne()), v1::ERROR_REASON_NOT_FOUND) << "another agency's";
  EXPECT_EQ(Refused(Tell(v1::MAPPA_LEVEL_1, 0, kDeregistered)), v1::ERROR_REASON_FIELD_INVALID)
      << "its type is not among those that say so";
  stored::v1::Publish of_two = world_.Event(world_.nominal);
  of_two.set_event_type(kAdded);
  of_two.mutable_facts()->set_mappa_category(v1::MAPPA_CATEGORY_4);
  of_two.mutable_facts()->set_mappa_level(v1::MAPPA_LEVEL_1);
  of_two.add_nominals()->set_nominal_id(world_.Register(9));
  of_two.set_originating_agency("probation");
  of_two.set_originating_post(ActionWorld::kFeed);
  of_two.set_event_id(world_.NextEventId());
  ASSERT_EQ(
      world_.Say(ActionWorld::Feed(), COMMAND_NUMBER_PUBLISH, of_two.SerializeAsString(), 1)
          .sentence,
      "");
  EXPECT_EQ(Refused(of_two.event_id()), v1::ERROR_REASON_FIELD_INVALID);
}

/// A case of another area, led by others, is none to a feed; it hears the same as of no case.
TEST_F(LevelFactTest, SaysNothingOfACaseThatIsNotTheFeeds) {
  const std::string event = Tell(v1::MAPPA_LEVEL_2, 0);
  ChangeCase lead;
  lead.set_case_id(world_.case_id);
  lead.set_lead_agency("prison");
  ASSERT_EQ(
      world_.Say(World::System("police/coordinator"), COMMAND_NUMBER_CHANGE_CASE, lead).sentence,
      "");
  ASSERT_EQ(Standing(event), FactStanding::kNews) << "who leads says nothing of the level";
  AdmitAgency admit;
  *admit.mutable_agency() = world_.state.Find<AgencyRow>(AgencyKey("probation"))->agency();
  admit.mutable_agency()->set_area("elsewhere");
  const Applied admitted =
      world_.Say(World::System("desk/operator"), COMMAND_NUMBER_ADMIT_AGENCY, admit);
  if (admitted.outcome == audit::Outcome::kAwaitsSecondHand) {
    SecondHand second;
    second.set_pending_id(model::PendingId::Parse(admitted.made_id)->Bytes());
    ASSERT_EQ(
        world_.Say(World::System("board/operator"), COMMAND_NUMBER_SECOND_HAND, second).outcome,
        audit::Outcome::kApplied);
  }
  ASSERT_EQ(world_.state.Find<AgencyRow>(AgencyKey("probation"))->agency().area(), "elsewhere");
  EXPECT_EQ(Standing(event), FactStanding::kNoCase);
  const std::string nobody = world_.Register(5);
  const auto without = Read(Tell(v1::MAPPA_LEVEL_2, 0, kAdded, v1::MAPPA_CATEGORY_4, nobody));
  ASSERT_TRUE(without.ok()) << without.status();
  EXPECT_EQ(without->standing, FactStanding::kNoCase);
  EXPECT_EQ(without->case_id, Read(event)->case_id) << "none is named";
}

/// Whoever is kept out of a person learns nothing of its case by a message about it.
TEST_F(LevelFactTest, SaysNothingToAFeedThatIsKeptOut) {
  const std::string event = Tell(v1::MAPPA_LEVEL_3, 0);
  ASSERT_EQ(Standing(event), FactStanding::kSame);
  LimitAccess limit;
  limit.set_nominal_id(world_.nominal);
  limit.add_excluded(ActionWorld::kFeed);
  Actor police = World::System("police/coordinator");
  police.set_purpose("public-protection");
  ASSERT_EQ(world_.Say(police, COMMAND_NUMBER_LIMIT_ACCESS, limit).sentence, "");
  EXPECT_EQ(Standing(event), FactStanding::kNoCase);
}

/// However much is known about a person, so many of its newest events are looked at.
TEST_F(LevelFactTest, LooksAtTheNewestEvents) {
  const std::string event = Tell(v1::MAPPA_LEVEL_2, 3'600'000);
  for (int i = 0; i < 10; ++i) world_.PublishOne();
  const auto read = [&](const std::string& id, std::size_t most) {
    return ReadLevelFact(id, kTypes, ActionWorld::Feed(), most, world_.state)->standing;
  };
  EXPECT_EQ(read(event, kLookedAtMax), FactStanding::kNews);
  EXPECT_EQ(read(event, 4), FactStanding::kChangedSince) << "nobody can tell";
  const std::string newer = Tell(v1::MAPPA_LEVEL_1, 0);
  EXPECT_EQ(read(event, 4), FactStanding::kOvertaken);
  // What set the case is looked at, however much came after it.
  Take(newer);
  for (int i = 0; i < 10; ++i) world_.PublishOne();
  EXPECT_EQ(read(Tell(v1::MAPPA_LEVEL_2, kHour), 4), FactStanding::kOvertaken);
  EXPECT_GE(kLevelFactsLookedAtMax, 2u) << "half of them is at least one";
}

}  // namespace
}  // namespace tearline::machine
