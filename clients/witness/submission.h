#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/verifier/tree.h"

namespace tearline::witness {

/// Bytes of a submission at most: 63 hashes, and a note of 64 KiB.
inline constexpr std::size_t kSubmissionBytesMax = 68 * 1024;

/// What a log asks of a witness: to cosign a checkpoint that continues the one it cosigned last.
///
/// Source: C2SP tlog-witness v1.0.0, "add-checkpoint".
struct Submission {
  std::uint64_t old_size = 0;
  std::vector<verifier::Hash> proof;  ///< At most 63; not verified.
  std::string signed_note;            ///< Not verified.
};

/// Refuses: INVALID_ARGUMENT; any other form.
[[nodiscard]] absl::StatusOr<Submission> ReadSubmission(std::string_view body);

}  // namespace tearline::witness
