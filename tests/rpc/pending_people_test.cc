#include "broker/rpc/pending_people.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "broker/machine/command_table.h"
#include "broker/machine/rows.h"
#include "broker/model/ids.h"
#include "broker/rpc/look_at_pending.h"
#include "tests/machine/world.h"
#include "tests/rpc/stored_command.h"

namespace tearline::rpc {
namespace {

using namespace stored::v1;
using machine::World;

class PendingPeopleTest : public testing::Test {
 protected:
  /// A command of that number about the person, or its case, and nothing else.
  std::string AboutThePerson(CommandNumber number) const {
    const std::unique_ptr<google::protobuf::Message> message = NewCommand(number);
    const auto* type = message->GetDescriptor();
    for (int i = 0; i < type->field_count(); ++i) {
      const auto* field = type->field(i);
      const std::string_view its = field->name();
      const bool of_person = its == "nominal_id" || its == "removed_id" ||
                             its == "surviving_id" || its == "from_id" || its == "to_id";
      const auto* reflection = message->GetReflection();
      if (of_person) reflection->SetString(message.get(), field, nominal_);
      if (its == "case_id") reflection->SetString(message.get(), field, case_);
    }
    if (auto* open = dynamic_cast<OpenCase*>(message.get())) {
      open->mutable_case_()->set_nominal_id(model::NominalId::FromBytes(nominal_)->Text());
    }
    return message->SerializeAsString();
  }

  /// What waits, in the place of what waited before.
  PendingRow Wait(CommandNumber number, const std::string& bytes, const Actor& author) {
    PendingRow row;
    row.set_command(number);
    row.set_command_bytes(bytes);
    *row.mutable_author() = author;
    row.set_stamp_ms(world_.now_ms);
    state::Batch batch(world_.state);
    batch.PutRow(machine::PendingKey(std::string(16, 'p')), row);
    world_.state.Commit(batch);
    return row;
  }
  std::optional<Looked> Look(const Actor& actor, v1::ListPendingResponse& response) const {
    const auto looked = LookAtPending({}, actor, world_.state, seal_, response);
    EXPECT_TRUE(looked.ok()) << looked.status();
    return looked.ok() ? *looked : std::nullopt;
  }
  static Actor For(const std::string& post, const std::string& purpose) {
    Actor actor = World::System(post);
    actor.set_purpose(purpose);
    return actor;
  }

  World world_;
  const std::string nominal_ = world_.Register(1);
  const std::string case_ = world_.OpenCase(nominal_, {});
  const PageSeal seal_;
};

/// Of each command that may wait: whoever is kept out of whom it is about learns of none, and what
/// shows somebody is recorded as a look at them.
TEST_F(PendingPeopleTest, AreShownToNobodyWhoIsKeptOutOfThem) {
  const Actor police = For("police/coordinator", "public-protection");
  LimitAccess limit;
  limit.set_nominal_id(nominal_);
  limit.add_excluded("police/panel");
  ASSERT_EQ(world_.Say(police, COMMAND_NUMBER_LIMIT_ACCESS, limit).outcome,
            audit::Outcome::kApplied);
  for (const CommandNumber number : machine::CommandsThatMayWait()) {
    const std::string name = CommandNumber_Name(number);
    const PendingRow row = Wait(number, AboutThePerson(number), police);
    const bool of_nobody =
        number == COMMAND_NUMBER_ADMIT_AGENCY || number == COMMAND_NUMBER_SET_POST ||
        number == COMMAND_NUMBER_SET_SUSPENSION || number == COMMAND_NUMBER_ENROL_SIGNING_KEY;
    EXPECT_EQ(PeopleOf(row, world_.state).empty(), of_nobody) << name;
    v1::ListPendingResponse kept_out;
    Look(World::System("police/panel"), kept_out);
    EXPECT_EQ(kept_out.commands_size(), of_nobody ? 1 : 0) << name;
    v1::ListPendingResponse response;
    const auto looked = Look(police, response);
    EXPECT_EQ(response.commands_size(), 1) << name << ": the post that asked";
    ASSERT_EQ(looked.has_value(), !of_nobody) << name;
    if (of_nobody) continue;
    EXPECT_EQ(looked->consulted.kind(), CONSULTATION_KIND_PENDING) << name;
    ASSERT_EQ(looked->consulted.nominal_ids_size(), 1) << name;
    EXPECT_EQ(looked->consulted.nominal_ids(0), nominal_) << name;
  }
}

/// Whom a limit is to keep out does not read so before it is given a second hand.
TEST_F(PendingPeopleTest, AreShownToNobodyWhomALimitWillKeepOut) {
  const Actor author = For("police/coordinator", "public-protection");
  for (const bool only : {false, true}) {
    LimitAccess limit;
    limit.set_nominal_id(nominal_);
    only ? limit.add_only("ct-police") : limit.add_excluded("police/panel");
    const PendingRow row = Wait(COMMAND_NUMBER_LIMIT_ACCESS, limit.SerializeAsString(), author);
    EXPECT_TRUE(IsKeptOutOf(row, World::System("police/panel"), world_.state)) << only;
    EXPECT_FALSE(IsKeptOutOf(row, World::System("ct-police/intel"), world_.state)) << only;
    EXPECT_FALSE(IsKeptOutOf(row, author, world_.state)) << only << ": it asked for that";
  }
}

/// What a third party is told, who is in conflict and who supervises: that it waits is seen by the
/// agency, what it says by the post that asked and by whoever may confirm it.
TEST_F(PendingPeopleTest, AreDecidedOfBeforeBothHandsAlone) {
  const Actor author = For("probation/coordinator", "risk-review");
  for (const CommandNumber number :
       {COMMAND_NUMBER_DECIDE_DISCLOSURE, COMMAND_NUMBER_DECLARE_CONFLICT,
        COMMAND_NUMBER_SET_SUPERVISOR}) {
    const std::string name = CommandNumber_Name(number);
    const PendingRow row = Wait(number, AboutThePerson(number), author);
    const auto reads = [&](const Actor& actor, bool confirms) {
      return MayReadWhole(row, actor, confirms, world_.state);
    };
    EXPECT_TRUE(reads(author, false)) << name;
    EXPECT_TRUE(reads(World::System("police/coordinator"), true)) << name;
    EXPECT_FALSE(reads(World::System("probation/chair"), false)) << name;
    EXPECT_EQ(reads(World::System("ct-police/intel"), true),
              number != COMMAND_NUMBER_DECIDE_DISCLOSURE)
        << name << ": it does not speak for the panel";
    v1::ListPendingResponse response;
    const auto looked = Look(World::System("probation/supervisor"), response);
    ASSERT_EQ(response.commands_size(), 1) << name;
    EXPECT_EQ(response.commands(0).asks_case(), v1::PendingCommand::ASKS_NOT_SET) << name;
    EXPECT_FALSE(looked.has_value()) << name << ": nobody was shown";
  }
}

}  // namespace
}  // namespace tearline::rpc
