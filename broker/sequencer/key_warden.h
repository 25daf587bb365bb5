#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "broker/model/ids.h"
#include "broker/sequencer/proposer.h"
#include "broker/state/database.h"
#include "broker/vault/vault.h"

namespace tearline::sequencer {

/// Passes proposals on, and destroys keys: those made for a proposal that came to nothing (refused,
/// repeated, or not recorded at all), and those that a record erased, once it is durable and
/// applied. Destroying is slow, so a thread of its own does it, many keys at a time, within
/// seconds; what it has not done when it stops, the next start finds (loose_keys.h).
///
/// A key that the state knows and nobody erased is never touched, and no key of a command of which
/// it is not known whether it was recorded.
///
/// Threads: any.
class KeyWarden final : public Proposer {
 public:
  using ViewSource = std::function<std::shared_ptr<const state::View>()>;

  /// `view` shows what a proposal did before its `done` is called. Requires: `behind` and `vault`
  /// outlive it, and whatever `view` reads outlives Stop.
  KeyWarden(Proposer& behind, vault::Vault& vault, ViewSource view);

  /// Stops. Requires: every proposal has been answered.
  ~KeyWarden() override;

  void Propose(Proposal proposal) override;

  /// Sees to keys that no command under way uses: those that are not in use (loose_keys.h) are
  /// destroyed. More than kLooseKeysMax at once are left to the next start.
  void Take(const std::vector<model::SubjectKeyId>& ids);

  /// Ends its thread; what is being destroyed is finished. Again: nothing.
  void Stop();

 private:
  void Run();
  void Destroy(const std::vector<model::SubjectKeyId>& ids);

  Proposer& behind_;
  vault::Vault& vault_;
  const ViewSource view_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<model::SubjectKeyId> waiting_;  ///< Guarded by mutex_.
  bool stopping_ = false;                     ///< Guarded by mutex_.
  std::thread thread_;
};

}  // namespace tearline::sequencer
