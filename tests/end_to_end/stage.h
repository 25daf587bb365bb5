#pragma once

#include <string>
#include <vector>

#include "tests/end_to_end/running_broker.h"

namespace tearline::end_to_end {

/// A running broker and a scene: a nominal with a case and a panel of three posts and an
/// accountable officer, so that every event about it is judged for four posts. The audience:
/// "police/feeder" publishes for the post police/intelligence, "probation/reader" pulls the feed of
/// probation/chair, "inspectorate/auditor" audits, as inspectorate/south what lies in an area that
/// nothing lies in, "office/clerk" co-ordinates and belongs to none of them, so that no second hand
/// is needed; "office/keeper" and "office/warden" are operators of
/// two posts, "office/drafter" writes policy, "office/governor" approves it, "police/officer"
/// serves the accountable officer's post, and the person "police/checker" holds police/checks,
/// which answers for the police's enquiries and domestic-abuse checks.
class Stage : public RunningBroker {
 public:
  /// `environment` as RunningBroker has it. Throws std::runtime_error with what the broker said.
  explicit Stage(StagePlace place, std::vector<std::string> environment = {});

  /// Whom events are about.
  const std::string& nominal_id() const { return nominal_id_; }

 private:
  void SetScene();

  std::string nominal_id_;
};

}  // namespace tearline::end_to_end
