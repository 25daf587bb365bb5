// A clock that stands still, put before the C++ library's own when a broker is started with this in
// LD_PRELOAD: the shipped program believes that it is TEARLINE_STANDING_CLOCK_MS, in milliseconds
// since 1970, for as long as it runs. The monotonic clock goes on, and so do gRPC, OpenSSL and
// RocksDB, which ask the C library (docs/decisions/0047-stories-over-the-wire.md).
#include <chrono>
#include <cstdlib>

namespace std::chrono {
inline namespace _V2 {

system_clock::time_point system_clock::now() noexcept {
  static const char* const kSet = std::getenv("TEARLINE_STANDING_CLOCK_MS");
  return time_point(milliseconds(kSet == nullptr ? 0 : std::strtoll(kSet, nullptr, 10)));
}

}  // namespace _V2
}  // namespace std::chrono
