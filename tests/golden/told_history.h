#pragma once

#include <vector>

#include "broker/ledger/record.h"

namespace tearline::machine {

/// A small history with every kind of outcome, told as the newest behaviour version has it: seats,
/// a second hand, a tear-line, a withholding that escalates, a retry, a park, a read, a change of
/// policy, a refusal, a record from the future, and what each behaviour version brought.
[[nodiscard]] std::vector<ledger::StoredHeader> TellHistory();

}  // namespace tearline::machine
