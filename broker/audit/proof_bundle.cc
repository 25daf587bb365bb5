#include "broker/audit/proof_bundle.h"

#include "broker/crypto/base64.h"

namespace tearline::audit {

std::string ProofBundle(std::string_view extra, std::uint64_t index,
                        std::span<const crypto::Digest> proof, std::string_view signed_note) {
  std::string text = "c2sp.org/tlog-proof@v1\n";
  if (!extra.empty()) text += "extra " + crypto::Base64Encode(extra) + "\n";
  text += "index " + std::to_string(index) + "\n";
  for (const crypto::Digest& hash : proof) text += crypto::Base64Encode(hash.View()) + "\n";
  text += "\n";
  text += signed_note;
  return text;
}

}  // namespace tearline::audit
