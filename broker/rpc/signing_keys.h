#pragma once

#include <string>

#include "broker/state/reader.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/stored/v1/row.pb.h"
#include "tearline/v1/directory_service.pb.h"

namespace tearline::rpc {

/// The commands as they will be recorded. Whether a key may be enrolled or revoked, the machine
/// says.
///
/// Refuses: FIELD_IS_BROKERS, FIELD_INVALID, NAME_INVALID, LIMIT_PASSED, TIME_INVALID.
[[nodiscard]] Result<stored::v1::EnrolSigningKey> ReadEnrolment(
    const v1::EnrolSigningKeyRequest& request);
[[nodiscard]] Result<stored::v1::RevokeSigningKey> ReadRevocation(
    const v1::RevokeSigningKeyRequest& request);

/// Every key an agency ever had. Public, like the agency itself: whoever is told something signed
/// must be able to verify it.
///
/// Refuses: NAME_INVALID; NOT_FOUND an agency the directory does not know.
[[nodiscard]] Status ListSigningKeys(const v1::ListSigningKeysRequest& request,
                                     const state::Reader& view,
                                     v1::ListSigningKeysResponse& response);

/// A key that waits for its second hand, as it is shown.
[[nodiscard]] v1::SigningKey AskedKey(const stored::v1::EnrolSigningKey& command);

}  // namespace tearline::rpc
