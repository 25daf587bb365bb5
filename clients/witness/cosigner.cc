#include "clients/witness/cosigner.h"

#include <algorithm>
#include <utility>

#include "clients/verifier/cosignature.h"

namespace tearline::witness {
namespace {

bool IsName(const std::string& name) {
  return !name.empty() && std::none_of(name.begin(), name.end(), [](unsigned char c) {
    return c <= ' ' || c == '+' || c == 0x7f;
  });
}

}  // namespace

absl::StatusOr<Cosigner> Cosigner::Open(std::string name, const std::string& key_file) {
  if (!IsName(name)) {
    return absl::InvalidArgumentError("a witness's name must be without spaces and plus signs");
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
