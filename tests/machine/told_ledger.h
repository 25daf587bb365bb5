#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "broker/ledger/ledger.h"
#include "tests/machine/world.h"

namespace tearline::machine {

/// A world's records, to be read again.
class ToldLedger final : public ledger::Ledger {
 public:
  explicit ToldLedger(const World& world) : world_(world) {}

  Result<model::Position> Append(std::span<const ledger::Record>) override {
    return Refuse(v1::ERROR_REASON_LEDGER_FENCED, "the past is not written to");
  }
  /// A few at a time, so that several batches are needed.
  Result<std::vector<ledger::StoredHeader>> ReadHeaders(model::Position position,
                                                        std::size_t) const override {
    const auto& records = world_.records;
    const auto from = records.begin() + static_cast<std::ptrdiff_t>(position);
    return std::vector(from, from + std::min<std::ptrdiff_t>(3, records.end() - from));
  }
  Result<std::string> ReadSegment(model::Position, std::uint32_t) const override {
    return Refuse(v1::ERROR_REASON_LEDGER_CORRUPT, "there are no segments here");
  }
  model::Position Tip() const override { return world_.records.size(); }
  std::uint64_t Term() const override { return 1; }

 private:
  const World& world_;
};

}  // namespace tearline::machine
