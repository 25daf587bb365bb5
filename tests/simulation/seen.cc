#include "tests/simulation/seen.h"

#include "broker/audit/audit_log.h"
#include "broker/status/invariant.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::simulation {
namespace {

constexpr std::size_t kReadBytes = 1024 * 1024;

void ReadLeaf(const state::Reader& view, Seen& seen) {
  seen.outcome = audit::Outcome::kUnappliable;
  const auto row =
      view.Find<stored::v1::LeafRow>(state::Key(state::Table::kLeaf).U64(seen.position));
  if (!row) return;
  const Result<audit::Leaf> leaf = audit::DecodeLeaf(row->leaf());
  TEARLINE_INVARIANT(leaf.ok(), "a leaf that was kept reads");
  seen.outcome = leaf->outcome;
  seen.reason = static_cast<v1::ErrorReason>(leaf->reason);
  seen.details = audit::DetailsOf(*row);
}

}  // namespace

std::vector<Seen> ReadSeen(const ledger::Ledger& ledger, const state::Reader& view,
                           model::Position position) {
  std::vector<Seen> all;
  while (position < ledger.Tip()) {
    const auto headers = ledger.ReadHeaders(position, kReadBytes);
    TEARLINE_INVARIANT(headers.ok(), "a ledger in memory is whole");
    for (const ledger::StoredHeader& stored : *headers) {
      Seen& seen = all.emplace_back();
      seen.position = position = stored.header.position;
      seen.stamp_ms = stored.header.stamp_ms;
      seen.command = stored.header.command;
      seen.seed = stored.header.seed;
      seen.header_digest = stored.digest.Bytes();
      ReadLeaf(view, seen);
    }
  }
  return all;
}

}  // namespace tearline::simulation
