#pragma once

#include <string>
#include <vector>

#include "clients/cli/invocation.h"

namespace tearline::cli {

/// What is asked of policies' texts; nothing of it is recorded but a simulation. The options of all
/// these verbs.
struct PolicyTextOptions {
  std::string file, given, event, post, from, to;
  std::vector<std::string> texts;  ///< To be compared: one or two.
};

/// Has a policy read, tested and analysed, and prints all that is wrong with it; `tests_only`
/// leaves out what is wrong with rules that no test is about. Ends with kRefused if anything is.
void CheckPolicyText(const Invocation& invocation, const PolicyTextOptions& options,
                     bool tests_only);

/// Prints what a policy says for an event and a post of its samples, and why.
void ExplainPolicyText(const Invocation& invocation, const PolicyTextOptions& options);

/// Prints how two policies differ, rule by rule.
void DiffPolicyTexts(const Invocation& invocation, const PolicyTextOptions& options);

/// Has a candidate simulated, with progress on stderr; prints every change and the summary.
void SimulatePolicyText(const Invocation& invocation, const PolicyTextOptions& options);

}  // namespace tearline::cli
