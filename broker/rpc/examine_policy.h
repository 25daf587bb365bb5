#pragma once

#include <string>

#include "broker/state/reader.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/row.pb.h"
#include "tearline/v1/policy_service.pb.h"

namespace tearline::rpc {

/// What the policy service answers without recording anything. Everything here is pure work on a
/// policy's text, bounded by limits.h.

/// Reads, tests and analyses a policy's text; findings are answered, not refused.
///
/// Refuses: POLICY_INVALID.
[[nodiscard]] Status ExaminePolicy(const v1::CheckPolicyRequest& request,
                                   v1::CheckPolicyResponse& response);

/// Explains what a policy decides for an event and a post of its samples.
///
/// Refuses: POLICY_INVALID; NOT_FOUND if the samples have no such event or post.
[[nodiscard]] Status ExplainSample(const v1::ExplainPolicyRequest& request,
                                   const state::Reader& view, v1::ExplainPolicyResponse& response);

/// Says how two policies differ.
///
/// Refuses: POLICY_INVALID.
[[nodiscard]] Status DiffTwo(const v1::DiffPoliciesRequest& request, const state::Reader& view,
                             v1::DiffPoliciesResponse& response);

/// What a noted simulation found, as it is told; without `recorded`.
[[nodiscard]] v1::SimulationSummary SummaryOf(const stored::v1::NoteSimulation& note);

/// The digest of the policy in force, 32 bytes, and its text.
[[nodiscard]] std::string DigestInForce(const state::Reader& view);
[[nodiscard]] std::string TextInForce(const state::Reader& view);

}  // namespace tearline::rpc
