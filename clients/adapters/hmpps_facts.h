#pragma once

#include <string_view>

#include "clients/adapters/noticed.h"
#include "nlohmann/json.hpp"
#include "tearline/v1/event.pb.h"

namespace tearline::adapters {

/// The closed codes and dates in `body`. What is not a known code is left unsaid and noted, never
/// guessed from words.
///
/// custody_change, of prison-offender-events.prisoner.* and prisoner-offender-search.prisoner.*
/// received and released, the first line that fits:
///   movement MRG, or reason POST_MERGE_ADMISSION             none: only tidies records
///   released, movement UAL                                   ABSCONDED
///   received, probable cause RECALL or movement 24           RECALLED
///   TRANSFERRED, SENT_TO_COURT, RELEASED_TO_HOSPITAL, RETURN_FROM_COURT            TRANSFERRED
///   TEMPORARY_ABSENCE_RELEASE, TEMPORARY_ABSENCE_RETURN      none: custody goes on
///   released, RELEASED                                       RELEASED
///   received, ADMISSION, NEW_ADMISSION, READMISSION, READMISSION_SWITCH_BOOKING    RECEIVED
///   anything else                                            none, and noted
///
/// mappa_category and mappa_level: of probation registrations of type MAPP, M1 to M4 and M1 to M3,
/// any other category UNKNOWN; of prison alerts, by their code; of
/// probation-case.mappa-information, its category. What ended is reported with its codes, and
/// noted: the event type says that it ended, and "no MAPPA" is never to be read from their absence.
///
/// risk: of probation registrations that were added or updated, RLRH LOW, RMRH MEDIUM, RHRH HIGH,
/// RVHR (very high: the harm is imminent) IMMINENT.
///
/// breach: enforcement.breach.*. release_date_days: confirmedReleaseDate, else releaseDate.
[[nodiscard]] v1::Facts ReadFacts(std::string_view event_type, const nlohmann::json& body,
                                  Noticed& noticed);

}  // namespace tearline::adapters
