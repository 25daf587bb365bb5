#include "tests/doubles/memory_state.h"

#include "broker/state/row_digest.h"
#include "broker/status/invariant.h"

namespace tearline::doubles {

void MemoryState::Commit(const state::Batch& batch, model::Position position) {
  TEARLINE_INVARIANT(position > position_, "the state only moves forward");
  batch.ForEachWrite([this](const std::string& key, const state::RowValue& value) {
    if (value.there()) {
      rows_[key] = value.Bytes();
    } else {
      rows_.erase(key);
    }
  });
  const state::Key row(state::Table::kPosition);
  rows_[row.bytes()] = state::Key(state::Table::kPosition).U64(position).bytes().substr(1);
  position_ = position;
}

std::optional<std::string> MemoryState::Get(const state::Key& key) const {
  const auto row = rows_.find(key.bytes());
  return row == rows_.end() ? std::nullopt : std::optional(row->second);
}

std::vector<std::pair<std::string, std::string>> MemoryState::Scan(const state::Key& prefix,
                                                                   const state::Key& from,
                                                                   std::size_t rows_max) const {
  TEARLINE_INVARIANT(from.bytes().starts_with(prefix.bytes()), "a scan starts within its prefix");
  std::vector<std::pair<std::string, std::string>> rows;
  for (auto row = rows_.lower_bound(from.bytes());
       row != rows_.end() && row->first.starts_with(prefix.bytes()) && rows.size() < rows_max;
       ++row) {
    rows.push_back(*row);
  }
  return rows;
}

crypto::Digest MemoryState::Digest() const {
  state::RowDigest digest;
  for (const auto& [key, value] : rows_) digest.Add(key, value);
  return digest.Finish();
}

}  // namespace tearline::doubles
