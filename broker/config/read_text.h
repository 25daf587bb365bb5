#pragma once

#include <google/protobuf/message.h>

#include <string>

#include "broker/status/status.h"

namespace tearline::config {

/// Reads a message from protobuf text, strictly: a name or value this build does not know, a wrong
/// type, a field given twice and anything left over are refused.
///
/// Refuses: CONFIG_INVALID, with "line L, column C" and what would be right; nothing is quoted.
[[nodiscard]] Status ReadText(const std::string& text, google::protobuf::Message& message);

}  // namespace tearline::config
