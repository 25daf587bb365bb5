#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "broker/state/reader.h"

namespace tearline::doubles {

/// Reads what lies below, and counts what is read.
///
/// Threads: one.
class CountingReader final : public state::Reader {
 public:
  /// Requires: `below` outlives the reader.
  explicit CountingReader(const state::Reader& below) : below_(below) {}

  std::optional<std::string> Get(const state::Key& key) const override {
    ++reads_;
    return below_.Get(key);
  }
  std::vector<std::pair<std::string, std::string>> Scan(const state::Key& prefix,
                                                        const state::Key& from,
                                                        std::size_t rows_max) const override {
    ++scans_[prefix.bytes().front()];
    auto rows = below_.Scan(prefix, from, rows_max);
    reads_ += 1 + rows.size();
    return rows;
  }
  using state::Reader::Scan;

  /// Rows asked for by key, scans, and rows that scans gave.
  std::size_t Reads() const { return reads_; }
  int ScansOf(state::Table table) const {
    const auto found = scans_.find(static_cast<char>(table));
    return found == scans_.end() ? 0 : found->second;
  }

 private:
  const state::Reader& below_;
  mutable std::size_t reads_ = 0;
  mutable std::map<char, int> scans_;
};

}  // namespace tearline::doubles
