#pragma once

#include <string>

#include "tearline/v1/label.pb.h"
#include "tearline/v1/subscriber_service.pb.h"

namespace tearline::cli {

/// "official-sensitive police-only": a marking with its caveats, instructions and descriptors.
[[nodiscard]] std::string MarkingText(const v1::Marking& marking);

/// Prints one item of a feed for a person to read: what it is, how much of it is told, by which
/// rules. `signed_text` is whole lines, printed with what may be signed; "" if there is nothing to
/// say.
void ShowDelivery(const v1::Delivery& delivery, const std::string& signed_text);

}  // namespace tearline::cli
