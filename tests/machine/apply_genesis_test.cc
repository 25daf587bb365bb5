#include <gtest/gtest.h>

#include "broker/machine/rows.h"
#include "tests/machine/world.h"

namespace tearline::machine {
namespace {

/// Genesis is said once, into an empty ledger; afterwards commands change what it said.
TEST(ApplyGenesis, IsRefusedTheSecondTime) {
  World world;
  const Applied again = world.Say(World::Broker(), stored::v1::COMMAND_NUMBER_GENESIS,
                                  world.records.front().header.command_bytes);
  EXPECT_EQ(again.reason, v1::ERROR_REASON_GENESIS_EXISTS);
  EXPECT_NE(again.sentence.find("tearline directory"), std::string::npos)
      << "says which command to use";
}

TEST(ApplyGenesis, LaysTheFirstDirectoryAndPolicy) {
  const World world;
  const auto ledger = world.state.Find<stored::v1::LedgerRow>(state::Key(state::Table::kLedger));
  EXPECT_EQ(ledger->log_origin(), "tearline.example/audit");
  EXPECT_EQ(ledger->policy_digest().size(), 32u);
  EXPECT_TRUE(world.state.Get(PolicyKey(ledger->policy_digest())));
  EXPECT_TRUE(world.state.Get(PostKey("probation/chair")));
  EXPECT_TRUE(world.state.Get(MemberKey("probation", "chair-holder")));
}

struct Row {
  const char* what;
  void (*spoil)(stored::v1::Genesis&);
  v1::ErrorReason reason;
};

const Row kRows[] = {
    {"an origin with a space", [](auto& genesis) { genesis.set_log_origin("a log"); },
     v1::ERROR_REASON_FIELD_INVALID},
    {"no trust domain", [](auto& genesis) { genesis.clear_trust_domain(); },
     v1::ERROR_REASON_FIELD_INVALID},
    {"a short vault check", [](auto& genesis) { genesis.set_vault_check("short"); },
     v1::ERROR_REASON_FIELD_INVALID},
    {"a short key", [](auto& genesis) { genesis.set_audit_public_key("short"); },
     v1::ERROR_REASON_FIELD_INVALID},
    {"a policy that does not parse", [](auto& genesis) { genesis.set_policy_text("id:"); },
     v1::ERROR_REASON_POLICY_INVALID},
    {"a line that escalates nowhere",
     [](auto& genesis) { genesis.mutable_posts(0)->set_escalates_to("board/ghost"); },
     v1::ERROR_REASON_NOT_FOUND},
};

TEST(ApplyGenesis, RefusesWhatCouldNotBeServed) {
  const World world;
  for (const Row& row : kRows) {
    stored::v1::Genesis genesis;
    genesis.ParseFromString(world.records.front().header.command_bytes);
    row.spoil(genesis);
    ledger::StoredHeader record = world.records.front();
    record.header.command_bytes = genesis.SerializeAsString();
    doubles::MemoryState state;
    state::Batch batch(state);
    Machine machine;
    EXPECT_EQ(machine.Apply(record, batch).reason, row.reason) << row.what;
  }
}

}  // namespace
}  // namespace tearline::machine
