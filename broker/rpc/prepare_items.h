#pragma once

#include <google/protobuf/repeated_field.h>

#include <functional>
#include <vector>

#include "broker/rpc/door.h"
#include "broker/sequencer/proposer.h"
#include "broker/status/status.h"
#include "tearline/v1/publisher_service.pb.h"

namespace tearline::rpc {

/// Prepares events, and gives `then` a proposal or a refusal for each, in order: on the caller's
/// thread; or, where new keys must be synced into the vault, on one of the door's workers, because
/// gRPC's threads are few and wait for no disk.
///
/// Requires: the items live until `then` is called.
/// Refuses: TOO_BUSY if the workers have too much to do; `then` is not called.
[[nodiscard]] Status PrepareItems(
    Door& door, const google::protobuf::RepeatedPtrField<v1::PublishItem>& items,
    const stored::v1::Actor& actor,
    std::function<void(std::vector<Result<sequencer::Proposal>>)> then);

}  // namespace tearline::rpc
