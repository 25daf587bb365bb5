#pragma once

#include <google/protobuf/timestamp.pb.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "broker/crypto/digest.h"
#include "broker/status/status.h"

namespace tearline::rpc {

/// The form of fields that many requests have. `path` names the field in the refusal.

/// An id's text form. Refuses: FIELD_INVALID.
template <typename Id>
[[nodiscard]] Result<Id> ReadId(const std::string& text, const std::string& path) {
  Result<Id> id = Id::Parse(text);
  if (id.ok()) return id;
  // The model says what the form is; here is said which field lacks it.
  return Refuse(v1::ERROR_REASON_FIELD_INVALID, "`" + path + "`: " + SentenceOf(id.status()));
}

/// The bytes of an id that may be left out; "" where the field is empty. Refuses: FIELD_INVALID.
template <typename Id>
[[nodiscard]] Result<std::string> ReadOptionalId(const std::string& text, const std::string& path) {
  if (text.empty()) return std::string();
  const Result<Id> id = ReadId<Id>(text, path);
  if (!id.ok()) return id.status();
  return id->Bytes();
}

/// A digest of 32 bytes. Refuses: FIELD_INVALID.
[[nodiscard]] Result<crypto::Digest> ReadDigest(const std::string& bytes, const std::string& path);

/// A time in ms since 1970, between the years 1 and 9999. Refuses: TIME_INVALID.
[[nodiscard]] Result<std::int64_t> ReadTime(const google::protobuf::Timestamp& time,
                                            const std::string& path);

/// A time that has been, as ReadTime. Refuses: TIME_INVALID, also of one after `now_ms`.
[[nodiscard]] Result<std::int64_t> ReadPastTime(const google::protobuf::Timestamp& time,
                                                const std::string& path, std::int64_t now_ms);

/// How many entries a page holds: kPageDefault for 0. Refuses: LIMIT_PASSED above kPageMax.
[[nodiscard]] Result<std::size_t> ReadPageSize(std::uint32_t page_size);

/// Where a page begins, as WritePageToken wrote it; "" for the first. It authorises nothing.
///
/// Refuses: FIELD_INVALID.
[[nodiscard]] Result<std::string> ReadPageToken(const std::string& token);
[[nodiscard]] std::string WritePageToken(std::string_view place);

}  // namespace tearline::rpc
