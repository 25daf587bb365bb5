#include "clients/cli/audit_verify.h"

#include <fstream>
#include <iostream>
#include <optional>

#include <nlohmann/json.hpp>

#include "clients/cli/belief.h"
#include "clients/cli/log_source.h"
#include "clients/cli/output.h"
#include "clients/cli/words.h"
#include "clients/verifier/base64.h"
#include "clients/verifier/export_file.h"
#include "clients/verifier/log_check.h"

namespace tearline::cli {
namespace {

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

/// An export is of its time: that it is older than what was seen since says nothing of the log. Nor
/// can it be held against that, so it is not verified either.
void DemandNotOlder(const verifier::Checkpoint& checkpoint, const Belief& belief) {
  if (!belief.earlier || belief.earlier->origin != checkpoint.origin ||
      belief.earlier->tree_size <= checkpoint.tree_size) {
    return;
  }
  StopUnverified("the file is older than what was seen of the log: it ends at " +
                 std::to_string(checkpoint.tree_size) + " leaves, and a checkpoint of " +
                 std::to_string(belief.earlier->tree_size) +
                 " was remembered; export again, once witnesses have cosigned as much, or verify "
                 "by --verifier-key without --trust");
}

}  // namespace

void VerifyLog(const Invocation& invocation, const VerifyOptions& options) {
  DemandTrust(options);
  verifier::LogCheck check;
  const auto add = [&check](const auto& leaf) { return check.Add(leaf); };
  std::string note;
  Belief belief;
  verifier::Checkpoint checkpoint;
  if (options.offline_file.empty()) {
    const v1::GetCheckpointResponse newest = AskCheckpoint(invocation);
    belief = Believe(options, newest.verifier_key());
    note = newest.signed_note();
    checkpoint = OpenOrStop(note, belief);
    if (belief.earlier) check.Remember(*belief.earlier);
    (void)CosignedOrStop(invocation, newest, checkpoint, belief);
    ReadLeaves(invocation, 0, checkpoint.tree_size, add);
  } else {
    std::ifstream file(options.offline_file);
    if (!file) StopUsage("--offline cannot be read");
    const auto nothing = [](const verifier::LeafParts&) {
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
    DemandNotOlder(checkpoint, belief);
    if (belief.earlier) check.Remember(*belief.earlier);
    file.seekg(0);
    const absl::Status read = verifier::ReadExport(file, add).status();
    if (!read.ok()) StopUnverified(std::string(read.message()));
    DemandWitnesses(note, belief);
  }
  const absl::Status finished = check.Finish(checkpoint);
  if (!finished.ok()) StopUnverified(std::string(finished.message()));
  SayFirstUse(belief);
  Remember(options, belief, note);
  SayVerified(invocation, checkpoint, check.Report(), belief);
}

namespace {

nlohmann::json WitnessesJson(const v1::GetCheckpointResponse& answer) {
  nlohmann::json list = nlohmann::json::array();
  for (const v1::WitnessStanding& witness : answer.witnesses()) {
    list.push_back({{"verifier_key", witness.verifier_key()},
                    {"tree_size", witness.tree_size()},
                    {"contradicts", witness.contradicts()},
                    {"cosigned_at", TimeText(witness.cosigned_at())}});
  }
  return list;
}

/// How far each witness is, as the broker says; whether that is so, its line in the note proves.
void SayWitnesses(const v1::GetCheckpointResponse& answer) {
  if (answer.witnesses_size() == 0) return;
  const absl::StatusOr<verifier::Checkpoint> cosigned =
      verifier::ReadCheckpoint(verifier::NoteText(answer.cosigned_note()));
  std::cout << "cosigned      " << (cosigned.ok() ? cosigned->tree_size : 0) << " leaves, by "
            << answer.witness_quorum() << " of " << answer.witnesses_size() << " witnesses\n";
  for (const v1::WitnessStanding& witness : answer.witnesses()) {
    std::cout << "  witness     " << witness.verifier_key();
    if (witness.contradicts()) std::cout << "  HOLDS ANOTHER PAST OF THIS LOG";
    if (witness.tree_size() == 0) {
      std::cout << "  DOES NOT ANSWER\n";
    } else {
      std::cout << "  " << witness.tree_size() << " leaves at " << TimeText(witness.cosigned_at())
                << '\n';
    }
  }
}

}  // namespace

void ShowCheckpoint(const Invocation& invocation, const VerifyOptions& options) {
  const v1::GetCheckpointResponse newest = AskCheckpoint(invocation);
  const bool trusting = !options.verifier_key.empty() || !options.trust_file.empty();
  if (!trusting && !options.witnesses.empty()) DemandTrust(options);
  std::optional<Belief> belief;
  std::optional<verifier::Checkpoint> cosigned;
  if (trusting) {
    belief = Believe(options, newest.verifier_key());
    const verifier::Checkpoint checkpoint = OpenOrStop(newest.signed_note(), *belief);
    if (belief->earlier) DemandContinues(invocation, *belief->earlier, checkpoint);
    cosigned = CosignedOrStop(invocation, newest, checkpoint, *belief);
    SayFirstUse(*belief);
    Remember(options, *belief, newest.signed_note());
  }
  if (invocation.json) {
    return PrintJson(nlohmann::json{{"checkpoint", newest.signed_note()},
                                    {"cosigned_checkpoint", newest.cosigned_note()},
                                    {"witnesses_verified", cosigned.has_value()},
                                    {"verifier_key", newest.verifier_key()},
                                    {"signature_verified", trusting},
                                    {"continues", belief && belief->earlier.has_value()},
                                    {"witness_quorum", newest.witness_quorum()},
                                    {"witnesses", WitnessesJson(newest)}});
  }
  std::cout << newest.signed_note() << "\nverifier key  " << newest.verifier_key() << '\n'
            << (trusting ? "signature     verified"
                         : "signature     not verified: give --trust FILE")
            << '\n';
  if (belief && belief->earlier) {
    std::cout << "continues     the log of " << belief->earlier->tree_size
              << " leaves seen before: proved\n";
  }
  SayWitnesses(newest);
  if (cosigned) {
    std::cout << "witnesses     verified: " << belief->quorum << " of those you trust cosigned "
              << cosigned->tree_size << " leaves\n";
  }
}

}  // namespace tearline::cli
