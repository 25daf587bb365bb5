#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tearline::adapters {

/// A time as a source system wrote it.
struct SourceTime {
  std::int64_t seconds = 0;  ///< Since 1970-01-01T00:00:00Z.
  std::int32_t nanos = 0;    ///< 0 to 999,999,999.
  bool assumed = false;      ///< The source named no zone; Europe/London was assumed.

  friend bool operator==(const SourceTime&, const SourceTime&) = default;
};

/// Reads YYYY-MM-DDThh:mm, then optionally :ss, then optionally a dot and 1 to 9 digits, then
/// optionally Z or ±hh:mm, then optionally a zone's name in brackets. Nothing if `text` is anything
/// else: a placeholder, a one-digit day, a day that does not exist, a year outside 1900 to 2199 (a
/// stand-in for "never"). Never guesses.
///
/// An offset decides, whatever zone is named after it. Without one, [Europe/London] is not an
/// assumption; no zone at all is; another zone is nothing. Local time in London is computed by the
/// rule in force since 1996, so before that year there must be an offset: one hour ahead from 01:00
/// UTC on the last Sunday of March to 01:00 UTC on the last Sunday of October. Of the hour that
/// comes twice the first is meant; the hour that is skipped is read by the offset before it.
[[nodiscard]] std::optional<SourceTime> ReadSourceTime(std::string_view text);

/// Reads YYYY-MM-DD, alone or before a T, as days since 1970-01-01; the same years.
[[nodiscard]] std::optional<std::int32_t> ReadSourceDate(std::string_view text);

}  // namespace tearline::adapters
