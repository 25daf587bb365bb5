#pragma once

#include <cstdint>

namespace tearline::doubles {

/// How many digests OpenSSL has finished for this program so far, whoever asked for them. What
/// links this has its digests counted.
///
/// Threads: any.
[[nodiscard]] std::uint64_t HashesSoFar();

}  // namespace tearline::doubles
