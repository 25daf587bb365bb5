#include "broker/machine/history.h"

#include <utility>

#include "broker/machine/glass.h"
#include "broker/machine/judge.h"
#include "broker/machine/lane.h"
#include "broker/machine/obligation.h"
#include "broker/machine/rows.h"
#include "broker/status/invariant.h"

namespace tearline::machine {
namespace {

using state::Key;
using state::Table;
using stored::v1::EventRow;
using stored::v1::HistoryRow;

constexpr std::size_t kScanRows = 64;

Key Deadline(const std::string& nominal_id, const std::string& post, const HistoryRow& row) {
  return DeadlineKey(row.due_ms(), DeadlineKind::kHistory, nominal_id + post);
}

bool IsBroughtIn(const std::string& nominal_id, const std::string& post, const Step& step) {
  if (PostsWithGlass(nominal_id, step.now_ms(), step.batch).contains(post)) return true;
  const auto its_case = CaseOfNominal(nominal_id, step.batch);
  return its_case && PostsOfCase(*its_case).contains(post);
}

/// `opened` says that the post has broken the glass for the nominal.
void JudgeLate(const EventRow& event, const std::string& post, bool opened, Step& step) {
  const policy::Decision decision =
      Judge(event, FactsOf(event, step.batch), post, Judging::kLate, step);
  if (decision.level != v1::LEVEL_WITHHELD) {
    stored::v1::ItemRow item = ItemOf(event, decision, step);
    item.set_late(true);
    if (opened) LetComeAgain(post, item, step);
    Enqueue(post, event.publish().urgency(), std::move(item), step);
  }
  if (decision.level == v1::LEVEL_WITHHELD) TakeAwayFrom(post, event, step);
  OpenObligations(event, post, decision, /*late=*/true, step);
}

/// True if it has come to its end, false if more is left than this record may judge.
bool JudgeRest(const std::string& nominal_id, const std::string& post, HistoryRow& row,
               Step& step) {
  const Key index = Key(Table::kEventOfNominal).Fixed(nominal_id);
  const bool opened = PostsWithGlass(nominal_id, step.now_ms(), step.batch).contains(post);
  while (true) {
    const auto rows = step.batch.Scan(index, Key(index).U64(row.from()), kScanRows);
    for (const auto& [key, event_id] : rows) {
      const model::Position position = state::ReadBigEndian(key, key.size() - 8, 8);
      if (position >= row.until()) return true;
      if (step.rows_left <= 0 || step.looks_left <= 0) return false;
      --step.looks_left;
      row.set_from(position + 1);
      const auto event = step.batch.Find<EventRow>(EventKey(event_id));
      TEARLINE_INVARIANT(event.has_value(), "an event in an index is kept");
      if (event->publish().originating_post() == post) continue;
      --step.rows_left;
      JudgeLate(*event, post, opened, step);
    }
    if (rows.size() < kScanRows) return true;
  }
}

}  // namespace

void BeginHistory(const std::string& nominal_id, const std::string& post, Step& step) {
  if (const auto before = step.batch.Find<HistoryRow>(HistoryKey(nominal_id, post))) {
    step.batch.Erase(Deadline(nominal_id, post, *before));
  }
  HistoryRow row;
  row.set_from(1);
  row.set_until(step.header.position);
  row.set_due_ms(step.now_ms());
  step.batch.PutRow(HistoryKey(nominal_id, post), row);
  step.batch.Put(Deadline(nominal_id, post, row), "");
}

void GoOnWithHistory(const std::string& id, Step& step) {
  const std::string nominal_id = id.substr(0, model::NominalId::kBytes);
  const std::string post = id.substr(model::NominalId::kBytes);
  auto row = step.batch.Find<HistoryRow>(HistoryKey(nominal_id, post));
  TEARLINE_INVARIANT(row.has_value(), "a history's deadline ends with it");
  if (IsBroughtIn(nominal_id, post, step) && !JudgeRest(nominal_id, post, *row, step)) {
    step.batch.PutRow(HistoryKey(nominal_id, post), *row);
    return;
  }
  step.batch.Erase(HistoryKey(nominal_id, post));
  step.batch.Erase(Deadline(nominal_id, post, *row));
}

}  // namespace tearline::machine
