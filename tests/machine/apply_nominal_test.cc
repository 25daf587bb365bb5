#include <gtest/gtest.h>

#include "broker/machine/rows.h"
#include "broker/model/limits.h"
#include "tests/machine/world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

Actor Asking() {
  Actor actor = World::System("prison/security");
  actor.set_purpose("public-protection");
  return actor;
}

Applied Resolve(World& world, int number) {
  ResolveNominal command;
  *command.mutable_identifier() = World::Number(number);
  return world.Say(Asking(), COMMAND_NUMBER_RESOLVE_NOMINAL, command);
}

Applied Link(World& world, const std::string& nominal, int number) {
  LinkIdentifier command;
  command.set_nominal_id(nominal);
  *command.mutable_identifier() = World::Number(number);
  return world.Say(Asking(), COMMAND_NUMBER_LINK_IDENTIFIER, command);
}

Applied Register(World& world, int number, int count = 1) {
  RegisterNominal command;
  for (int i = 0; i < count; ++i) *command.add_identifiers() = World::Number(number + i);
  return world.Say(Asking(), COMMAND_NUMBER_REGISTER_NOMINAL, command);
}

TEST(ApplyNominal, IsFoundByTheNumberItWasRegisteredUnder) {
  World world;
  const std::string nominal = world.Register(1);
  EXPECT_EQ(Resolve(world, 1).made_id, model::NominalId::FromBytes(nominal)->Text());
  EXPECT_EQ(Resolve(world, 2).made_id, "");
}

/// A consultation is recorded, whether it found anybody or not.
TEST(ApplyNominal, RemembersWhoAsked) {
  World world;
  Resolve(world, 2);
  ASSERT_EQ(world.Details().size(), 2u);
  EXPECT_EQ(world.Details()[0].actor().purpose(), "public-protection");
  EXPECT_EQ(world.Details()[1].changed().what(), "nominal-resolved");
}

TEST(ApplyNominal, RefusesANumberThatIsSomebodysAlready) {
  World world;
  world.Register(1);
  EXPECT_EQ(Register(world, 1).reason, v1::ERROR_REASON_IDENTIFIER_TAKEN);
}

TEST(ApplyNominal, TakesSixteenNumbersAtOnceAndNotSeventeen) {
  World world;
  EXPECT_EQ(Register(world, 100, 16).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(Register(world, 200, 17).reason, v1::ERROR_REASON_LIMIT_PASSED);
}

TEST(ApplyNominal, LinksOnceAndNeverAcross) {
  World world;
  const std::string one = world.Register(1);
  const std::string two = world.Register(2);
  EXPECT_EQ(Link(world, one, 10).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(Link(world, one, 10).outcome, audit::Outcome::kApplied) << "said twice, true once";
  EXPECT_EQ(Link(world, two, 10).reason, v1::ERROR_REASON_IDENTIFIER_TAKEN);
  EXPECT_EQ(Link(world, std::string(16, 'x'), 11).reason, v1::ERROR_REASON_NOT_FOUND);
  EXPECT_EQ(Resolve(world, 10).made_id, model::NominalId::FromBytes(one)->Text());
}

TEST(ApplyNominal, HasSixtyFourNumbersAndNoMore) {
  World world;
  const std::string nominal = world.Register(1);
  for (int i = 1; i < static_cast<int>(model::kNominalIdentifiersMax); ++i) {
    ASSERT_EQ(Link(world, nominal, 1000 + i).outcome, audit::Outcome::kApplied) << i;
  }
  EXPECT_EQ(Link(world, nominal, 5000).reason, v1::ERROR_REASON_LIMIT_PASSED);
}

/// Six hundred questions an hour, and the next hour begins anew.
TEST(ApplyNominal, MayBeAskedForSixHundredTimesAnHour) {
  World world;
  for (std::uint32_t i = 0; i < model::kResolvesPerHourMax; ++i) {
    ASSERT_EQ(Resolve(world, 1).outcome, audit::Outcome::kApplied) << i;
  }
  EXPECT_EQ(Resolve(world, 1).reason, v1::ERROR_REASON_QUOTA_USED);
  world.now_ms += 60 * 60 * 1000;
  EXPECT_EQ(Resolve(world, 1).outcome, audit::Outcome::kApplied);
}

/// "Taken" tells that somebody here has the number, and "registered" that nobody had: both are
/// answers to the question that resolve asks, so both count, and a refusal does not give them back.
TEST(ApplyNominal, RegisteringAndLinkingCountAsAskingWhateverTheAnswer) {
  constexpr int kMax = static_cast<int>(model::kResolvesPerHourMax);
  World world;
  const std::string nominal = world.Register(1);
  for (int i = 0; i < kMax - 19; ++i) {
    ASSERT_EQ(Register(world, 1).reason, v1::ERROR_REASON_IDENTIFIER_TAKEN) << i;
  }
  EXPECT_EQ(Register(world, 100, 16).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(Link(world, nominal, 100).reason, v1::ERROR_REASON_IDENTIFIER_TAKEN);
  EXPECT_EQ(Link(world, nominal, 200).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(Register(world, 300, 2).reason, v1::ERROR_REASON_QUOTA_USED) << "one is left, not two";
  EXPECT_EQ(Resolve(world, 300).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(Resolve(world, 300).reason, v1::ERROR_REASON_QUOTA_USED);
  EXPECT_EQ(Register(world, 1).reason, v1::ERROR_REASON_QUOTA_USED) << "tells nothing any more";
  EXPECT_EQ(Link(world, nominal, 100).reason, v1::ERROR_REASON_QUOTA_USED);
  world.now_ms += 60 * 60 * 1000;
  EXPECT_EQ(Register(world, 1).reason, v1::ERROR_REASON_IDENTIFIER_TAKEN);
}

/// A link that waits was asked by its author and is counted once: when it is said.
TEST(ApplyNominal, ALinkThatWaitsIsCountedForItsAuthorOnce) {
  World world;
  const std::string nominal = world.Register(1);
  world.OpenCase(nominal, {{"police/panel", v1::SEAT_KIND_MEMBER}});
  LinkIdentifier link;
  link.set_nominal_id(nominal);
  *link.mutable_identifier() = World::Number(10);
  SubjectKeyUse& key = *link.add_keys();
  key.set_subject_key_id(std::string(16, 'k'));
  key.set_content_class(CONTENT_CLASS_IDENTIFIER);
  Actor police = World::System("police/panel");
  police.set_purpose("public-protection");
  const Applied kept = world.Say(police, COMMAND_NUMBER_LINK_IDENTIFIER, link);
  ASSERT_EQ(kept.outcome, audit::Outcome::kAwaitsSecondHand) << kept.sentence;
  EXPECT_EQ(world.Resolved(police), 1u);

  // Its key lies in the vault already: an erasure must reach it, whether or not it is confirmed.
  const auto row = world.state.Find<SubjectKeyRow>(
      state::Key(state::Table::kSubjectKey).Fixed(std::string(16, 'k')));
  ASSERT_TRUE(row.has_value());
  EXPECT_EQ(row->nominal_id(), nominal);

  SecondHand second;
  second.set_pending_id(model::PendingId::Parse(kept.made_id)->Bytes());
  Actor prison = Asking();
  EXPECT_EQ(world.Say(prison, COMMAND_NUMBER_SECOND_HAND, second).outcome,
            audit::Outcome::kApplied);
  EXPECT_EQ(world.Resolved(police), 1u);
  EXPECT_EQ(world.Resolved(prison), 0u);
}

TEST(ApplyNominal, KeepsWhoseAKeyIs) {
  World world;
  RegisterNominal command;
  *command.add_identifiers() = World::Number(1);
  SubjectKeyUse& key = *command.add_keys();
  key.set_subject_key_id(std::string(16, 'k'));
  key.set_content_class(CONTENT_CLASS_IDENTIFIER);
  key.set_quarter(227);
  const Applied applied = world.Say(Asking(), COMMAND_NUMBER_REGISTER_NOMINAL, command);
  const auto row = world.state.Find<SubjectKeyRow>(
      state::Key(state::Table::kSubjectKey).Fixed(std::string(16, 'k')));
  ASSERT_TRUE(row.has_value());
  EXPECT_EQ(row->nominal_id(), model::NominalId::Parse(applied.made_id)->Bytes());
}

}  // namespace
}  // namespace tearline::machine
