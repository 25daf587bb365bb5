#include "broker/machine/identifiers.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace tearline::machine
