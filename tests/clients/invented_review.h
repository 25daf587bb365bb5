#pragma once

#include <cstdint>
#include <string>

#include "clients/verifier/review.h"
#include "tests/clients/invented_log.h"

namespace tearline::doubles {

/// A log in which one event about an invented person was put in, judged for a chair, a guest and a
/// nurse, let go to the chair, acknowledged and read; and an obligation of an officer came of it,
/// of which no more than its opening is shown.
class InventedReview {
 public:
  /// `hostile` stands in every name that somebody else chose.
  explicit InventedReview(const std::string& hostile = "");

  InventedLog& Log() { return log_; }
  /// From here on the obligation's further records are shown, too: it climbed to the deputy, who
  /// ended it.
  void AddTrail();
  /// From here on another text was let go to the chair in the place of the first, five hours later:
  /// acknowledged after three minutes, and not read.
  /// Once it was taken back, if that is said; else in the place of what was let go.
  void LetGoAnew(bool taken_back = false);
  /// All of it, proved under the log as it is.
  [[nodiscard]] verifier::Review Review();
  /// Its page; if it does not verify, why.
  [[nodiscard]] std::string Page();
  /// As a file, with its page; unsigned.
  [[nodiscard]] static std::string File(const verifier::Review& review,
                                        const verifier::VerifierKey& key);
  /// Puts `lines` in place of the file's data, with a manifest that states them and the page.
  [[nodiscard]] static std::string WithLines(const std::string& file, const std::string& lines);

 private:
  void Facts(const std::string& hostile);
  void Acknowledged(std::uint64_t number, std::int64_t ms);

  InventedLog log_;
  bool has_trail_ = false;
  bool let_go_anew_ = false;
};

}  // namespace tearline::doubles
