#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/audit/leaf.h"
#include "broker/crypto/digest.h"
#include "broker/merkle/proof.h"
#include "broker/model/ids.h"
#include "broker/state/batch.h"
#include "broker/state/reader.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::audit {

/// Adds a record's leaf and details to the tree that lies in the state.
///
/// One leaf per record: leaf index = position - 1, and the tree's size is the applied position.
/// Returns the leaf's hash.
///
/// Requires: `leaf.position` is the tree's size + 1; `seed` is the record's. `leaf.details_root` is
/// set here.
crypto::Digest AppendLeaf(Leaf leaf, std::string_view seed,
                          const std::vector<stored::v1::Detail>& details, state::Batch& batch);

/// The part of that which makes no details: adds a record's leaf as it lies in its row, with every
/// node that it completes. Returns the leaf's hash.
///
/// Requires: `position` is the tree's size + 1.
crypto::Digest AppendLeafRow(model::Position position, stored::v1::LeafRow row,
                             state::Batch& batch);

/// A record's leaf with its details, each behind its salt.
///
/// Requires: the record is applied.
[[nodiscard]] stored::v1::LeafRow LeafRowAt(model::Position position, const state::Reader& reader);

/// What a leaf row says about each party, by number, without the salts.
[[nodiscard]] std::vector<stored::v1::Detail> DetailsOf(const stored::v1::LeafRow& row);

/// What a record's leaf says about each party, by number. Requires: the record is applied.
[[nodiscard]] inline std::vector<stored::v1::Detail> DetailsAt(model::Position position,
                                                               const state::Reader& reader) {
  return DetailsOf(LeafRowAt(position, reader));
}

/// The tree as the state holds it.
class AuditTree final : public merkle::NodeSource {
 public:
  /// Requires: `reader` outlives the tree.
  explicit AuditTree(const state::Reader& reader) : reader_(reader) {}

  /// How many leaves.
  std::uint64_t Size() const;

  /// The root over the first `size` leaves. Requires: `size` <= Size().
  crypto::Digest RootAt(std::uint64_t size) const;

  /// Which leaf has this hash, counted from 0; nothing if none has. Reads one row, however many
  /// leaves there are.
  std::optional<std::uint64_t> IndexOf(const crypto::Digest& leaf_hash) const;

  crypto::Digest Node(std::uint32_t level, std::uint64_t index) const override;

 private:
  const state::Reader& reader_;
};

}  // namespace tearline::audit
