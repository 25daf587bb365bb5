#pragma once

#include <cstdlib>

namespace tearline::strangers {

/// Whether the scripts here can be run.
inline bool HasPython() {
  return std::system(
             "python3 -c 'import sys; sys.exit(sys.version_info < (3, 9))' 2> /dev/null") == 0;
}

}  // namespace tearline::strangers
