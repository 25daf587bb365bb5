#pragma once

#include "tearline/v1/policy.pb.h"

namespace tearline::policy {

/// Whether a policy, its rules or its invented world, speaks of a report's writer: what brokers
/// before there were commissions did not know.
[[nodiscard]] bool SpeaksOfReportWriters(const v1::Policy& policy);

}  // namespace tearline::policy
