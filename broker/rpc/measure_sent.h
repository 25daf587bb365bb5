#pragma once

#include <google/protobuf/repeated_field.h>

#include <cstdint>

#include "tearline/v1/subscriber_service.pb.h"

namespace tearline::rpc {

/// Counts what is handed to a subscriber, by what it is and by how long it was on its way; not for
/// whom, nor about whom.
void MeasureSent(const google::protobuf::RepeatedPtrField<v1::Delivery>& deliveries,
                 std::int64_t now_ms);

}  // namespace tearline::rpc
