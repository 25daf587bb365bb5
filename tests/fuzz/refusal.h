#pragma once

#include <string_view>

#include "broker/status/status.h"

namespace tearline::fuzz {

/// Law 9: stops the process if `sentence` holds 8 bytes of `input` in a row that stand nowhere in
/// the house's own sources. What is ours may be said; what was read may not.
void ExpectQuotesNothing(std::string_view sentence, std::string_view input);

/// P9: stops the process unless `status` is a refusal with a reason that error.proto knows and a
/// sentence that quotes nothing of `input`.
void ExpectGoodRefusal(const Status& status, std::string_view input);

}  // namespace tearline::fuzz
