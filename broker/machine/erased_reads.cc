#include "broker/machine/erased_reads.h"

#include <limits>

#include "broker/machine/obligation.h"
#include "broker/machine/past.h"
#include "broker/machine/rows.h"
#include "broker/machine/subject_key.h"
#include "broker/status/invariant.h"

namespace tearline::machine {
namespace {

using state::Key;
using state::Table;
using stored::v1::EventRow;
using stored::v1::HistoryRow;

/// As many events as there are about one person, and as many posts as have one.
constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

Key EventsOf(const std::string& nominal_id) {
  return Key(Table::kEventOfNominal).Fixed(nominal_id);
}

/// What is gone through is nobody's feed.
Key RowKey(const std::string& nominal_id) { return HistoryKey(nominal_id, /*post=*/""); }

Key Deadline(const std::string& nominal_id, const HistoryRow& row) {
  return DeadlineKey(row.due_ms(), DeadlineKind::kHistory, nominal_id);
}

/// `counted` says that it takes room of this record.
void EndReadsOf(const EventRow& event, bool counted, Step& step) {
  if (!KeysThatOpen(event, step.batch).empty()) return;
  const std::string& event_id = event.publish().event_id();
  for (const Table table : {Table::kItemOf, Table::kLetGo}) {
    const Key posts = Key(table).Fixed(event_id);
    const std::size_t name_at = posts.bytes().size();
    for (const auto& [key, value] : step.batch.Scan(posts, kAll)) {
      const std::string post = key.substr(name_at, key.size() - name_at - 1);  // no closing zero
      if (counted) --step.looks_left;
      if (!MustStillRead(post, event_id, step.batch)) continue;
      if (counted) --step.rows_left;
      EndRead(post, event_id, step, stored::v1::DISCHARGE_METHOD_OVERTAKEN);
    }
  }
}

}  // namespace

bool EndMoreErasedReads(const std::string& nominal_id, HistoryRow& row, Step& step) {
  return ForEachOfThePast(EventsOf(nominal_id), row, step, [&step](const EventRow& event) {
    EndReadsOf(event, /*counted=*/true, step);
    return true;
  });
}

void EndErasedReads(const std::string& nominal_id, Step& step) {
  if (step.header.behaviour_version < kErasedReadsBoundedFrom) {
    for (const auto& [at, event_id] : step.batch.Scan(EventsOf(nominal_id), kAll)) {
      const auto event = step.batch.Find<EventRow>(EventKey(event_id));
      TEARLINE_INVARIANT(event.has_value(), "an event in an index is kept");
      EndReadsOf(*event, /*counted=*/false, step);
    }
    return;
  }
  if (const auto before = step.batch.Find<HistoryRow>(RowKey(nominal_id))) {
    step.batch.Erase(RowKey(nominal_id));
    step.batch.Erase(Deadline(nominal_id, *before));
  }
  HistoryRow row;
  row.set_from(1);
  row.set_until(step.header.position);
  row.set_due_ms(step.now_ms());
  if (EndMoreErasedReads(nominal_id, row, step)) return;
  step.batch.PutRow(RowKey(nominal_id), row);
  step.batch.Put(Deadline(nominal_id, row), "");
}

}  // namespace tearline::machine
