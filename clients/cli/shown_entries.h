#pragma once

#include <google/protobuf/timestamp.pb.h>

#include <map>
#include <string>

#include "tearline/v1/case_feed_service.pb.h"

namespace tearline::cli {

/// What of a case's feed was shown, so that what comes again is not shown again, and where to go
/// on when it is cut.
class ShownEntries {
 public:
  /// Leaves out of a frame what was shown as it is; the rest counts as shown.
  void LeaveOutAgain(v1::FollowCaseResponse& frame);

  /// The newest `go_on_from` of what came; the zero time if nothing did. From there on nothing is
  /// left out: `changed_at` would leave out what comes later in the feed and changed before.
  [[nodiscard]] const google::protobuf::Timestamp& GoOnFrom() const { return go_on_from_; }

 private:
  bool IsAgain(const v1::CaseFeedEntry& entry);

  google::protobuf::Timestamp go_on_from_;
  std::map<std::string, std::string> shown_;  ///< By event: the entry, without `go_on_from`.
};

}  // namespace tearline::cli
