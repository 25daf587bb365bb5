#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "broker/state/database.h"

namespace tearline::simulation {

/// The state in memory, with every version of every row, so that a view costs nothing and a crash
/// can take back what was committed last: the state is never synced.
///
/// Threads: one.
class VersionedState final : public state::Database {
 public:
  VersionedState();
  ~VersionedState() override;

  Status Commit(const state::Batch& batch, model::Position position) override;
  std::shared_ptr<const state::View> Now() const override;
  model::Position Position() const override;
  crypto::Digest Digest() const override;
  bool HasThisShape() const override { return true; }
  Status Empty() override;  ///< Never: its rows have this build's shape.

  /// The next Commit keeps nothing, and refuses.
  void FailNextCommit() { fail_next_ = true; }
  /// A crash: of the commits, the last `count` are gone; 0 loses nothing. The next Commit is well.
  void LoseLast(std::size_t count);
  /// How many commits there are to lose.
  std::size_t Commits() const;
  /// A double that lies: from now on, what is written to `table` is thrown away.
  void Forget(state::Table table) { forgotten_.insert(static_cast<char>(table)); }

 private:
  struct Versions;
  class VersionedView;

  const std::shared_ptr<Versions> versions_;
  std::set<char> forgotten_;
  bool fail_next_ = false;
};

}  // namespace tearline::simulation
