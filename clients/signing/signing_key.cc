#include "clients/signing/signing_key.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <cstdlib>

#include "clients/verifier/base64.h"
#include "clients/verifier/statement.h"
#include "clients/verifier/tree.h"

namespace tearline::signing {
namespace {

constexpr std::size_t kDrawnBytes = 32;

const unsigned char* Octets(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

unsigned char* Room(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

}  // namespace

absl::StatusOr<SigningKey> SigningKey::Open(const std::string& path) {
  absl::StatusOr<PrivateKey> key = PrivateKey::Open(path);
  if (!key.ok()) return key.status();
  return SigningKey(*std::move(key));
}

SigningKey SigningKey::FromSeed(std::string_view seed) {
  return SigningKey(PrivateKey::FromSeed(seed));
}

std::string SigningKey::KeyId() const {
  return verifier::Hex(verifier::Bytes(verifier::Sha256(PublicKey())));
}

v1::Envelope SigningKey::Sign(std::string_view payload_type, std::string payload) const {
  const std::string signature = key_.Sign(verifier::PreAuthentication(payload_type, payload));
  v1::Envelope envelope;
  envelope.set_payload(std::move(payload));
  envelope.set_payload_type(std::string(payload_type));
  envelope.add_signatures()->set_sig(signature);
  envelope.mutable_signatures(0)->set_keyid(KeyId());
  return envelope;
}

std::string SigningKey::Drawn(std::string_view request_id, std::string_view name,
                              std::uint32_t number) const {
  std::string what(name);
  what.push_back('\0');
  for (int shift = 24; shift >= 0; shift -= 8) {
    what.push_back(static_cast<char>(number >> shift & 0xff));
  }
  what.append(request_id);
  std::string drawn(kDrawnBytes, '\0');
  unsigned int size = 0;
  if (HMAC(EVP_sha256(), drawing_key_.data(), static_cast<int>(drawing_key_.size()), Octets(what),
           what.size(), Room(drawn), &size) == nullptr) {
    std::abort();  // There is memory for an HMAC.
  }
  return drawn;
}

}  // namespace tearline::signing
