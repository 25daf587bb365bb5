#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "broker/state/key.h"
#include "broker/state/row_value.h"
#include "broker/status/invariant.h"

namespace tearline::state {

/// Reads rows: of a Batch (with its own writes on top) or of a View (one position, unchanging).
class Reader {
 public:
  virtual ~Reader() = default;

  /// The row's bytes, if there is one.
  virtual std::optional<std::string> Get(const Key& key) const = 0;

  /// Rows whose key starts with `prefix` and is not below `from` (itself within the prefix; equal
  /// to `prefix` for all), in key order, at most `rows_max`. Keys come whole, table byte included.
  virtual std::vector<std::pair<std::string, std::string>> Scan(const Key& prefix, const Key& from,
                                                                std::size_t rows_max) const = 0;

  std::vector<std::pair<std::string, std::string>> Scan(const Key& prefix,
                                                        std::size_t rows_max) const {
    return Scan(prefix, prefix, rows_max);
  }

  /// A row read as its message, to be looked at only: a batch parses it once, however often it is
  /// asked for. Null if there is none. A row that does not parse is damage of our own: stops.
  template <typename Row>
  std::shared_ptr<const Row> See(const Key& key) const {
    RowValue unkept;
    return Look(key, unkept).template As<Row>();
  }

  /// The same, as a copy that may be changed.
  template <typename Row>
  std::optional<Row> Find(const Key& key) const {
    const std::shared_ptr<const Row> row = See<Row>(key);
    return row ? std::optional<Row>(*row) : std::nullopt;
  }

  /// Shows each row under `prefix` as its message, in key order, at most `rows_max`, until `visit`
  /// says false: for the directory and other short tables that are seldom written. A batch finds
  /// and parses them once, until it writes to their table.
  template <typename Row, typename Visit>
  void SeeEach(const Key& prefix, std::size_t rows_max, Visit visit) const {
    const std::shared_ptr<const RowValues> rows = LookAtAll(prefix, rows_max);
    for (const RowValue& row : *rows) {
      if (!visit(*row.template As<Row>())) return;
    }
  }

 protected:
  using RowValues = std::vector<RowValue>;

  /// What lies under a prefix. Stays as it is while it is held.
  virtual std::shared_ptr<const RowValues> LookAtAll(const Key& prefix,
                                                     std::size_t rows_max) const {
    auto rows = std::make_shared<RowValues>();
    for (auto& [key, bytes] : Scan(prefix, rows_max)) rows->emplace_back(std::move(bytes));
    return rows;
  }

  /// What lies under a key. A reader that keeps no rows puts it into `unkept`.
  virtual const RowValue& Look(const Key& key, RowValue& unkept) const {
    return unkept = RowValue(Get(key));
  }
};

}  // namespace tearline::state
