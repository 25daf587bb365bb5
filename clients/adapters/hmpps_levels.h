#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "clients/adapters/outcome.h"
#include "tearline/v1/event.pb.h"

namespace tearline::adapters {

/// The types of events by which these services say how a person is managed. A level has no event of
/// its own.
inline constexpr std::array<std::string_view, 3> kLevelEventTypes = {
    "person.alert.created", "probation-case.registration.added",
    "probation-case.registration.updated"};
/// Those by which they say that an entry ended.
inline constexpr std::array<std::string_view, 4> kLevelEndingTypes = {
    "person.alert.deleted", "person.alert.inactive", "probation-case.registration.deleted",
    "probation-case.registration.deregistered"};

/// What an adapted event says of how its person is managed; nothing if it says nothing of MAPPA.
/// One of kLevelEventTypes, about one person, whose facts give a category and a level that there
/// are, is a statement; all others are left:
///   a registration that is deregistered or deleted, an alert that is inactive or deleted    ENDED
///   an alert that was changed: its end may have been set, and another hold                  NOT_NEW
///   a category, a level without a known code    CATEGORY_UNKNOWN, LEVEL_UNKNOWN
///   P11, P55, P100: to be settled                                                 LEVEL_NOT_SETTLED
///
/// Requires: the facts are ReadFacts' of the event's type.
[[nodiscard]] std::optional<LevelStatement> LevelStatementOf(const v1::Event& event);

}  // namespace tearline::adapters
