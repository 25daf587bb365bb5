#pragma once

#include <google/protobuf/repeated_ptr_field.h>

#include <string>

#include "broker/rpc/consult.h"
#include "broker/state/reader.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/v1/publisher_service.pb.h"

namespace tearline::rpc {

/// Who received an event, in order of post: everybody to whom it was ever let go, whatever became
/// of it since. When, is what the leaves say.
[[nodiscard]] google::protobuf::RepeatedPtrField<v1::EventReceiver> ReceiversOf(
    const std::string& event_id, const state::Reader& view);

/// The same, for whoever may withdraw the event.
///
/// Refuses: as machine::CheckConsult; FIELD_INVALID the id.
[[nodiscard]] Result<Looked> ListReceivers(const v1::ListReceiversRequest& request,
                                           const stored::v1::Actor& actor,
                                           const state::Reader& view,
                                           v1::ListReceiversResponse& response);

}  // namespace tearline::rpc
