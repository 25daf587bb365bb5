#include "clients/cli/audit_verify.h"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>

#include <nlohmann/json.hpp>

#include "clients/cli/call.h"
#include "clients/cli/log_source.h"
#include "clients/cli/output.h"
#include "clients/cli/words.h"
#include "clients/verifier/base64.h"
#include "clients/verifier/export_file.h"
#include "clients/verifier/log_check.h"
#include "clients/verifier/trust.h"
#include "tearline/v1/audit_service.grpc.pb.h"

namespace tearline::cli {
namespace {

/// Which key is believed, and what was seen before.
struct Belief {
  verifier::VerifierKey key;
  std::optional<verifier::Checkpoint> earlier;
  bool first_use = false;
};

verifier::VerifierKey KeyFrom(std::string text) {
  std::error_code error;
  if (std::filesystem::is_regular_file(text, error)) text = ReadBytes(text);
  text.erase(text.find_last_not_of(" \r\n") + 1);
  const absl::StatusOr<verifier::VerifierKey> key = verifier::ReadVerifierKey(text);
  if (!key.ok()) StopUsage("--verifier-key: " + std::string(key.status().message()));
  return *key;
}

/// `offered` is the key as the log itself gives it: believed at a first use only, and said so.
Belief Believe(const VerifyOptions& options, const std::string& offered) {
  Belief belief;
  std::optional<verifier::Trust> trust;
  if (!options.trust_file.empty()) {
    const auto read = verifier::ReadTrust(options.trust_file);
    if (!read.ok()) StopUnverified(std::string(read.status().message()));
    trust = *read;
  }
  if (!options.verifier_key.empty()) {
    belief.key = KeyFrom(options.verifier_key);
    if (trust && trust->key != belief.key) {
      StopUnverified("the trust file remembers another key than --verifier-key gives");
    }
  } else if (trust) {
    belief.key = trust->key;
  } else {
    const absl::StatusOr<verifier::VerifierKey> key = verifier::ReadVerifierKey(offered);
    if (!key.ok()) StopUnverified("the log offers no verifier key that reads as one");
    belief.key = *key;
    belief.first_use = true;
  }
  if (trust) {
    const absl::StatusOr<verifier::Checkpoint> newest = trust->Newest();
    if (!newest.ok()) {
      StopUnverified("the trust file's checkpoint: " + std::string(newest.status().message()));
    }
    belief.earlier = *newest;
  }
  return belief;
}

void DemandTrust(const VerifyOptions& options) {
  if (options.verifier_key.empty() && options.trust_file.empty()) {
    StopUsage(
        "say whom to trust: --verifier-key NAME+ID+BASE64 as the log's owner publishes it, or "
        "--trust FILE to remember the key met first");
  }
}

verifier::Checkpoint OpenOrStop(const std::string& note, const Belief& belief) {
  const auto checkpoint = verifier::OpenCheckpoint(note, belief.key);
  if (!checkpoint.ok()) StopUnverified(std::string(checkpoint.status().message()));
  return *checkpoint;
}

void Remember(const VerifyOptions& options, const Belief& belief, const std::string& note) {
  if (options.trust_file.empty()) return;
  const absl::Status status = verifier::WriteTrust(options.trust_file, {belief.key, note});
  if (!status.ok()) StopUsage("--trust: " + std::string(status.message()));
}

const char* OutcomeName(std::uint16_t outcome) {
  switch (outcome) {
    case verifier::kApplied:
      return "applied";
    case verifier::kRefused:
      return "refused";
    case verifier::kUnappliable:
      return "unappliable";
    case verifier::kAwaitsSecondHand:
      return "awaits_second_hand";
    default:
      return "repeated";
  }
}

void SayFirstUse(const Belief& belief) {
  if (!belief.first_use) return;
  std::cerr << "first use: believing the key the log itself shows; compare it with what its owner\n"
            << "publishes before you rely on it:\n  " << verifier::Text(belief.key) << '\n';
}

void SayVerified(const Invocation& invocation, const verifier::Checkpoint& checkpoint,
                 const verifier::LogReport& report, const Belief& belief) {
  nlohmann::json outcomes = nlohmann::json::object();
  for (const auto& [outcome, count] : report.outcomes) outcomes[OutcomeName(outcome)] = count;
  const std::string root = verifier::Hex(verifier::Bytes(checkpoint.root));
  if (invocation.json) {
    nlohmann::json object = {{"verified", true},
                             {"origin", checkpoint.origin},
                             {"tree_size", checkpoint.tree_size},
                             {"root", root},
                             {"verifier_key", verifier::Text(belief.key)},
                             {"first_use", belief.first_use},
                             {"details", report.details},
                             {"decisions", report.decisions},
                             {"withheld", report.withheld},
                             {"releases", report.releases},
                             {"outcomes", outcomes}};
    if (belief.earlier) object["continues_tree_size"] = belief.earlier->tree_size;
    return PrintJson(object);
  }
  std::cout << "verified     " << checkpoint.origin << "\nleaves       " << report.leaves
            << "  from " << TimeText(report.first_stamp_ms) << " to "
            << TimeText(report.last_stamp_ms) << ", no gap, time never backwards\noutcomes    ";
  for (const auto& [outcome, count] : report.outcomes) {
    std::cout << ' ' << OutcomeName(outcome) << ' ' << count;
  }
  std::cout << "\ndetails      " << report.details << ", each under its leaf\ndecisions    "
            << report.decisions << ", of them withheld " << report.withheld << "\nreleases     "
            << report.releases << ", each after the decision that allowed it\nroot         " << root
            << "\nsigned by    " << belief.key.name << "+" << verifier::Hex(belief.key.id) << '\n';
  if (belief.earlier) {
    std::cout << "continues    the log of " << belief.earlier->tree_size << " leaves seen before\n";
  }
}

absl::Status ProveContinues(const Invocation& invocation, const verifier::Checkpoint& earlier,
                            const verifier::Checkpoint& newest) {
  if (earlier.origin != newest.origin) return absl::DataLossError("it is another log's checkpoint");
  if (earlier.tree_size > newest.tree_size) {
    return absl::DataLossError("the log is shorter than when it was seen before");
  }
  if (earlier.tree_size == 0) return absl::OkStatus();
  std::vector<verifier::Hash> proof;
  if (earlier.tree_size < newest.tree_size) {
    v1::ProveConsistencyRequest request;
    request.set_old_size(earlier.tree_size);
    request.set_new_size(newest.tree_size);
    const v1::ProveConsistencyResponse response = Ask<v1::AuditService>(
        invocation, &v1::AuditService::StubInterface::ProveConsistency, request);
    for (const std::string& hash : response.proof()) {
      if (hash.size() != 32) return absl::DataLossError("a hash of the proof is not 32 bytes");
      proof.push_back(verifier::HashFrom(hash));
    }
  }
  if (!verifier::ProvesConsistency(proof, earlier.tree_size, newest.tree_size, earlier.root,
                                   newest.root)) {
    return absl::DataLossError("the log does not continue the one seen before");
  }
  return absl::OkStatus();
}

}  // namespace

void VerifyLog(const Invocation& invocation, const VerifyOptions& options) {
  DemandTrust(options);
  verifier::LogCheck check;
  const auto add = [&check](const verifier::LeafEntry& entry) { return check.Add(entry); };
  std::string note;
  Belief belief;
  verifier::Checkpoint checkpoint;
  if (options.offline_file.empty()) {
    const v1::GetCheckpointResponse newest = AskCheckpoint(invocation);
    note = newest.signed_note();
    belief = Believe(options, newest.verifier_key());
    checkpoint = OpenOrStop(note, belief);
    if (belief.earlier) check.Remember(*belief.earlier);
    ReadLeaves(invocation, 0, checkpoint.tree_size, add);
  } else {
    std::ifstream file(options.offline_file);
    if (!file) StopUsage("--offline cannot be read");
    const auto nothing = [](const verifier::LeafEntry&) {
      return absl::CancelledError("head read");
    };
    std::string line;
    std::getline(file, line);
    std::istringstream first(line);
    const absl::StatusOr<verifier::ExportHead> head = verifier::ReadExport(first, nothing);
    if (!head.ok()) StopUnverified(std::string(head.status().message()));
    note = head->signed_note;
    belief = Believe(options, head->verifier_key);
    checkpoint = OpenOrStop(note, belief);
    if (belief.earlier) check.Remember(*belief.earlier);
    file.seekg(0);
    const absl::Status read = verifier::ReadExport(file, add).status();
    if (!read.ok()) StopUnverified(std::string(read.message()));
  }
  const absl::Status finished = check.Finish(checkpoint);
  if (!finished.ok()) StopUnverified(std::string(finished.message()));
  SayFirstUse(belief);
  Remember(options, belief, note);
  SayVerified(invocation, checkpoint, check.Report(), belief);
}

void ShowCheckpoint(const Invocation& invocation, const VerifyOptions& options) {
  const v1::GetCheckpointResponse newest = AskCheckpoint(invocation);
  const bool trusting = !options.verifier_key.empty() || !options.trust_file.empty();
  std::optional<Belief> belief;
  if (trusting) {
    belief = Believe(options, newest.verifier_key());
    const verifier::Checkpoint checkpoint = OpenOrStop(newest.signed_note(), *belief);
    if (belief->earlier) {
      const absl::Status status = ProveContinues(invocation, *belief->earlier, checkpoint);
      if (!status.ok()) StopUnverified(std::string(status.message()));
    }
    SayFirstUse(*belief);
    Remember(options, *belief, newest.signed_note());
  }
  if (invocation.json) {
    return PrintJson(nlohmann::json{{"checkpoint", newest.signed_note()},
                                    {"verifier_key", newest.verifier_key()},
                                    {"signature_verified", trusting},
                                    {"continues", belief && belief->earlier.has_value()}});
  }
  std::cout << newest.signed_note() << "\nverifier key  " << newest.verifier_key() << '\n'
            << (trusting ? "signature     verified"
                         : "signature     not verified: give --trust FILE")
            << '\n';
  if (belief && belief->earlier) {
    std::cout << "continues     the log of " << belief->earlier->tree_size
              << " leaves seen before: proved\n";
  }
}

}  // namespace tearline::cli
