#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "broker/machine/step.h"
#include "broker/state/key.h"
#include "broker/state/reader.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {

/// What goes wrong, counted where it does: by area, calendar month (UTC) and theme, as each record
/// is applied, so that counting years costs a few rows. Nobody is named in a count.

/// What is counted. Numbers lie in keys and never change.
enum class Theme : std::uint8_t {
  kUnmetDuty = 1,            ///< An obligation opened because less was told than was owed.
  kLateAcknowledgement = 2,  ///< Acknowledged later than the lane allows (model/limits.h).
  kPastReview = 3,           ///< Withheld, and its review time passed.
  kUnreadUrgent = 4,         ///< Immediate or urgent, and not read by its time.
  kOutAtMonthsEnd = 5,       ///< Out past its time when the month ended in which that time passed.
};

/// Calendar months since January 1970, UTC.
[[nodiscard]] std::uint32_t MonthOf(std::int64_t time_ms);

/// All counts of an area ("" for what lies in no case), by month and theme; a count is 8 bytes,
/// big-endian.
[[nodiscard]] state::Key ThemesOfArea(const std::string& area);
/// Areas in which anything was counted, by name.
[[nodiscard]] state::Key AreasWithThemes();
[[nodiscard]] std::uint64_t CountOf(const std::string& area, std::uint32_t month, Theme theme,
                                    const state::Reader& reader);

/// When an item that was let go must have been acknowledged, in ms since 1970: at that time it may
/// be still, later it is late.
[[nodiscard]] std::int64_t AcknowledgeByMs(v1::Urgency lane, const stored::v1::ItemRow& item);

/// The areas that an event counts in: of the cases of the people it is about, "" for what lies in
/// no case. None of an event that is not there.
[[nodiscard]] std::set<std::string> AreasOfEvent(const std::string& event_id,
                                                 const state::Reader& reader);

/// Counts an obligation that was opened, if it says that a duty was not met.
void CountOpened(const stored::v1::ObligationRow& row, Step& step);

/// Counts an obligation whose deadline passes with this record, before it is told on: once for each
/// deadline.
void CountOverdue(const stored::v1::ObligationRow& row, Step& step);

/// Counts an item that is acknowledged with this record, if that is late.
void CountAcknowledged(v1::Urgency lane, const stored::v1::ItemRow& item, Step& step);

/// Counts an item of an inbox that is out no more with this record, whatever becomes of it, if the
/// month ended before in which its time passed: in that month. What is out still is counted by
/// whoever asks; both together never change once the month is over, but from area to area where a
/// case moves while something is out. A subscription's is no duty's.
void CountOutNoMore(const std::string& feed, v1::Urgency lane, const stored::v1::ItemRow& item,
                    Step& step);

}  // namespace tearline::machine
