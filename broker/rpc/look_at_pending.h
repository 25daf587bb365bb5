#pragma once

#include <optional>

#include "broker/rpc/consult.h"
#include "broker/rpc/page_seal.h"
#include "broker/state/reader.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/v1/directory_service.pb.h"

namespace tearline::rpc {

/// What waits for a second hand, as far as the asking post may see it: what its agency asked for,
/// and what it may confirm. Nobody else learns that anything waits, and of a person whom the post
/// is kept out of nothing does. What is about people is confirmed, and so shown to others, only with
/// a purpose; and that somebody was shown is to be recorded. Nothing, if nobody was.
///
/// Refuses: LIMIT_PASSED for a page too large, FIELD_INVALID for a token of another's.
[[nodiscard]] Result<std::optional<Looked>> LookAtPending(const v1::ListPendingRequest& request,
                                                          const stored::v1::Actor& actor,
                                                          const state::Reader& view,
                                                          const PageSeal& seal,
                                                          v1::ListPendingResponse& response);

}  // namespace tearline::rpc
