#include "broker/rpc/examine_policy.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "broker/machine/rows.h"
#include "broker/policy/diff.h"
#include "broker/policy/evaluate.h"
#include "broker/policy/examine.h"
#include "broker/policy/explain.h"
#include "broker/policy/read_text.h"
#include "broker/policy/sample_world.h"
#include "broker/rpc/server_limits.h"
#include "broker/status/invariant.h"

namespace tearline::rpc {
namespace {

v1::PolicyFindingKind KindOf(policy::Fault fault) {
  switch (fault) {
    case policy::Fault::kTestFailed:
      return v1::POLICY_FINDING_KIND_TEST_FAILED;
    case policy::Fault::kNotCovered:
      return v1::POLICY_FINDING_KIND_NOT_COVERED;
    case policy::Fault::kUnreachable:
      return v1::POLICY_FINDING_KIND_UNREACHABLE;
    case policy::Fault::kNeverDecides:
      return v1::POLICY_FINDING_KIND_NEVER_DECIDES;
    case policy::Fault::kDutyDefeated:
      return v1::POLICY_FINDING_KIND_DUTY_DEFEATED;
    case policy::Fault::kNeverTold:
      return v1::POLICY_FINDING_KIND_NEVER_TOLD;
    case policy::Fault::kKeepsNobodyOut:
      return v1::POLICY_FINDING_KIND_KEEPS_NOBODY_OUT;
    case policy::Fault::kTooComplex:
      return v1::POLICY_FINDING_KIND_TOO_COMPLEX;
  }
  return v1::POLICY_FINDING_KIND_UNSPECIFIED;
}

v1::RuleChangeKind KindOf(policy::RuleDiff::Kind kind) {
  switch (kind) {
    case policy::RuleDiff::Kind::kAdded:
      return v1::RULE_CHANGE_KIND_ADDED;
    case policy::RuleDiff::Kind::kRemoved:
      return v1::RULE_CHANGE_KIND_REMOVED;
    case policy::RuleDiff::Kind::kChanged:
      return v1::RULE_CHANGE_KIND_CHANGED;
  }
  return v1::RULE_CHANGE_KIND_UNSPECIFIED;
}

/// A policy as given, or the one in force for an empty text.
Result<policy::PolicySet> Read(const std::string& text, const state::Reader& view) {
  return policy::PolicySet::Parse(text.empty() ? TextInForce(view) : text);
}

/// The same rules in another invented world, of which no test speaks.
Result<policy::PolicySet> Given(const policy::PolicySet& policy, const std::string& given_text) {
  Result<v1::PolicySamples> given = policy::ReadGiven(given_text);
  if (!given.ok()) {
    return Refuse(v1::ERROR_REASON_POLICY_INVALID, "`given_text`, " + SentenceOf(given.status()));
  }
  v1::Policy within = policy.policy();
  within.clear_tests();
  within.clear_matrix();
  *within.mutable_samples() = *std::move(given);
  return policy::PolicySet::Of(std::move(within), given_text);
}

}  // namespace

std::string DigestInForce(const state::Reader& view) {
  const auto ledger = view.Find<stored::v1::LedgerRow>(state::Key(state::Table::kLedger));
  TEARLINE_INVARIANT(ledger.has_value(), "whoever is let in stands in a directory");
  return ledger->policy_digest();
}

std::string TextInForce(const state::Reader& view) {
  const auto row = view.Find<stored::v1::PolicyRow>(machine::PolicyKey(DigestInForce(view)));
  TEARLINE_INVARIANT(row.has_value(), "the policy in force is kept");
  return row->text();
}

Status ExaminePolicy(const v1::CheckPolicyRequest& request, v1::CheckPolicyResponse& response) {
  const Result<policy::PolicySet> policy = policy::PolicySet::Parse(request.policy_text());
  if (!policy.ok()) return policy.status();
  const policy::TestRun run = policy::Examine(*policy);
  response.set_policy_digest(policy->digest().Bytes());
  response.set_rules(static_cast<std::uint32_t>(policy->rules().size()));
  response.set_tests(run.tests);
  response.set_cells(run.cells);
  for (const policy::Finding& finding : run.findings) {
    if (response.findings_size() == static_cast<int>(kFindingsMax)) break;
    v1::PolicyFinding& told = *response.add_findings();
    told.set_kind(KindOf(finding.fault));
    told.set_about(finding.about);
    told.set_sentence(finding.sentence);
  }
  return {};
}

Status ExplainSample(const v1::ExplainPolicyRequest& request, const state::Reader& view,
                     v1::ExplainPolicyResponse& response) {
  Result<policy::PolicySet> policy = Read(request.policy_text(), view);
  if (policy.ok() && !request.given_text().empty()) policy = Given(*policy, request.given_text());
  if (!policy.ok()) return policy.status();
  const policy::SampleWorld world(policy->policy());
  const std::optional<std::size_t> event = world.FindEvent(request.event());
  if (!event) {
    return Refuse(v1::ERROR_REASON_NOT_FOUND, "`event` must be an event of the samples");
  }
  const std::optional<std::size_t> post = world.FindPost(request.post());
  if (!post) {
    return Refuse(v1::ERROR_REASON_NOT_FOUND, "`post` must be a post of the samples");
  }
  const std::vector<policy::NominalFacts> nominals = world.Nominals(*event, *post);
  const policy::EventFacts& facts = world.Event(*event);
  const policy::RecipientFacts& recipient = world.Recipient(*post);
  const policy::Decision decision = policy::Evaluate(*policy, facts, nominals, recipient);
  response.set_level(decision.level);
  for (std::string& sentence : policy::Explain(*policy, facts, nominals, recipient, decision)) {
    response.add_sentences(std::move(sentence));
  }
  return {};
}

Status DiffTwo(const v1::DiffPoliciesRequest& request, const state::Reader& view,
               v1::DiffPoliciesResponse& response) {
  const Result<policy::PolicySet> before = Read(request.before_text(), view);
  if (!before.ok()) return before.status();
  const Result<policy::PolicySet> after = Read(request.after_text(), view);
  if (!after.ok()) return after.status();
  for (policy::RuleDiff& diff : policy::Diff(before->policy(), after->policy())) {
    v1::RuleChange& change = *response.add_changes();
    change.set_rule(diff.rule);
    change.set_kind(KindOf(diff.kind));
    for (std::string& sentence : diff.sentences) change.add_sentences(std::move(sentence));
  }
  return {};
}

v1::SimulationSummary SummaryOf(const stored::v1::NoteSimulation& note) {
  v1::SimulationSummary summary;
  summary.set_policy_digest(note.policy_digest());
  summary.set_in_force_digest(note.in_force_digest());
  summary.set_decisions(note.decisions());
  *summary.mutable_levels() = note.levels();
  summary.set_raises(note.raises());
  summary.set_newly_unmet(note.newly_unmet());
  summary.set_not_replayed(note.not_replayed());
  summary.set_masked(note.masked());
  summary.set_obligations(note.obligations());
  summary.set_report_digest(note.report_digest());
  summary.set_left_out(note.left_out());
  return summary;
}

}  // namespace tearline::rpc
