#pragma once

#include <cstdint>

#include "tearline/stored/v1/command.pb.h"
#include "tearline/stored/v1/leaf.pb.h"

namespace tearline::machine {

/// The version from which a leaf says by which correlation id its record was asked for.
inline constexpr std::uint16_t kCorrelatedFrom = 7;

/// Who asked for a record, as its leaf says: always the first detail.
[[nodiscard]] stored::v1::Detail ActorDetailOf(const stored::v1::Actor& actor,
                                               std::uint16_t behaviour_version);

}  // namespace tearline::machine
