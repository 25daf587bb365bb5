#include "broker/rpc/count_themes.h"

#include <array>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "broker/machine/audit_scope.h"
#include "broker/machine/feed_name.h"
#include "broker/machine/theme.h"
#include "broker/model/name.h"
#include "broker/rpc/server_limits.h"
#include "broker/state/each_row.h"
#include "broker/status/invariant.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::rpc {
namespace {

using machine::Theme;

/// Counts below are told as few: the rule of thumb of public statistics about people.
constexpr std::uint64_t kShownMin = 5;
constexpr std::uint32_t kMonthsMax = 120;
/// Areas counted in; England and Wales have 42, and names of areas that ended stay.
constexpr std::size_t kAreasMax = 1000;
/// Behind the feed's name and its zero byte in the key of what was let go: lane and sequence.
constexpr std::size_t kLaneBytes = 1;
constexpr std::size_t kSequenceBytes = 8;

constexpr std::array kThemes = {Theme::kUnmetDuty, Theme::kLateAcknowledgement, Theme::kPastReview,
                                Theme::kUnreadUrgent, Theme::kOutAtMonthsEnd};

v1::ThemeCount& FieldOf(Theme theme, v1::ThemeRow& row) {
  switch (theme) {
    case Theme::kUnmetDuty:
      return *row.mutable_unmet_duties();
    case Theme::kLateAcknowledgement:
      return *row.mutable_late_acknowledgements();
    case Theme::kPastReview:
      return *row.mutable_past_review();
    case Theme::kOutAtMonthsEnd:
      return *row.mutable_never_acknowledged();
    case Theme::kUnreadUrgent:
      break;
  }
  return *row.mutable_unread_urgent();
}

Result<std::uint32_t> ReadMonth(const std::string& text, const std::string& path) {
  constexpr std::string_view kForm = "dddd-dd";
  bool valid = text.size() == kForm.size();
  for (std::size_t i = 0; valid && i < kForm.size(); ++i) {
    valid = kForm[i] == '-' ? text[i] == '-' : text[i] >= '0' && text[i] <= '9';
  }
  const int year = valid ? std::stoi(text.substr(0, 4)) : 0;
  const int month = valid ? std::stoi(text.substr(5)) : 0;
  if (year >= 1970 && month >= 1 && month <= 12) {
    return static_cast<std::uint32_t>((year - 1970) * 12 + month - 1);
  }
  return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                "`" + path + "` must be a month from 1970 on, written like 2026-01");
}

std::string MonthText(std::uint32_t month) {
  const std::string number = std::to_string(month % 12 + 1);
  return std::to_string(1970 + month / 12) + (number.size() == 1 ? "-0" : "-") + number;
}

struct Months {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
};

Result<Months> ReadMonths(const v1::CountThemesRequest& request, std::int64_t now_ms) {
  const Result<std::uint32_t> first = ReadMonth(request.from_month(), "from_month");
  if (!first.ok()) return first.status();
  const Result<std::uint32_t> last = ReadMonth(request.to_month(), "to_month");
  if (!last.ok()) return last.status();
  if (*last < *first || *last >= machine::MonthOf(now_ms)) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                  "`to_month` must be a month that is over, and not before `from_month`");
  }
  if (*last - *first > kMonthsMax) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED, "at most 121 months are counted at once");
  }
  return Months{*first, *last};
}

std::set<std::string> AreasIn(const state::Reader& view) {
  std::set<std::string> areas;
  for (const auto& [key, value] : view.Scan(machine::AreasWithThemes(), kAreasMax)) {
    // Behind the table's byte and the part's lie the name and its zero byte.
    areas.insert(key.substr(2, key.size() - 3));
  }
  return areas;
}

/// What is out of inboxes though the month is over in which it was to be acknowledged, by area and
/// that month.
using Unacknowledged = std::map<std::string, std::map<std::uint32_t, std::uint64_t>>;

/// The feed and the lane that a row of what was let go lies in.
std::pair<std::string, v1::Urgency> PlaceOf(const std::string& key) {
  const std::size_t lane_at = key.size() - kSequenceBytes - kLaneBytes;
  return {key.substr(1, lane_at - 2),
          static_cast<v1::Urgency>(state::ReadBigEndian(key, lane_at, kLaneBytes))};
}

/// Looks at what was let go and not settled, in the order of feeds' names; sets `cut` if there is
/// more than a question looks at. Counts what lies in the months, which are over.
Unacknowledged CountUnacknowledged(const Months& months, const state::Reader& view, bool& cut) {
  Unacknowledged counts;
  std::size_t looked = 0;
  state::ForEachRow(view, state::Key(state::Table::kReleased),
                    [&](const std::string& key, const std::string& bytes) {
                      cut = looked++ == kReleasedLookedMax;
                      if (cut) return false;
                      const auto [feed, lane] = PlaceOf(key);
                      if (!machine::IsInbox(feed)) return true;
                      stored::v1::ItemRow item;
                      TEARLINE_INVARIANT(item.ParseFromString(bytes), "an item's row parses");
                      if (item.kind() != stored::v1::ITEM_KIND_EVENT) return true;
                      const std::uint32_t month =
                          machine::MonthOf(machine::AcknowledgeByMs(lane, item));
                      if (month < months.first || month > months.last) return true;
                      for (const auto& area : machine::AreasOfEvent(item.event_id(), view)) {
                        ++counts[area][month];
                      }
                      return true;
                    });
  return counts;
}

/// Adds a count to its month and to its area's total; whether it is any.
bool AddCount(std::uint64_t count, v1::ThemeCount& shown, v1::ThemeCount& sum) {
  const bool few = count > 0 && count < kShownMin;
  shown.set_few(few);
  shown.set_count(few ? 0 : count);
  sum.set_hidden(sum.hidden() || few);
  sum.set_count(sum.hidden() ? 0 : sum.count() + count);
  return count > 0;
}

/// The rows of one area: its months in which anything was counted, and its total.
void AddArea(const std::string& area, const Months& months, Unacknowledged& unacknowledged,
             const state::Reader& view, v1::CountThemesResponse& response) {
  std::map<std::uint32_t, std::uint64_t>& out_still = unacknowledged[area];
  v1::ThemeRow total;
  total.set_area(area);
  bool any = false;
  for (std::uint32_t month = months.first; month <= months.last; ++month) {
    v1::ThemeRow row;
    row.set_area(area);
    row.set_month(MonthText(month));
    bool counted = false;
    for (const Theme theme : kThemes) {
      std::uint64_t count = machine::CountOf(area, month, theme, view);
      if (theme == Theme::kOutAtMonthsEnd) count += out_still[month];
      counted = AddCount(count, FieldOf(theme, row), FieldOf(theme, total)) || counted;
    }
    if (counted) *response.add_rows() = std::move(row);
    any = any || counted;
  }
  if (any) *response.add_rows() = std::move(total);
}

}  // namespace

Result<Looked> CountThemes(const v1::CountThemesRequest& request, const stored::v1::Actor& actor,
                           const state::Reader& view, std::int64_t now_ms,
                           v1::CountThemesResponse& response) {
  const Result<Months> months = ReadMonths(request, now_ms);
  if (!months.ok()) return months.status();
  if (!request.area().empty()) {
    TEARLINE_RETURN_IF_REFUSED(model::CheckName(request.area(), "area"));
  }
  Looked looked;
  looked.consulted.set_kind(stored::v1::CONSULTATION_KIND_THEMES);
  TEARLINE_RETURN_IF_REFUSED(machine::CheckConsult(looked.consulted, actor, view));
  bool cut = false;
  Unacknowledged unacknowledged = CountUnacknowledged(*months, view, cut);
  response.set_cut(cut);
  std::set<std::string> areas = AreasIn(view);
  for (const auto& [area, counts] : unacknowledged) areas.insert(area);
  for (const std::string& area : areas) {
    if (!request.area().empty() && area != request.area()) continue;
    if (!machine::MayAskOfArea(area, actor, view)) continue;
    AddArea(area, *months, unacknowledged, view, response);
  }
  return looked;
}

}  // namespace tearline::rpc
