#pragma once

#include <cstddef>
#include <vector>

#include "broker/sequencer/concerned.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/v1/event.pb.h"

namespace tearline::sequencer {

/// The largest that the command for `event` could become, in bytes: with every identifier sealed
/// and every key new, as if nothing about anybody were known here. What is known must not make the
/// difference between taken and refused, or the refusal would tell it (P6).
///
/// Requires: `plain` holds what lies in the clear, and is not yet sealed into.
[[nodiscard]] std::size_t PublishBytesMax(const stored::v1::Publish& plain, const v1::Event& event,
                                          const std::vector<Concerned>& concerned);

}  // namespace tearline::sequencer
