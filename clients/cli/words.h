#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/generated_enum_reflection.h>
#include <google/protobuf/timestamp.pb.h>

#include <string>

#include "tearline/v1/nominal.pb.h"

namespace tearline::cli {

/// An enum's value as people write it: LEVEL_TEAR_LINE is "tear-line". Its number if it has no
/// name.
[[nodiscard]] std::string WordOf(const google::protobuf::EnumDescriptor& words, int number);

/// The number of a word as people write it. Ends with kUsage, listing the words, if there is none.
[[nodiscard]] int NumberOf(const google::protobuf::EnumDescriptor& words, const std::string& word,
                           const std::string& option);

template <typename Enum>
[[nodiscard]] std::string Word(Enum value) {
  return WordOf(*google::protobuf::GetEnumDescriptor<Enum>(), static_cast<int>(value));
}

template <typename Enum>
[[nodiscard]] Enum FromWord(const std::string& word, const std::string& option) {
  return static_cast<Enum>(NumberOf(*google::protobuf::GetEnumDescriptor<Enum>(), word, option));
}

/// Reads TYPE:VALUE, for example "noms:A1111AA". Ends with kUsage otherwise.
[[nodiscard]] v1::Identifier IdentifierFrom(const std::string& text);

/// The agency of "AGENCY/POST".
[[nodiscard]] std::string AgencyOf(const std::string& post);

/// A time such as 2026-03-04T10:00:00Z. Ends with kUsage otherwise.
[[nodiscard]] google::protobuf::Timestamp TimeFrom(const std::string& text,
                                                   const std::string& option);

/// 32 bytes from 64 hexadecimal digits, as `sha256sum` prints them. Ends with kUsage otherwise.
[[nodiscard]] std::string DigestFrom(const std::string& hex, const std::string& option);

/// A file's bytes, or stdin's if `path` is "-". Ends with kUsage if it cannot be read.
[[nodiscard]] std::string ReadBytes(const std::string& path);

}  // namespace tearline::cli
