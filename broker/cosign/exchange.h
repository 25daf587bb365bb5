#pragma once

#include <memory>
#include <string>

#include "broker/status/status.h"

namespace tearline::cosign {

/// How long a witness may take to be reached and to answer, in seconds each.
inline constexpr int kExchangePatienceS = 5;
/// Bytes of an answer at most.
inline constexpr std::size_t kAnswerBytesMax = 64 * 1024;

/// What a witness answered.
struct Answer {
  int status = 0;  ///< As HTTP numbers it.
  std::string body;
};

/// Asks one witness over HTTP.
class Exchange {
 public:
  virtual ~Exchange() = default;

  /// Posts `body` and waits for the answer.
  ///
  /// Refuses: UNAVAILABLE if there is none in time, or one above kAnswerBytesMax.
  /// Threads: one at a time.
  virtual Result<Answer> Post(const std::string& body) = 0;

  /// Makes a Post that is going on, and every later one, end soon. Threads: any.
  virtual void Stop() = 0;
};

/// The exchange with the witness whose submission prefix is `address`; nothing is reached yet.
///
/// Refuses: CONFIG_INVALID unless it reads "http://HOST[:PORT][/PREFIX]", or https.
[[nodiscard]] Result<std::unique_ptr<Exchange>> MakeExchange(const std::string& address);

}  // namespace tearline::cosign
