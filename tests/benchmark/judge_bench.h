#pragma once

#include <vector>

#include "tests/benchmark/row.h"

namespace tearline::benchmark {

/// The fast engine beside the plain one: an event judged for 10, 100 and 1,000 posts under policies
/// of 25, 250 and 1,000 rules, by both in turn; and what ten times the rules cost the fast one.
/// Times include the event's half and making the Decision, and are the processor's, not the wall's.
void CompareJudging(int rounds, std::vector<Row>& rows);

}  // namespace tearline::benchmark
