#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "broker/machine/step.h"
#include "broker/state/reader.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/stored/v1/row.pb.h"
#include "tearline/v1/directory.pb.h"

namespace tearline::machine {

/// Work belongs to posts, and people come and go: whoever comes to have charge of a post must read
/// what waits for it, and say so.

/// Whether nobody reads what is addressed to a post: the directory does not know it, it has no
/// holder, no deputy and no service, or it is out of reach (reach.h).
[[nodiscard]] bool IsDeadAddress(const std::string& post, const state::Reader& reader);

/// Whether it is a dead address, or its holder is away and nobody stands in who may act (leave.h):
/// a service that pulls its feed is not somebody who reads it.
[[nodiscard]] bool IsNobodyThere(const std::string& post, const state::Reader& reader);

/// When the step after `told` was told is taken: at `in_its_time_ms`; at once, from behaviour
/// version kPostsHandedOverFrom on, where nobody is there.
[[nodiscard]] std::int64_t NextStepMs(const std::string& told, std::int64_t in_its_time_ms,
                                      const Step& step);

/// Another person has charge of a post, or nobody acts for it any more: what waits must be taken
/// over, within kTakeOverWithin. While it is not, a further person joins it: their time is not
/// counted anew.
void OpenHandOver(const stored::v1::PostRow& before, const stored::v1::PostRow& after, Step& step);

/// A post takes over what another owed in a case (office.h): the same is opened, or joined.
void OpenHandOverOfOffice(const std::string& post, Step& step);

/// The hand-over that waits for whoever has charge of a post, by its id; null if none does.
struct OpenedHandOver {
  std::string id;  ///< 16 bytes.
  stored::v1::ObligationRow row;
};
[[nodiscard]] std::optional<OpenedHandOver> HandOverOf(const std::string& post,
                                                       const state::Reader& reader);

/// The acting member has asked for what is handed over: if they have charge of the post, they may
/// say now that they have taken over.
void NoteHandOverAsked(Step& step);

/// Ends a hand-over as it must be: by the person who has charge of the post, who has asked for what
/// is handed over; or, while nobody holds the post, by one above it that says that there is nothing
/// to take over.
///
/// Refuses: FIELD_INVALID, PERSON_REQUIRED, WRONG_STATE.
Status EndHandOver(const stored::v1::DischargeObligation& command,
                   const stored::v1::ObligationRow& row, Step& step);

}  // namespace tearline::machine
