#include "broker/audit/audit_log.h"

#include <optional>
#include <utility>

#include "broker/audit/detail_tree.h"
#include "broker/merkle/frontier.h"
#include "broker/merkle/hashing.h"
#include "broker/state/key.h"
#include "broker/status/invariant.h"

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

Key LeafKey(model::Position position) { return Key(Table::kLeaf).U64(position); }

/// Level 0 is not kept: a leaf's hash is that of its row.
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
  std::vector<std::string> salted;
  salted.reserve(details.size());
  for (const stored::v1::Detail& detail : details) {
    salted.push_back(SaltedDetail(seed, static_cast<std::uint32_t>(salted.size()), detail));
  }
  leaf.details_root = DetailTree(leaf.behaviour_version, seed, salted).Root();

  stored::v1::LeafRow row;
  row.set_leaf(EncodeLeaf(leaf));
  for (std::string& each : salted) row.add_salted(std::move(each));
  return AppendLeafRow(leaf.position, std::move(row), batch);
}

crypto::Digest AppendLeafRow(model::Position position, stored::v1::LeafRow row,
                             state::Batch& batch) {
  merkle::Frontier frontier = ReadFrontier(batch);
  TEARLINE_INVARIANT(position == frontier.size() + 1, "one leaf per record, in order");

  const crypto::Digest hash = merkle::LeafHash(row.leaf());
  batch.PutRow(LeafKey(position), std::move(row));
  frontier.Append(hash, [&](std::uint32_t level, std::uint64_t index, const crypto::Digest& node) {
    if (level > 0) batch.Put(NodeKey(level, index), node.Bytes());
  });
  batch.Put(Key(Table::kFrontier), frontier.Serialize());
  batch.Put(Key(Table::kLeafPosition).Fixed(hash.View()), PositionBytes(position));
  return hash;
}

stored::v1::LeafRow LeafRowAt(model::Position position, const state::Reader& reader) {
  std::optional<stored::v1::LeafRow> row = reader.Find<stored::v1::LeafRow>(LeafKey(position));
  TEARLINE_INVARIANT(row.has_value(), "every record has its leaf");
  return *std::move(row);
}

std::vector<stored::v1::Detail> DetailsOf(const stored::v1::LeafRow& row) {
  std::vector<stored::v1::Detail> details;
  details.reserve(static_cast<std::size_t>(row.salted_size()));
  for (const std::string& salted : row.salted()) {
    TEARLINE_INVARIANT(salted.size() >= kSaltBytes, "a detail lies behind its salt");
    const auto bytes = static_cast<int>(salted.size() - kSaltBytes);
    TEARLINE_INVARIANT(details.emplace_back().ParseFromArray(salted.data() + kSaltBytes, bytes),
                       "a detail of our own parses");
  }
  return details;
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
  if (level == 0) return merkle::LeafHash(LeafRowAt(index + 1, reader_).leaf());
  const std::optional<std::string> bytes = reader_.Get(NodeKey(level, index));
  TEARLINE_INVARIANT(bytes.has_value(), "every full subtree of the audit tree is kept");
  const Result<crypto::Digest> node = crypto::Digest::FromBytes(*bytes);
  TEARLINE_INVARIANT(node.ok(), "a tree node is 32 bytes");
  return *node;
}

}  // namespace tearline::audit
