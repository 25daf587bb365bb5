#pragma once

#include <cstdint>

#include "broker/machine/rows.h"
#include "broker/machine/step.h"
#include "broker/state/reader.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"

namespace tearline::machine {

/// What a member may find out by asking. Whether a number is known here tells that somebody is
/// supervised, so every command that answers it is counted alike: resolving, registering and
/// linking, one for each identifier, whatever the answer. Consultations are counted apart.

/// Whether the actor's member may ask about `count` more of a kind in the hour of `now_ms`.
///
/// Refuses: QUOTA_USED.
[[nodiscard]] Status CheckQuota(QuotaKind kind, const stored::v1::Actor& actor, std::uint32_t count,
                                std::int64_t now_ms, const state::Reader& reader);

/// The same for a command being applied, and counts it. A command that its second hand confirms was
/// counted when its author said it.
///
/// Refuses: QUOTA_USED.
[[nodiscard]] Status AskAbout(QuotaKind kind, std::uint32_t count, Step& step);

/// Writes down what the step asked about: after whatever a refusal took back.
void WriteQuota(const Step& step);

}  // namespace tearline::machine
