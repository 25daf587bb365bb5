#include "tests/assembly/installation.h"

#include <fstream>

#include "broker/crypto/key_file.h"
#include "broker/status/invariant.h"
#include "tests/doubles/sample_policy.h"

namespace tearline {
namespace {

constexpr char kConfig[] = R"(
listen { address: "127.0.0.1:0" certificate_file: "certs/broker.pem" key_file: "certs/broker.key"
         agency_authorities_file: "certs/agencies.pem" }
ledger { rocksdb { directory: "ledger" } }
state { directory: "state" }
vault { directory: "vault" key_encryption_key_file: "kek" }
audit { signing_key_file: "signing.pem" checkpoint_directory: "checkpoints"
        checkpoint_interval_ms: 60000 }
)";

constexpr char kDirectory[] = R"(
trust_domain: "tearline.example"
log_origin: "tearline.example/audit"
accreditation { tier: TIER_OFFICIAL sensitive: true }
agencies { agency: "probation" kind: AGENCY_KIND_PROBATION
           authority_certificate_file: "certs/probation/ca.pem" }
agencies { agency: "police" kind: AGENCY_KIND_POLICE
           authority_certificate_file: "certs/police/ca.pem" }
members { agency: "probation" member: "chair" kind: MEMBER_KIND_PERSON }
members { agency: "police" member: "system" kind: MEMBER_KIND_SERVICE }
posts { post: "probation/chair" roles: POST_ROLE_CHAIR holder: "chair"
        clearance { tier: TIER_OFFICIAL sensitive: true } }
posts { post: "police/intel" roles: POST_ROLE_INTELLIGENCE services: "system"
        clearance { tier: TIER_OFFICIAL sensitive: true } }
)";

constexpr char kPolicy[] = R"(
id: "installation" version: 1 purpose: "For tests."
rules { id: "G1" kind: RULE_KIND_GRANT level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW
  when { recipient { seat: SEAT_KIND_CHAIR } } }
)";

void MustSucceed(const std::vector<std::string>& command) {
  const doubles::CommandOutcome outcome = doubles::RunCommand(command);
  TEARLINE_INVARIANT(outcome.exit_code == 0, "what prepares an installation succeeds");
}

}  // namespace

Installation::Installation() {
  MustSucceed({std::string(TEARLINE_SOURCE_DIR) + "/deploy/certs/make-development-certs",
               Path("certs").string(), "--member", "probation/chair", "police/system"});
  MustSucceed(
      {"openssl", "genpkey", "-algorithm", "ed25519", "-out", Path("signing.pem").string()});
  std::filesystem::permissions(Path("signing.pem"), std::filesystem::perms::owner_read |
                                                        std::filesystem::perms::owner_write);
  TEARLINE_INVARIANT(crypto::WriteNewKeyFile(Path("kek"), std::string(32, 'K')).ok(),
                     "a key is written");
  Write("broker.textproto", kConfig);
  Write("directory.textproto", kDirectory);
  Write("policy.textproto", kPolicy + doubles::ChairsAlone());
}

config::Loaded Installation::Load() const {
  auto loaded = config::LoadConfig(Config());
  TEARLINE_INVARIANT(loaded.ok(), "the installation's configuration is good");
  return *std::move(loaded);
}

doubles::CommandOutcome Installation::Tearlined(const std::vector<std::string>& words) {
  std::vector<std::string> command = {std::string(TEARLINE_BINARY_DIR) + "/bin/tearlined"};
  command.insert(command.end(), words.begin(), words.end());
  return doubles::RunCommand(command);
}

doubles::CommandOutcome Installation::Genesis() const {
  return Tearlined({"--genesis", Path("directory.textproto").string(), "--policy",
                    Path("policy.textproto").string(), Config()});
}

void Installation::Write(const std::string& name, const std::string& text) const {
  std::ofstream(Path(name), std::ios::binary) << text;
}

}  // namespace tearline
