#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "broker/state/reader.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {

/// An event as it stands: as it was published, and what its originator changed since. The record of
/// its publication says what was said then; whoever judges or shows an event asks here.

[[nodiscard]] bool IsWithdrawn(const stored::v1::EventRow& event);

/// Whether it travels fast: urgently, or immediately.
[[nodiscard]] bool IsFast(const stored::v1::EventRow& event);

/// The label, under the terms that hold now.
[[nodiscard]] v1::Label LabelOf(const stored::v1::EventRow& event);

/// How many tear-lines were ever written. Each keeps its place; the retired ones, too.
[[nodiscard]] std::uint32_t TearLinesOf(const stored::v1::EventRow& event);

/// The tear-line of a place. Requires: there is one.
[[nodiscard]] const stored::v1::SealedTearLine& TearLineAt(const stored::v1::EventRow& event,
                                                           std::uint32_t place);

/// Whether nobody is given the tear-line of a place any more.
[[nodiscard]] bool IsRetired(const stored::v1::EventRow& event, std::uint32_t place);

/// The post that answers for an event, and can write what may be told of it. Of a composite nobody
/// does: then whoever answers for the first member that is withheld from the post it is owed to; if
/// none is, for the first that stands. `owed` is what is owed about the event.
[[nodiscard]] std::string WhoAnswersFor(const stored::v1::EventRow& event,
                                        const stored::v1::ObligationRow& owed,
                                        const state::Reader& reader);

/// Whether a post may take an event back, and ask who received it: the post that answers for it;
/// and information governance of that post's agency, or of the originating agency.
[[nodiscard]] bool MayWithdraw(const stored::v1::EventRow& event, const std::string& post,
                               const state::Reader& reader);

/// Whether a post may withdraw an event for this reason, now: asked before anything is prepared,
/// and again when the record is applied.
///
/// Refuses: NOT_FOUND        there is no such event, or MayWithdraw says no: in the same words;
///          FIELD_INVALID    the reason;
///          EVENT_WITHDRAWN  it was withdrawn before; once more only as a spillage, or, from behaviour
///                           version kDutiesKeptFrom on, of what was inaccurate or sent in error, as
///                           about the wrong person.
[[nodiscard]] Status CheckWithdrawal(const std::optional<stored::v1::EventRow>& event,
                                     const std::string& post, v1::WithdrawalReason reason,
                                     std::uint16_t behaviour_version, const state::Reader& reader);

}  // namespace tearline::machine
