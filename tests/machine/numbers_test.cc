#include "broker/machine/numbers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "broker/machine/identifiers.h"
#include "broker/machine/rows.h"
#include "tests/machine/merging.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

/// The person with the case has number 1, the other 2: both asserted by police. Further numbers of
/// either are linked by whoever a test says.
class NumbersTest : public Merging {
 protected:
  Applied Ask(const std::vector<StoredIdentifier>& numbers,
              const std::string& post = "police/coordinator") {
    ResolveNominal command;
    *command.mutable_identifier() = numbers.front();
    for (std::size_t i = 1; i < numbers.size(); ++i) *command.add_also_known_by() = numbers[i];
    return world_.Say(Why(World::System(post)), COMMAND_NUMBER_RESOLVE_NOMINAL, command);
  }
  void Link(const std::string& nominal, const StoredIdentifier& number, const std::string& post) {
    LinkIdentifier link;
    link.set_nominal_id(nominal);
    *link.mutable_identifier() = number;
    const Applied said =
        world_.Say(Why(World::System(post)), COMMAND_NUMBER_LINK_IDENTIFIER, link);
    if (said.outcome == audit::Outcome::kApplied) return;
    ASSERT_EQ(said.outcome, audit::Outcome::kAwaitsSecondHand) << said.sentence;
    SecondHand second;
    second.set_pending_id(model::PendingId::Parse(said.made_id)->Bytes());
    ASSERT_EQ(world_.Say(Why(World::System("education/guest")), COMMAND_NUMBER_SECOND_HAND, second)
                  .outcome,
              audit::Outcome::kApplied);
  }
  static StoredIdentifier Unverified(int number) {
    StoredIdentifier identifier = World::Number(number);
    identifier.set_verified(false);
    return identifier;
  }
  std::vector<std::string> IndexesFor(const std::string& nominal, const std::string& post) const {
    std::vector<std::string> indexes;
    for (const Number& number :
         NumbersFor(nominal, World::System(post), world_.now_ms, world_.state)) {
      indexes.push_back(number.index);
    }
    std::sort(indexes.begin(), indexes.end());
    return indexes;
  }
  static std::vector<std::string> Indexes(const std::vector<int>& numbers) {
    std::vector<std::string> indexes;
    for (const int number : numbers) indexes.push_back(World::Number(number).index());
    std::sort(indexes.begin(), indexes.end());
    return indexes;
  }
};

TEST_F(NumbersTest, AMatchIsOfAVerifiedNumberAndOfOnePerson) {
  const Applied match = Ask({World::Number(1)});
  EXPECT_EQ(match.resolution.outcome, v1::RESOLUTION_OUTCOME_MATCH);
  EXPECT_EQ(match.made_id, Text(known_));

  // One that nobody has says nothing against it, nor does one of the same person's.
  Link(known_, Unverified(10), "prison/security");
  const Applied several = Ask({Unverified(10), World::Number(99), World::Number(1)});
  EXPECT_EQ(several.resolution.outcome, v1::RESOLUTION_OUTCOME_MATCH);
  EXPECT_EQ(several.made_id, Text(known_));
  EXPECT_EQ(world_.Details().back().changed().other(), "match");
}

TEST_F(NumbersTest, WhatWasNotVerifiedIsPossible) {
  Link(known_, Unverified(10), "prison/security");
  const Applied possible = Ask({Unverified(10)});
  EXPECT_EQ(possible.resolution.outcome, v1::RESOLUTION_OUTCOME_POSSIBLE);
  EXPECT_FALSE(possible.resolution.disagree);
  EXPECT_EQ(possible.made_id, Text(known_));
  EXPECT_EQ(world_.Details().back().changed().other(), "possible");
}

/// A number that is its person's for a time is a match within it, by the stamp of the ask: from then
/// on, and until then without that moment. Outside of it, it is possible.
TEST_F(NumbersTest, ANumberIsAMatchAsLongAsItHolds) {
  StoredIdentifier booking = World::Number(10);
  booking.set_valid_from_ms(world_.now_ms + 1000);
  booking.set_valid_until_ms(world_.now_ms + 2000);
  Link(known_, booking, "prison/security");
  const std::int64_t linked_ms = world_.now_ms;
  for (const auto& [after_ms, outcome] :
       std::vector<std::pair<std::int64_t, v1::ResolutionOutcome>>{
           {999, v1::RESOLUTION_OUTCOME_POSSIBLE},
           {1000, v1::RESOLUTION_OUTCOME_MATCH},
           {1999, v1::RESOLUTION_OUTCOME_MATCH},
           {2000, v1::RESOLUTION_OUTCOME_POSSIBLE}}) {
    world_.now_ms = linked_ms + after_ms;
    const Applied asked = Ask({World::Number(10)});
    EXPECT_EQ(asked.resolution.outcome, outcome) << after_ms;
    EXPECT_EQ(asked.made_id, Text(known_)) << "it is said whose it was";
  }
  EXPECT_EQ(Ask({World::Number(10), World::Number(1)}).resolution.outcome,
            v1::RESOLUTION_OUTCOME_MATCH)
      << "by the other";
  world_.behaviour_version = kValidityJudgedFrom - 1;
  EXPECT_NE(Ask({World::Number(10)}).made_id, "");
  ExpectReplays();
}

TEST_F(NumbersTest, WhoLeadToTwoDisagreeAndNameNobody) {
  const Applied asked = Ask({World::Number(1), World::Number(2)});
  EXPECT_EQ(asked.resolution.outcome, v1::RESOLUTION_OUTCOME_POSSIBLE);
  EXPECT_TRUE(asked.resolution.disagree);
  EXPECT_EQ(asked.made_id, "");
  EXPECT_EQ(world_.Details().back().changed().name(), "");
  EXPECT_EQ(world_.Details().back().changed().other(), "disagree");

  ASSERT_EQ(Merge(other_, known_).outcome, audit::Outcome::kApplied);
  const Applied one = Ask({World::Number(1), World::Number(2)});
  EXPECT_EQ(one.resolution.outcome, v1::RESOLUTION_OUTCOME_MATCH);
  EXPECT_EQ(one.made_id, Text(known_));
  ExpectReplays();
}

/// P6: from whom a merge is kept, it learns nothing of it by asking for both together, either.
TEST_F(NumbersTest, WhoIsKeptOutHearsNothingOfAMergeByAskingForBoth) {
  const Resolution before = Ask({World::Number(1), World::Number(2)}, "prison/security").resolution;
  KeepOut(other_, "prison/security");
  ASSERT_EQ(Merge(other_, known_).outcome, audit::Outcome::kApplied);
  const Applied after = Ask({World::Number(1), World::Number(2)}, "prison/security");
  EXPECT_TRUE(after.resolution.disagree);
  EXPECT_EQ(after.resolution.outcome, before.outcome);
  EXPECT_EQ(after.resolution.sources, before.sources);
  EXPECT_EQ(after.made_id, "");
}

TEST_F(NumbersTest, NobodyHasThem) {
  const Applied none = Ask({World::Number(98), World::Number(99)});
  EXPECT_EQ(none.resolution.outcome, v1::RESOLUTION_OUTCOME_NONE);
  EXPECT_EQ(none.made_id, "");
  EXPECT_TRUE(none.resolution.sources.empty());
  EXPECT_FALSE(none.resolution.other_sources);
  EXPECT_EQ(world_.Details().back().changed().other(), "none");
}

/// Each number counts, and no more than nine are asked about together.
TEST_F(NumbersTest, AreCountedOneByOneAndBounded) {
  const std::uint32_t before = world_.Resolved(World::System("prison/security"));
  std::vector<StoredIdentifier> nine;
  for (int i = 0; i < kResolvedTogetherMax; ++i) nine.push_back(World::Number(200 + i));
  EXPECT_EQ(Ask(nine, "prison/security").outcome, audit::Outcome::kApplied);
  EXPECT_EQ(world_.Resolved(World::System("prison/security")), before + 9);
  nine.push_back(World::Number(300));
  EXPECT_EQ(Ask(nine, "prison/security").reason, v1::ERROR_REASON_LIMIT_PASSED);
}

/// P6. That an agency asserted a number tells that it has to do with the person.
TEST_F(NumbersTest, SourcesAreNamedAsFarAsThePostMayKnow) {
  Link(known_, World::Number(10), "prison/security");
  Link(known_, World::Number(11), "probation/supervisor");
  Link(known_, World::Number(12), "ct-police/intel");
  const std::vector<StoredIdentifier> all = {World::Number(1), World::Number(10), World::Number(11),
                                             World::Number(12)};
  using Names = std::set<std::string>;
  // Neither has to do with the person: its own alone.
  const Resolution prison = Ask(all, "prison/security").resolution;
  EXPECT_EQ(prison.sources, Names{"prison"});
  EXPECT_TRUE(prison.other_sources);
  // The panel's chair knows of probation, who leads and sits there, and of nobody else.
  const Resolution chair = Ask(all, kChair).resolution;
  EXPECT_EQ(chair.sources, Names{"probation"});
  EXPECT_TRUE(chair.other_sources);
  EXPECT_EQ(chair.outcome, v1::RESOLUTION_OUTCOME_MATCH) << "it counts, whoever asserted it";
  EXPECT_FALSE(Ask({World::Number(11)}, kChair).resolution.other_sources);
}

/// What an older version decided says nothing of an outcome, and does not know of several numbers.
TEST_F(NumbersTest, AnOlderVersionAnswersAsItDid) {
  world_.behaviour_version = kResolutionsSaidFrom - 1;
  const Applied asked = Ask({World::Number(1), World::Number(2)});
  EXPECT_EQ(asked.made_id, Text(known_));
  EXPECT_EQ(asked.resolution.outcome, v1::RESOLUTION_OUTCOME_UNSPECIFIED);
  EXPECT_EQ(world_.Details().back().changed().other(), "");
}

/// All numbers for who works with the person, its own for an agency, none for others.
TEST_F(NumbersTest, AreSeenByWhoWorksWithThePersonAndByWhoAssertedThem) {
  Link(known_, World::Number(10), "prison/security");
  EXPECT_EQ(IndexesFor(known_, kChair), Indexes({1, 10}));
  EXPECT_EQ(IndexesFor(known_, "prison/security"), Indexes({10}));
  EXPECT_EQ(IndexesFor(known_, "police/panel"), Indexes({1}));
  EXPECT_TRUE(IndexesFor(known_, "education/guest").empty());
  const auto may_see = [this](const std::string& nominal, const std::string& post) {
    return MaySeeNumbers(nominal, World::System(post), world_.now_ms, world_.state);
  };
  EXPECT_FALSE(may_see(known_, "education/guest"));
  EXPECT_TRUE(may_see(known_, kChair));
  EXPECT_FALSE(may_see(std::string(16, 'x'), kChair));

  ASSERT_EQ(Merge(other_, known_).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(IndexesFor(other_, kChair), Indexes({1, 2, 10})) << "the person's, by either id";
  EXPECT_EQ(IndexesFor(other_, "police/panel"), Indexes({2})) << "of the nominal it asks about";
}

TEST_F(NumbersTest, WhoIsKeptOutSeesNone) {
  KeepOut(known_, kChair);
  KeepOut(other_, "police/panel");
  EXPECT_TRUE(IndexesFor(known_, kChair).empty());
  EXPECT_TRUE(IndexesFor(other_, "police/panel").empty()) << "not its own agency's, either";
}

TEST_F(NumbersTest, BrokenGlassShowsThemWhileItLasts) {
  BreakGlass glass;
  glass.set_nominal_id(known_);
  glass.set_reason(v1::BREAK_GLASS_REASON_THREAT_TO_LIFE);
  glass.set_because("log 12");
  glass.set_lasts_ms(60'000);
  ASSERT_EQ(world_.Say(Why(World::System("prison/security")), COMMAND_NUMBER_BREAK_GLASS, glass)
                .outcome,
            audit::Outcome::kApplied);
  EXPECT_EQ(IndexesFor(known_, "prison/security"), Indexes({1}));
  world_.now_ms += 60'001;
  EXPECT_TRUE(IndexesFor(known_, "prison/security").empty());
}

}  // namespace
}  // namespace tearline::machine
