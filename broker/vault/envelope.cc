#include "broker/vault/envelope.h"

#include <cstddef>

#include "broker/crypto/random.h"
#include "broker/crypto/seal.h"
#include "broker/status/invariant.h"

namespace tearline::vault {
namespace {

constexpr std::string_view kLabel = "tearline seal v1";
constexpr std::size_t kOwnerBytes = 16;

/// A content key seals one plaintext only, so its nonce need not differ from any other.
const std::string& Nonce() {
  static const std::string nonce(crypto::kSealNonceBytes, '\0');
  return nonce;
}

/// The associated data; told in docs/on-disk.md, "Vault".
std::string Bound(const Place& place) {
  TEARLINE_INVARIANT(place.owner.size() == kOwnerBytes, "what is sealed has an owner of 16 bytes");
  std::string bytes(kLabel);
  bytes += place.ledger_id.Bytes();
  bytes += place.owner;
  bytes.push_back(static_cast<char>(place.kind));
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>((place.index >> shift) & 0xff));
  }
  return bytes;
}

}  // namespace

Result<Sealed> Seal(const Vault& vault, const Place& place,
                    const std::vector<model::SubjectKeyId>& subject_keys, std::string_view plain) {
  TEARLINE_INVARIANT(!subject_keys.empty(), "content is sealed for at least one subject key");
  const crypto::Secret content_key(crypto::RandomBytes(crypto::kSealKeyBytes));
  Sealed sealed;
  for (const model::SubjectKeyId& id : subject_keys) {
    const Result<crypto::Secret> subject_key = vault.Find(id);
    if (!subject_key.ok()) return subject_key.status();
    stored::v1::WrappedKey& key = sealed.keys.emplace_back();
    key.set_subject_key_id(id.Bytes());
    key.set_wrapped(crypto::Wrap(subject_key->View(), content_key.View()));
  }
  sealed.ciphertext = crypto::Seal(content_key.View(), Nonce(), Bound(place), plain);
  return sealed;
}

Result<std::string> Open(const Vault& vault, const Place& place, std::string_view ciphertext,
                         const google::protobuf::RepeatedPtrField<stored::v1::WrappedKey>& keys) {
  for (const stored::v1::WrappedKey& key : keys) {
    const Result<model::SubjectKeyId> id = model::SubjectKeyId::FromBytes(key.subject_key_id());
    if (!id.ok()) {
      return Refuse(v1::ERROR_REASON_SEAL_BROKEN, "a wrapped key names no subject key");
    }
    const Result<crypto::Secret> subject_key = vault.Find(*id);
    if (ReasonOf(subject_key.status()) == v1::ERROR_REASON_KEY_MISSING) continue;
    if (!subject_key.ok()) return subject_key.status();
    Result<std::string> unwrapped = crypto::Unwrap(subject_key->View(), key.wrapped());
    if (!unwrapped.ok()) return unwrapped.status();
    const crypto::Secret content_key(*std::move(unwrapped));
    return crypto::Open(content_key.View(), Nonce(), Bound(place), ciphertext);
  }
  return Refuse(v1::ERROR_REASON_KEY_MISSING, "every subject key of this content is gone");
}

}  // namespace tearline::vault
