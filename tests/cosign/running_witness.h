#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include "clients/witness/serve.h"
#include "tests/clients/run_tearline.h"

namespace tearline::cosign {

/// A witness that serves on loopback and can be stopped and started again, remembering.
class RunningWitness {
 public:
  /// For the log with this verifier key. Each name has a key of its own.
  RunningWitness(const std::string& name, const std::string& log_key);
  ~RunningWitness();
  RunningWitness(const RunningWitness&) = delete;
  RunningWitness& operator=(const RunningWitness&) = delete;

  void Stop();
  void Start();
  /// Stops it, takes its memory away, and starts it again.
  void Forget();

  [[nodiscard]] verifier::VerifierKey Key() const { return key_; }
  /// "http://127.0.0.1:PORT", the same after another start.
  [[nodiscard]] std::string Address() const;

 private:
  doubles::Workplace workplace_;
  const std::string name_;
  const verifier::VerifierKey log_key_;
  verifier::VerifierKey key_;
  int port_ = 0;
  std::unique_ptr<witness::Witness> witness_;
  std::unique_ptr<witness::Server> server_;
  std::thread thread_;
};

}  // namespace tearline::cosign
