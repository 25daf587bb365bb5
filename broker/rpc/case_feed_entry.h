#pragma once

#include <optional>
#include <string>

#include "broker/model/ids.h"
#include "broker/state/reader.h"
#include "tearline/v1/case.pb.h"
#include "tearline/v1/case_feed_service.pb.h"

namespace tearline::rpc {

/// A stretch of the log: what changed by records after `after`, up to `until`.
struct LogStretch {
  model::Position after = 0;
  model::Position until = 0;
};

/// An entry, and the first record of a stretch that changed what is shown of it.
struct CaseFeedChange {
  v1::CaseFeedEntry entry;
  model::Position first = 0;
  bool passed_over = false;  ///< It is to be judged again: the entry is empty.
};

/// One event as a post has it; nothing if the post was told nothing of it, or nothing that is shown
/// changed within the stretch. What happened before `joined`, the record by which it became the
/// person's, changed what is shown by that record.
[[nodiscard]] std::optional<CaseFeedChange> ReadCaseFeedEntry(
    const std::string& event_id, const std::string& post, const v1::Case& its_case,
    const LogStretch& stretch, const state::Reader& view, model::Position joined = 0);

}  // namespace tearline::rpc
