#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "tests/hostile/arena.h"

struct ssl_st;
struct ssl_ctx_st;

namespace tearline::hostile {

/// A plain connection to HOST:PORT; a file descriptor, or -1. Nothing waits longer than 20 seconds.
int ConnectTcp(const std::string& address);

/// TLS 1.3 by hand, and whatever is said over it: HTTP/2 that keeps no rule.
class RawConnection {
 public:
  /// Shakes hands as whoever holds `pass`. Throws std::runtime_error if that fails.
  RawConnection(const std::string& address, const Pass& pass);
  ~RawConnection();
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  /// False once the other side has hung up.
  bool Send(std::string_view bytes);

  /// Reads whatever has come. False once the other side has hung up.
  bool Drain();

  /// All that was read.
  const std::string& heard() const { return heard_; }

 private:
  int socket_ = -1;
  std::shared_ptr<ssl_ctx_st> context_;
  std::shared_ptr<ssl_st> tls_;
  std::string heard_;
};

// Frames, RFC 9113 section 6.

inline constexpr std::uint8_t kFrameData = 0;
inline constexpr std::uint8_t kFrameHeaders = 1;
inline constexpr std::uint8_t kFrameReset = 3;
inline constexpr std::uint8_t kFrameSettings = 4;
inline constexpr std::uint8_t kFramePing = 6;
inline constexpr std::uint8_t kFrameContinuation = 9;
inline constexpr std::uint8_t kEndStream = 1;
inline constexpr std::uint8_t kEndHeaders = 4;

std::string Frame(std::uint8_t type, std::uint8_t flags, std::uint32_t stream,
                  std::string_view payload);

/// The connection preface and empty settings.
std::string Preface();

/// One header, literal and not indexed (RFC 7541, section 6.2.2); `indexed` puts it into the
/// dynamic table (6.2.1).
std::string Header(std::string_view name, std::string_view value, bool indexed = false);

/// The headers with which gRPC begins a call; of Subscribe, which waits for more.
std::string CallHeaders(std::string_view path = "/tearline.v1.SubscriberService/Subscribe");

}  // namespace tearline::hostile
