#pragma once

#include <string>

#include "tests/end_to_end/stage.h"

namespace tearline::soak {

/// What operators and authors of policy do to a broker at work. Each says what went wrong; "" if
/// nothing did.

/// Suspends "police/officer", or lifts that.
std::string Suspend(const end_to_end::Stage& stage, bool suspended);

/// Puts the policy of that text in force, with a line that makes it another than before: all that
/// waits is judged again, and told the same.
std::string ChangePolicy(const end_to_end::Stage& stage, const std::string& text, int edition);

/// Has certificates and lists read again.
void ReloadCertificates(const end_to_end::Stage& stage);

/// Opens the feed of "probation/manager" and never reads from it nor says anything, as long as it
/// lives.
class DeadReader {
 public:
  explicit DeadReader(const end_to_end::Stage& stage);
  ~DeadReader();
  DeadReader(const DeadReader&) = delete;
  DeadReader& operator=(const DeadReader&) = delete;

 private:
  struct Line;
  Line* line_;
};

}  // namespace tearline::soak
