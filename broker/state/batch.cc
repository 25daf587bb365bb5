#include "broker/state/batch.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "broker/status/invariant.h"

namespace tearline::state {
namespace {

using Rows = std::vector<std::pair<std::string, std::string>>;

/// A key from bytes that were one.
Key Again(std::string_view bytes) {
  return Key(static_cast<Table>(bytes[0])).Fixed(bytes.substr(1));
}

/// The rows below, page by page: asks for few at first, for more as more of them turn out erased.
class Pages {
 public:
  Pages(const Reader& below, const Key& prefix, const Key& from, std::size_t rows_first)
      : below_(below), prefix_(prefix), from_(from), rows_(rows_first) {}

  /// The next row, or null when there is none. Stays until Advance.
  const Rows::value_type* Next() {
    if (at_ == page_.size() && !ended_) TurnPage();
    return at_ < page_.size() ? &page_[at_] : nullptr;
  }
  void Advance() { ++at_; }

 private:
  static constexpr std::size_t kRowsMax = 1024;

  void TurnPage() {
    // The least key above the last one read is that key and a zero byte.
    const Key from = page_.empty() ? from_ : Again(page_.back().first + '\0');
    page_ = below_.Scan(prefix_, from, rows_);
    at_ = 0;
    ended_ = page_.size() < rows_;
    rows_ = std::min(rows_ * 2, kRowsMax);
  }

  const Reader& below_;
  const Key& prefix_;
  const Key& from_;
  std::size_t rows_;
  Rows page_;
  std::size_t at_ = 0;
  bool ended_ = false;
};

}  // namespace

std::optional<std::string> Batch::Get(const Key& key) const {
  const auto written = writes_.find(key.bytes());
  if (written != writes_.end()) return written->second;
  const auto [found, is_new] = found_.try_emplace(key.bytes());
  if (is_new) found->second = below_.Get(key);
  return found->second;
}

Rows Batch::Scan(const Key& prefix, const Key& from, std::size_t rows_max) const {
  TEARLINE_INVARIANT(from.bytes().starts_with(prefix.bytes()), "a scan starts within its prefix");
  Rows rows;
  auto written = writes_.lower_bound(from.bytes());
  const auto in_prefix = [&] {
    return written != writes_.end() && written->first.starts_with(prefix.bytes());
  };
  if (!in_prefix()) return below_.Scan(prefix, from, rows_max);

  // A merge of two orders; where both have a key, the write on top decides.
  Pages below(below_, prefix, from, std::min<std::size_t>(rows_max, 64) + 1);
  while (rows.size() < rows_max) {
    const Rows::value_type* row = below.Next();
    if (in_prefix() && (row == nullptr || written->first <= row->first)) {
      if (row != nullptr && written->first == row->first) below.Advance();
      if (written->second) rows.emplace_back(written->first, *written->second);
      ++written;
    } else if (row != nullptr) {
      rows.push_back(*row);
      below.Advance();
    } else {
      break;
    }
  }
  return rows;
}

void Batch::Put(const Key& key, std::string bytes) { Write(key.bytes(), std::move(bytes)); }

void Batch::Erase(const Key& key) { Write(key.bytes(), std::nullopt); }

void Batch::Mark() { undo_.clear(); }

void Batch::RollBack() {
  // Backwards, so that of several writes of one key the oldest is what remains.
  for (auto undo = undo_.rbegin(); undo != undo_.rend(); ++undo) {
    if (undo->second) {
      undo->first->second = std::move(*undo->second);
    } else {
      writes_.erase(undo->first);
    }
  }
  undo_.clear();
}

void Batch::Write(std::string key, std::optional<std::string> value) {
  const auto [place, is_new] = writes_.try_emplace(std::move(key));
  if (is_new) {
    undo_.emplace_back(place, std::nullopt);
  } else {
    // Engaged outside even where the older write was itself an erasure.
    undo_.emplace_back(place,
                       std::make_optional<std::optional<std::string>>(std::move(place->second)));
  }
  place->second = std::move(value);
}

}  // namespace tearline::state
