#include "broker/machine/asked.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "broker/machine/lane.h"
#include "broker/machine/obligation_row.h"
#include "broker/machine/rows.h"
#include "broker/status/invariant.h"

namespace tearline::machine {
namespace {

using state::Key;
using stored::v1::ItemRow;
using stored::v1::ObligationRow;

/// What lies behind a key: since when, and until when, ms, eight bytes each.
constexpr std::size_t kSinceAt = 0;
constexpr std::size_t kDueAt = 8;

Key AskedKey(const std::string& id, const std::string& post, const std::string& event_id) {
  return MoreKey(id, More::kAsked, "").Name(post).Fixed(event_id);
}

std::string Times(std::int64_t since_ms, std::int64_t due_ms) {
  return Key(state::Table::kObligationMore)
      .U64(static_cast<std::uint64_t>(since_ms))
      .U64(static_cast<std::uint64_t>(due_ms))
      .bytes()
      .substr(1);  // without the table's byte
}

std::int64_t TimeAt(const std::string& times, std::size_t at) {
  return static_cast<std::int64_t>(state::ReadBigEndian(times, at, 8));
}

}  // namespace

void Ask(const std::string& post, const std::string& event_id, std::int64_t due_ms,
         const std::string& id, const ObligationRow& row, Step& step) {
  if (!step.batch.Get(PostKey(post))) return;
  step.batch.Put(AskedKey(id, post, event_id), Times(step.now_ms(), due_ms));
  FindAsAsked(post, id, step.batch);
  ItemRow notice;
  notice.set_kind(stored::v1::ITEM_KIND_OBLIGATION);
  notice.set_obligation_id(id);
  notice.set_event_id(event_id);
  notice.set_nominal_id(row.nominal_id());
  Enqueue(post, v1::URGENCY_URGENT, std::move(notice), step);
}

bool IsStillAsked(const std::string& post, const ObligationRow& row, ItemRow& notice,
                  const state::Reader& reader) {
  const std::string& id = notice.obligation_id();
  const auto times = reader.Get(AskedKey(id, post, notice.event_id()));
  TEARLINE_INVARIANT(times.has_value(), "what is asked is remembered");
  if (row.ended_ms() != 0 || !HoldsEvent(id, row, notice.event_id(), reader)) return false;
  notice.set_obligation_events(1);
  notice.set_obligation_due_ms(TimeAt(*times, kDueAt));
  return true;
}

std::optional<Asked> AskedOf(const std::string& id, const ObligationRow& row,
                             const std::string& post, const state::Reader& reader) {
  constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();  // the post's own events
  if (post.empty() || !IsOfUnmetDuty(row.type())) return std::nullopt;
  const Key all = AskedKey(id, post, "");
  Asked asked;
  for (const auto& [key, times] : reader.Scan(all, kAll)) {
    if (!HoldsEvent(id, row, key.substr(all.bytes().size()), reader)) continue;
    const std::int64_t since_ms = TimeAt(times, kSinceAt);
    const std::int64_t due_ms = TimeAt(times, kDueAt);
    asked.first_ms = asked.events == 0 ? since_ms : std::min(asked.first_ms, since_ms);
    asked.due_ms = asked.events == 0 ? due_ms : std::min(asked.due_ms, due_ms);
    ++asked.events;
  }
  if (asked.events == 0) return std::nullopt;
  return asked;
}

}  // namespace tearline::machine
