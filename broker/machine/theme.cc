#include "broker/machine/theme.h"

#include <chrono>
#include <set>

#include "broker/machine/event_terms.h"
#include "broker/machine/feed_name.h"
#include "broker/machine/identity.h"
#include "broker/machine/rows.h"
#include "broker/model/civil_time.h"
#include "broker/model/limits.h"

namespace tearline::machine {
namespace {

using state::Key;
using state::Table;
using stored::v1::ObligationRow;

/// Two sorts of row in one table: which areas there are, and their counts.
constexpr std::uint8_t kArea = 1;
constexpr std::uint8_t kCount = 2;
constexpr std::int64_t kDayMs = 24 * 60 * 60 * 1000;

Key CountKey(const std::string& area, std::uint32_t month, Theme theme) {
  return ThemesOfArea(area).U32(month).U8(static_cast<std::uint8_t>(theme));
}

void Count(const std::string& area, std::uint32_t month, Theme theme, Step& step) {
  const std::uint64_t count = CountOf(area, month, theme, step.batch) + 1;
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>(count >> shift & 0xff));
  }
  step.batch.Put(AreasWithThemes().Name(area), "");
  step.batch.Put(CountKey(area, month, theme), bytes);
}

void CountNow(const std::string& area, Theme theme, Step& step) {
  Count(area, MonthOf(step.now_ms()), theme, step);
}

std::string AreaOfCase(const std::string& case_id, const Step& step) {
  if (case_id.empty()) return "";
  const auto row = step.batch.Find<stored::v1::CaseRow>(CaseKey(case_id));
  return row ? row->case_().area() : "";
}

bool IsUrgent(const std::string& event_id, const Step& step) {
  const auto event = step.batch.Find<stored::v1::EventRow>(EventKey(event_id));
  return event && IsFast(*event);
}

}  // namespace

std::uint32_t MonthOf(std::int64_t time_ms) {
  const model::CivilDate date = model::CivilFromDays(time_ms / kDayMs);
  return static_cast<std::uint32_t>((date.year - 1970) * 12 + date.month - 1);
}

Key ThemesOfArea(const std::string& area) { return Key(Table::kTheme).U8(kCount).Name(area); }

Key AreasWithThemes() { return Key(Table::kTheme).U8(kArea); }

std::uint64_t CountOf(const std::string& area, std::uint32_t month, Theme theme,
                      const state::Reader& reader) {
  const auto bytes = reader.Get(CountKey(area, month, theme));
  return bytes ? state::ReadBigEndian(*bytes, 0, 8) : 0;
}

void CountOpened(const ObligationRow& row, Step& step) {
  if (row.type() != v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW &&
      row.type() != v1::OBLIGATION_TYPE_JUDGING_FAILED) {
    return;
  }
  CountNow(AreaOfCase(row.case_id(), step), Theme::kUnmetDuty, step);
}

void CountOverdue(const ObligationRow& row, Step& step) {
  const bool first = row.stage() == 0 && row.next_step_ms() != 0;
  if (!first || step.now_ms() < row.due_ms()) return;
  if (row.type() == v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW) {
    CountNow(AreaOfCase(row.case_id(), step), Theme::kPastReview, step);
  } else if (row.type() == v1::OBLIGATION_TYPE_READ && !row.event_ids().empty() &&
             IsUrgent(row.event_ids(0), step)) {
    CountNow(AreaOfCase(row.case_id(), step), Theme::kUnreadUrgent, step);
  }
}

std::int64_t AcknowledgeByMs(v1::Urgency lane, const stored::v1::ItemRow& item) {
  const std::chrono::milliseconds in_time = lane == v1::URGENCY_IMMEDIATE ? model::kImmediateInTime
                                            : lane == v1::URGENCY_URGENT  ? model::kUrgentInTime
                                                                          : model::kRoutineInTime;
  return item.released_ms() + in_time.count();
}

std::set<std::string> AreasOfEvent(const std::string& event_id, const state::Reader& reader) {
  std::set<std::string> areas;
  const auto event = reader.See<stored::v1::EventRow>(EventKey(event_id));
  if (!event) return areas;
  for (const std::string& nominal_id : event->nominal_ids()) {
    const auto its_case = CaseOfNominal(nominal_id, reader);
    areas.insert(its_case ? its_case->case_().area() : "");
  }
  return areas;
}

void CountAcknowledged(v1::Urgency lane, const stored::v1::ItemRow& item, Step& step) {
  if (item.kind() != stored::v1::ITEM_KIND_EVENT) return;
  if (step.now_ms() <= AcknowledgeByMs(lane, item)) return;
  for (const std::string& area : AreasOfEvent(item.event_id(), step.batch)) {
    CountNow(area, Theme::kLateAcknowledgement, step);
  }
}

void CountOutNoMore(const std::string& feed, v1::Urgency lane, const stored::v1::ItemRow& item,
                    Step& step) {
  if (!IsInbox(feed) || item.kind() != stored::v1::ITEM_KIND_EVENT) return;
  const std::uint32_t month = MonthOf(AcknowledgeByMs(lane, item));
  if (month >= MonthOf(step.now_ms())) return;
  for (const std::string& area : AreasOfEvent(item.event_id(), step.batch)) {
    Count(area, month, Theme::kOutAtMonthsEnd, step);
  }
}

}  // namespace tearline::machine
