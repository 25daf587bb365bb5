#include "broker/machine/since.h"

#include "broker/audit/audit_log.h"
#include "broker/audit/leaf.h"
#include "broker/status/invariant.h"

namespace tearline::machine {

std::int64_t StampOf(model::Position position, const state::Reader& reader) {
  const Result<audit::Leaf> leaf = audit::DecodeLeaf(audit::LeafRowAt(position, reader).leaf());
  TEARLINE_INVARIANT(leaf.ok(), "a leaf that was kept reads");
  return leaf->stamp_ms;
}

model::Position FirstSince(std::int64_t time_ms, model::Position tip, const state::Reader& reader) {
  model::Position low = 1;
  model::Position high = tip + 1;
  while (low < high) {
    const model::Position middle = low + (high - low) / 2;
    if (StampOf(middle, reader) < time_ms) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

}  // namespace tearline::machine
