#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "broker/crypto/digest.h"

namespace tearline::audit {

/// Records of this behaviour version and above have their details at drawn places, under a tree of
/// one height.
inline constexpr std::uint16_t kDrawnPlacesFrom = 2;
/// How many hashes lead from a detail to the details root since then, unless it is one of more than
/// 2^10.
inline constexpr std::size_t kDetailLevels = 10;

/// The small tree of what one leaf says to each party. Whoever is shown one detail with its proof
/// learns nothing of the others: empty slots cannot be told from filled ones (both are salted), the
/// place is drawn, and the proof is as long whatever the number of details. All of it derives from
/// the record's seed, so that every replay gives the same.
///
/// Source: docs/on-disk.md, "Detail"; RFC 6962, section 2.1.
class DetailTree {
 public:
  /// `salted` are the details in order, each behind its salt (SaltedDetail).
  ///
  /// Requires: `seed` is 32 bytes; at most 2^31 details.
  DetailTree(std::uint16_t behaviour_version, std::string_view seed,
             const std::vector<std::string>& salted);

  crypto::Digest Root() const;

  /// The slot of detail `number`. Requires: there is such a detail.
  std::uint32_t SlotOf(std::size_t number) const;
  /// The hashes from detail `number` to the root, lowest first: an RFC 6962 inclusion proof in a
  /// tree of two to the power of their number. Requires: there is such a detail.
  std::vector<crypto::Digest> ProofOf(std::size_t number) const;

  /// The hashes of the slots that hold no detail, in order of slot.
  std::vector<crypto::Digest> Padding() const;
  /// What stands beside the padded slots, level by level; empty below kDrawnPlacesFrom.
  const std::vector<crypto::Digest>& Beside() const { return beside_; }

 private:
  std::size_t details_;
  std::vector<std::uint32_t> places_;   ///< By number, those of the padding behind.
  std::vector<crypto::Digest> slots_;   ///< By place.
  std::vector<crypto::Digest> beside_;  ///< Lowest first.
  std::uint32_t sides_ = 0;             ///< Bit k: at that level what is beside stands left.
};

}  // namespace tearline::audit
