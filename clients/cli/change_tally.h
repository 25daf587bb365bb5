#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "clients/cli/invocation.h"

namespace tearline::cli {

/// What became of what messages say beside their events, by outcome and by reason for a refusal.
class ChangeTally {
 public:
  void Count(const std::string& outcome) { ++outcomes_[outcome]; }
  void CountRefused(const std::string& reason) { ++refused_[reason]; }
  [[nodiscard]] std::uint64_t Refused() const;

  /// Prints one line that begins with `head`, or one object under `key`; nothing if nothing was
  /// counted.
  void Report(const Invocation& invocation, const std::string& head, const std::string& key) const;

 private:
  std::map<std::string, std::uint64_t> outcomes_;
  std::map<std::string, std::uint64_t> refused_;
};

/// Prints what became of what one message says: "KIND  OUTCOME  request ID" and a sentence below,
/// or one object under `key`.
void SayChange(const Invocation& invocation, const std::string& key, const std::string& kind,
               const std::string& request_id, const std::string& outcome,
               const std::string& sentence);

}  // namespace tearline::cli
