#include "broker/rpc/page_seal.h"

#include <cstddef>

#include "broker/crypto/base64.h"
#include "broker/crypto/hmac.h"
#include "broker/crypto/random.h"
#include "broker/crypto/seal.h"

namespace tearline::rpc {
namespace {

/// Drawn for each token. A key of the token's own comes from it, so no nonce is used twice.
constexpr std::size_t kSaltBytes = 16;
/// The longest token there is, in bytes: where an open obligation is found, by ids and two names of
/// posts, with salt and seal, in base64.
constexpr std::size_t kTokenBytesMax = 384;

std::string KeyOf(const crypto::Secret& key, std::string_view salt) {
  return crypto::HmacSha256(key.View(), {"tearline page token", salt}).Bytes();
}

std::string Nonce() { return std::string(crypto::kSealNonceBytes, '\0'); }

/// Whom the token is for. A post's name begins with its agency; an empty one needs telling.
std::string Bound(const stored::v1::Actor& actor) { return actor.agency() + "\n" + actor.post(); }

}  // namespace

PageSeal::PageSeal() : key_(crypto::RandomBytes(crypto::kSealKeyBytes)) {}

std::string PageSeal::Write(std::string_view place, const stored::v1::Actor& actor) const {
  const std::string salt = crypto::RandomBytes(kSaltBytes);
  return crypto::Base64Encode(salt + crypto::Seal(KeyOf(key_, salt), Nonce(), Bound(actor), place));
}

Result<std::string> PageSeal::Read(const std::string& token, const stored::v1::Actor& actor) const {
  if (token.empty()) return token;
  if (token.size() <= kTokenBytesMax) {
    const Result<std::string> bytes = crypto::Base64Decode(token);
    if (bytes.ok() && bytes->size() > kSaltBytes + crypto::kSealTagBytes) {
      const std::string_view salt = std::string_view(*bytes).substr(0, kSaltBytes);
      Result<std::string> place =
          crypto::Open(KeyOf(key_, salt), Nonce(), Bound(actor), bytes->substr(kSaltBytes));
      if (place.ok()) return place;
    }
  }
  return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                "`page_token` must be one that was given out to this post since the broker was "
                "started, or empty");
}

}  // namespace tearline::rpc
