#include "tests/clients/invented_receipt.h"

#include <span>
#include <vector>

#include "clients/verifier/tree.h"

namespace tearline::doubles {
namespace {

using verifier::Hash;

std::vector<Hash> Prove(std::span<const Hash> leaves, std::size_t index) {
  if (leaves.size() == 1) return {};
  std::size_t split = 1;
  while (split * 2 < leaves.size()) split *= 2;
  const bool is_left = index < split;
  const auto left = leaves.first(split);
  const auto right = leaves.subspan(split);
  std::vector<Hash> proof = is_left ? Prove(left, index) : Prove(right, index - split);
  verifier::TreeHead other;
  for (const Hash& hash : is_left ? right : left) other.Append(hash);
  proof.push_back(other.Root());
  return proof;
}

}  // namespace

std::string Parts::Text() const {
  verifier::ProofBundle whole = bundle;
  whole.extra = opening.SerializeAsString();
  return verifier::Text(whole);
}

Parts PartsOf(InventedLog& log, std::size_t index, std::size_t slot) {
  const verifier::LeafEntry& entry = log.Entries()[index];
  std::vector<Hash> slots;
  for (const std::string& salted : entry.details) slots.push_back(verifier::LeafHash(salted));
  for (const std::string& hash : entry.padding_hashes) slots.push_back(verifier::HashFrom(hash));
  Parts parts;
  parts.opening.set_leaf(entry.leaf);
  v1::OpenedDetail& detail = *parts.opening.add_details();
  detail.set_slot(static_cast<std::uint32_t>(slot));
  detail.set_salted(entry.details[slot]);
  for (const Hash& hash : Prove(slots, slot)) detail.add_proof(verifier::Bytes(hash));
  std::vector<Hash> leaves;
  for (const verifier::LeafEntry& each : log.Entries()) {
    leaves.push_back(verifier::LeafHash(each.leaf));
  }
  parts.bundle.index = index;
  parts.bundle.proof = Prove(leaves, index);
  parts.bundle.signed_note = log.Note();
  return parts;
}

}  // namespace tearline::doubles
