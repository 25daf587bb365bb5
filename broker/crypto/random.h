#pragma once

#include <cstddef>
#include <string>

namespace tearline::crypto {

/// `count` bytes nobody can foresee, from the library's generator, seeded by the kernel. If there
/// are none to be had the process stops: nothing may go on with a guess for a key.
///
/// Requires: `count` is at most 2,147,483,647.
/// Threads: any.
[[nodiscard]] std::string RandomBytes(std::size_t count);

}  // namespace tearline::crypto
