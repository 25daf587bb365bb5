#pragma once

#include <string>

#include "tearline/v1/audit_service.pb.h"

namespace tearline::rpc {

/// What was known, in sentences that say what the fields say and nothing else.

/// When an event occurred, was published and was recorded. `later`: recorded after the time asked
/// for.
[[nodiscard]] std::string KnownEventSentence(const v1::KnownEvent& event, bool later);

/// What a post had of an event. `taken_back`: access had been withdrawn again.
[[nodiscard]] std::string KnownToSentence(const v1::KnownTo& known, bool taken_back);

}  // namespace tearline::rpc
