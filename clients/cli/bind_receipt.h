#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/verifier/receipt.h"
#include "tearline/v1/directory.pb.h"
#include "tearline/v1/publisher_service.pb.h"

namespace tearline::cli {

/// Which of the items that were signed and kept the log accepted, by a receipt that was verified:
/// the very bytes of every statement, by the very key, which is one of `keys`; and the item still
/// is, in every part, what its statements say. Returns its request id.
///
/// Refuses: DATA_LOSS. Quotes nothing of an item but its request id.
[[nodiscard]] absl::StatusOr<std::string> RequestBound(const verifier::Receipt& receipt,
                                                       const std::vector<v1::SigningKey>& keys,
                                                       const std::vector<v1::PublishItem>& items);

}  // namespace tearline::cli
