#pragma once

#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "broker/state/reader.h"

namespace tearline::state {

/// The whole world of one group of records: reads see the state below with the batch's own writes
/// on top. Nothing lasts until Database::Commit takes the batch together with a position.
///
/// A record's writes can be taken back whole (Mark, RollBack), so that one that turns out not to be
/// appliable leaves nothing behind.
///
/// Threads: one.
class Batch final : public Reader {
 public:
  /// Requires: `below` outlives the batch, and does not change meanwhile.
  explicit Batch(const Reader& below) : below_(below) {}

  std::optional<std::string> Get(const Key& key) const override;
  std::vector<std::pair<std::string, std::string>> Scan(const Key& prefix, const Key& from,
                                                        std::size_t rows_max) const override;
  using Reader::Scan;

  void Put(const Key& key, std::string bytes);
  void Erase(const Key& key);

  /// Writes a row's message in its canonical bytes (fields in rising order).
  template <typename Row>
  void PutRow(const Key& key, const Row& row) {
    Put(key, row.SerializeAsString());
  }

  /// Remembers this moment; RollBack undoes every write since the last Mark.
  void Mark();
  void RollBack();

  using Writes = std::map<std::string, std::optional<std::string>>;

  /// Every write, in key order; an empty optional erases.
  const Writes& writes() const { return writes_; }

 private:
  void Write(std::string key, std::optional<std::string> value);

  const Reader& below_;
  /// What Get found below, or did not: the records of a group ask for the same few rows again and
  /// again, of the same posts, agencies and cases.
  mutable std::unordered_map<std::string, std::optional<std::string>> found_;
  Writes writes_;
  /// What each write since Mark replaced: nothing (first write of the key) or an older write.
  std::vector<std::pair<Writes::iterator, std::optional<std::optional<std::string>>>> undo_;
};

}  // namespace tearline::state
