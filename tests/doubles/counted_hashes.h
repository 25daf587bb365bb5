#pragma once

#include <cstdint>

namespace tearline::doubles {

/// How many digests OpenSSL has finished for this program so far, whoever asked for them. A test
/// program that lists counted_hashes.cc among its sources has its digests counted.
///
/// Threads: any.
[[nodiscard]] std::uint64_t HashesSoFar();

}  // namespace tearline::doubles
