#include "broker/descriptor_limit.h"

#include <sys/resource.h>

namespace tearline {

void RaiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);  // A process may always raise its own as far as that.
}

}  // namespace tearline
