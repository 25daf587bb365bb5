#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "clients/cli/invocation.h"
#include "clients/cpp/pipeline.h"
#include "tearline/v1/publisher_service.pb.h"

namespace tearline::cli {

/// Publishes events as they come, many under way at once, says how far it is, and counts what
/// became of each.
class Batch {
 public:
  /// Requires: `invocation` outlives the batch.
  explicit Batch(const Invocation& invocation);

  /// Takes one more. Ends the command if no broker answers.
  void Add(v1::PublishItem item);
  /// Waits until each has its answer.
  void Flush();
  /// Keeps the event that comes of a request, some 100 bytes. To be called before it is added.
  void KeepEventOf(const std::string& request_id) { events_.try_emplace(request_id); }
  /// The event that came of a request, if it is kept and one did; else "".
  [[nodiscard]] std::string EventOf(const std::string& request_id) const {
    const auto found = events_.find(request_id);
    return found == events_.end() ? "" : found->second;
  }

  /// What became of one event is printed as it is known, if `each` was asked for; then the report.
  void SayEach(bool each) { say_each_ = each; }
  /// `set_aside` counts, by reason, what never became an event. Prints the closing report.
  void Report(const std::map<std::string, std::uint64_t>& set_aside,
              const std::string& quarantine_directory) const;
  [[nodiscard]] std::uint64_t Refused() const;

 private:
  void Count(const v1::PublishResult& result);
  void SayProgress(bool last);

  const Invocation& invocation_;
  client::Pipeline pipeline_;
  bool say_each_ = true;
  std::map<std::string, std::string> events_;  // By request id.
  std::uint64_t accepted_ = 0;
  std::uint64_t repeated_ = 0;
  std::uint64_t said_ = 0;
  std::map<std::string, std::uint64_t> refused_;  // By reason.
};

}  // namespace tearline::cli
