#pragma once

#include <string_view>

#include "tearline/v1/event.pb.h"
#include "tearline/v1/label.pb.h"

namespace tearline::adapters {

/// Whether `event_type`, as respelt by the adapter, is a type that the services of the prison and
/// probation services publish or are known to consume. A type that is not is adapted all the same,
/// with `Facts.type_unlisted`: policy decides what becomes of it.
///
/// Source: the 216 types of hmpps-domain-events at 19b657a (2026-06-18), and 21 types and 9
/// families that consumers ask for and that repository does not name.
[[nodiscard]] bool IsListed(std::string_view event_type);

/// How fast an event must travel.
///
///   URGENT   recall: enforcement.recall.*, prison-recall.*, recall.*, a fixed-term recall changed,
///            a reception on recall
///            at large: a release that was an abscond, a temporary absence overdue
///   ROUTINE  everything else
///
/// Nothing is IMMEDIATE: a threat to life is never announced by these messages alone.
[[nodiscard]] v1::Urgency UrgencyOf(std::string_view event_type, const v1::Facts& facts);

/// Whether an event of this type is always about a person, so that a message that names nobody is
/// at fault. False where some are about a place, a code list or a visitor.
[[nodiscard]] bool IsAlwaysAboutAPerson(std::string_view event_type);

}  // namespace tearline::adapters
