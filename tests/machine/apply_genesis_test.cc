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
    {"an origin with a plus", [](auto& genesis) { genesis.set_log_origin("a+log"); },
     v1::ERROR_REASON_FIELD_INVALID},
    {"an origin with a tab", [](auto& genesis) { genesis.set_log_origin("a\tlog"); },
     v1::ERROR_REASON_FIELD_INVALID},
    {"an origin with a carriage return", [](auto& genesis) { genesis.set_log_origin("log\r"); },
     v1::ERROR_REASON_FIELD_INVALID},
    {"an origin with a space beyond ASCII",
     [](auto& genesis) {
       genesis.set_log_origin(
           "a\xe2\x80\xafl"
           "og");
     },
     v1::ERROR_REASON_FIELD_INVALID},
    {"no origin", [](auto& genesis) { genesis.clear_log_origin(); },
     v1::ERROR_REASON_FIELD_INVALID},
    {"an origin of 101 bytes", [](auto& genesis) { genesis.set_log_origin(std::string(101, 'a')); },
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

/// What becomes of a genesis like the world's with one thing changed.
v1::ErrorReason ReasonOfGenesis(void (*change)(stored::v1::Genesis&)) {
  const World world;
  stored::v1::Genesis genesis;
  genesis.ParseFromString(world.records.front().header.command_bytes);
  change(genesis);
  ledger::StoredHeader record = world.records.front();
  record.header.command_bytes = genesis.SerializeAsString();
  doubles::MemoryState state;
  state::Batch batch(state);
  Machine machine;
  return machine.Apply(record, batch).reason;
}

TEST(ApplyGenesis, RefusesWhatCouldNotBeServed) {
  for (const Row& row : kRows) EXPECT_EQ(ReasonOfGenesis(row.spoil), row.reason) << row.what;
}

TEST(ApplyGenesis, TakesAnOriginOfAHundredVisibleCharacters) {
  EXPECT_EQ(ReasonOfGenesis([](auto& genesis) { genesis.set_log_origin(std::string(100, '~')); }),
            v1::ERROR_REASON_UNSPECIFIED);
}

}  // namespace
}  // namespace tearline::machine
