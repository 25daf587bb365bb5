#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "broker/machine/step.h"
#include "broker/policy/decision.h"
#include "broker/state/reader.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {

/// The version from which a policy may speak of a report's writer (machine.h).
inline constexpr std::uint16_t kCommissionsFrom = 6;

/// A report about a person is commissioned for a hearing, from a post without a seat. The case
/// names the post as its writer for a time. Policy judges it as that, for what occurred since the
/// time that the commission reaches back to; what was recorded comes late, as to a seat.
///
/// Time alone ends it: from that millisecond on it counts for nothing, whether or not a pulse has
/// come by. The pulse has what is out looked at again, and what waits and what was owed judged
/// again: nothing waits for a writer whose time is over.

/// As what a commission names its writer in the case.
[[nodiscard]] v1::CasePost AsNamed(const stored::v1::CommissionReport& command);

/// Whether a case names `post` as a report's writer at a time, for what occurred then; in ms since
/// 1970.
[[nodiscard]] bool IsCommissioned(const v1::Case& its_case, const std::string& post,
                                  std::int64_t occurred_ms, std::int64_t now_ms);

/// When the first of a case's commissions ends, ms since 1970; 0 if there is none.
[[nodiscard]] std::int64_t FirstCommissionEnd(const v1::Case& its_case);

/// Whether a commission of `post` in the nominal's case has run out and no pulse has ended it yet.
[[nodiscard]] bool HasRunOut(const std::string& post, const stored::v1::NominalRow& nominal,
                             std::int64_t now_ms, const state::Reader& reader);

/// Until when an event's nominal has `post` as a report's writer, if the commission covers the
/// event now.
[[nodiscard]] std::optional<std::int64_t> CommissionedUntil(const stored::v1::EventRow& event,
                                                            const std::string& nominal_id,
                                                            const std::string& post,
                                                            const Step& step);

/// Whether whoever answers for an event can mend what a writer is not told of it, so that they owe
/// it, each for their own: the report waits for words that nobody else can write. Not so where the
/// writer is kept out or cannot be reached: that is the panel's to see to, as ever.
[[nodiscard]] bool IsOwnersToMend(v1::RuleReason shortfall);

/// A rule's terms, shortened so that the time and two steps of escalation lie before the writer's
/// time is over, and so before the hearing: by half and by a quarter of what is left.
[[nodiscard]] policy::OpenedObligation InTimeFor(std::int64_t until_ms,
                                                 policy::OpenedObligation terms,
                                                 std::int64_t now_ms);

/// A time came at which a commission ends. `id` and `due_ms` are what its deadline names.
void FireCommission(const std::string& id, std::int64_t due_ms, Step& step);

}  // namespace tearline::machine
