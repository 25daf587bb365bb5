#include "clients/verifier/tree.h"

#include <openssl/evp.h>

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <initializer_list>
#include <memory>

namespace tearline::verifier {
namespace {

/// OpenSSL without SHA-256 cannot verify anything.
void Must(bool done) {
  if (!done) std::abort();
}

constexpr unsigned char kNodePrefix = 1;
/// Entries up to that are put behind their prefix before they are hashed: the copy costs less than
/// the library takes for one part more.
constexpr std::size_t kJoinedBytesMax = 1024;

/// The digest of one part after the other. The algorithm is looked up once, and a thread keeps its
/// context: either costs more than hashing what a log is made of.
void HashTo(Hash& hash, std::initializer_list<std::string_view> parts) {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  thread_local const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(
      EVP_MD_CTX_new(), EVP_MD_CTX_free);
  Must(algorithm != nullptr && EVP_DigestInit_ex2(context.get(), algorithm, nullptr) == 1);
  for (const std::string_view part : parts) {
    Must(EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1);
  }
  Must(EVP_DigestFinal_ex(context.get(), hash.data(), nullptr) == 1);
}

Hash HashOf(std::initializer_list<std::string_view> parts) {
  Hash hash;
  HashTo(hash, parts);
  return hash;
}

}  // namespace

std::string Bytes(const Hash& hash) { return std::string(hash.begin(), hash.end()); }

Hash HashFrom(std::string_view bytes) {
  if (bytes.size() != 32) std::abort();
  Hash hash;
  std::copy(bytes.begin(), bytes.end(), hash.begin());
  return hash;
}

Hash Sha256(std::string_view bytes) { return HashOf({bytes}); }

Hash LeafHash(std::string_view entry) {
  if (entry.size() > kJoinedBytesMax) return HashOf({std::string_view(&kLeafPrefix, 1), entry});
  std::array<char, 1 + kJoinedBytesMax> joined;
  joined.front() = kLeafPrefix;
  std::copy(entry.begin(), entry.end(), joined.begin() + 1);
  return HashOf({std::string_view(joined.data(), 1 + entry.size())});
}

void LeafHash(const PrefixedEntry& entry, Hash& hash) { HashTo(hash, {entry.Prefixed()}); }

Hash NodeHash(const Hash& left, const Hash& right) {
  Hash hash;
  NodeHash(left, right, hash);
  return hash;
}

void NodeHash(const Hash& left, const Hash& right, Hash& hash) {
  std::array<unsigned char, 1 + 2 * sizeof(Hash)> joined;
  joined.front() = kNodePrefix;
  std::copy(left.begin(), left.end(), joined.begin() + 1);
  std::copy(right.begin(), right.end(), joined.begin() + 1 + sizeof(Hash));
  HashTo(hash, {std::string_view(reinterpret_cast<const char*>(joined.data()), joined.size())});
}

void TreeHead::Append(const Hash& leaf_hash) {
  Hash subtree = leaf_hash;
  for (int fold = std::countr_one(size_); fold > 0; --fold) {
    subtree = NodeHash(subtrees_.back(), subtree);
    subtrees_.pop_back();
  }
  subtrees_.push_back(subtree);
  ++size_;
}

Hash TreeHead::Root() const {
  if (subtrees_.empty()) return Sha256("");
  Hash root = subtrees_.back();
  for (auto left = subtrees_.rbegin() + 1; left != subtrees_.rend(); ++left) {
    root = NodeHash(*left, root);
  }
  return root;
}

std::size_t InclusionLength(std::uint64_t index, std::uint64_t size) {
  std::size_t length = 0;
  for (std::uint64_t last = size - 1; last > 0; last >>= 1, index >>= 1) {
    // Without a sibling on a level only if it is the last there, and a left child.
    if ((index & 1) == 1 || index < last) ++length;
  }
  return length;
}

namespace {

std::size_t ConsistencyLength(std::uint64_t old_size, std::uint64_t new_size) {
  const int whole = std::countr_zero(old_size);
  const std::size_t path = InclusionLength((old_size - 1) >> whole, ((new_size - 1) >> whole) + 1);
  return std::has_single_bit(old_size) ? path : path + 1;
}

}  // namespace

bool ProvesInclusion(std::span<const Hash> proof, std::uint64_t index, std::uint64_t size,
                     const Hash& leaf_hash, const Hash& root) {
  if (index >= size || proof.size() != InclusionLength(index, size)) return false;
  std::uint64_t node = index;
  std::uint64_t last = size - 1;
  Hash hash = leaf_hash;
  for (const Hash& other : proof) {
    if (last == 0) return false;
    if ((node & 1) == 1 || node == last) {
      hash = NodeHash(other, hash);
      while ((node & 1) == 0 && node != 0) {
        node >>= 1;
        last >>= 1;
      }
    } else {
      hash = NodeHash(hash, other);
    }
    node >>= 1;
    last >>= 1;
  }
  return last == 0 && hash == root;
}

bool ProvesConsistency(std::span<const Hash> proof, std::uint64_t old_size, std::uint64_t new_size,
                       const Hash& old_root, const Hash& new_root) {
  if (old_size == 0 || old_size > new_size) return false;
  if (old_size == new_size) return proof.empty() && old_root == new_root;
  if (proof.size() != ConsistencyLength(old_size, new_size)) return false;
  std::vector<Hash> path(proof.begin(), proof.end());
  if (std::has_single_bit(old_size)) path.insert(path.begin(), old_root);
  if (path.empty()) return false;
  std::uint64_t node = old_size - 1;
  std::uint64_t last = new_size - 1;
  const int whole = std::countr_one(node);
  node >>= whole;
  last >>= whole;
  Hash from_old = path.front();
  Hash from_new = path.front();
  for (auto other = path.begin() + 1; other != path.end(); ++other) {
    if (last == 0) return false;
    if ((node & 1) == 1 || node == last) {
      from_old = NodeHash(*other, from_old);
      from_new = NodeHash(*other, from_new);
      while ((node & 1) == 0 && node != 0) {
        node >>= 1;
        last >>= 1;
      }
    } else {
      from_new = NodeHash(from_new, *other);
    }
    node >>= 1;
    last >>= 1;
  }
  return last == 0 && from_old == old_root && from_new == new_root;
}

}  // namespace tearline::verifier
