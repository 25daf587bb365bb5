#pragma once

#include "tearline/v1/subscriber_service.pb.h"

namespace tearline::cli {

/// Prints one item of a feed for a person to read: what it is, how much of it is told, by which
/// rules.
void ShowDelivery(const v1::Delivery& delivery);

}  // namespace tearline::cli
