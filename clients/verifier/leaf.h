#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/verifier/tree.h"

namespace tearline::v1 {
class LogLeaf;
}

namespace tearline::verifier {

/// What one record was and what became of it. docs/on-disk.md, "Leaf".
struct Leaf {
  std::uint16_t behaviour_version = 0;
  std::array<char, 16> ledger_id{};
  std::uint64_t position = 0;
  Hash header_digest{};
  std::int64_t stamp_ms = 0;
  std::uint16_t kind = 0;
  std::uint16_t outcome = 0;
  std::uint32_t reason = 0;
  Hash policy_digest{};
  Hash details_root{};
};

inline constexpr std::size_t kLeafBytes = 144;

/// Outcomes as they lie in a leaf.
inline constexpr std::uint16_t kApplied = 1;
inline constexpr std::uint16_t kRefused = 2;
inline constexpr std::uint16_t kUnappliable = 3;
inline constexpr std::uint16_t kAwaitsSecondHand = 4;
inline constexpr std::uint16_t kRepeated = 5;

/// Refuses: DATA_LOSS; other lengths, another magic or format version, an outcome that is none.
[[nodiscard]] absl::StatusOr<Leaf> ReadLeaf(std::string_view bytes);

/// A leaf as a log hands it out: its bytes, its details in order (salt and fact) with their slots,
/// the hashes of the slots that hold none, and of what stands beside all of these, lowest first.
struct LeafEntry {
  std::uint64_t index = 0;
  std::string leaf;
  std::vector<std::string> details;
  std::vector<std::uint32_t> slots;  ///< One for each detail; none stands for 0, 1, 2 …
  std::vector<std::string> padding_hashes;
  std::vector<std::string> beside_hashes;
};

/// A leaf as the broker's answer holds it.
[[nodiscard]] LeafEntry EntryAnswered(const v1::LogLeaf& leaf);

struct LeafParts;

/// The root of the details tree that a leaf's parts claim to be whole.
///
/// Refuses: DATA_LOSS; not a power of two of slots, fewer than 8, two details in one slot or one
/// outside them, a hash that is none, a detail shorter than its salt.
[[nodiscard]] absl::StatusOr<Hash> DetailsRoot(const LeafParts& parts);

}  // namespace tearline::verifier
