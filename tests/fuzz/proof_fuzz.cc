#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "broker/merkle/proof.h"
#include "broker/status/invariant.h"
#include "clients/verifier/tree.h"
#include "tests/merkle/reference_tree.h"

namespace {

using namespace tearline;

constexpr std::size_t kTreeMax = 40;

/// What is left of the input, taken from the front.
class Bytes {
 public:
  Bytes(const std::uint8_t* bytes, std::size_t size) : at_(bytes), left_(size) {}

  std::uint64_t Number(std::size_t width) {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < width && left_ > 0; ++i, ++at_, --left_)
      number = number << 8 | *at_;
    return number;
  }
  crypto::Digest Digest() {
    crypto::Digest digest;
    for (std::uint8_t& octet : digest.octets) octet = static_cast<std::uint8_t>(Number(1));
    return digest;
  }
  bool IsEmpty() const { return left_ == 0; }

 private:
  const std::uint8_t* at_;
  std::size_t left_;
};

verifier::Hash Theirs(const crypto::Digest& digest) { return verifier::HashFrom(digest.View()); }

/// Broker and verifier share no code: they must believe the same proofs.
bool ProvesInclusion(const std::vector<crypto::Digest>& proof, std::uint64_t index,
                     std::uint64_t size, const crypto::Digest& leaf, const crypto::Digest& root) {
  std::vector<verifier::Hash> theirs;
  for (const crypto::Digest& each : proof) theirs.push_back(Theirs(each));
  const bool ours = merkle::VerifyInclusion(leaf, index, size, proof, root).ok();
  TEARLINE_INVARIANT(
      ours == verifier::ProvesInclusion(theirs, index, size, Theirs(leaf), Theirs(root)),
      "that both believe a proof of inclusion or neither does");
  return ours;
}

bool ProvesConsistency(const std::vector<crypto::Digest>& proof, std::uint64_t old_size,
                       std::uint64_t new_size, const crypto::Digest& old_root,
                       const crypto::Digest& new_root) {
  std::vector<verifier::Hash> theirs;
  for (const crypto::Digest& each : proof) theirs.push_back(Theirs(each));
  const bool ours = merkle::VerifyConsistency(old_size, old_root, new_size, new_root, proof).ok();
  TEARLINE_INVARIANT(ours == verifier::ProvesConsistency(theirs, old_size, new_size,
                                                         Theirs(old_root), Theirs(new_root)),
                     "that both believe a proof of consistency or neither does");
  return ours;
}

/// Proofs of nothing but the input: any numbers, any hashes.
void TryInvented(Bytes bytes) {
  const std::uint64_t index = bytes.Number(8);
  const std::uint64_t size = bytes.Number(8);
  const crypto::Digest leaf = bytes.Digest();
  const crypto::Digest root = bytes.Digest();
  std::vector<crypto::Digest> proof;
  while (!bytes.IsEmpty()) proof.push_back(bytes.Digest());
  (void)ProvesInclusion(proof, index, size, leaf, root);
  (void)ProvesConsistency(proof, index, size, leaf, root);
}

/// A true proof proves; with one bit bent anywhere it does not.
void TryBent(Bytes bytes) {
  static const std::vector<crypto::Digest> leaves = merkle::LeafHashes(kTreeMax);
  static const merkle::StoredNodes nodes(leaves);
  const std::uint64_t size = 1 + bytes.Number(1) % kTreeMax;
  const std::uint64_t index = bytes.Number(1) % size;
  const std::uint64_t bend = bytes.Number(2);
  std::vector<crypto::Digest> proof = merkle::InclusionProof(index, size, nodes);
  const crypto::Digest root = merkle::RootAt(size, nodes);
  TEARLINE_INVARIANT(ProvesInclusion(proof, index, size, leaves[index], root),
                     "that a true proof proves");
  std::vector<crypto::Digest> grown = merkle::ConsistencyProof(index + 1, size, nodes);
  const crypto::Digest old_root = merkle::RootAt(index + 1, nodes);
  TEARLINE_INVARIANT(ProvesConsistency(grown, index + 1, size, old_root, root),
                     "that a true continuation proves");
  for (std::vector<crypto::Digest>* each : {&proof, &grown}) {
    if (each->empty()) continue;
    (*each)[bend % each->size()].octets[bend / 8 % 32] ^= static_cast<std::uint8_t>(1 << bend % 8);
  }
  TEARLINE_INVARIANT(proof.empty() || !ProvesInclusion(proof, index, size, leaves[index], root),
                     "that a bent proof proves nothing");
  TEARLINE_INVARIANT(grown.empty() || !ProvesConsistency(grown, index + 1, size, old_root, root),
                     "that a bent continuation proves nothing");
}

}  // namespace

/// Whatever is handed over as a proof: never a crash, never a loop, and broker and verifier agree.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  TryInvented({bytes, size});
  TryBent({bytes, size});
  return 0;
}
