#include "broker/audit/leaf.h"

#include "broker/crypto/hmac.h"
#include "broker/status/invariant.h"

namespace tearline::audit {
namespace {

constexpr std::string_view kMagic = "TLL1";
constexpr std::uint16_t kFormatVersion = 1;

void Write(std::uint64_t number, int width, std::string& bytes) {
  for (int shift = 8 * (width - 1); shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>((number >> shift) & 0xff));
  }
}

/// Takes what Write wrote from the front of `bytes`.
std::uint64_t Take(std::size_t width, std::string_view& bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < width; ++i) {
    number = number << 8 | static_cast<unsigned char>(bytes[i]);
  }
  bytes.remove_prefix(width);
  return number;
}

crypto::Digest TakeDigest(std::string_view& bytes) {
  const Result<crypto::Digest> digest = crypto::Digest::FromBytes(bytes.substr(0, 32));
  TEARLINE_INVARIANT(digest.ok(), "a leaf's length was checked");
  bytes.remove_prefix(32);
  return *digest;
}

}  // namespace

std::string EncodeLeaf(const Leaf& leaf) {
  std::string bytes(kMagic);
  Write(kFormatVersion, 2, bytes);
  Write(leaf.behaviour_version, 2, bytes);
  bytes += leaf.ledger_id.Bytes();
  Write(leaf.position, 8, bytes);
  bytes += leaf.header_digest.View();
  Write(static_cast<std::uint64_t>(leaf.stamp_ms), 8, bytes);
  Write(leaf.kind, 2, bytes);
  Write(static_cast<std::uint16_t>(leaf.outcome), 2, bytes);
  Write(leaf.reason, 4, bytes);
  bytes += leaf.policy_digest.View();
  bytes += leaf.details_root.View();
  TEARLINE_INVARIANT(bytes.size() == kLeafBytes, "a leaf is 144 bytes");
  return bytes;
}

Result<Leaf> DecodeLeaf(std::string_view bytes) {
  if (bytes.size() != kLeafBytes || bytes.substr(0, kMagic.size()) != kMagic) {
    return Refuse(v1::ERROR_REASON_STATE_CORRUPT, "a leaf must be 144 bytes and start with TLL1");
  }
  bytes.remove_prefix(kMagic.size());
  if (Take(2, bytes) != kFormatVersion) {
    return Refuse(v1::ERROR_REASON_STATE_CORRUPT, "a leaf's format version must be 1");
  }
  Leaf leaf;
  leaf.behaviour_version = static_cast<std::uint16_t>(Take(2, bytes));
  leaf.ledger_id = *model::LedgerId::FromBytes(bytes.substr(0, model::LedgerId::kBytes));
  bytes.remove_prefix(model::LedgerId::kBytes);
  leaf.position = Take(8, bytes);
  leaf.header_digest = TakeDigest(bytes);
  leaf.stamp_ms = static_cast<std::int64_t>(Take(8, bytes));
  leaf.kind = static_cast<std::uint16_t>(Take(2, bytes));
  leaf.outcome = static_cast<Outcome>(Take(2, bytes));
  leaf.reason = static_cast<std::uint32_t>(Take(4, bytes));
  leaf.policy_digest = TakeDigest(bytes);
  leaf.details_root = TakeDigest(bytes);
  return leaf;
}

std::string Salt(std::string_view seed, std::uint32_t index) {
  TEARLINE_INVARIANT(seed.size() == 32, "a record's seed is 32 bytes");
  std::string number;
  Write(index, 4, number);
  return crypto::HmacSha256(seed, {"tearline detail salt", number}).Bytes().substr(0, kSaltBytes);
}

std::string SaltedDetail(std::string_view seed, std::uint32_t index,
                         const stored::v1::Detail& detail) {
  return Salt(seed, index) + detail.SerializeAsString();
}

}  // namespace tearline::audit
