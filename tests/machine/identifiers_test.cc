#include "broker/machine/identifiers.h"

#include <gtest/gtest.h>

#include "broker/machine/rows.h"
#include "tests/machine/world.h"

namespace tearline::machine {
namespace {

TEST(Identifiers, AreWholeOrOurFault) {
  stored::v1::StoredIdentifier identifier = World::Number(1);
  EXPECT_TRUE(CheckIdentifier(identifier).ok());
  identifier.set_index("short");
  EXPECT_EQ(ReasonOf(CheckIdentifier(identifier)), v1::ERROR_REASON_UNAPPLIABLE);
  identifier = World::Number(1);
  identifier.clear_type();
  EXPECT_EQ(ReasonOf(CheckIdentifier(identifier)), v1::ERROR_REASON_UNAPPLIABLE);
}

/// A key that belongs to a nominal the record does not have is our fault.
TEST(Identifiers, KeepAKeyWithTheNominalItNames) {
  World world;
  stored::v1::Actor asking = World::System("prison/security");
  asking.set_purpose("public-protection");
  stored::v1::RegisterNominal command;
  *command.add_identifiers() = World::Number(1);
  command.add_keys()->set_subject_key_id(std::string(16, 'k'));
  command.mutable_keys(0)->set_nominal_index(1);
  EXPECT_EQ(world.Say(asking, stored::v1::COMMAND_NUMBER_REGISTER_NOMINAL, command).outcome,
            audit::Outcome::kUnappliable);
  command.mutable_keys(0)->set_nominal_index(0);
  EXPECT_EQ(world.Say(asking, stored::v1::COMMAND_NUMBER_REGISTER_NOMINAL, command).outcome,
            audit::Outcome::kApplied);
}

/// For when it holds, when it was read in and how; said by the agency that an event is published
/// for, not by the one that hands it in. What an older version wrote stays as it was.
TEST(Identifiers, KeepHowTheyWereReadAndWhoAssertsThem) {
  for (const std::uint16_t version : {kReadingsKeptFrom, std::uint16_t{kReadingsKeptFrom - 1}}) {
    World world;
    stored::v1::StoredIdentifier identifier = World::Number(1);
    identifier.set_valid_from_ms(0);
    identifier.set_valid_until_ms(5);
    identifier.set_read_ms(7);
    identifier.add_notes(v1::IDENTIFIER_NOTE_CENTURY_SUPPLIED);
    state::Batch batch(world.state);
    ledger::Header header;
    header.behaviour_version = version;
    Step step{.header = header,
              .batch = batch,
              .actor = World::System("police/panel"),
              .ledger = {}};
    WriteIdentifier(std::string(16, 'n'), identifier, "prison", step);
    const auto row = batch.Find<stored::v1::IdentifierRow>(
        IdentifierKey(identifier.type(), identifier.index()));
    ASSERT_TRUE(row.has_value());
    const bool kept = version >= kReadingsKeptFrom;
    EXPECT_EQ(row->asserted_by(), kept ? "prison" : "police");
    EXPECT_EQ(row->has_valid_from_ms(), kept);
    EXPECT_EQ(row->valid_until_ms(), kept ? 5 : 0);
    EXPECT_EQ(row->read_ms(), kept ? 7 : 0);
    EXPECT_EQ(row->notes_size(), kept ? 1 : 0);
  }
}

}  // namespace
}  // namespace tearline::machine
