#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/generated_enum_reflection.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

namespace tearline::adapters {

/// A value of a closed vocabulary as people write it: "victim-address" is
/// CONTENT_FLAG_VICTIM_ADDRESS. Nothing for a word it does not have, UNSPECIFIED's among them.
template <typename Enum>
[[nodiscard]] std::optional<Enum> EnumOf(std::string_view word) {
  constexpr std::string_view kNone = "UNSPECIFIED";
  const google::protobuf::EnumDescriptor& words = *google::protobuf::GetEnumDescriptor<Enum>();
  std::string name(words.FindValueByNumber(0)->name());
  name.resize(name.size() - kNone.size());  // the vocabulary's prefix
  for (const char c : word) {
    const bool fits = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    if (!fits) return std::nullopt;
    name += c == '-' ? '_' : static_cast<char>(c >= 'a' ? c - 'a' + 'A' : c);
  }
  const google::protobuf::EnumValueDescriptor* value = words.FindValueByName(name);
  if (value == nullptr || value->number() == 0) return std::nullopt;
  return static_cast<Enum>(value->number());
}

}  // namespace tearline::adapters
