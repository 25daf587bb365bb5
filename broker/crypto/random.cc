#include "broker/crypto/random.h"

#include <openssl/rand.h>

#include <climits>

#include "broker/status/invariant.h"

namespace tearline::crypto {

std::string RandomBytes(std::size_t count) {
  TEARLINE_INVARIANT(count <= INT_MAX, "random bytes are asked for in small amounts");
  std::string bytes(count, '\0');
  TEARLINE_INVARIANT(
      RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) == 1,
      "the random generator works");
  return bytes;
}

}  // namespace tearline::crypto
