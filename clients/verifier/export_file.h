#pragma once

#include <functional>
#include <istream>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "clients/verifier/leaf.h"
#include "clients/verifier/leaf_parts.h"

namespace tearline::verifier {

/// A log as a file: lines of JSON, bytes in base64. The first line is
///   {"tearline_export":1,"checkpoint":NOTE,"verifier_key":KEY}
/// and each further line one leaf, in order:
///   {"index":N,"leaf":BYTES,"details":[BYTES,…],"slots":[S,…],"padding_hashes":[BYTES,…],
///    "beside_hashes":[BYTES,…]}
/// without slots and beside_hashes where the details stand in slots 0, 1, 2 …
struct ExportHead {
  std::string signed_note;
  /// As the log itself gives it: a hint for a first use, no reason to trust.
  std::string verifier_key;
};

/// One line each, with its newline.
[[nodiscard]] std::string HeadLine(const ExportHead& head);
[[nodiscard]] std::string LeafLine(const LeafEntry& entry);

/// Reads an export from its first line to its last, handing each leaf to `each`; stops at the first
/// that `each` refuses.
///
/// Refuses: DATA_LOSS, naming the line; and what `each` refuses.
[[nodiscard]] absl::StatusOr<ExportHead> ReadExport(
    std::istream& file, const std::function<absl::Status(const LeafParts&)>& each);

}  // namespace tearline::verifier
