#pragma once

#include <string>

#include "clients/cli/review_story.h"

namespace tearline::cli {

/// The story as a picture, inline SVG: one lane for each agency, time from left to right, a mark of
/// its own shape for what was put in, let go, acknowledged, read, owed and not let go, and due, and
/// lines for how long obligations stood, up to `now_ms` if they stand still, and for what was late.
/// The same in words is in the page's tables, to which its description points.
[[nodiscard]] std::string ReviewPicture(const Story& story, std::int64_t now_ms);

/// How long, in at most two units: "3 min", "2 h 5 min", "4 d 1 h"; "under 1 s".
[[nodiscard]] std::string LengthText(std::int64_t ms);

}  // namespace tearline::cli
