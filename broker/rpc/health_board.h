#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace grpc {
class HealthCheckServiceInterface;
}

namespace tearline::rpc {

/// A part of the broker, and whether it does its work.
struct Part {
  std::string name;  ///< What grpc.health.v1 calls it: a word of ours.
  bool stands = false;
};

/// Asks each part how it is.
using Examination = std::function<std::vector<Part>()>;

/// What grpc.health.v1 says: each part by its name, and "" for all of them together. A part that
/// no longer stands, or stands again, is said in the log too.
///
/// Threads: any.
class HealthBoard {
 public:
  /// Requires: `examine` does not come back here.
  explicit HealthBoard(Examination examine);

  /// Shows on `service` from the next Examine on.
  ///
  /// Requires: `service` outlives the last Examine.
  void ShowOn(grpc::HealthCheckServiceInterface& service);

  /// Asks, and shows what was answered.
  void Examine();

 private:
  const Examination examine_;
  std::mutex mutex_;  ///< Guards what follows.
  std::vector<grpc::HealthCheckServiceInterface*> services_;
  std::vector<Part> last_;
};

}  // namespace tearline::rpc
