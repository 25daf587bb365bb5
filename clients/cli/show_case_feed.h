#pragma once

#include <cstdint>
#include <string>

#include "tearline/v1/case_feed_service.pb.h"
#include "tearline/v1/label.pb.h"

namespace tearline::cli {

/// Events of a case as people read them. What comes from the broker is names, codes and times; all
/// of it is shown without control characters.

/// "2CC A1 S2"; of an older scheme "5x5x5 B2 3"; "" if there is none.
[[nodiscard]] std::string GradeText(const v1::Grading& grading);

/// How far behind it was: "recorded 2 days after it occurred", "came late, 5 days after it was
/// recorded"; "" for less than an hour.
[[nodiscard]] std::string LatenessText(const v1::CaseFeedEntry& entry);

/// "received by 2, read by 1: police/panel"; "" if nobody is named.
[[nodiscard]] std::string PanelText(const v1::CaseFeedEntry& entry);

/// "3 days", "5 hours", "less than an hour".
[[nodiscard]] std::string LongText(std::int64_t ms);

/// One event on one line, without a line feed: when it was let go, level, marking and grade, what
/// it is and from whom, its other times, what became of it at the post and at the panel, its id. In
/// colours for a terminal, or in none.
[[nodiscard]] std::string EntryLine(const v1::CaseFeedEntry& entry, bool colours);

}  // namespace tearline::cli
