#include "broker/status/invariant.h"

#include <cstdio>
#include <cstdlib>

namespace tearline {

void BreakInvariant(const char* file, int line, const char* what) {
  std::fprintf(stderr, "tearline: stopped: %s does not hold (%s:%d)\n", what, file, line);
  std::abort();
}

}  // namespace tearline
