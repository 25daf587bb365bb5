#include "broker/check_policy_file.h"

#include <cstdio>
#include <string>

#include "broker/config/read_file.h"
#include "broker/model/limits.h"
#include "broker/policy/examine.h"

namespace tearline {

Status CheckPolicyFile(const std::filesystem::path& file) {
  const Result<std::string> text =
      config::ReadFile(file, model::kPolicyBytesMax, "the policy file");
  if (!text.ok()) return text.status();
  const Result<policy::PolicySet> policy = policy::PolicySet::Parse(*text);
  if (!policy.ok()) return policy.status();
  const policy::TestRun run = policy::Examine(*policy);
  for (const policy::Finding& finding : run.findings) {
    std::printf("wrong %s: %s\n", finding.about.c_str(), finding.sentence.c_str());
  }
  std::printf("rules %zu\ntests %u\ncells %u\ndigest %s\n", policy->rules().size(), run.tests,
              run.cells, policy->digest().Hex().c_str());
  return policy::CheckFindings(*policy, run);
}

}  // namespace tearline
