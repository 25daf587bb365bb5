#include "clients/adapters/digest_text.h"

#include <openssl/evp.h>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <string_view>

namespace tearline::adapters {
namespace {

/// Without SHA-256 nothing can be named or sent; there is no caller who could do better.
void Must(int outcome) {
  if (outcome != 1) std::abort();
}

}  // namespace

void RunningDigest::Freed::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

RunningDigest::RunningDigest() : context_(EVP_MD_CTX_new()) {
  Must(context_ ? EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) : 0);
}

RunningDigest::~RunningDigest() = default;

void RunningDigest::Add(std::string_view bytes) {
  Must(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()));
}

std::string RunningDigest::HalfText() {
  constexpr std::size_t kHalf = 16;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  Must(EVP_DigestFinal_ex(context_.get(), digest.data(), &size));
  std::string text;
  for (std::size_t i = 0; i < kHalf; ++i) {
    text += "0123456789abcdef"[digest[i] / 16];
    text += "0123456789abcdef"[digest[i] % 16];
  }
  return text;
}

}  // namespace tearline::adapters
