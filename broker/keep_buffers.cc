#include "broker/keep_buffers.h"

#include <cstdlib>  // says whether this is glibc

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace tearline {

void KeepBuffers() {
#ifdef __GLIBC__
  // Larger than any group of records (kAppendBytesMax) and what is made of it.
  mallopt(M_MMAP_THRESHOLD, 32 * 1024 * 1024);
  mallopt(M_TRIM_THRESHOLD, 128 * 1024 * 1024);
#endif
}

}  // namespace tearline
