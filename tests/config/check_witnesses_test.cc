#include "broker/config/check_witnesses.h"

#include <gtest/gtest.h>

#include "broker/audit/note.h"
#include "broker/crypto/signer.h"
#include "broker/model/limits.h"

namespace tearline::config {
namespace {

void Add(settings::v1::AuditConfig& audit, char seed, const std::string& address = "http://w:1") {
  const auto signer = crypto::MakeSignerFromSeed(std::string(32, seed));
  settings::v1::Witness& witness = *audit.add_witnesses();
  witness.set_verifier_key(audit::VerifierKey(std::string("w-") + seed, signer->PublicKey(),
                                              audit::KeyType::kCosignature));
  witness.set_address(address);
}

TEST(CheckWitnesses, FillsInWhatIsAbsent) {
  settings::v1::AuditConfig audit;
  ASSERT_TRUE(CheckWitnesses(audit).ok());
  EXPECT_EQ(audit.witness_quorum(), 0u) << "nobody is asked";
  Add(audit, 'a');
  Add(audit, 'b');
  audit.set_witness_post("office/operator");
  ASSERT_TRUE(CheckWitnesses(audit).ok());
  EXPECT_EQ(audit.witness_quorum(), 2u) << "all of them";
  EXPECT_EQ(audit.witness_gap_after_s(), 60u);
}

TEST(CheckWitnesses, RefusesWhatCannotBe) {
  const auto refused = [](const auto& change) {
    settings::v1::AuditConfig audit;
    Add(audit, 'a');
    Add(audit, 'b');
    EXPECT_TRUE(CheckWitnesses(audit).ok());
    change(audit);
    return ReasonOf(CheckWitnesses(audit)) == v1::ERROR_REASON_CONFIG_INVALID;
  };
  EXPECT_TRUE(refused([](auto& audit) { audit.set_witness_quorum(3); }));
  EXPECT_TRUE(refused([](auto& audit) { audit.set_witness_gap_after_s(86'401); }));
  EXPECT_TRUE(refused([](auto& audit) { audit.set_witness_post("nobody"); }));
  EXPECT_TRUE(refused([](auto& audit) { Add(audit, 'b'); })) << "the same key again";
  EXPECT_TRUE(refused([](auto& audit) { Add(audit, 'c', "w:1"); }));
  EXPECT_TRUE(refused([](auto& audit) {
    audit.mutable_witnesses(0)->set_verifier_key(audit::VerifierKey("log", std::string(32, 'k')));
  }));
}

TEST(CheckWitnesses, HoldsAsManyAsTheLimitSays) {
  settings::v1::AuditConfig audit;
  char seed = 'a';
  while (audit.witnesses_size() < static_cast<int>(model::kWitnessesMax)) Add(audit, seed++);
  EXPECT_TRUE(CheckWitnesses(audit).ok());
  Add(audit, seed);
  EXPECT_EQ(ReasonOf(CheckWitnesses(audit)), v1::ERROR_REASON_CONFIG_INVALID);
}

}  // namespace
}  // namespace tearline::config
