#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "clients/witness/witness.h"

namespace tearline::witness {

/// Where a witness is asked, and by which certificate; plain HTTP without one.
struct Listen {
  std::string host = "127.0.0.1";
  int port = 0;  ///< 0 takes a free one.
  std::string certificate_file;
  std::string key_file;
};

/// HTTP around a witness:
///   POST /add-checkpoint        Witness::AddCheckpoint
///   GET  /PLACE/checkpoint      Witness::Checkpoint
/// A body above kSubmissionBytesMax, as it arrives or as it unpacks, is answered 413.
class Server {
 public:
  /// Binds. Requires: `witness` outlives it.
  ///
  /// Refuses: INVALID_ARGUMENT if the address cannot be had or the certificate does not read.
  static absl::StatusOr<std::unique_ptr<Server>> Bind(Witness& witness, const Listen& listen);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  [[nodiscard]] int Port() const { return port_; }
  /// Answers until Stop is called, be it before. Called once.
  void Serve();
  /// Threads: any but those that answer.
  void Stop();

 private:
  class Http;
  Server(std::unique_ptr<Http> http, int port);

  std::unique_ptr<Http> http_;
  int port_;
  std::atomic<bool> entered_{false};   ///< Serve was called,
  std::atomic<bool> finished_{false};  ///< and has returned.
  std::atomic<bool> stopping_{false};
};

}  // namespace tearline::witness
