#include "clients/verifier/receipt.h"

#include "clients/verifier/proof_bundle.h"

namespace tearline::verifier {
namespace {

constexpr std::size_t kSaltBytes = 16;
/// The slots of a leaf's small tree: at least 2^3, and no leaf has 2^32 details.
constexpr int kLevelsMin = 3;
constexpr int kLevelsMax = 32;

absl::Status Broken(const std::string& sentence) {
  return absl::DataLossError("the receipt: " + sentence);
}

}  // namespace

std::optional<stored::v1::Detail> FactUnder(const v1::OpenedDetail& opened, const Leaf& leaf) {
  const int levels = opened.proof_size();
  if (levels < kLevelsMin || levels > kLevelsMax) return std::nullopt;
  std::vector<Hash> proof;
  for (const std::string& hash : opened.proof()) {
    if (hash.size() != 32) return std::nullopt;
    proof.push_back(HashFrom(hash));
  }
  if (!ProvesInclusion(proof, opened.slot(), std::uint64_t{1} << levels, LeafHash(opened.salted()),
                       leaf.details_root)) {
    return std::nullopt;
  }
  stored::v1::Detail fact;
  if (opened.salted().size() < kSaltBytes ||
      !fact.ParseFromString(opened.salted().substr(kSaltBytes)) ||
      fact.fact_case() == stored::v1::Detail::FACT_NOT_SET) {
    return std::nullopt;
  }
  return fact;
}

absl::StatusOr<Receipt> OpenReceipt(std::string_view text, const VerifierKey& key) {
  const absl::StatusOr<ProofBundle> bundle = ReadProofBundle(text);
  if (!bundle.ok()) return bundle.status();
  v1::Opening opening;
  if (!opening.ParseFromString(bundle->extra)) return Broken("its extra line must be an Opening");
  const absl::StatusOr<Checkpoint> checkpoint = OpenCheckpoint(bundle->signed_note, key);
  if (!checkpoint.ok()) return checkpoint.status();
  if (!ProvesInclusion(bundle->proof, bundle->index, checkpoint->tree_size,
                       LeafHash(opening.leaf()), checkpoint->root)) {
    return Broken("its leaf does not lie under its checkpoint");
  }
  const absl::StatusOr<Leaf> leaf = ReadLeaf(opening.leaf());
  if (!leaf.ok()) return Broken("its leaf: " + std::string(leaf.status().message()));
  if (leaf->position != bundle->index + 1) {
    return Broken("its leaf's position must be its index plus one");
  }
  Receipt receipt{*checkpoint, bundle->signed_note, bundle->index, *leaf, {}};
  for (const v1::OpenedDetail& opened : opening.details()) {
    std::optional<stored::v1::Detail> fact = FactUnder(opened, *leaf);
    if (!fact) return Broken("one of its details does not lie under its leaf");
    receipt.facts.push_back(*std::move(fact));
  }
  return receipt;
}

}  // namespace tearline::verifier
