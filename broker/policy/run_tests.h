#pragma once

#include <cstdint>
#include <vector>

#include "broker/policy/finding.h"
#include "broker/policy/policy_set.h"

namespace tearline::policy {

/// What came of running a policy's own tests.
struct TestRun {
  std::uint32_t tests = 0;
  std::uint32_t cells = 0;  ///< Pairs of event and post that the matrix decided about.
  std::vector<Finding> findings;
};

/// Runs every test and every cell of the matrix by the plain evaluator, and tells which fail. Then
/// tells which rules no test or cell shows deciding (cited in its decision), and which none shows
/// not deciding. A policy without a matrix has tests alone.
[[nodiscard]] TestRun RunTests(const PolicySet& policy);

}  // namespace tearline::policy
