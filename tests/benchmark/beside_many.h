#pragma once

#include <cstddef>
#include <vector>

#include "tests/benchmark/row.h"
#include "tests/benchmark/scene.h"

namespace tearline::benchmark {

/// The same load on a broker that knows few and on one that knows many: what concerns an event must
/// count, and not what there is besides. Both are set up anew beside `beside`, and asked in turn,
/// `rounds` times.
///
/// Throws std::runtime_error, std::system_error.

/// `people` people with a case each, beside a thousand.
void ComparePeople(const Scene& beside, std::size_t people, int rounds, std::vector<Row>& rows);

/// 10,000 subscriptions beside 10.
void CompareSubscriptions(const Scene& beside, int rounds, std::vector<Row>& rows);

}  // namespace tearline::benchmark
