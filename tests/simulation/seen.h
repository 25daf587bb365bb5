#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "broker/audit/leaf.h"
#include "broker/ledger/ledger.h"
#include "broker/state/reader.h"
#include "tearline/stored/v1/leaf.pb.h"
#include "tearline/v1/error.pb.h"

namespace tearline::simulation {

/// One record as anybody may see it afterwards: from the ledger that it was said, from the audit
/// log what became of it.
struct Seen {
  model::Position position = 0;
  std::int64_t stamp_ms = 0;
  std::uint16_t command = 0;
  std::string seed;
  std::string header_digest;
  audit::Outcome outcome = audit::Outcome::kApplied;
  v1::ErrorReason reason = v1::ERROR_REASON_UNSPECIFIED;
  std::vector<stored::v1::Detail> details;
};

/// The records after `position`. Those without a leaf are given as unappliable.
[[nodiscard]] std::vector<Seen> ReadSeen(const ledger::Ledger& ledger, const state::Reader& view,
                                         model::Position position);

}  // namespace tearline::simulation
