#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "clients/verifier/review.h"

namespace tearline::cli {

/// Pieces of a review's page. Cells are HTML already.

/// A table with a caption and a head row. Requires: each row is as long as `head`.
[[nodiscard]] std::string HtmlTable(const std::string& caption,
                                    const std::vector<std::string>& head,
                                    const std::vector<std::vector<std::string>>& rows);
/// "2026-03-04 10:00:00"; "" for 0.
[[nodiscard]] std::string UtcText(std::int64_t ms);
/// A number; one that should be 0 and is not stands out if `is_bad`.
[[nodiscard]] std::string Number(std::uint64_t number, bool is_bad = false);
[[nodiscard]] std::string Bad(const std::string& html);
/// An id, in letters of one width.
[[nodiscard]] std::string Id(const std::string& id);

/// Every proved record and what is opened of it.
[[nodiscard]] std::string ReviewRecords(const verifier::ProvedReview& proved);

/// How to verify the file, in plain words, and what it cannot show.
[[nodiscard]] std::string HowToVerify(const verifier::Review& review);

}  // namespace tearline::cli
