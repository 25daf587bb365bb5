#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tearline/v1/error.pb.h"

namespace tearline {

/// Status is nothing, or a refusal. Result<T> is a T, or a refusal.
///
/// A refusal is made in one place, Refuse, so that it always carries a numbered reason for
/// programs and a sentence for people. What cannot happen is not refused: see invariant.h.
///
/// This is the only room that meets Abseil's strings. Debian builds Abseil with a string_view of
/// its own, so std::string crosses this door, and nothing else.
using Status = absl::Status;
template <typename T>
using Result = absl::StatusOr<T>;

/// A refusal. The sentence is lower case, has no full stop, and quotes only what parsed from a
/// closed vocabulary; everything else is named by field path and length (law 9):
///     `event.label.handling` is 2,048 bytes; at most 64
///
/// Requires: `reason` is not ERROR_REASON_UNSPECIFIED.
[[nodiscard]] Status Refuse(v1::ErrorReason reason, const std::string& sentence);

/// The reason within `status`; ERROR_REASON_UNSPECIFIED if it is OK or was made elsewhere.
[[nodiscard]] v1::ErrorReason ReasonOf(const Status& status);

/// The sentence within `status`; empty if it is OK.
[[nodiscard]] std::string SentenceOf(const Status& status);

/// The reason's name without its prefix, for example "FIELD_INVALID".
[[nodiscard]] std::string ReasonName(v1::ErrorReason reason);

}  // namespace tearline

/// Leaves the calling function if `expression` is a refusal.
#define TEARLINE_RETURN_IF_REFUSED(expression)                                    \
  do {                                                                            \
    if (::tearline::Status refusal = (expression); !refusal.ok()) return refusal; \
  } while (false)
