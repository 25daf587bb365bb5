#pragma once

#include "tests/simulation/reading.h"

namespace tearline::simulation {

/// One event, "event", about one nominal, "nominal", as the oracle's tests hear of it.
inline EventHeard ToldEvent() {
  EventHeard event;
  event.id = "event";
  event.origin_post = "police/member-0";
  event.lane = v1::URGENCY_URGENT;
  event.position = 1;
  event.stamp_ms = 1;
  event.nominals = {"nominal"};
  event.about = {{}};
  return event;
}

}  // namespace tearline::simulation
