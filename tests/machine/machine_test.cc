#include "broker/machine/machine.h"

#include <gtest/gtest.h>

#include "broker/audit/audit_log.h"
#include "broker/audit/leaf.h"
#include "broker/machine/trail.h"
#include "tests/machine/world.h"

namespace tearline::machine {
namespace {

audit::Leaf LeafOf(const World& world, model::Position position) {
  const auto row =
      world.state.Find<stored::v1::LeafRow>(state::Key(state::Table::kLeaf).U64(position));
  return *audit::DecodeLeaf(row->leaf());
}

/// M1. Whatever became of it, a record has one leaf, at its place.
TEST(Machine, GivesEveryRecordOneLeaf) {
  World world;
  world.Say(World::System("desk/author"), stored::v1::COMMAND_NUMBER_PULSE, "");  // not permitted
  world.Say(World::Broker(), stored::v1::COMMAND_NUMBER_GENESIS, "\xff\xff");     // does not read
  world.Register(1);

  const audit::AuditTree tree(world.state);
  EXPECT_EQ(tree.Size(), world.records.size());
  const audit::Outcome expected[] = {audit::Outcome::kApplied, audit::Outcome::kRefused,
                                     audit::Outcome::kUnappliable, audit::Outcome::kApplied};
  for (model::Position position = 1; position <= 4; ++position) {
    const audit::Leaf leaf = LeafOf(world, position);
    EXPECT_EQ(leaf.position, position);
    EXPECT_EQ(leaf.outcome, expected[position - 1]) << "position " << position;
    EXPECT_EQ(leaf.header_digest, world.records[position - 1].digest);
  }
}

/// M2. Poison is kept and counted, and changes nothing else.
TEST(Machine, KeepsPoisonAsUnappliableAndGoesOn) {
  World world;
  const auto before = world.state.Scan(state::Key(state::Table::kAgency), 1000);
  const Applied poison = world.Say(World::Broker(), static_cast<stored::v1::CommandNumber>(999),
                                   "a number from the future");
  EXPECT_EQ(poison.outcome, audit::Outcome::kUnappliable);
  EXPECT_EQ(world.state.Scan(state::Key(state::Table::kAgency), 1000), before);
  const auto ledger = world.state.Find<stored::v1::LedgerRow>(state::Key(state::Table::kLedger));
  EXPECT_EQ(ledger->unappliable(), 1u);
  EXPECT_FALSE(world.Register(1).empty()) << "what follows is applied";
}

/// M2. What a refused command wrote before it was refused is taken back.
TEST(Machine, TakesBackWhatARefusedCommandWrote) {
  World world;
  const std::string nominal = world.Register(1);
  world.OpenCase(nominal, {{"probation/chair", v1::SEAT_KIND_CHAIR}});
  stored::v1::Publish event = world.Event(nominal);
  event.add_nominals()->add_identifiers()->CopyFrom(World::Number(2));  // makes a nominal …
  event.add_nominals()->set_nominal_id(std::string(16, 'x'));           // … then nobody is there
  const Applied refused = world.Publish(event);
  EXPECT_EQ(refused.reason, v1::ERROR_REASON_NOT_FOUND);
  const stored::v1::StoredIdentifier number = World::Number(2);
  EXPECT_FALSE(world.state.Get(state::Key(state::Table::kIdentifier)
                                   .U32(static_cast<std::uint32_t>(number.type()))
                                   .Fixed(number.index())));
  EXPECT_EQ(world.Details().size(), 1u) << "the leaf says who asked, and no more";
}

/// A record that speaks of an event is found by each of the people the event is about.
TEST(Machine, FindsWhatSpeaksOfAPersonsEvents) {
  World world;
  const std::string nominal = world.Register(1);
  const std::string other = world.Register(2);
  world.OpenCase(nominal, {{"probation/chair", v1::SEAT_KIND_CHAIR}});
  const std::string session = world.OpenSession("probation/chair");
  stored::v1::Publish event = world.Event(nominal);
  event.add_nominals()->set_nominal_id(other);
  const std::string id = world.NextEventId();
  const model::Position published = world.Publish(event).position;
  world.Say(World::System("desk/author"), stored::v1::COMMAND_NUMBER_PULSE, "");  // not permitted
  const model::Position acknowledged =
      world.Acknowledge("probation/chair", session, v1::URGENCY_URGENT, {1}).position;
  for (const std::string& each : {nominal, other}) {
    const state::Key all = TrailOfNominal(each);
    std::vector<std::string> keys;
    for (const auto& [key, nothing] : world.state.Scan(all, 100)) keys.push_back(key);
    EXPECT_EQ(keys,
              (std::vector<std::string>{state::Key(all).U64(published).Fixed(id).bytes(),
                                        state::Key(all).U64(acknowledged).Fixed(id).bytes()}));
  }
}

/// M3, P8. The same records give the same state and root, whoever applies them.
TEST(Machine, ReplaysToTheSameStateAndRoot) {
  World world;
  const std::string nominal = world.Register(1);
  world.OpenCase(nominal, {{"probation/chair", v1::SEAT_KIND_CHAIR}}, "ct-police/accountable");
  const std::string session = world.OpenSession("probation/chair");
  for (int i = 0; i < 20; ++i) world.Publish(world.Event(nominal));
  world.Acknowledge("probation/chair", session, v1::URGENCY_URGENT, {1, 2, 3});
  world.PassAndPulse(5 * 60 * 60 * 1000);

  const doubles::MemoryState replayed = Replay(world.records);
  EXPECT_EQ(replayed.Digest(), world.state.Digest());
  const std::uint64_t size = world.records.size();
  EXPECT_EQ(audit::AuditTree(replayed).RootAt(size), audit::AuditTree(world.state).RootAt(size));
}

/// Any other history gives another root: one seed, one stamp, one byte is enough.
TEST(Machine, GivesAnotherRootToAnotherHistory) {
  World one;
  World other;
  one.Register(1);
  other.now_ms += 1;
  other.Register(1);
  EXPECT_NE(audit::AuditTree(one.state).RootAt(2), audit::AuditTree(other.state).RootAt(2));
}

/// Before genesis nothing can be said.
TEST(Machine, AppliesNothingBeforeGenesis) {
  ledger::StoredHeader record;
  record.header.position = 1;
  record.header.seed = std::string(32, 's');
  record.header.command = stored::v1::COMMAND_NUMBER_PULSE;
  record.header.actor = World::Broker().SerializeAsString();
  doubles::MemoryState state;
  state::Batch batch(state);
  Machine machine;
  EXPECT_EQ(machine.Apply(record, batch).outcome, audit::Outcome::kUnappliable);
}

/// A record that does not follow the one before it is a fault of ours: stop, do not serve.
TEST(MachineDeathTest, StopsAtARecordThatDoesNotLink) {
  World world;
  ledger::StoredHeader record = world.records.back();
  record.header.position = 2;
  record.header.previous = crypto::Sha256("another ledger's");
  state::Batch batch(world.state);
  EXPECT_DEATH(world.machine.Apply(record, batch), "links to the one applied before it");
}

/// For measuring: what was decided, and how often less was told than was owed.
TEST(Machine, CountsItsDecisionsByLevel) {
  World world;
  const std::string nominal = world.Register(1);
  world.OpenCase(nominal, {{"probation/chair", v1::SEAT_KIND_CHAIR}}, "ct-police/accountable");
  const Judged told = world.Publish(world.Event(nominal)).judged;
  EXPECT_EQ(told.by_level[v1::LEVEL_FULL], 2u);
  EXPECT_EQ(told.duties_unmet, 0u);
  stored::v1::Publish controlled = world.Event(nominal);
  controlled.mutable_label()->set_originator_controlled(true);
  const Judged withheld = world.Publish(controlled).judged;
  EXPECT_EQ(withheld.by_level[v1::LEVEL_FULL], 1u) << "the accountable officer";
  EXPECT_EQ(withheld.by_level[v1::LEVEL_WITHHELD], 1u) << "the chair, who was owed a tear-line";
  EXPECT_EQ(withheld.duties_unmet, 1u);
  const Judged refused = world.Publish(stored::v1::Publish()).judged;
  EXPECT_EQ(refused.by_level, decltype(refused.by_level){});
}

}  // namespace
}  // namespace tearline::machine
