#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/machine/step.h"
#include "broker/policy/decision.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {

/// What the times of obligations are counted in.
inline constexpr std::int64_t kHourMs = 60 * 60 * 1000;
/// Steps up a line of posts, each of which escalates to the next. Longer lines are circles.
inline constexpr std::uint32_t kStagesMax = 16;
/// The version from which "history arrived" is opened for the panels that bring in whom it came to,
/// and handed on for the one that owed it alone, and not for those of all whom the event is about.
inline constexpr std::uint16_t kHistoryHandedOnAloneFrom = 7;

/// The version from which what a post must still read opens no "history arrived" beside that,
/// however it came late.
inline constexpr std::uint16_t kReadOnceFrom = 7;

/// The version from which what is handed on about a composite is owed by whoever answers for what
/// is withheld from the post it is owed to.
inline constexpr std::uint16_t kOwedBeforeDebtorFrom = 7;

/// Opens what a decision calls for (P3): the rule's own obligations, or, where a duty is unmet and
/// no rule says what must follow, "sanitise or review" within a day. One open row for a nominal,
/// panel, debtor, type and reason: a further event joins it, and the earliest deadline stands; its
/// debtor is told of each, and what had come to the end of its line is chased anew (climb.h). If it
/// was told to whom it is owed from now on, the next post up the line is told instead. Nobody from
/// whom the event is withheld is its debtor, or hears of it (silence.h).
///
/// An imported event opens no deadlines of its own: its panels get one "history arrived" each. So
/// do those that bring the post in, of an event that it gets `late`, by catching up, where it would
/// have to be read, and the post does not owe that already; what is then found withheld that is
/// owed is chased as ever.
void OpenObligations(const stored::v1::EventRow& event, const std::string& post,
                     const policy::Decision& decision, bool late, Step& step);

/// Opens `row`, or joins the open row that is the same but for its event and whom it is owed to
/// (OpenKey): what every kind of obligation is opened by.
void OpenOrJoin(stored::v1::ObligationRow row, const policy::OpenedObligation& terms, Step& step);

/// Opens the obligation that follows a parked item: the post itself must see to it.
void OpenParked(const std::string& feed, v1::Urgency lane, std::uint64_t sequence,
                const stored::v1::ItemRow& item, Step& step);

/// An event is withheld from a post from now on (P6): no open obligation that counts it is told to
/// the post any more, and where the post was to see to it, it is taken off and another must, at the
/// time that stood.
void TakeAwayFrom(const std::string& post, const stored::v1::EventRow& event, Step& step);

/// An event leaves an open obligation that its debtor does not see to any more, `row` as it was:
/// whoever must now sees to it, at the time that stood.
void HandOn(const std::string& id, stored::v1::ObligationRow row,
            const stored::v1::EventRow& event, Step& step);

/// An event leaves an open obligation: `row` as it is from then on. With its last event it ends.
void LeaveObligation(const std::string& id, const std::string& event_id,
                     stored::v1::ObligationRow& row, Step& step);

/// Ends an obligation.
void End(const std::string& obligation_id, stored::v1::DischargeMethod method, Step& step);

/// The open READ obligations of a post, in order of their events' ids.
[[nodiscard]] std::vector<std::string> OpenReadsOf(const std::string& post,
                                                   const state::Reader& reader);

/// Whether a person must still read an event in a feed.
[[nodiscard]] bool MustStillRead(const std::string& feed, const std::string& event_id,
                                 const state::Reader& reader);

/// Ends the READ obligation of one event in one feed, if it is open.
void EndRead(const std::string& feed, const std::string& event_id, Step& step,
             stored::v1::DischargeMethod method = stored::v1::DISCHARGE_METHOD_UNSPECIFIED);

}  // namespace tearline::machine
