#include "broker/crypto/secret.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <utility>

namespace tearline::crypto {

Secret::Secret(std::string bytes) : Secret(OfSize(bytes.size())) {
  std::copy(bytes.begin(), bytes.end(), octets_.get());
  WipeBytes(bytes);
}

Secret Secret::OfSize(std::size_t count) {
  Secret secret;
  secret.octets_ = std::make_unique<char[]>(count);
  secret.size_ = count;
  return secret;
}

Secret::~Secret() { Wipe(); }

Secret::Secret(Secret&& other) noexcept
    : octets_(std::move(other.octets_)), size_(std::exchange(other.size_, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    Wipe();
    octets_ = std::move(other.octets_);
    size_ = std::exchange(other.size_, 0);
  }
  return *this;
}

void Secret::Wipe() { WipeBytes(MutableBytes()); }

void WipeBytes(std::span<char> bytes) {
  if (!bytes.empty()) OPENSSL_cleanse(bytes.data(), bytes.size());
}

bool EqualInConstantTime(std::string_view left, std::string_view right) {
  return left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace tearline::crypto
