#pragma once

#include <string>

#include "tearline/v1/audit_service.pb.h"

namespace tearline::rpc {

/// Adds to `explained`, in sentences for people who work with the policy and not with the program,
/// what became of an event on its way to `post`, and what is owed because of it. They say what the
/// fields say and nothing else; what was decided has sentences of its own (policy/explain.h).
void AddSentences(const std::string& post, v1::ExplainDecisionResponse& explained);

/// The same of a post that was not told enough: what it was given all the same, and whether more
/// waits.
void AddSentences(v1::NotToldRow& row);

/// What an obligation wants of whom and how it stands, in one sentence.
[[nodiscard]] std::string ObligationSentence(const v1::ExplainedObligation& obligation);

}  // namespace tearline::rpc
