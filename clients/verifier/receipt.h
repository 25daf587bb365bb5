#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/verifier/leaf.h"
#include "clients/verifier/note.h"
#include "tearline/stored/v1/leaf.pb.h"
#include "tearline/v1/audit_service.pb.h"

namespace tearline::verifier {

/// What a receipt proves: that the log holds this leaf, and that these facts lie under it. It says
/// nothing about what else lies there.
struct Receipt {
  Checkpoint checkpoint;
  std::string signed_note;  ///< Where witnesses' lines are, if there are any.
  std::uint64_t index = 0;
  Leaf leaf;
  std::vector<stored::v1::Detail> facts;
};

/// The fact that is opened, if it reads and lies under the leaf at its slot.
[[nodiscard]] std::optional<stored::v1::Detail> FactUnder(const v1::OpenedDetail& opened,
                                                          const Leaf& leaf);

/// Verifies a receipt: a C2SP tlog-proof whose extra line is a tearline.v1.Opening. The checkpoint
/// is signed by `key`, the leaf lies under it at that index, and each opened detail under the leaf.
///
/// Source:  docs/verifying.md, "Receipts".
/// Refuses: DATA_LOSS.
[[nodiscard]] absl::StatusOr<Receipt> OpenReceipt(std::string_view text, const VerifierKey& key);

}  // namespace tearline::verifier
