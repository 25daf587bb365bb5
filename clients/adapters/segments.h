#pragma once

#include <string>

#include "tearline/v1/event.pb.h"

namespace tearline::adapters {

/// Adds a segment that concerns every nominal of the event.
v1::Segment& AddSegment(std::string media_type, std::string content, v1::Event& event);

/// Adds the bytes of the message as they came: the last segment, flagged ORIGINAL_BYTES and with
/// every flag of the segments before it, so that no mask that hides one of those leaves it.
void AddOriginal(std::string media_type, std::string bytes, v1::Event& event);

}  // namespace tearline::adapters
