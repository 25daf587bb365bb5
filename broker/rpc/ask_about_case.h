#pragma once

#include <cstdint>
#include <string>

#include "broker/rpc/consult.h"
#include "broker/state/reader.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"

namespace tearline::rpc {

/// What a case's panel is asked, asks and does, shown to whoever may see the case; and to auditors,
/// to whom it is recorded as what is known about its nominal as of `now_ms`. `case_id` is 16 bytes.
///
/// Refuses: NOT_FOUND alike for what does not exist and what may not be seen.
[[nodiscard]] Result<Looked> AskAboutCase(const std::string& case_id,
                                          const stored::v1::Actor& actor, const state::Reader& view,
                                          std::int64_t now_ms);

/// Whether that was granted to an auditor.
[[nodiscard]] bool IsAuditors(const Looked& looked);

/// The text form of an event that a row names, to a post that knows of it (machine::KnowsOf); else
/// "", as where it names none. Nobody learns from what names an event that it is held (P6).
[[nodiscard]] std::string EventIfTold(const std::string& event_id, const std::string& post,
                                      const state::Reader& view);

/// The same to whoever asked about a case: also to auditors who may ask about the event.
[[nodiscard]] std::string EventIfNamed(const std::string& event_id, const Looked& looked,
                                       const stored::v1::Actor& actor, const state::Reader& view);

}  // namespace tearline::rpc
