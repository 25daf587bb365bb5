#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "broker/crypto/digest.h"
#include "broker/model/ids.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/leaf.pb.h"

namespace tearline::audit {

/// What became of a record. Numbers lie in the leaf and never change.
enum class Outcome : std::uint16_t {
  kApplied = 1,           ///< It took effect.
  kRefused = 2,           ///< A caller's fault; the reason is beside it. Nothing else changed.
  kUnappliable = 3,       ///< It could not be applied; kept with its leaf, and health is red.
  kAwaitsSecondHand = 4,  ///< Kept until another post confirms it (P10).
  kRepeated = 5,          ///< A request id seen before, with the same content: answered as then.
};

/// One leaf of the audit tree: what a record was and what became of it. 144 bytes, big-endian;
/// docs/on-disk.md, "Leaf".
struct Leaf {
  std::uint16_t behaviour_version = 0;
  model::LedgerId ledger_id;
  model::Position position = 0;
  crypto::Digest header_digest;
  std::int64_t stamp_ms = 0;
  std::uint16_t kind = 0;  ///< The command's number.
  Outcome outcome = Outcome::kApplied;
  std::uint32_t reason = 0;  ///< The ErrorReason's number; 0 if applied.
  crypto::Digest policy_digest;
  crypto::Digest details_root;
};

inline constexpr std::size_t kLeafBytes = 144;
/// What stands before a detail, in bytes.
inline constexpr std::size_t kSaltBytes = 16;

[[nodiscard]] std::string EncodeLeaf(const Leaf& leaf);

/// Refuses: STATE_CORRUPT.
[[nodiscard]] Result<Leaf> DecodeLeaf(std::string_view bytes);

/// A detail's bytes with its salt before them: what is hashed into the details tree and what is
/// handed to whoever may open it. The salt (HMAC-SHA256 over `index`, cut to 16 bytes) derives from
/// the record's seed, so that every replay gives the same and nobody can guess a detail from its
/// hash.
///
/// Requires: `seed` is 32 bytes.
[[nodiscard]] std::string SaltedDetail(std::string_view seed, std::uint32_t index,
                                       const stored::v1::Detail& detail);

/// The salt of that number, 16 bytes: a detail's, or alone what stands in a slot without one.
///
/// Requires: `seed` is 32 bytes.
[[nodiscard]] std::string Salt(std::string_view seed, std::uint32_t index);

}  // namespace tearline::audit
