#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "broker/crypto/digest.h"
#include "broker/model/ids.h"
#include "broker/state/batch.h"
#include "broker/state/reader.h"

namespace tearline::doubles {

/// The state in memory: for the same batches it holds the rows that Database holds, the position's
/// own among them, and hence has the same digest (tests/state/database_test.cc).
///
/// Threads: one.
class MemoryState final : public state::Reader {
 public:
  /// Requires: `position` is above the last.
  void Commit(const state::Batch& batch, model::Position position);
  /// The same, to the next position.
  void Commit(const state::Batch& batch) { Commit(batch, position_ + 1); }

  std::optional<std::string> Get(const state::Key& key) const override;
  std::vector<std::pair<std::string, std::string>> Scan(const state::Key& prefix,
                                                        const state::Key& from,
                                                        std::size_t rows_max) const override;
  using state::Reader::Scan;

  model::Position Position() const { return position_; }
  crypto::Digest Digest() const;

 private:
  std::map<std::string, std::string> rows_;
  model::Position position_ = 0;
};

}  // namespace tearline::doubles
