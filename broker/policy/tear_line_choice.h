#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "broker/policy/facts.h"

namespace tearline::policy {

/// True if the recipient is of `audience`: its agency's kind, one of its roles, its name, or, for
/// panels, a seat of any kind for one of the event's nominals. One is enough; an empty audience is
/// nobody.
[[nodiscard]] bool IsOf(const v1::Audience& audience, std::span<const NominalFacts> nominals,
                        const RecipientFacts& recipient);

/// The place of the tear-line for the recipient: of those whose audience it is of and whose marking
/// its clearance dominates, the first. Originators write the closer audience first.
[[nodiscard]] std::optional<std::uint32_t> ChooseTearLine(const EventFacts& event,
                                                          std::span<const NominalFacts> nominals,
                                                          const RecipientFacts& recipient);

}  // namespace tearline::policy
