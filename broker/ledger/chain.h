#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "broker/ledger/record.h"

namespace tearline::ledger {

/// Reads headers one after the other and holds each against the one before it: position one higher,
/// same ledger, term not lower, and the link to the earlier header's digest.
class Chain {
 public:
  /// Before the first record.
  Chain() = default;

  /// After the record at `position`, whose header is `bytes`.
  ///
  /// Requires: `position` is not zero.
  /// Refuses:  LEDGER_CORRUPT if they are not a header of that position.
  static Result<Chain> After(model::Position position, std::string bytes);

  /// The next header.
  ///
  /// Refuses: LEDGER_CORRUPT, with the position that should have been next.
  Result<StoredHeader> Next(std::string bytes);

 private:
  model::Position position_ = 0;
  crypto::Digest digest_;  // Of nothing, all zero, before the first.
  std::uint64_t term_ = 0;
  std::optional<model::LedgerId> ledger_id_;
};

/// The refusal of the record at `position`; `sentence` goes on from "record N: ".
[[nodiscard]] Status CorruptAt(model::Position position, const std::string& sentence);

}  // namespace tearline::ledger
