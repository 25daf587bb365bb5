#pragma once

#include <google/protobuf/message.h>

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tearline::model {

/// What a fault is called where the parser's own words hold `sign`. Those quote the text, so they
/// are looked at and never shown.
struct FaultWords {
  std::string_view sign;
  std::string_view sentence;
};

/// Reads a message from protobuf text, strictly: a name or value this build does not know, a wrong
/// type, a field given twice, anything left over and messages deeper than `depth_max` are faults.
///
/// Nothing if it was read; else "line L, column C: " (both from 1) of the first fault, and its
/// kind: the first of `kinds` that fits, or that this is not protobuf text.
[[nodiscard]] std::optional<std::string> ReadStrictText(const std::string& text, int depth_max,
                                                        std::span<const FaultWords> kinds,
                                                        google::protobuf::Message& message);

}  // namespace tearline::model
