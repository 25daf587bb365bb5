#include "clients/signing/private_key.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sys/stat.h>

#include <cstdio>
#include <cstdlib>

#include "clients/verifier/statement.h"

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

absl::StatusOr<PrivateKey> PrivateKey::Open(const std::string& path) {
  struct stat file = {};
  if (stat(path.c_str(), &file) != 0 || (file.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return absl::PermissionDeniedError("the key file must exist and be unreadable to others");
  }
  return From(ReadKey(path));
}

PrivateKey PrivateKey::FromSeed(std::string_view seed) {
  absl::StatusOr<PrivateKey> key =
      From({EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, Octets(seed), seed.size()),
            EVP_PKEY_free});
  if (!key.ok()) std::abort();  // A seed that is not 32 bytes is the caller's mistake.
  return *std::move(key);
}

absl::StatusOr<PrivateKey> PrivateKey::From(std::shared_ptr<EVP_PKEY> key) {
  std::string public_key(kKeyBytes, '\0');
  std::size_t size = public_key.size();
  if (!key || EVP_PKEY_id(key.get()) != EVP_PKEY_ED25519 ||
      EVP_PKEY_get_raw_public_key(key.get(), Room(public_key), &size) != 1) {
    return absl::PermissionDeniedError("the key file must hold an Ed25519 private key in PEM");
  }
  return PrivateKey(std::move(key), std::move(public_key));
}

std::string PrivateKey::Sign(std::string_view message) const {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        EVP_MD_CTX_free);
  std::string signature(kSignatureBytes, '\0');
  std::size_t size = signature.size();
  if (!context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) != 1 ||
      EVP_DigestSign(context.get(), Room(signature), &size, Octets(message), message.size()) != 1) {
    std::abort();  // An Ed25519 key signs whatever it is given.
  }
  return signature;
}

std::string PrivateKey::Derived(std::string_view what_for) const {
  std::string seed(kKeyBytes, '\0');
  std::size_t size = seed.size();
  if (EVP_PKEY_get_raw_private_key(key_.get(), Room(seed), &size) != 1) {
    std::abort();  // An Ed25519 key is 32 bytes.
  }
  return verifier::SaltedDigest(what_for, "", seed);
}

}  // namespace tearline::signing
