#pragma once

namespace tearline {

/// Says on stderr what cannot have happened, and stops the process: recovery decides what stood.
[[noreturn]] void BreakInvariant(const char* file, int line, const char* what);

}  // namespace tearline

/// Stops the process unless `condition` holds. For faults of our own, never for a caller's; stays
/// in release builds. `what` is a literal, so that nothing of a caller's can be printed.
#define TEARLINE_INVARIANT(condition, what)                                         \
  do {                                                                              \
    if (!(condition)) ::tearline::BreakInvariant(__FILE__, __LINE__, "" what ""); \
  } while (false)
