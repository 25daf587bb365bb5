#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "broker/model/ids.h"
#include "broker/rpc/case_feed_entry.h"
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
///
/// What the post had of somebody else becomes the person's by a merge, and is shown from that
/// record on; what was moved to somebody else is shown once more, as taken back.

/// An event that is to be judged again before it is shown: the first record that changed what is
/// shown of it, and the merge by which it became the person's, 0 for none.
struct Passed {
  model::Position first = 0;
  model::Position joined = 0;
};
/// By event id, 16 bytes.
using PassedOver = std::map<std::string, Passed>;

/// Events of one stretch in the order of the first record in it that changed what is shown of each:
/// so what comes after an entry changed no earlier than that entry did, and going on from there
/// leaves nothing out.
///
/// Threads: one at a time.
class CaseFeed {
 public:
  /// What the stretch `before` passed over is looked at first, and shown as it is now.
  CaseFeed(std::string post, LogStretch stretch, PassedOver before = {});

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

  /// What was passed over, and is to be looked at by the next stretch.
  [[nodiscard]] const PassedOver& passed_over() const { return passed_over_; }

  [[nodiscard]] const LogStretch& stretch() const { return stretch_; }

 private:
  std::vector<std::string> Rows(const std::string& nominal_id, model::Position joined,
                                const state::Reader& view, std::size_t rows_max) const;
  std::vector<std::string> Past(const std::string& nominal_id, model::Position joined,
                                const state::Reader& view, std::size_t rows_max) const;
  std::optional<v1::CaseFeedEntry> Look(const std::string& row, model::Position joined,
                                        const v1::Case& its_case, const state::Reader& view);
  std::optional<v1::CaseFeedEntry> LookAgain(const std::string& event_id, const v1::Case& its_case,
                                             const state::Reader& view);
  void GoOnNoLaterThanPassedOver(v1::CaseFeedEntry& entry, const state::Reader& view) const;
  void SetDue(const std::string& event_id, model::Position position);

  std::string post_;
  LogStretch stretch_;
  /// Position, event id: the next row to be looked at, or one below. Of the past that a merge
  /// brings, the merge's position, an id above all ids, the nominal, then as its trail has it.
  std::string place_;
  /// Events of this stretch, 16 bytes each, by the record from which on they are to be shown:
  /// kNever if they were, or show nothing.
  std::map<std::string, model::Position> due_;
  PassedOver passed_over_;
  std::set<std::string> retry_;  ///< Of those, what is yet to be looked at again.
  PassedOver passed_over_before_;
  std::set<std::string> retry_before_;
  /// Where the last frame began, and what was due there of what has changed since; nothing if it
  /// had not been looked at.
  std::string began_at_;
  std::map<std::string, std::optional<model::Position>> due_before_;
  bool done_ = false;
};

/// When `post` read its last pack of a case, in ms since 1970; 0 if it is not among the newest
/// kLastPackLooksMax looks at the case's nominal of the last year, counted back from `now_ms`.
[[nodiscard]] std::int64_t LastPackMs(const v1::Case& its_case, const std::string& post,
                                      std::int64_t now_ms, model::Position tip,
                                      const state::Reader& view);

}  // namespace tearline::rpc
