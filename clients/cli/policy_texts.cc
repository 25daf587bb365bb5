#include "clients/cli/policy_texts.h"

#include <iostream>
#include <memory>

#include "clients/cli/call.h"
#include "clients/cli/output.h"
#include "clients/cli/show_simulation.h"
#include "clients/cli/words.h"
#include "clients/verifier/base64.h"
#include "tearline/v1/policy_service.grpc.pb.h"

namespace tearline::cli {
namespace {

using Service = v1::PolicyService;

bool IsOfTests(v1::PolicyFindingKind kind) {
  return kind == v1::POLICY_FINDING_KIND_TEST_FAILED || kind == v1::POLICY_FINDING_KIND_NOT_COVERED;
}

}  // namespace

void CheckPolicyText(const Invocation& invocation, const PolicyTextOptions& options,
                     bool tests_only) {
  v1::CheckPolicyRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_policy_text(ReadBytes(options.file));
  const v1::CheckPolicyResponse response =
      Ask<Service>(invocation, &Service::StubInterface::CheckPolicy, request);
  int wrong = 0;
  for (const v1::PolicyFinding& finding : response.findings()) {
    if (tests_only && !IsOfTests(finding.kind())) continue;
    ++wrong;
    if (invocation.json) continue;
    std::cout << Word(finding.kind()) << "  " << finding.about() << ": " << finding.sentence()
              << '\n';
  }
  if (invocation.json) {
    PrintJson(response);
  } else {
    std::cout << (wrong == 0 ? "right: " : "wrong: ") << response.rules() << " rules, "
              << response.tests() << " tests, " << response.cells() << " cells of the matrix\n"
              << "  digest  " << verifier::Hex(response.policy_digest()) << '\n';
  }
  if (wrong == 0) return;
  throw Stop{ExitCode::kRefused, "",
             std::to_string(wrong) +
                 " findings; nobody can propose the policy before there are "
                 "none"};
}

void ExplainPolicyText(const Invocation& invocation, const PolicyTextOptions& options) {
  v1::ExplainPolicyRequest request;
  *request.mutable_acting() = invocation.Acting();
  if (!options.file.empty()) request.set_policy_text(ReadBytes(options.file));
  if (!options.given.empty()) request.set_given_text(ReadBytes(options.given));
  request.set_event(options.event);
  request.set_post(options.post);
  const v1::ExplainPolicyResponse response =
      Ask<Service>(invocation, &Service::StubInterface::ExplainPolicy, request);
  if (invocation.json) return PrintJson(response);
  for (const std::string& sentence : response.sentences()) std::cout << sentence << '\n';
}

void DiffPolicyTexts(const Invocation& invocation, const PolicyTextOptions& options) {
  v1::DiffPoliciesRequest request;
  *request.mutable_acting() = invocation.Acting();
  if (options.texts.size() > 1) request.set_before_text(ReadBytes(options.texts.front()));
  request.set_after_text(ReadBytes(options.texts.back()));
  const v1::DiffPoliciesResponse response =
      Ask<Service>(invocation, &Service::StubInterface::DiffPolicies, request);
  if (invocation.json) return PrintJson(response);
  if (response.changes().empty()) std::cout << "they judge alike\n";
  for (const v1::RuleChange& change : response.changes()) {
    std::cout << change.rule() << "  " << Word(change.kind()) << '\n';
    for (const std::string& sentence : change.sentences()) std::cout << "  " << sentence << '\n';
  }
}

void SimulatePolicyText(const Invocation& invocation, const PolicyTextOptions& options) {
  v1::SimulatePolicyRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_policy_text(ReadBytes(options.file));
  if (!options.from.empty()) *request.mutable_from() = TimeFrom(options.from, "--from");
  if (!options.to.empty()) *request.mutable_to() = TimeFrom(options.to, "--to");

  // No deadline: it replays the whole ledger, and says how far it is.
  const auto stub = Service::NewStub(invocation.Channel());
  grpc::ClientContext context;
  const auto reader = stub->SimulatePolicy(&context, request);
  v1::SimulatePolicyResponse frame;
  while (reader->Read(&frame)) {
    if (frame.has_progress() && !invocation.json) {
      std::cerr << "replayed " << frame.progress().replayed() << " of "
                << frame.progress().records() << " records\n";
    } else if (invocation.json && !frame.has_progress()) {
      PrintJson(frame);
    } else if (frame.has_change()) {
      std::cout << ChangeText(frame.change());
    } else if (frame.has_summary()) {
      std::cout << SummaryText(frame.summary());
    }
  }
  if (const grpc::Status status = reader->Finish(); !status.ok()) {
    StopFor(client::RefusalFrom(status));
  }
}

}  // namespace tearline::cli
