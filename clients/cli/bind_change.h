#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/verifier/receipt.h"
#include "tearline/v1/directory.pb.h"
#include "tearline/v1/publisher_service.pb.h"

namespace tearline::cli {

/// Changes of events that were signed and kept: `event withdraw --keep`, `event amend --keep`.
struct KeptChanges {
  std::vector<v1::WithdrawEventRequest> withdrawals;
  std::vector<v1::AmendEventRequest> amendments;
};

/// The changes among the lines of a file that `--keep` wrote; the other lines stay in `others`, as
/// they are.
[[nodiscard]] KeptChanges TakeChanges(std::string_view text, std::string& others);

/// Which of the changes that were signed and kept the log accepted, by a receipt that was verified:
/// the very bytes of every statement, by the very key, which is one of `keys`; and the change still
/// is, in every part, what its statements say. Returns what it was, "withdrawal of ev_…".
///
/// Refuses: DATA_LOSS. Quotes nothing of a change but the event's id.
[[nodiscard]] absl::StatusOr<std::string> ChangeBound(const verifier::Receipt& receipt,
                                                      const std::vector<v1::SigningKey>& keys,
                                                      const KeptChanges& changes);

}  // namespace tearline::cli
