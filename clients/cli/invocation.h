#pragma once

#include <grpcpp/channel.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "clients/cpp/connection.h"
#include "clients/cpp/refusal.h"
#include "tearline/v1/acting.pb.h"
#include "tearline/v1/action.pb.h"

namespace tearline::cli {

/// What a program may tell from how we ended.
enum class ExitCode {
  kDone = 0,
  kRefused = 1,             ///< The broker answered no, with a reason.
  kUsage = 2,               ///< The command line, a file it names or a setting is wrong.
  kUnreachable = 3,         ///< No broker answered.
  kVerificationFailed = 4,  ///< A proof, a signature or a log does not verify.
};

/// Ends the command: thrown by verbs, caught in main, said to the user once.
struct Stop {
  ExitCode code;
  std::string reason;  ///< A reason's name; "" if there is none.
  std::string sentence;
  v1::OpenWork open_work = {};  ///< What stands in the way, if the refusal says so.
};

/// Ends with kUsage.
[[noreturn]] void StopUsage(const std::string& sentence);
/// Ends with kUnreachable or kRefused, as the refusal is.
[[noreturn]] void StopFor(const client::Refusal& refusal);
/// Ends with kVerificationFailed.
[[noreturn]] void StopUnverified(const std::string& sentence);

/// One run of `tearline`: what every verb shares, and the verb that was chosen.
struct Invocation {
  client::ConnectionSettings connection;
  std::string profile_file;
  std::string post;
  std::string purpose;
  std::string legal_basis;
  std::string on_behalf_of;
  std::string issuer;
  std::string correlation;
  bool json = false;
  double timeout_seconds = 30;
  std::function<void()> verb;

  /// For whom and why, to be sent along.
  [[nodiscard]] v1::Acting Acting() const;
  /// Fills settings from environment and profile. To be called once, before the verb.
  void Settle();
  /// The channel to the broker. Ends with kUsage if settings are missing.
  [[nodiscard]] std::shared_ptr<grpc::Channel> Channel() const;
  /// When one call must have been answered.
  [[nodiscard]] std::chrono::system_clock::time_point Deadline() const;
};

}  // namespace tearline::cli
