#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
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

/// Events of one stretch in the order of the first record in it that changed what is shown of each:
/// so what comes after an entry changed no earlier than that entry did, and going on from there
/// leaves nothing out.
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

  /// The entries of a whole frame: `entries_max`, and fewer only when the stretch is done, however
  /// many rows show nothing (P6). They are looked at `rows_max` at a time, and between them it is
  /// asked whether to `go_on`; if not, the frame is not whole.
  ///
  /// Requires: as Next.
  [[nodiscard]] std::vector<v1::CaseFeedEntry> NextFrame(const v1::Case& its_case,
                                                         const state::Reader& view,
                                                         std::size_t entries_max,
                                                         std::size_t rows_max,
                                                         const std::function<bool()>& go_on);

  /// What NextFrame returned last could not be sent: the next one begins where that one began.
  void TakeBack();

  /// Whether the stretch has been read to its end.
  [[nodiscard]] bool Done() const { return done_; }

  /// All records up to this one have been looked at.
  [[nodiscard]] model::Position LookedUntil() const;

  [[nodiscard]] const LogStretch& stretch() const { return stretch_; }

 private:
  std::vector<std::string> Rows(const std::string& nominal_id, const state::Reader& view,
                                std::size_t rows_max);
  std::optional<v1::CaseFeedEntry> Look(const std::string& event_id, model::Position position,
                                        const v1::Case& its_case, const state::Reader& view);
  void SetDue(const std::string& event_id, model::Position position);

  std::string post_;
  LogStretch stretch_;
  std::string place_;  ///< Position, event id: the next row to be looked at, or one below.
  /// Events of this stretch, 16 bytes each, by the record from which on they are to be shown:
  /// kNever if they were, or show nothing.
  std::map<std::string, model::Position> due_;
  /// Where the last frame began, and what was due there of what has changed since; nothing if it
  /// had not been looked at.
  std::string began_at_;
  std::map<std::string, std::optional<model::Position>> due_before_;
  bool done_ = false;
};

/// An entry, and the first record of a stretch that changed what is shown of it.
struct CaseFeedChange {
  v1::CaseFeedEntry entry;
  model::Position first = 0;
};

/// One event as a post has it; nothing if the post was told nothing of it, or nothing that is shown
/// changed within the stretch.
[[nodiscard]] std::optional<CaseFeedChange> ReadCaseFeedEntry(const std::string& event_id,
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
