#include "clients/verifier/tile.h"

#include <bit>
#include <utility>

namespace tearline::verifier {
namespace {

constexpr std::size_t kHashBytes = 32;

std::string ThreeDigits(std::uint64_t number) {
  std::string digits = std::to_string(number);
  return std::string(3 - digits.size(), '0') + digits;
}

std::string IndexPath(std::uint64_t index, std::size_t width) {
  std::string path = ThreeDigits(index % 1000);
  for (index /= 1000; index > 0; index /= 1000) path = 'x' + ThreeDigits(index % 1000) + '/' + path;
  return width == kTileWidth ? path : path + ".p/" + std::to_string(width);
}

}  // namespace

std::string TilePath(std::uint32_t level, std::uint64_t index, std::size_t width) {
  return "tile/" + std::to_string(level) + '/' + IndexPath(index, width);
}

std::string EntriesPath(std::uint64_t index, std::size_t width) {
  return "tile/entries/" + IndexPath(index, width);
}

std::string TileBytes(std::span<const Hash> hashes) {
  std::string bytes;
  bytes.reserve(hashes.size() * kHashBytes);
  for (const Hash& hash : hashes) bytes += Bytes(hash);
  return bytes;
}

absl::StatusOr<std::vector<Hash>> ReadTile(std::string_view bytes, std::size_t width) {
  if (bytes.size() != width * kHashBytes) {
    return absl::DataLossError("a tile must hold " + std::to_string(width) +
                               " hashes of 32 bytes, and nothing else");
  }
  std::vector<Hash> hashes;
  for (std::size_t i = 0; i < width; ++i) {
    hashes.push_back(HashFrom(bytes.substr(i * kHashBytes, kHashBytes)));
  }
  return hashes;
}

std::string BundledEntry(std::string_view entry) {
  std::string bytes;
  bytes += static_cast<char>(entry.size() >> 8 & 0xff);
  bytes += static_cast<char>(entry.size() & 0xff);
  bytes += entry;
  return bytes;
}

absl::StatusOr<std::vector<std::string>> ReadBundle(std::string_view bytes, std::size_t width) {
  std::vector<std::string> entries;
  while (!bytes.empty() && entries.size() < width) {
    const auto at = [bytes](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    const std::size_t length = bytes.size() < 2 ? bytes.size() : at(0) * std::size_t{256} + at(1);
    if (bytes.size() < 2 + length) {
      return absl::DataLossError("an entry bundle must be whole entries, each behind its length");
    }
    entries.emplace_back(bytes.substr(2, length));
    bytes.remove_prefix(2 + length);
  }
  if (entries.size() < width || !bytes.empty()) {
    return absl::DataLossError("an entry bundle must hold " + std::to_string(width) +
                               " entries, and nothing else");
  }
  return entries;
}

Hash RootOver(std::span<const Hash> hashes) {
  TreeHead tree;
  for (const Hash& hash : hashes) tree.Append(hash);
  return tree.Root();
}

absl::Status TileEdge::Append(const Hash& leaf_hash, const Full& full) {
  ++size_;
  Hash hash = leaf_hash;
  for (std::uint32_t level = 0;; ++level) {
    if (level == partial_.size()) partial_.emplace_back();
    partial_[level].push_back(hash);
    if (partial_[level].size() < kTileWidth) return absl::OkStatus();
    const std::uint64_t index = (size_ >> (8 * (level + 1))) - 1;
    if (const absl::Status status = full(level, index, partial_[level]); !status.ok()) {
      return status;
    }
    hash = RootOver(partial_[level]);
    partial_[level].clear();
  }
}

Hash TileEdge::Root() const {
  // The full subtrees from left to right, the largest first, then folded from the right.
  std::vector<Hash> subtrees;
  for (auto level = partial_.rbegin(); level != partial_.rend(); ++level) {
    std::span<const Hash> rest(*level);
    while (!rest.empty()) {
      const std::size_t size = std::bit_floor(rest.size());
      subtrees.push_back(RootOver(rest.first(size)));
      rest = rest.subspan(size);
    }
  }
  if (subtrees.empty()) return Sha256("");
  Hash root = subtrees.back();
  for (auto left = subtrees.rbegin() + 1; left != subtrees.rend(); ++left) {
    root = NodeHash(*left, root);
  }
  return root;
}

TileEdge TileEdge::At(std::uint64_t size, std::vector<std::vector<Hash>> partial) {
  TileEdge edge;
  edge.size_ = size;
  edge.partial_ = std::move(partial);
  return edge;
}

}  // namespace tearline::verifier
