#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "broker/model/ids.h"
#include "broker/state/reader.h"
#include "tearline/v1/case.pb.h"
#include "tearline/v1/case_feed_service.pb.h"

namespace tearline::rpc {

/// What came to a post about the person of a case, read from the ledger's order: the events that
/// were let go to it, each as it has it now, and to the panel's chair what the panel's other posts
/// made of them.
///
/// Nothing here depends on what the post was not told (P6): an event that was never let go to it,
/// or is to be judged again before it is sent, does not occur; a post of the panel that did not
/// receive an event is not named, whether it was withheld from it or lies unfetched; and of an
/// event the post has as a pointer, which says that somebody holds something, nobody is named.

/// A stretch of the log: what changed by records after `after`, up to `until`.
struct LogStretch {
  model::Position after = 0;
  model::Position until = 0;
};

/// Events of one stretch in the order of the first record in it that speaks of each.
///
/// Threads: one at a time.
class CaseFeed {
 public:
  CaseFeed(std::string post, LogStretch stretch);

  /// The next entries, at most `entries_max`, having looked at most at `rows_max` rows of each of
  /// the person's nominals. What is told is as `view` has it, but nothing that came after the
  /// stretch.
  ///
  /// Requires: `view` holds the stretch; `its_case` is the case as `view` has it; `rows_max` > 1.
  [[nodiscard]] std::vector<v1::CaseFeedEntry> Next(const v1::Case& its_case,
                                                    const state::Reader& view,
                                                    std::size_t entries_max, std::size_t rows_max);

  /// What Next returned last could not be sent: the next Next begins where that one began.
  void TakeBack();

  /// Whether the stretch has been read to its end.
  [[nodiscard]] bool Done() const { return done_; }

  /// All records up to this one have been looked at.
  [[nodiscard]] model::Position LookedUntil() const;

  [[nodiscard]] const LogStretch& stretch() const { return stretch_; }

 private:
  std::vector<std::string> Rows(const std::string& nominal_id, const state::Reader& view,
                                std::size_t rows_max);

  std::string post_;
  LogStretch stretch_;
  std::string place_;  ///< Position, event id: the next row to be looked at, or one below.
  std::set<std::string> shown_;  ///< Events of this stretch that were looked at, 16 bytes each.
  std::string began_at_;         ///< The place where the last Next began.
  std::vector<std::string> shown_last_;  ///< What that one added to `shown_`.
  bool done_ = false;
};

/// One event as a post has it; nothing if the post was told nothing of it, or nothing that is shown
/// changed within the stretch.
[[nodiscard]] std::optional<v1::CaseFeedEntry> ReadCaseFeedEntry(const std::string& event_id,
                                                                 const std::string& post,
                                                                 const v1::Case& its_case,
                                                                 const LogStretch& stretch,
                                                                 const state::Reader& view);

/// When `post` read its last pack of a case, in ms since 1970; 0 if it is not among the newest
/// kLastPackLooksMax looks at the case's nominal of the last year, counted back from `now_ms`.
[[nodiscard]] std::int64_t LastPackMs(const v1::Case& its_case, const std::string& post,
                                      std::int64_t now_ms, model::Position tip,
                                      const state::Reader& view);

}  // namespace tearline::rpc
