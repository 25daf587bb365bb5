#include "clients/signing/signing_key.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <sys/stat.h>

#include <cstdio>
#include <cstdlib>

#include "clients/verifier/base64.h"
#include "clients/verifier/statement.h"
#include "clients/verifier/tree.h"

namespace tearline::signing {
namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kSignatureBytes = 64;

const unsigned char* Octets(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

unsigned char* Room(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

std::shared_ptr<EVP_PKEY> ReadKey(const std::string& path) {
  const std::unique_ptr<std::FILE, decltype(&std::fclose)> file(std::fopen(path.c_str(), "r"),
                                                                &std::fclose);
  if (!file) return nullptr;
  // No passphrase is asked for: an empty one is tried.
  char none[] = "";
  return {PEM_read_PrivateKey(file.get(), nullptr, nullptr, none), EVP_PKEY_free};
}

}  // namespace

absl::StatusOr<SigningKey> SigningKey::Open(const std::string& path) {
  struct stat file = {};
  if (stat(path.c_str(), &file) != 0 || (file.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return absl::PermissionDeniedError("the key file must exist and be unreadable to others");
  }
  return From(ReadKey(path));
}

SigningKey SigningKey::FromSeed(std::string_view seed) {
  absl::StatusOr<SigningKey> key =
      From({EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, Octets(seed), seed.size()),
            EVP_PKEY_free});
  if (!key.ok()) std::abort();  // A seed that is not 32 bytes is the caller's mistake.
  return *std::move(key);
}

absl::StatusOr<SigningKey> SigningKey::From(std::shared_ptr<EVP_PKEY> key) {
  std::string public_key(kKeyBytes, '\0');
  std::string seed(kKeyBytes, '\0');
  std::size_t public_size = public_key.size();
  std::size_t seed_size = seed.size();
  if (!key || EVP_PKEY_id(key.get()) != EVP_PKEY_ED25519 ||
      EVP_PKEY_get_raw_public_key(key.get(), Room(public_key), &public_size) != 1 ||
      EVP_PKEY_get_raw_private_key(key.get(), Room(seed), &seed_size) != 1) {
    return absl::PermissionDeniedError("the key file must hold an Ed25519 private key in PEM");
  }
  return SigningKey(std::move(key), std::move(public_key),
                    verifier::SaltedDigest("tearline drawing key", "", seed));
}

std::string SigningKey::KeyId() const {
  return verifier::Hex(verifier::Bytes(verifier::Sha256(public_key_)));
}

v1::Envelope SigningKey::Sign(std::string_view payload_type, std::string payload) const {
  const std::string message = verifier::PreAuthentication(payload_type, payload);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        EVP_MD_CTX_free);
  std::string signature(kSignatureBytes, '\0');
  std::size_t size = signature.size();
  if (!context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) != 1 ||
      EVP_DigestSign(context.get(), Room(signature), &size, Octets(message), message.size()) != 1) {
    std::abort();  // An Ed25519 key signs whatever it is given.
  }
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
  std::string drawn(kKeyBytes, '\0');
  unsigned int size = 0;
  if (HMAC(EVP_sha256(), drawing_key_.data(), static_cast<int>(drawing_key_.size()), Octets(what),
           what.size(), Room(drawn), &size) == nullptr) {
    std::abort();  // There is memory for an HMAC.
  }
  return drawn;
}

}  // namespace tearline::signing
