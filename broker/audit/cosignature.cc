#include "broker/audit/cosignature.h"

#include "broker/audit/note.h"
#include "broker/crypto/base64.h"
#include "broker/crypto/signer.h"

namespace tearline::audit {
namespace {

constexpr std::size_t kTimeBytes = 8;
/// What a witness may make us read.
constexpr std::size_t kAnswerBytesMax = 64 * 1024;

Status Invalid(const char* sentence) { return Refuse(v1::ERROR_REASON_PROOF_INVALID, sentence); }

/// The time that a signature by `key` states; 0 if it does not verify.
std::uint64_t VerifiedTime(std::string_view text, std::string_view signature,
                           const WitnessKey& key) {
  if (signature.size() != kTimeBytes + crypto::kSignatureBytes) return 0;
  std::uint64_t time_s = 0;
  for (std::size_t i = 0; i < kTimeBytes; ++i) {
    time_s = time_s << 8 | static_cast<unsigned char>(signature[i]);
  }
  const std::string message =
      "cosignature/v1\ntime " + std::to_string(time_s) + "\n" + std::string(text);
  const bool verifies =
      crypto::VerifyEd25519(key.public_key, message, signature.substr(kTimeBytes));
  return verifies ? time_s : 0;
}

}  // namespace

Result<WitnessKey> ReadWitnessKey(std::string_view text) {
  const Status malformed =
      Invalid("a witness's verifier key must read NAME+ID+BASE64, of key type 4");
  const std::size_t first = text.find('+');
  if (first == std::string_view::npos) return malformed;
  const std::size_t second = text.find('+', first + 1);
  if (second == std::string_view::npos) return malformed;
  const std::string_view name = text.substr(0, first);
  if (!IsKeyName(name)) return malformed;
  const Result<std::string> bytes = crypto::Base64Decode(text.substr(second + 1));
  if (!bytes.ok() || bytes->empty() || bytes->front() != static_cast<char>(KeyType::kCosignature)) {
    return malformed;
  }
  WitnessKey key{std::string(text), std::string(name), "", bytes->substr(1)};
  if (!crypto::IsFitPublicKey(key.public_key)) {
    return Invalid("a witness's public key must be a fit Ed25519 key");
  }
  key.key_id = KeyId(KeyType::kCosignature, key.name, key.public_key);
  if (VerifierKey(key.name, key.public_key, KeyType::kCosignature) != text) {
    return Invalid("a witness's verifier key must carry the id of its name and key");
  }
  return key;
}

Result<Cosignature> FindCosignature(std::string_view text, std::string_view lines,
                                    const WitnessKey& key) {
  if (lines.size() > kAnswerBytesMax) return Invalid("a witness's answer is at most 64 KiB");
  Cosignature found;
  while (!lines.empty()) {
    const std::size_t end = lines.find('\n');
    if (end == std::string_view::npos) return Invalid("a signature line must end in a newline");
    const std::string_view line = lines.substr(0, end);
    lines.remove_prefix(end + 1);
    const Result<SignatureLine> read = ReadSignatureLine(line);
    if (!read.ok()) return read.status();
    if (read->name != key.name || read->key_id != key.key_id) continue;
    const std::uint64_t time_s = VerifiedTime(text, read->signature, key);
    if (time_s == 0) return Invalid("the witness's cosignature does not verify");
    found = {std::string(line) + "\n", time_s};
  }
  if (found.time_s == 0) return Invalid("the answer does not hold the witness's cosignature");
  return found;
}

}  // namespace tearline::audit
