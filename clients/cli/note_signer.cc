#include "clients/cli/note_signer.h"

#include <algorithm>
#include <utility>

namespace tearline::cli {
namespace {

bool IsPlain(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '-' || c == '_' || c == '/';
}

}  // namespace

absl::StatusOr<NoteSigner> NoteSigner::Open(std::string name, const std::string& key_file) {
  if (name.empty() || !std::all_of(name.begin(), name.end(), IsPlain)) {
    return absl::InvalidArgumentError(
        "a signer's name must be of letters, digits and . - _ / only");
  }
  absl::StatusOr<signing::PrivateKey> key = signing::PrivateKey::Open(key_file);
  if (!key.ok()) return key.status();
  verifier::VerifierKey shown =
      verifier::MakeVerifierKey(verifier::KeyType::kNote, std::move(name), key->PublicKey());
  return NoteSigner(std::move(shown), *std::move(key));
}

std::string NoteSigner::Sign(std::string_view text) const {
  return std::string(text) + '\n' +
         verifier::Text(verifier::SignatureLine{key_.name, key_.id, private_key_.Sign(text)});
}

}  // namespace tearline::cli
