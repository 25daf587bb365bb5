#pragma once

#include "broker/status/status.h"
#include "tearline/settings/v1/broker.pb.h"

namespace tearline::config {

/// Checks the witnesses of a configuration and fills in what is absent: the quorum, and how long a
/// gap is borne.
///
/// Refuses: CONFIG_INVALID.
[[nodiscard]] Status CheckWitnesses(settings::v1::AuditConfig& audit);

}  // namespace tearline::config
