#include "broker/rpc/count_themes.h"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "broker/machine/audit_scope.h"
#include "broker/machine/theme.h"
#include "broker/model/name.h"

namespace tearline::rpc {
namespace {

using machine::Theme;

/// Counts below are told as few: the rule of thumb of public statistics about people.
constexpr std::uint64_t kShownMin = 5;
constexpr std::uint32_t kMonthsMax = 120;
/// Areas counted in; England and Wales have 42, and names of areas that ended stay.
constexpr std::size_t kAreasMax = 1000;

constexpr std::array kThemes = {Theme::kUnmetDuty, Theme::kLateAcknowledgement, Theme::kPastReview,
                                Theme::kUnreadUrgent};

v1::ThemeCount& FieldOf(Theme theme, v1::ThemeRow& row) {
  switch (theme) {
    case Theme::kUnmetDuty:
      return *row.mutable_unmet_duties();
    case Theme::kLateAcknowledgement:
      return *row.mutable_late_acknowledgements();
    case Theme::kPastReview:
      return *row.mutable_past_review();
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

std::vector<std::string> AreasIn(const state::Reader& view) {
  std::vector<std::string> areas;
  for (const auto& [key, value] : view.Scan(machine::AreasWithThemes(), kAreasMax)) {
    // Behind the table's byte and the part's lie the name and its zero byte.
    areas.push_back(key.substr(2, key.size() - 3));
  }
  return areas;
}

/// The rows of one area: its months in which anything was counted, and its total.
void AddArea(const std::string& area, const Months& months, const state::Reader& view,
             v1::CountThemesResponse& response) {
  v1::ThemeRow total;
  total.set_area(area);
  bool any = false;
  for (std::uint32_t month = months.first; month <= months.last; ++month) {
    v1::ThemeRow row;
    row.set_area(area);
    row.set_month(MonthText(month));
    bool counted = false;
    for (const Theme theme : kThemes) {
      const std::uint64_t count = machine::CountOf(area, month, theme, view);
      v1::ThemeCount& shown = FieldOf(theme, row);
      v1::ThemeCount& sum = FieldOf(theme, total);
      const bool few = count > 0 && count < kShownMin;
      shown.set_few(few);
      shown.set_count(few ? 0 : count);
      sum.set_hidden(sum.hidden() || few);
      sum.set_count(sum.hidden() ? 0 : sum.count() + count);
      counted = counted || count > 0;
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
  for (const std::string& area : AreasIn(view)) {
    if (!request.area().empty() && area != request.area()) continue;
    if (machine::MayAskOfArea(area, actor, view)) AddArea(area, *months, view, response);
  }
  return looked;
}

}  // namespace tearline::rpc
