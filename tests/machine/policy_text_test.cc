#include "broker/machine/policy_text.h"

#include <gtest/gtest.h>

#include "broker/model/limits.h"
#include "tests/machine/world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

/// A policy that reads, of so many bytes.
std::string TextOf(std::size_t bytes) {
  std::string text =
      "id: 'long' version: 2\nrules { id: 'G1' kind: RULE_KIND_GRANT level: LEVEL_FULL reason: "
      "RULE_REASON_NEED_TO_KNOW when { recipient { on_panel: true } } }\n#";
  text.resize(bytes, '.');
  return text;
}

struct Row {
  std::uint16_t version;
  std::size_t bytes;
  bool reads;
};

constexpr Row kRows[] = {
    {kLongPoliciesFrom - 1, kPolicyBytesBefore, true},
    {kLongPoliciesFrom - 1, kPolicyBytesBefore + 1, false},
    {kLongPoliciesFrom, kPolicyBytesBefore + 1, true},
    {kLongPoliciesFrom, model::kPolicyBytesMax, true},
    {kLongPoliciesFrom, model::kPolicyBytesMax + 1, false},
};

/// Law 10. What a record says too long a policy was, it says for ever.
TEST(PolicyText, IsAsLongAsItMayBeInTheRecordsVersion) {
  for (const Row& row : kRows) {
    const auto read = ReadRecorded(TextOf(row.bytes), row.version);
    EXPECT_EQ(read.ok(), row.reads) << row.bytes << " bytes in version " << row.version;
    if (row.reads) continue;
    EXPECT_EQ(ReasonOf(read.status()), v1::ERROR_REASON_POLICY_INVALID);
  }
}

/// So a ledger that holds such a proposal replays alike.
TEST(PolicyText, IsRefusedWhereARecordOfBeforeProposesOne) {
  for (const std::uint16_t version : {static_cast<std::uint16_t>(kPoliciesTestedFrom - 1),
                                      static_cast<std::uint16_t>(kLongPoliciesFrom - 1),
                                      kLongPoliciesFrom}) {
    World world;
    ProposePolicy propose;
    propose.set_policy_text(TextOf(kPolicyBytesBefore + 1));
    world.behaviour_version = version;
    const Applied applied =
        world.Say(World::System("desk/author"), COMMAND_NUMBER_PROPOSE_POLICY, propose);
    EXPECT_EQ(applied.reason == v1::ERROR_REASON_POLICY_INVALID, version < kLongPoliciesFrom)
        << applied.sentence;
  }
}

/// The first policy of all may be as long, too.
TEST(PolicyText, MayBeAsLongAtGenesis) {
  const World world(GenesisUnder(TextOf(model::kPolicyBytesMax)));
  const auto ledger = world.state.Find<LedgerRow>(state::Key(state::Table::kLedger));
  ASSERT_TRUE(ledger.has_value());
  EXPECT_EQ(ledger->policy_digest(), crypto::Sha256(TextOf(model::kPolicyBytesMax)).Bytes());
}

}  // namespace
}  // namespace tearline::machine
