#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "broker/ledger/ledger.h"
#include "tests/simulation/debts.h"
#include "tests/simulation/feeds.h"
#include "tests/simulation/intent.h"
#include "tests/simulation/leaves.h"
#include "tests/simulation/reading.h"
#include "tests/simulation/receipts.h"
#include "tests/simulation/requests.h"
#include "tests/simulation/seen.h"
#include "tests/simulation/work.h"

namespace tearline::simulation {

/// A simple second opinion: plain maps, written from the promises. It hears what people wanted, in
/// the order the ledger gave it, and complains wherever the broker did something else.
class Oracle {
 public:
  using Intents = std::map<std::string, Intent>;      ///< By the seed of the record.
  using People = std::map<std::size_t, std::string>;  ///< Nominal, 16 bytes, by place.

  /// What one hand asked for, and waits for another.
  struct Pending {
    Intent intent;
    std::int64_t lapses_ms = 0;
  };

  Oracle(const Town& town, const Intents& intents);
  Oracle(const Oracle&) = delete;

  /// The writer appended these as one group; `view` shows them. `believed` is false while the wall
  /// clock has parted from the other and nobody confirmed it.
  void HearGroup(const std::vector<Seen>& group, bool believed, const state::Reader& view);
  /// Somebody was answered. Asked after the group was heard.
  void Answered(const Intent& intent, const machine::Applied& applied);
  /// Right after a recovery, before what survived unheard is heard.
  void LookAtLedger(const ledger::Ledger& ledger);
  /// All of the state, after a crash and at the end.
  void LookAtAll(const state::Reader& view);
  /// When all that can go out has had its time.
  void LookWhenQuiet() { feeds.LookWhenQuiet(); }
  /// Whether somebody's last use of break-glass waits for its review: the post's, or the person's.
  bool WaitsForReview(const std::string& post, As as) const;
  /// An event that was not withdrawn before, or not as gravely.
  bool MayBeWithdrawn(const Intent& intent) const;
  void Complain(const std::string& sentence) { complaints.push_back(sentence); }

  /// The last position heard.
  model::Position tip() const { return digests_.size(); }

  Complaints complaints;
  Reading reading;
  Feeds::Events events;
  Receipts receipts;
  Feeds feeds;
  Leaves leaves;
  Work work;
  Requests requests;
  Debts debts;
  People people;                      ///< Who each identifier is taken for.
  std::set<std::string> provisional;  ///< Nominals that a publication made, 16 bytes.
  std::vector<std::string> nominals;  ///< Text form.
  std::uint64_t merges = 0;
  std::uint64_t unmerges = 0;
  std::map<std::string, Pending> pending;        ///< By id in text form.
  std::set<std::size_t> proposed;                ///< Editions that wait for their approval.
  std::map<std::size_t, std::size_t> simulated;  ///< Those of them that were, and against which.

 private:
  void Hear(const Seen& seen, bool believed);
  void HearWanted(const Seen& seen, const Intent& intent);
  void HearPublish(const Seen& seen, const Intent& intent);
  void HearSecondHand(const Seen& seen, const Intent& intent);
  void HearWithdrawal(const Seen& seen, const Intent& intent);
  void HearAmendment(const Seen& seen, const Intent& intent);
  void HearBreaking(const Seen& seen, const Intent& intent);
  void HearReview(const Seen& seen, const Intent& intent);
  void HearMerge(const Seen& seen, const Intent& intent);
  bool MayPart(const Intent& intent) const;
  bool UnmergeWidens(const Intent& intent) const;
  void HearUnmerge(const Seen& seen, const Intent& intent);
  /// Whether these are two of whom one may be merged into the other.
  bool MayBeOne(const Intent& intent) const;
  bool ShowsOwn(const std::string& agency, const std::string& nominal) const;
  bool MergeWidens(const Intent& intent) const;
  void HearLapses(const Seen& seen);
  bool WidensOwn(const Intent& intent) const;
  /// Rising, times at which a Pulse has something to do other than retries; of what would come
  /// after a retry of the same time, the millisecond after.
  std::vector<std::int64_t> OthersDueBy(std::int64_t stamp_ms) const;
  void TakeEffect(const Seen& seen, const Intent& intent, bool by_two);
  void HearPost(const Seen& seen, const Intent& intent);
  void TakeEffectOnCase(const Seen& seen, const Intent& intent);
  /// True if the nominal is new.
  bool Meet(std::size_t person, const std::string& nominal);

  const Intents& intents_;
  std::vector<std::string> digests_;  ///< Of headers, by position - 1.
  std::int64_t last_stamp_ms_ = 0;
  std::size_t group_ = 0;
  const EventHeard* published_ = nullptr;
  std::optional<std::size_t> next_edition_;
};

}  // namespace tearline::simulation
