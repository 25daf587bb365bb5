#include "broker/merkle/frontier.h"

#include <bit>
#include <cstddef>

#include "broker/merkle/hashing.h"
#include "broker/status/invariant.h"

namespace tearline::merkle {
namespace {

constexpr std::size_t kSizeBytes = 8;
constexpr std::uint64_t kSizeMax = std::uint64_t{1} << 63;

}  // namespace

void Frontier::Append(const crypto::Digest& leaf_hash) {
  Append(leaf_hash, [](std::uint32_t, std::uint64_t, const crypto::Digest&) {});
}

void Frontier::Append(const crypto::Digest& leaf_hash, const Visit& visit) {
  TEARLINE_INVARIANT(size_ < kSizeMax, "a tree has at most 2^63 leaves");
  crypto::Digest hash = leaf_hash;
  visit(0, size_, hash);
  // As when one is added to a binary number: every bit that was set carries into the next level.
  std::uint32_t level = 0;
  for (; (size_ >> level & 1U) != 0; ++level) {
    hash = NodeHash(subtrees_.back(), hash);
    subtrees_.pop_back();
    visit(level + 1, size_ >> (level + 1), hash);
  }
  subtrees_.push_back(hash);
  ++size_;
}

crypto::Digest Frontier::Root() const {
  if (subtrees_.empty()) return EmptyRoot();
  crypto::Digest root = subtrees_.back();
  for (auto left = subtrees_.rbegin() + 1; left != subtrees_.rend(); ++left) {
    root = NodeHash(*left, root);
  }
  return root;
}

std::string Frontier::Serialize() const {
  std::string bytes;
  bytes.reserve(kSizeBytes + subtrees_.size() * crypto::Digest::kBytes);
  for (std::size_t i = 0; i < kSizeBytes; ++i) {
    bytes += static_cast<char>(size_ >> (8 * (kSizeBytes - 1 - i)) & 255U);
  }
  for (const crypto::Digest& subtree : subtrees_) bytes += subtree.View();
  return bytes;
}

Result<Frontier> Frontier::Parse(std::string_view bytes) {
  const Status corrupt =
      Refuse(v1::ERROR_REASON_STATE_CORRUPT,
             "the audit tree's frontier does not have the length its size needs");
  if (bytes.size() < kSizeBytes) return corrupt;
  Frontier frontier;
  for (std::size_t i = 0; i < kSizeBytes; ++i) {
    frontier.size_ = frontier.size_ << 8 | static_cast<unsigned char>(bytes[i]);
  }
  bytes.remove_prefix(kSizeBytes);
  const auto count = static_cast<std::size_t>(std::popcount(frontier.size_));
  if (frontier.size_ > kSizeMax || bytes.size() != count * crypto::Digest::kBytes) return corrupt;
  for (std::size_t i = 0; i < count; ++i) {
    const Result<crypto::Digest> subtree =
        crypto::Digest::FromBytes(bytes.substr(i * crypto::Digest::kBytes, crypto::Digest::kBytes));
    if (!subtree.ok()) return corrupt;
    frontier.subtrees_.push_back(*subtree);
  }
  return frontier;
}

}  // namespace tearline::merkle
