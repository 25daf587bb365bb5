#pragma once

#include <optional>
#include <string>
#include <vector>

#include "broker/machine/step.h"
#include "broker/state/key.h"
#include "broker/state/reader.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {

/// A case's meetings: when, who is expected and who came, and where the minutes are. Once one was
/// held its minutes are owed, by whoever chairs the panel, until they are recorded.

/// A meeting's row; and below a case, all of them.
[[nodiscard]] state::Key MeetingKey(const std::string& case_id, const std::string& meeting_id);
[[nodiscard]] state::Key MeetingsOf(const std::string& case_id);

/// Whether one more meeting of a case may be planned.
///
/// Refuses: LIMIT_PASSED  kPlannedMeetingsMax are planned, and neither held nor cancelled; or it
/// had kMeetingsEverMax, whatever became of them.
[[nodiscard]] Status CheckRoomForMeeting(const std::string& case_id, const state::Reader& reader);

/// A meeting was held, and its minutes are owed from now on: by the panel's first chair who is not
/// kept out of the person, else by the acting post. The meeting's row is the caller's to write.
void OweMinutes(const std::string& case_id, const std::string& meeting_id,
                const stored::v1::CaseRow& its_case, stored::v1::MeetingRow& row, Step& step);

/// The panel changed: minutes owed by a post that does not chair it are owed by whoever does, at
/// the time that stood. Where nobody does, they are owed as they were, and climb.
void FollowChair(const std::string& case_id, const stored::v1::CaseRow& its_case, Step& step);

/// A document's version: which of its kind it is for this meeting, from 1.
///
/// Requires: `place` is of one of the row's documents.
[[nodiscard]] int VersionOf(const stored::v1::MeetingRow& row, int place);
/// The newest document of a kind; null if there is none.
[[nodiscard]] const stored::v1::MeetingDocumentRow* NewestOf(const stored::v1::MeetingRow& row,
                                                             v1::DocumentKind kind);

/// Whether an action may name a meeting: "" or one of the case that was not cancelled.
///
/// Refuses: NOT_FOUND.
[[nodiscard]] Status CheckMeetingOfAction(const std::string& case_id, const std::string& meeting_id,
                                          const state::Reader& reader);

/// What a meeting did with an action.
enum class AtMeeting { kAgreed, kWentThrough };
/// Has a meeting name an action, while there is room. Nothing for "".
void NoteAction(const std::string& case_id, const std::string& meeting_id,
                const std::string& action_id, AtMeeting what, Step& step);

}  // namespace tearline::machine
