#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "broker/state/reader.h"

namespace tearline::state {

/// The whole world of one group of records: reads see the state below with the batch's own writes
/// on top. Nothing lasts until Database::Commit takes the batch together with a position. What was
/// read is remembered, from one group to the next.
///
/// A record's writes can be taken back whole (Mark, RollBack), so that one that turns out not to be
/// appliable leaves nothing behind.
///
/// Threads: one.
class Batch final : public Reader {
 public:
  /// Requires: `below` outlives the batch, and does not change meanwhile.
  explicit Batch(const Reader& below) : below_(&below) {}
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

  std::optional<std::string> Get(const Key& key) const override;
  std::vector<std::pair<std::string, std::string>> Scan(const Key& prefix, const Key& from,
                                                        std::size_t rows_max) const override;
  using Reader::Scan;

  void Put(const Key& key, std::string bytes) { Write(key, RowValue(std::move(bytes))); }
  void Erase(const Key& key) { Write(key, RowValue()); }

  /// Writes a row as its message. It is serialised when the batch is committed, or its bytes are
  /// asked for: once, however often the records of a group write the row. Returns it as it was kept.
  template <typename Row>
  std::shared_ptr<const Row> PutRow(const Key& key, Row row) {
    auto kept = std::make_shared<const Row>(std::move(row));
    Write(key, RowValue(kept));
    return kept;
  }

  /// Remembers this moment; RollBack undoes every write since the last Mark.
  void Mark() { undo_.clear(); }
  void RollBack();

  /// Begins again, without a write, above a state that the batch was committed to.
  ///
  /// Requires: `below` is that state, right after the commit; it outlives the batch, and does not
  /// change meanwhile.
  void GoOnAbove(const Reader& below);

  /// Whether it has written anything of a table.
  bool Wrote(Table table) const { return written_.contains(table); }

  /// Calls `visit(key, value)` for every write of a table, in key order; no value erases.
  template <typename Visit>
  void ForEachWrite(Table table, Visit visit) const {
    const auto written = written_.find(table);
    if (written == written_.end()) return;
    for (const auto& [key, row] : written->second) visit(row->first, row->second.value);
  }
  /// The same for all tables.
  template <typename Visit>
  void ForEachWrite(Visit visit) const {
    for (const auto& [table, rows] : written_) ForEachWrite(table, visit);
  }

 private:
  /// A row as it is for the batch, written by it or found below.
  struct Known {
    RowValue value;
    bool written = false;
    bool asked_for = false;  ///< Since rows were forgotten last.
  };
  using Rows = std::unordered_map<std::string, Known>;
  /// Where rows of a key's table are remembered.
  Rows& RowsOf(std::string_view key) const;
  /// Keys in order, each with its place among the rows.
  using Written = std::map<std::string_view, Rows::value_type*>;

  const RowValue& Look(const Key& key, RowValue& unkept) const override;
  std::shared_ptr<const RowValues> LookAtAll(const Key& prefix,
                                             std::size_t rows_max) const override;
  /// A table's rows are not those any more that were looked at together.
  void ForgetTogether(Table table) { together_.erase(table); }
  void Write(const Key& key, RowValue value);
  Key FirstBelow(const Key& prefix, const Key& from) const;
  static void ForgetUnasked(Rows& rows, std::size_t rows_max);

  const Reader* below_;
  /// Below, no deadline comes before this; nothing if that is not known. Deadlines are erased from
  /// their front, and whoever reads from there walks over all that were, until files are merged.
  mutable std::optional<std::string> first_deadline_;
  mutable bool first_deadline_stands_ = false;  ///< It is the first, and not only no later.
  /// Also what was found below, or was not: records ask for the same rows again and again. Of people
  /// and events there are always others, and they must not drive out what there is of posts.
  mutable Rows of_posts_;
  mutable Rows of_others_;
  /// Rows that were looked at together, by prefix and how many at most: of tables that were not
  /// written since.
  mutable std::map<Table,
                   std::map<std::pair<std::string, std::size_t>, std::shared_ptr<const RowValues>>>
      together_;
  std::map<Table, Written> written_;
  /// What each write since Mark replaced; nothing if the row was not known yet.
  std::vector<std::pair<Rows::value_type*, std::optional<Known>>> undo_;
};

}  // namespace tearline::state
