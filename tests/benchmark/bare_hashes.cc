#include "tests/benchmark/bare_hashes.h"

#include <openssl/evp.h>

#include <stdexcept>
#include <string>

namespace tearline::benchmark {

BareHashes::BareHashes()
    : algorithm_(EVP_MD_fetch(nullptr, "SHA256", nullptr)), context_(EVP_MD_CTX_new()) {
  if (!algorithm_ || !context_) throw std::runtime_error("no SHA-256");
}

void BareHashes::Free::operator()(evp_md_st* algorithm) const { EVP_MD_free(algorithm); }
void BareHashes::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

void BareHashes::Of(std::string_view message) {
  EVP_MD_CTX* const context = context_.get();
  if (EVP_DigestInit_ex2(context, algorithm_.get(), nullptr) != 1 ||
      EVP_DigestUpdate(context, message.data(), message.size()) != 1 ||
      EVP_DigestFinal_ex(context, digest_, nullptr) != 1) {
    throw std::runtime_error("no digest");
  }
}

void BareHashes::OfNodes(std::size_t count) {
  static const std::string node = '\x01' + std::string(64, 'n');
  for (std::size_t i = 0; i < count; ++i) Of(node);
}

}  // namespace tearline::benchmark
