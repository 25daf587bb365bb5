#pragma once

#include <string>

#include "clients/verifier/review.h"

namespace tearline::cli {

/// The page of a review for people: HTML up to its data, without script and without anything that
/// would be fetched; the Content-Security-Policy in it forbids both. First a summary on one screen,
/// then the timeline, the tables that say the same, every record, and how to verify. It holds
/// nothing that is not in `review`: the same review gives the same bytes.
///
/// Requires: `proved` is what CheckReview gave of `review`.
[[nodiscard]] std::string ReviewPage(const verifier::Review& review,
                                     const verifier::ProvedReview& proved);

}  // namespace tearline::cli
