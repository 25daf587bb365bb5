#include "broker/audit/detail_tree.h"

#include <bit>
#include <numeric>
#include <utility>

#include "broker/audit/leaf.h"
#include "broker/crypto/hmac.h"
#include "broker/merkle/hashing.h"
#include "broker/merkle/small_tree.h"
#include "broker/status/invariant.h"

namespace tearline::audit {
namespace {

std::string FourBytes(std::uint32_t number) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift & 0xff);
  return bytes;
}

/// Numbers that nobody without the seed can foresee: the blocks HMAC-SHA256(seed, "tearline detail
/// places", counter), four bytes after four.
class Draws {
 public:
  explicit Draws(std::string_view seed) : seed_(seed) {}

  std::uint32_t Next() {
    if (at_ == block_.size()) {
      block_ = crypto::HmacSha256(seed_, {"tearline detail places", FourBytes(count_++)}).Bytes();
      at_ = 0;
    }
    std::uint32_t number = 0;
    for (int i = 0; i < 4; ++i) number = number << 8 | static_cast<unsigned char>(block_[at_++]);
    return number;
  }
  /// Below `bound`, near enough evenly.
  std::uint32_t Below(std::uint32_t bound) {
    return static_cast<std::uint32_t>(std::uint64_t{Next()} * bound >> 32);
  }

 private:
  const std::string_view seed_;
  std::string block_;
  std::size_t at_ = 0;
  std::uint32_t count_ = 0;
};

}  // namespace

DetailTree::DetailTree(std::uint16_t behaviour_version, std::string_view seed,
                       const std::vector<std::string>& salted)
    : details_(salted.size()), places_(merkle::PaddedSize(salted.size())), slots_(places_.size()) {
  std::iota(places_.begin(), places_.end(), 0U);
  if (behaviour_version >= kDrawnPlacesFrom) {
    Draws draws(seed);
    for (auto i = static_cast<std::uint32_t>(places_.size() - 1); i > 0; --i) {
      std::swap(places_[i], places_[draws.Below(i + 1)]);
    }
    const auto levels = static_cast<std::size_t>(std::countr_zero(places_.size()));
    const std::string key = crypto::HmacSha256(seed, {"tearline detail beside"}).Bytes();
    for (std::size_t level = levels; level < kDetailLevels; ++level) {
      beside_.push_back(crypto::Sha256({key, FourBytes(static_cast<std::uint32_t>(level))}));
    }
    sides_ = draws.Next() & ((1U << beside_.size()) - 1);
  }
  for (std::size_t number = 0; number < places_.size(); ++number) {
    slots_[places_[number]] = merkle::LeafHash(
        number < details_ ? salted[number] : Salt(seed, static_cast<std::uint32_t>(number)));
  }
}

crypto::Digest DetailTree::Root() const {
  crypto::Digest root = merkle::RootOf(slots_);
  for (std::size_t level = 0; level < beside_.size(); ++level) {
    const bool is_left = (sides_ >> level & 1U) != 0;
    root =
        is_left ? merkle::NodeHash(beside_[level], root) : merkle::NodeHash(root, beside_[level]);
  }
  return root;
}

std::uint32_t DetailTree::SlotOf(std::size_t number) const {
  TEARLINE_INVARIANT(number < details_, "a slot is asked of a detail there is");
  return static_cast<std::uint32_t>(sides_ * slots_.size()) + places_[number];
}

std::vector<crypto::Digest> DetailTree::ProofOf(std::size_t number) const {
  TEARLINE_INVARIANT(number < details_, "a proof is asked of a detail there is");
  std::vector<crypto::Digest> proof = merkle::InclusionIn(slots_, places_[number]);
  proof.insert(proof.end(), beside_.begin(), beside_.end());
  return proof;
}

std::vector<crypto::Digest> DetailTree::Padding() const {
  std::vector<bool> is_detail(slots_.size());
  for (std::size_t number = 0; number < details_; ++number) is_detail[places_[number]] = true;
  std::vector<crypto::Digest> padding;
  for (std::size_t place = 0; place < slots_.size(); ++place) {
    if (!is_detail[place]) padding.push_back(slots_[place]);
  }
  return padding;
}

}  // namespace tearline::audit
