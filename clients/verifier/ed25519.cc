#include "clients/verifier/ed25519.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>

#include "clients/verifier/base64.h"

namespace tearline::verifier {
namespace {

const unsigned char* Raw(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

/// The points of low order, as hexadecimal y without the sign of x: of order 1, 2, 4, 8 and 8. Each
/// stands for both signs. Those that are not canonical are refused for that.
constexpr std::array<std::string_view, 5> kLowOrder = {
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"};

}  // namespace

bool IsFitKey(std::string_view key) {
  if (key.size() != 32) return false;
  std::string y(key);
  y.back() = static_cast<char>(y.back() & 0x7f);
  // 2^255 - 19 and all above it: ed or more, 30 bytes ff, 7f.
  const bool above = static_cast<unsigned char>(y.front()) >= 0xed && y.back() == 0x7f &&
                     y.find_first_not_of('\xff', 1) == 31;
  return !above && std::find(kLowOrder.begin(), kLowOrder.end(), Hex(y)) == kLowOrder.end();
}

bool SignedBy(std::string_view public_key, std::string_view message, std::string_view signature) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, Raw(public_key), public_key.size()),
      EVP_PKEY_free);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        EVP_MD_CTX_free);
  if (key == nullptr || context == nullptr) return false;
  if (EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) != 1) return false;
  return EVP_DigestVerify(context.get(), Raw(signature), signature.size(), Raw(message),
                          message.size()) == 1;
}

}  // namespace tearline::verifier
