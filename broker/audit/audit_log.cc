#include "broker/audit/audit_log.h"

#include <optional>
#include <utility>

#include "broker/audit/detail_tree.h"
#include "broker/merkle/frontier.h"
#include "broker/merkle/hashing.h"
#include "broker/state/key.h"
#include "broker/status/invariant.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::audit {
namespace {

using state::Key;
using state::Table;

merkle::Frontier ReadFrontier(const state::Reader& reader) {
  const std::optional<std::string> bytes = reader.Get(Key(Table::kFrontier));
  if (!bytes) return {};
  Result<merkle::Frontier> frontier = merkle::Frontier::Parse(*bytes);
  TEARLINE_INVARIANT(frontier.ok(), "the frontier row parses");
  return *std::move(frontier);
}

Key NodeKey(std::uint32_t level, std::uint64_t index) {
  return Key(Table::kTreeNode).U8(static_cast<std::uint8_t>(level)).U64(index);
}

std::string PositionBytes(model::Position position) {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>((position >> shift) & 0xff));
  }
  return bytes;
}

}  // namespace

crypto::Digest AppendLeaf(Leaf leaf, std::string_view seed,
                          const std::vector<stored::v1::Detail>& details, state::Batch& batch) {
  merkle::Frontier frontier = ReadFrontier(batch);
  TEARLINE_INVARIANT(leaf.position == frontier.size() + 1, "one leaf per record, in order");

  std::vector<std::string> salted;
  salted.reserve(details.size());
  for (const stored::v1::Detail& detail : details) {
    const auto index = static_cast<std::uint32_t>(salted.size());
    salted.push_back(SaltedDetail(seed, index, detail));
    batch.Put(Key(Table::kDetail).U64(leaf.position).U32(index), salted.back());
  }
  leaf.details_root = DetailTree(leaf.behaviour_version, seed, salted).Root();

  stored::v1::LeafRow row;
  row.set_leaf(EncodeLeaf(leaf));
  row.set_details(static_cast<std::uint32_t>(salted.size()));
  batch.PutRow(Key(Table::kLeaf).U64(leaf.position), row);

  const crypto::Digest hash = merkle::LeafHash(row.leaf());
  frontier.Append(hash, [&](std::uint32_t level, std::uint64_t index, const crypto::Digest& node) {
    batch.Put(NodeKey(level, index), node.Bytes());
  });
  batch.Put(Key(Table::kFrontier), frontier.Serialize());
  batch.Put(Key(Table::kLeafPosition).Fixed(hash.View()), PositionBytes(leaf.position));
  return hash;
}

std::uint64_t AuditTree::Size() const { return ReadFrontier(reader_).size(); }

crypto::Digest AuditTree::RootAt(std::uint64_t size) const { return merkle::RootAt(size, *this); }

std::optional<std::uint64_t> AuditTree::IndexOf(const crypto::Digest& leaf_hash) const {
  const std::optional<std::string> bytes =
      reader_.Get(Key(Table::kLeafPosition).Fixed(leaf_hash.View()));
  if (!bytes) return std::nullopt;
  TEARLINE_INVARIANT(bytes->size() == 8, "a leaf's position is 8 bytes");
  return state::ReadBigEndian(*bytes, 0, 8) - 1;
}

crypto::Digest AuditTree::Node(std::uint32_t level, std::uint64_t index) const {
  const std::optional<std::string> bytes = reader_.Get(NodeKey(level, index));
  TEARLINE_INVARIANT(bytes.has_value(), "every full subtree of the audit tree is kept");
  const Result<crypto::Digest> node = crypto::Digest::FromBytes(*bytes);
  TEARLINE_INVARIANT(node.ok(), "a tree node is 32 bytes");
  return *node;
}

}  // namespace tearline::audit
