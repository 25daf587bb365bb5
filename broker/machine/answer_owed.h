#pragma once

#include <cstdint>
#include <string>

#include "broker/machine/step.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {

/// An answer that a post owes by a time: to its panel, or to whoever asked it for information. It
/// is due at the time, then climbs a step a day; and is chased before, from half of the way there.

/// Opens it: `row` has its type, reason, debtor and what it is about. Returns its id.
///
/// Requires: `answer_by_ms` is in the future.
[[nodiscard]] std::string OweAnswer(stored::v1::ObligationRow row, std::int64_t answer_by_ms,
                                    Step& step);

/// An obligation's next step has come. While it is an answer that is not due yet, the post is asked
/// once more, and again each time that half of what remained has passed, the last time within a day
/// of the end. False for every other: it escalates.
[[nodiscard]] bool RemindToAnswer(const std::string& obligation_id, Step& step);

}  // namespace tearline::machine
