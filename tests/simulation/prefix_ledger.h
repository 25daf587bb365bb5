#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "broker/ledger/ledger.h"

namespace tearline::simulation {

/// A ledger as it was when its tip was at a position: for replaying up to there.
class PrefixLedger final : public ledger::Ledger {
 public:
  /// Requires: `whole` outlives it and reaches `tip`.
  PrefixLedger(const ledger::Ledger& whole, model::Position tip) : whole_(whole), tip_(tip) {}

  /// Refuses: LEDGER_FENCED, always.
  Result<model::Position> Append(std::span<const ledger::Record> /*records*/) override {
    return Refuse(v1::ERROR_REASON_LEDGER_FENCED, "the past is not written to");
  }
  Result<std::vector<ledger::StoredHeader>> ReadHeaders(model::Position position,
                                                        std::size_t bytes_max) const override {
    auto headers = whole_.ReadHeaders(position, bytes_max);
    if (headers.ok() && position < tip_ && headers->size() > tip_ - position) {
      headers->resize(tip_ - position);
    }
    if (headers.ok() && position >= tip_) headers->clear();
    return headers;
  }
  Result<std::string> ReadSegment(model::Position position, std::uint32_t index) const override {
    return whole_.ReadSegment(position, index);
  }
  model::Position Tip() const override { return tip_; }
  std::uint64_t Term() const override { return whole_.Term(); }

 private:
  const ledger::Ledger& whole_;
  const model::Position tip_;
};

}  // namespace tearline::simulation
