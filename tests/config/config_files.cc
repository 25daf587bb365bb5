#include "tests/config/config_files.h"

#include <fstream>

#include "broker/crypto/key_file.h"
#include "broker/status/invariant.h"

namespace tearline::config {

ConfigFiles::ConfigFiles() {
  for (const char* key : {"broker.key", "kek", "signing.pem"}) {
    TEARLINE_INVARIANT(crypto::WriteNewKeyFile(Path(key), std::string(32, 'k')).ok(),
                       "a key is written");
  }
  Write("broker.pem", "certificate");
  Write("agencies.pem", "certificates");
}

void ConfigFiles::Write(const std::string& name, const std::string& text) const {
  std::ofstream(Path(name), std::ios::binary) << text;
}

std::string ConfigFiles::Good() {
  return R"(
listen { address: "127.0.0.1:7443" certificate_file: "broker.pem" key_file: "broker.key"
         agency_authorities_file: "agencies.pem" }
ledger { rocksdb { directory: "ledger" } }
state { directory: "state" }
vault { directory: "vault" key_encryption_key_file: "kek" }
audit { signing_key_file: "signing.pem" checkpoint_directory: "checkpoints" }
)";
}

std::string ConfigFiles::GoodBut(const std::string& from, const std::string& to) {
  std::string text = Good();
  const std::size_t at = text.find(from);
  TEARLINE_INVARIANT(at != std::string::npos, "what is replaced is there");
  return text.replace(at, from.size(), to);
}

}  // namespace tearline::config
