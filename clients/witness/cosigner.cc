#include "clients/witness/cosigner.h"

#include <utility>

#include "clients/verifier/cosignature.h"
#include "clients/verifier/plain_text.h"

namespace tearline::witness {

absl::StatusOr<Cosigner> Cosigner::Open(std::string name, const std::string& key_file) {
  if (!verifier::IsKeyName(name) || name.find('\x7f') != std::string::npos) {
    return absl::InvalidArgumentError(
        "a witness's name must be UTF-8 without white space, control characters and plus signs");
  }
  absl::StatusOr<signing::PrivateKey> key = signing::PrivateKey::Open(key_file);
  if (!key.ok()) return key.status();
  verifier::VerifierKey shown =
      verifier::MakeVerifierKey(verifier::KeyType::kCosignature, std::move(name), key->PublicKey());
  return Cosigner(std::move(shown), *std::move(key));
}

std::string Cosigner::Cosign(std::string_view text, std::uint64_t time_s) const {
  const std::string signature = private_key_.Sign(verifier::CosignedMessage(text, time_s));
  return verifier::CosignatureLine(key_, time_s, signature);
}

}  // namespace tearline::witness
