#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "tearline/v1/publisher_service.pb.h"

namespace tearline::cli {

/// Reads events in our own format: protobuf text or JSON (told by the first character), one
/// v1.PublishItem or v1.Event, or in text a v1.PublishRequest's `items`, or in JSON one a line.
///
/// An item without a request id gets "cli-" and 32 hexadecimal digits of the SHA-256 of its bytes:
/// the same file again is the same request.
///
/// Refuses: INVALID_ARGUMENT with line and column; nothing of the text is quoted.
[[nodiscard]] absl::StatusOr<std::vector<v1::PublishItem>> ReadItems(std::string_view text);

}  // namespace tearline::cli
