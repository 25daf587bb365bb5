#include "clients/cli/note_signer.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace tearline::cli {
namespace {

constexpr std::size_t kPublicKeyBytes = 32;
constexpr std::size_t kSignatureBytes = 64;

bool IsPlain(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '-' || c == '_' || c == '/';
}

std::shared_ptr<EVP_PKEY> ReadKey(const std::string& path) {
  const std::unique_ptr<std::FILE, decltype(&std::fclose)> file(std::fopen(path.c_str(), "r"),
                                                                &std::fclose);
  if (!file) return nullptr;
  // No passphrase is asked for: an empty one is tried.
  char none[] = "";
  return {PEM_read_PrivateKey(file.get(), nullptr, nullptr, none), EVP_PKEY_free};
}

}  // namespace

absl::StatusOr<NoteSigner> NoteSigner::Open(std::string name, const std::string& key_file) {
  if (name.empty() || !std::all_of(name.begin(), name.end(), IsPlain)) {
    return absl::InvalidArgumentError(
        "a signer's name must be of letters, digits and . - _ / only");
  }
  struct stat file = {};
  if (stat(key_file.c_str(), &file) != 0 || (file.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return absl::PermissionDeniedError("the key file must exist and be unreadable to others");
  }
  std::shared_ptr<EVP_PKEY> key = ReadKey(key_file);
  std::string public_key(kPublicKeyBytes, '\0');
  std::size_t size = public_key.size();
  if (!key || EVP_PKEY_id(key.get()) != EVP_PKEY_ED25519 ||
      EVP_PKEY_get_raw_public_key(key.get(), reinterpret_cast<unsigned char*>(public_key.data()),
                                  &size) != 1) {
    return absl::PermissionDeniedError("the key file must hold an Ed25519 private key in PEM");
  }
  return NoteSigner(
      verifier::MakeVerifierKey(verifier::KeyType::kNote, std::move(name), std::move(public_key)),
      std::move(key));
}

absl::StatusOr<std::string> NoteSigner::Sign(std::string_view text) const {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        EVP_MD_CTX_free);
  std::string signature(kSignatureBytes, '\0');
  std::size_t size = signature.size();
  if (!context ||
      EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, private_key_.get()) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                     reinterpret_cast<const unsigned char*>(text.data()), text.size()) != 1) {
    return absl::InternalError("the key does not sign");
  }
  return std::string(text) + '\n' +
         verifier::Text(verifier::SignatureLine{key_.name, key_.id, signature});
}

}  // namespace tearline::cli
