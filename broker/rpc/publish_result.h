#pragma once

#include "broker/machine/machine.h"
#include "broker/status/status.h"
#include "tearline/v1/publisher_service.pb.h"

namespace tearline::rpc {

/// An item that was refused before it was proposed.
void FillRefusal(const Status& refusal, v1::PublishResult& result);

/// What became of an item that was proposed. Gives OK; or, if the broker itself could not take it or
/// does not know (UNAVAILABLE, UNKNOWN_OUTCOME), the status that its whole call is to end with: to
/// repeat all of it costs nothing, because request ids are remembered.
[[nodiscard]] Status FillResult(const Result<machine::Applied>& applied, v1::PublishResult& result);

}  // namespace tearline::rpc
