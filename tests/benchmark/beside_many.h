#pragma once

#include <cstddef>
#include <vector>

#include "tests/benchmark/row.h"
#include "tests/benchmark/scene.h"

namespace tearline::benchmark {

/// The same load on a broker that knows few and on one that knows many: what concerns an event must
/// count, and not what there is besides. In turn, `rounds` times.
///
/// Throws std::runtime_error, std::system_error.

/// `people` people with a case each, beside the thousand of `few`.
void ComparePeople(Scene& few, std::size_t people, int rounds, std::vector<Row>& rows);

/// 10,000 subscriptions beside 10.
void CompareSubscriptions(Scene& few, int rounds, std::vector<Row>& rows);

}  // namespace tearline::benchmark
