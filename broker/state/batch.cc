#include "broker/state/batch.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string_view>
#include <utility>

#include "broker/status/invariant.h"

namespace tearline::state {
namespace {

using FoundRows = std::vector<std::pair<std::string, std::string>>;

/// Rows remembered from group to group, before those are forgotten that nobody asked for: of posts
/// and subscriptions, as many as 10,000 of either have with their lanes and sessions (up to 1 KiB
/// each); of all else what the next groups may ask for.
constexpr std::size_t kRowsOfPostsKept = 131'072;
constexpr std::size_t kRowsKept = 16'384;

/// Deadlines begin with milliseconds, 8 bytes big-endian, from 1970 on: none begins with a set bit.
constexpr char kAfterAllTimes[] = "\xff";

Table TableOf(const Key& key) { return static_cast<Table>(key.bytes().front()); }

/// Whether there are as many rows of the table as there are posts, members and subscriptions, and
/// not as there are people or events.
bool IsOfPosts(Table table) {
  return table == Table::kAgency || table == Table::kMember || table == Table::kPost ||
         table == Table::kLane || table == Table::kSession;
}

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
  const FoundRows::value_type* Next() {
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
  FoundRows page_;
  std::size_t at_ = 0;
  bool ended_ = false;
};

}  // namespace

Batch::Rows& Batch::RowsOf(std::string_view key) const {
  return IsOfPosts(static_cast<Table>(key.front())) ? of_posts_ : of_others_;
}

const RowValue& Batch::Look(const Key& key, RowValue& /*unkept*/) const {
  const auto [row, is_new] = RowsOf(key.bytes()).try_emplace(key.bytes());
  Known& known = row->second;
  if (is_new) known.value = RowValue(below_->Get(key));
  known.asked_for = true;
  return known.value;
}

std::shared_ptr<const Batch::RowValues> Batch::LookAtAll(const Key& prefix,
                                                         std::size_t rows_max) const {
  auto& of_table = together_[TableOf(prefix)];
  const std::pair looked_for{prefix.bytes(), rows_max};
  if (const auto found = of_table.find(looked_for); found != of_table.end()) return found->second;
  std::shared_ptr<const RowValues> rows = Reader::LookAtAll(prefix, rows_max);
  std::size_t kept = rows->size();
  for (const auto& [other, its_rows] : of_table) kept += its_rows->size();
  if (kept > kRowsKept) of_table.clear();
  return of_table[looked_for] = std::move(rows);
}

std::optional<std::string> Batch::Get(const Key& key) const {
  RowValue unkept;
  const RowValue& value = Look(key, unkept);
  return value.there() ? std::optional(value.Bytes()) : std::nullopt;
}

/// Where a scan may begin to read below: at its beginning, or later if nothing lies between.
Key Batch::FirstBelow(const Key& prefix, const Key& from) const {
  const Key deadlines(Table::kDeadline);
  if (prefix.bytes() != deadlines.bytes() || from.bytes() != deadlines.bytes()) return from;
  if (!first_deadline_stands_) {
    const Key begin = first_deadline_ ? Again(*first_deadline_) : deadlines;
    const FoundRows first = below_->Scan(deadlines, begin, 1);
    first_deadline_ = first.empty() ? deadlines.bytes() + kAfterAllTimes : first.front().first;
    first_deadline_stands_ = true;
  }
  return Again(*first_deadline_);
}

FoundRows Batch::Scan(const Key& prefix, const Key& asked_from, std::size_t rows_max) const {
  TEARLINE_INVARIANT(asked_from.bytes().starts_with(prefix.bytes()),
                     "a scan starts within its prefix");
  const Key from = FirstBelow(prefix, asked_from);
  const auto table = written_.find(TableOf(prefix));
  if (table == written_.end()) return below_->Scan(prefix, from, rows_max);
  auto written = table->second.lower_bound(asked_from.bytes());
  const auto in_prefix = [&] {
    return written != table->second.end() && written->first.starts_with(prefix.bytes());
  };
  if (!in_prefix()) return below_->Scan(prefix, from, rows_max);

  // A merge of two orders; where both have a key, the write on top decides.
  FoundRows rows;
  Pages below(*below_, prefix, from, std::min<std::size_t>(rows_max, 64) + 1);
  while (rows.size() < rows_max) {
    const FoundRows::value_type* row = below.Next();
    if (in_prefix() && (row == nullptr || written->first <= row->first)) {
      if (row != nullptr && written->first == row->first) below.Advance();
      const auto& [key, known] = *written->second;
      if (known.value.there()) rows.emplace_back(key, known.value.Bytes());
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

void Batch::RollBack() {
  // Backwards, so that of several writes of one key the oldest is what remains.
  for (auto undo = undo_.rbegin(); undo != undo_.rend(); ++undo) {
    auto& [row, before] = *undo;
    ForgetTogether(static_cast<Table>(row->first.front()));
    if (!before || !before->written) {
      const auto table = written_.find(static_cast<Table>(row->first.front()));
      table->second.erase(row->first);
      if (table->second.empty()) written_.erase(table);
    }
    if (before) {
      row->second = *std::move(before);
    } else {
      Rows& rows = RowsOf(row->first);
      rows.erase(rows.find(row->first));
    }
  }
  undo_.clear();
}

void Batch::Write(const Key& key, RowValue value) {
  const auto [place, is_new] = RowsOf(key.bytes()).try_emplace(key.bytes());
  Rows::value_type& row = *place;
  ForgetTogether(TableOf(key));
  if (!row.second.written) written_[TableOf(key)].emplace(row.first, &row);
  undo_.emplace_back(&row, is_new ? std::nullopt : std::optional(std::move(row.second)));
  row.second.value = std::move(value);
  row.second.written = true;
}

void Batch::GoOnAbove(const Reader& below) {
  below_ = &below;
  const auto deadlines = written_.find(Table::kDeadline);
  if (first_deadline_ && deadlines != written_.end()) {
    const auto& [key, row] = *deadlines->second.begin();
    if (key <= *first_deadline_) {
      first_deadline_ = std::string(key);
      first_deadline_stands_ = row->second.value.there();
    }
  }
  for (const auto& [table, rows] : written_) {
    for (const auto& [key, row] : rows) row->second.written = false;
  }
  written_.clear();
  undo_.clear();
  ForgetUnasked(of_posts_, kRowsOfPostsKept);
  ForgetUnasked(of_others_, kRowsKept);
}

void Batch::ForgetUnasked(Rows& rows, std::size_t rows_max) {
  if (rows.size() <= rows_max) return;
  for (auto row = rows.begin(); row != rows.end();) {
    row = std::exchange(row->second.asked_for, false) ? std::next(row) : rows.erase(row);
  }
}

}  // namespace tearline::state
