#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "broker/machine/selector.h"
#include "broker/machine/supervisor.h"
#include "tests/machine/merging.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

constexpr char kSecurity[] = "prison/security";
constexpr char kIntel[] = "ct-police/intel";

/// What an un-merge leaves to each of the two: who supervises them, and who wishes for them.
class Parting : public Merging {
 protected:
  /// The case names a supervisor, and while the two are one another post is named for the other.
  void NameWhileOne() {
    ChangeCase change;
    change.set_case_id(case_);
    change.set_supervising_post("probation/supervisor");
    ASSERT_EQ(world_.Say(World::System("police/coordinator"), COMMAND_NUMBER_CHANGE_CASE, change)
                  .sentence,
              "");
    ASSERT_EQ(Merge(other_, known_).outcome, audit::Outcome::kApplied);
    SetSupervisor name;
    name.set_nominal_id(other_);
    name.set_post(kSecurity);
    ASSERT_EQ(
        world_.Say(Why(World::System("police/coordinator")), COMMAND_NUMBER_SET_SUPERVISOR, name)
            .outcome,
        audit::Outcome::kApplied);
    Settle();
  }
  /// Records are written from here on as before what an un-merge leaves was mended.
  void AsBefore() {
    static_assert(kPartedSupervisedFrom == kPartedUnwishedFrom);
    world_.behaviour_version = kPartedUnwishedFrom - 1;
  }
  void Part() {
    ASSERT_EQ(Unmerge(other_).outcome, audit::Outcome::kApplied);
    Settle();
  }
  /// `other`, a subscription of the same post that passed the event by, has it once the two are
  /// parted and `first`, which had it, is opened.
  void ExpectItGoesOver(const std::string& event, const std::string& first,
                        const std::string& other) {
    ASSERT_TRUE(world_.Out(other).empty()) << "the older one has it";
    ASSERT_EQ(Unmerge(other_).outcome, audit::Outcome::kApplied);
    world_.OpenSession(first);
    EXPECT_TRUE(world_.Out(first).empty());
    EXPECT_EQ(world_.Out(other), std::vector<std::string>{event});
    ExpectReplays();
  }
  bool IsToldTakenBack(const std::string& feed) const {
    for (const auto& [number, item] : world_.Released(feed, kUrgent)) {
      if (item.kind() == ITEM_KIND_ACCESS_WITHDRAWN) return true;
    }
    return false;
  }
  /// Writes a tear-line; its audience, which is nobody yet.
  static v1::Audience& AddTearLine(Publish& event) {
    SealedTearLine& tear_line = *event.add_tear_lines();
    tear_line.mutable_text()->set_ciphertext("sealed text");
    tear_line.mutable_marking()->set_tier(v1::TIER_OFFICIAL);
    return *tear_line.mutable_audience();
  }
  /// An event with a tear-line for prisons, which alone they are told.
  std::string TellTearLine(const std::string& nominal) {
    const std::string event_id = world_.NextEventId();
    Publish event = world_.Event(nominal);
    event.mutable_label()->set_originator_controlled(true);
    AddTearLine(event).add_agency_kinds(v1::AGENCY_KIND_PRISON);
    world_.Publish(event);
    return event_id;
  }
  void ControlNoMore(const std::string& event_id) {
    AmendEvent amend;
    amend.set_event_id(event_id);
    amend.mutable_terms()->set_originator_controlled(false);
    ASSERT_EQ(world_.Say(Why(World::System(kIntel)), COMMAND_NUMBER_AMEND_EVENT, amend).sentence,
              "");
  }
};

/// P3. Whoever supervises one of the two, once the other's case has no say in it, gets what was
/// recorded of them meanwhile; it hears of that, and so does whoever told it.
TEST_F(Parting, BringsInWhoSupervisesAgain) {
  NameWhileOne();
  const std::string event = world_.Tell(other_);
  ASSERT_FALSE(world_.DecisionFor(kSecurity).has_value()) << "the case names another";
  world_.OpenSession(kSecurity);
  world_.OpenSession(kIntel);
  Part();
  EXPECT_EQ(OutEvents(kSecurity), std::vector<std::string>{event});
  EXPECT_TRUE(world_.Released(kSecurity, kUrgent).begin()->second.late());
  EXPECT_EQ(ToldOfAccess(kSecurity).size(), 1U);
  EXPECT_EQ(ToldOfAccess(kIntel).size(), 1U);
  ExpectReplays();
}

TEST_F(Parting, BroughtNobodyInBefore) {
  NameWhileOne();
  world_.Tell(other_);
  world_.OpenSession(kSecurity);
  AsBefore();
  EXPECT_EQ(Unmerge(other_, kSecurity).outcome, audit::Outcome::kApplied) << "one hand, too";
  Settle();
  EXPECT_TRUE(OutEvents(kSecurity).empty());
}

/// Whoever sat on the case while it was of both had to do with them anyhow: it hears nothing new.
TEST_F(Parting, TellsNobodyOfTheAccessTheyHad) {
  NameWhileOne();
  SetSupervisor name;
  name.set_nominal_id(other_);
  name.set_post(kChair);
  ASSERT_EQ(
      world_.Say(Why(World::System("police/coordinator")), COMMAND_NUMBER_SET_SUPERVISOR, name)
          .outcome,
      audit::Outcome::kApplied);
  world_.Tell(other_);
  Settle();
  world_.OpenSession(kChair);
  world_.OpenSession(kIntel);
  const std::size_t chair = ToldOfAccess(kChair).size();
  const std::size_t intel = ToldOfAccess(kIntel).size();
  Part();
  EXPECT_EQ(ToldOfAccess(kChair).size(), chair);
  EXPECT_EQ(ToldOfAccess(kIntel).size(), intel);
}

/// Who is named for the side that the case stays with supervises no more than before.
TEST_F(Parting, BringsInNobodyWhereTheCaseStays) {
  NameWhileOne();
  SetSupervisor name;
  name.set_nominal_id(known_);
  name.set_post("education/guest");
  ASSERT_EQ(
      world_.Say(Why(World::System("police/coordinator")), COMMAND_NUMBER_SET_SUPERVISOR, name)
          .outcome,
      audit::Outcome::kApplied);
  world_.Tell(known_);
  world_.OpenSession("education/guest");
  Part();
  EXPECT_TRUE(OutEvents("education/guest").empty());
  EXPECT_TRUE(ToldOfAccess("education/guest").empty());
}

/// P10. Where that is a post of the author's own, it takes two.
TEST_F(Parting, TakesTwoWhereTheAuthorsOwnSupervisesAgain) {
  NameWhileOne();
  const Applied asked = Unmerge(other_, kSecurity);
  ASSERT_EQ(asked.outcome, audit::Outcome::kAwaitsSecondHand) << asked.sentence;
  EXPECT_EQ(SurvivorOf(other_, world_.state), known_);
}

/// A subscription gets nothing of whom it names no more: what waits leaves its queue.
TEST_F(Parting, LeavesNothingInTheQueueOfAWish) {
  for (const bool before : {true, false}) {
    const std::string one = world_.Register(before ? 11 : 21);
    const std::string two = world_.Register(before ? 12 : 22);
    const std::string feed = world_.Subscribe(kSecurity, WishingWorld::About({one}));
    ASSERT_EQ(Merge(two, one).outcome, audit::Outcome::kApplied);
    const std::string of_two = world_.Tell(two);
    const std::string of_one = world_.Tell(one);
    ASSERT_EQ(world_.Waiting(feed, kUrgent), 2U);
    if (before) AsBefore();
    ASSERT_EQ(Unmerge(two).outcome, audit::Outcome::kApplied);
    world_.OpenSession(feed);
    EXPECT_EQ(world_.Out(feed), before ? (std::vector<std::string>{of_two, of_one})
                                       : std::vector<std::string>{of_one});
    EXPECT_FALSE(IsToldTakenBack(feed)) << "it was told nothing of it";
    world_.behaviour_version = kBehaviourVersion;
  }
  ExpectReplays();
}

/// What is out by a wish and is not settled is taken back by the un-merge itself.
TEST_F(Parting, TakesBackWhatIsOutByAWish) {
  for (const bool before : {true, false}) {
    const std::string one = world_.Register(before ? 11 : 21);
    const std::string two = world_.Register(before ? 12 : 22);
    const std::string feed = world_.Subscribe(kSecurity, WishingWorld::About({one}));
    world_.OpenSession(feed);
    ASSERT_EQ(Merge(two, one).outcome, audit::Outcome::kApplied);
    const std::string of_two = world_.Tell(two);
    ASSERT_EQ(world_.Out(feed), std::vector<std::string>{of_two});
    if (before) AsBefore();
    ASSERT_EQ(Unmerge(two).outcome, audit::Outcome::kApplied);
    EXPECT_EQ(world_.Out(feed).empty(), !before);
    EXPECT_EQ(IsToldTakenBack(feed), !before);
    world_.behaviour_version = kBehaviourVersion;
  }
  ExpectReplays();
}

/// Also where nobody has the subscription open, and the event is amended before somebody has.
TEST_F(Parting, TakesBackWhatIsOutThoughItIsAmendedFirst) {
  const std::string feed = world_.Subscribe(kSecurity, WishingWorld::About({known_}));
  const std::string session = world_.OpenSession(feed);
  ASSERT_EQ(Merge(other_, known_).outcome, audit::Outcome::kApplied);
  const std::string of_other = world_.NextEventId();
  Publish event = world_.Event(other_);
  AddTearLine(event).set_panels(true);
  world_.Publish(event);
  ASSERT_EQ(world_.Out(feed), std::vector<std::string>{of_other});
  CloseSession close;
  close.set_feed(feed);
  close.set_session_id(session);
  ASSERT_EQ(world_.Say(World::System(kSecurity), COMMAND_NUMBER_CLOSE_SESSION, close).sentence, "");
  ASSERT_EQ(Unmerge(other_).outcome, audit::Outcome::kApplied);
  AmendEvent retire;
  retire.set_event_id(of_other);
  retire.add_retired_tear_lines(0);
  ASSERT_EQ(world_.Say(Why(World::System(kIntel)), COMMAND_NUMBER_AMEND_EVENT, retire).sentence,
            "");
  world_.OpenSession(feed);
  EXPECT_TRUE(world_.Out(feed).empty());
  EXPECT_TRUE(IsToldTakenBack(feed));
  ExpectReplays();
}

/// Also to one that was made since, asked for the past, and went past it because the first had it.
TEST_F(Parting, LeavesToAYoungerWishWhatItWentPast) {
  const std::string feed = world_.Subscribe(kSecurity, WishingWorld::About({known_}));
  ASSERT_EQ(Merge(other_, known_).outcome, audit::Outcome::kApplied);
  const std::string of_other = world_.Tell(other_);
  const std::string younger =
      world_.Subscribe(kSecurity, WishingWorld::About({}), v1::START_FROM_BEGINNING);
  world_.OpenSession(younger);
  while (world_.GoOn() > 0) {
  }
  ExpectItGoesOver(of_other, feed, younger);
}

/// What another of the post's wishes for, too, and passed by, comes there.
TEST_F(Parting, LeavesToAnotherWishWhatItWishesFor) {
  const std::string feed = world_.Subscribe(kSecurity, WishingWorld::About({known_}));
  const std::string all = world_.Subscribe(kSecurity, WishingWorld::About({}));
  world_.OpenSession(all);
  ASSERT_EQ(Merge(other_, known_).outcome, audit::Outcome::kApplied);
  const std::string of_other = world_.Tell(other_);
  ExpectItGoesOver(of_other, feed, all);
}

/// What was settled stays with whoever has it; where it is told otherwise since, it is taken back,
/// and nothing comes in its place.
TEST_F(Parting, SendsNothingAnewOfWhomAWishNamesNoMore) {
  for (const bool before : {true, false}) {
    const std::string one = world_.Register(before ? 11 : 21);
    const std::string two = world_.Register(before ? 12 : 22);
    const std::string feed = world_.Subscribe(kSecurity, WishingWorld::About({one}));
    const std::string session = world_.OpenSession(feed);
    ASSERT_EQ(Merge(two, one).outcome, audit::Outcome::kApplied);
    const std::string of_two = TellTearLine(two);
    ASSERT_EQ(world_.Take(feed, session), std::vector<std::string>{of_two});
    ASSERT_EQ(Unmerge(two).outcome, audit::Outcome::kApplied);
    EXPECT_FALSE(IsToldTakenBack(feed)) << "a person decides what is called back";
    if (before) AsBefore();
    ControlNoMore(of_two);
    EXPECT_EQ(world_.Out(feed).empty(), !before);
    EXPECT_EQ(IsToldTakenBack(feed), !before);
    world_.behaviour_version = kBehaviourVersion;
  }
  ExpectReplays();
}

}  // namespace
}  // namespace tearline::machine
