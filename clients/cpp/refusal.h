#pragma once

#include <grpcpp/support/status.h>

#include <string>
#include <variant>

namespace tearline::client {

/// Why the broker, or the way to it, said no.
struct Refusal {
  /// ErrorReason's name without its prefix, for example "NOT_YOUR_POST"; "" if no broker answered.
  std::string reason;
  /// What would be right; or, without a reason, what gRPC saw.
  std::string sentence;

  /// Whether the same request, sent again later, may be answered otherwise.
  [[nodiscard]] bool WorthAnotherTry() const;
  /// Whether there is no broker to say yes or no: none answers, or it starts, stops or has stopped.
  [[nodiscard]] bool Unreachable() const;
};

/// What was asked for, or why not.
template <typename T>
using Answer = std::variant<T, Refusal>;

/// Reads the google.rpc.ErrorInfo of domain "tearline.v1" beside `status`.
///
/// Requires: `status` is not OK.
[[nodiscard]] Refusal RefusalFrom(const grpc::Status& status);

}  // namespace tearline::client
