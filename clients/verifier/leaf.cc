#include "clients/verifier/leaf.h"

#include <algorithm>
#include <bit>

#include "absl/container/inlined_vector.h"
#include "clients/verifier/leaf_parts.h"
#include "tearline/v1/audit_service.pb.h"

namespace tearline::verifier {
namespace {

constexpr std::string_view kMagic = "TLL1";
constexpr std::uint64_t kFormatVersion = 1;
constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kSlotsMin = 8;
/// Most leaves have no more; of those no memory is asked for.
constexpr std::size_t kSlotsAtHand = 32;
/// No details tree is higher than its slots' numbers are long.
constexpr std::size_t kBesideMax = 29;

/// Reads big-endian numbers and hashes from the front of what is left.
class Bookmark {
 public:
  explicit Bookmark(std::string_view bytes) : left_(bytes) {}

  std::string_view Take(std::size_t size) {
    const std::string_view taken = left_.substr(0, size);
    left_.remove_prefix(size);
    return taken;
  }
  std::uint64_t Number(std::size_t size) {
    std::uint64_t number = 0;
    for (const char byte : Take(size)) number = number << 8 | static_cast<unsigned char>(byte);
    return number;
  }
  Hash Digest() { return HashFrom(Take(32)); }

 private:
  std::string_view left_;
};

absl::Status Broken(const char* sentence) { return absl::DataLossError(sentence); }

/// Climbs from the root over the slots past what stands beside them.
absl::StatusOr<Hash> Beside(Hash root, std::uint64_t sides,
                            const std::vector<std::string_view>& hashes) {
  if (hashes.size() > kBesideMax || sides >> hashes.size() != 0) {
    return Broken("its slots must lie within its details tree");
  }
  for (const std::string_view hash : hashes) {
    if (hash.size() != 32) return Broken("each of its hashes must be 32 bytes");
    const bool is_left = (sides & 1) != 0;
    root = is_left ? NodeHash(HashFrom(hash), root) : NodeHash(root, HashFrom(hash));
    sides >>= 1;
  }
  return root;
}

}  // namespace

absl::StatusOr<Leaf> ReadLeaf(std::string_view bytes) {
  if (bytes.size() != kLeafBytes || !bytes.starts_with(kMagic)) {
    return absl::DataLossError("it must be 144 bytes and start with TLL1");
  }
  Bookmark bookmark(bytes.substr(kMagic.size()));
  if (bookmark.Number(2) != kFormatVersion) {
    return absl::DataLossError("its format version must be 1");
  }
  Leaf leaf;
  leaf.behaviour_version = static_cast<std::uint16_t>(bookmark.Number(2));
  const std::string_view ledger_id = bookmark.Take(leaf.ledger_id.size());
  std::copy(ledger_id.begin(), ledger_id.end(), leaf.ledger_id.begin());
  leaf.position = bookmark.Number(8);
  leaf.header_digest = bookmark.Digest();
  leaf.stamp_ms = static_cast<std::int64_t>(bookmark.Number(8));
  leaf.kind = static_cast<std::uint16_t>(bookmark.Number(2));
  leaf.outcome = static_cast<std::uint16_t>(bookmark.Number(2));
  leaf.reason = static_cast<std::uint32_t>(bookmark.Number(4));
  leaf.policy_digest = bookmark.Digest();
  leaf.details_root = bookmark.Digest();
  if (leaf.outcome < kApplied || leaf.outcome > kRepeated) {
    return absl::DataLossError("its outcome must be a number from 1 to 5");
  }
  return leaf;
}

absl::StatusOr<Hash> DetailsRoot(const LeafParts& parts) {
  const std::size_t slots = parts.details.size() + parts.padding_hashes.size();
  if (slots < kSlotsMin || !std::has_single_bit(slots)) {
    return Broken("its details must fill a power of two of slots, at least 8");
  }
  if (!parts.slots.empty() && parts.slots.size() != parts.details.size()) {
    return Broken("each of its details must have its slot");
  }
  // A slot's low bits are the place among these; the high bits are the same for all, and say on
  // which side of what is beside them they stand.
  const int levels = std::countr_zero(slots);
  const std::uint64_t sides = parts.slots.empty() ? 0 : parts.slots.front() >> levels;
  absl::InlinedVector<Hash, kSlotsAtHand> hashes(slots);
  absl::InlinedVector<bool, kSlotsAtHand> taken(slots);
  for (std::size_t number = 0; number < parts.details.size(); ++number) {
    const std::size_t slot = parts.slots.empty() ? number : parts.slots[number];
    const std::size_t place = slot & (slots - 1);
    if (slot >> levels != sides || taken[place]) {
      return Broken("its details must stand in slots of their own");
    }
    if (parts.details[number].Bytes().size() < kSaltBytes) {
      return Broken("each of its details must start with a salt of 16 bytes");
    }
    taken[place] = true;
    LeafHash(parts.details[number], hashes[place]);
  }
  auto padding = parts.padding_hashes.begin();
  for (std::size_t place = 0; place < slots; ++place) {
    if (taken[place]) continue;
    if (padding->size() != 32) return Broken("each of its hashes must be 32 bytes");
    hashes[place] = HashFrom(*padding++);
  }
  for (std::size_t width = slots / 2; width > 0; width /= 2) {
    for (std::size_t i = 0; i < width; ++i) NodeHash(hashes[2 * i], hashes[2 * i + 1], hashes[i]);
  }
  return Beside(hashes.front(), sides, parts.beside_hashes);
}

LeafEntry EntryAnswered(const v1::LogLeaf& leaf) {
  LeafEntry entry;
  entry.index = leaf.index();
  entry.leaf = leaf.leaf();
  for (const v1::LeafDetail& detail : leaf.details()) {
    entry.slots.push_back(detail.index());
    entry.details.push_back(detail.salted());
  }
  entry.padding_hashes.assign(leaf.padding_hashes().begin(), leaf.padding_hashes().end());
  entry.beside_hashes.assign(leaf.beside_hashes().begin(), leaf.beside_hashes().end());
  return entry;
}

}  // namespace tearline::verifier
