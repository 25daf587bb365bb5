#include "clients/cli/audit_proof.h"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <limits>
#include <optional>
#include <vector>

#include <nlohmann/json.hpp>

#include "clients/cli/audit_replay.h"
#include "clients/cli/bind_change.h"
#include "clients/cli/bind_receipt.h"
#include "clients/cli/call.h"
#include "clients/cli/log_source.h"
#include "clients/cli/output.h"
#include "clients/cli/private_file.h"
#include "clients/cli/read_items.h"
#include "clients/cli/signing_keys.h"
#include "clients/cli/words.h"
#include "clients/verifier/base64.h"
#include "clients/verifier/receipt.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/v1/audit_service.grpc.pb.h"

namespace tearline::cli {
namespace {

verifier::Receipt OpenOrStopReceipt(const std::string& text, const Belief& belief) {
  const absl::StatusOr<verifier::Receipt> receipt = verifier::OpenReceipt(text, belief.key);
  if (!receipt.ok()) StopUnverified(std::string(receipt.status().message()));
  DemandSamePast(receipt->checkpoint, belief);
  DemandWitnesses(receipt->signed_note, belief);
  return *receipt;
}

/// FILE, FILE-2, FILE-3 …, before the ending.
std::string NumberedPath(const std::string& file, int number) {
  if (number == 1) return file;
  const std::filesystem::path path(file);
  std::filesystem::path numbered = path.parent_path() / path.stem();
  numbered += "-" + std::to_string(number);
  numbered += path.extension();
  return numbered.string();
}

nlohmann::json Json(const verifier::Receipt& receipt) {
  nlohmann::json facts = nlohmann::json::array();
  for (const stored::v1::Detail& fact : receipt.facts) facts.push_back(FactJson(fact));
  return {{"verified", true},
          {"origin", receipt.checkpoint.origin},
          {"tree_size", receipt.checkpoint.tree_size},
          {"index", receipt.index},
          {"time", TimeText(receipt.leaf.stamp_ms)},
          {"command", Word(static_cast<stored::v1::CommandNumber>(receipt.leaf.kind))},
          {"operations", OperationsJson(receipt.leaf, receipt.facts)},
          {"outcome", OutcomeText(receipt.leaf)},
          {"policy_digest", verifier::Hex(verifier::Bytes(receipt.leaf.policy_digest))},
          {"facts", facts}};
}

void Print(const verifier::Receipt& receipt) {
  std::cout << "leaf         " << receipt.index << " of " << receipt.checkpoint.tree_size << "  "
            << TimeText(receipt.leaf.stamp_ms) << "  "
            << Word(static_cast<stored::v1::CommandNumber>(receipt.leaf.kind)) << "  "
            << OutcomeText(receipt.leaf) << '\n';
  for (const stored::v1::Detail& fact : receipt.facts) {
    std::cout << "             " << FactText(fact) << '\n';
  }
}

bool IsOfChange(const verifier::Receipt& receipt) {
  return std::any_of(receipt.facts.begin(), receipt.facts.end(),
                     [](const auto& fact) { return fact.has_accepted_change(); });
}

/// What was accepted, of all that `--keep` wrote: a request id, or what was done to which event.
/// Ends with kVerificationFailed if none was.
std::string BoundOrStop(const verifier::Receipt& receipt, const KeptOptions& kept) {
  if (kept.keys_file.empty()) StopUsage("--signed goes only with --signing-keys");
  std::vector<v1::SigningKey> keys;
  for (const auto& [agency, known] : ReadSigningKeys(kept.keys_file)) {
    keys.insert(keys.end(), known.keys.begin(), known.keys.end());
  }
  std::string others;
  const KeptChanges changes = TakeChanges(ReadBytes(kept.signed_file), others);
  absl::StatusOr<std::string> bound;
  if (IsOfChange(receipt)) {
    bound = ChangeBound(receipt, keys, changes);
  } else {
    const auto items = ReadItems(others);
    if (!items.ok()) StopUsage("--signed: " + std::string(items.status().message()));
    bound = RequestBound(receipt, keys, *items);
  }
  if (!bound.ok()) StopUnverified(std::string(bound.status().message()));
  return *bound;
}

}  // namespace

void ProveReceipts(const Invocation& invocation, const TrustOptions& trust,
                   const ProveOptions& options) {
  DemandTrust(trust);
  DemandRoom(options.out_file, "--out", options.overwrite);
  v1::GetReceiptsRequest request;
  *request.mutable_acting() = invocation.Acting();
  request.set_event_id(options.event);
  request.set_obligation_id(options.obligation);
  if (options.after) {
    if (*options.after == std::numeric_limits<std::uint64_t>::max()) {
      StopUsage("--after must be less than 18446744073709551615: no leaf comes after that");
    }
    request.set_first_index(*options.after + 1);
  }
  if (!options.leaf.empty()) {
    const std::optional<std::string> hash = verifier::FromHex(options.leaf);
    if (!hash || hash->size() != 32) StopUsage("--leaf must be 64 hexadecimal digits");
    request.set_leaf_hash(*hash);
  }
  const Belief belief = Believe(trust, AskCheckpoint(invocation).verifier_key());
  const v1::GetReceiptsResponse response =
      Ask<v1::AuditService>(invocation, &v1::AuditService::StubInterface::GetReceipts, request);
  SayFirstUse(belief);
  // All are verified, and all have room, before one is written.
  std::vector<verifier::Receipt> receipts;
  for (const std::string& text : response.receipts()) {
    receipts.push_back(OpenOrStopReceipt(text, belief));
    const auto number = static_cast<int>(receipts.size());
    DemandRoom(NumberedPath(options.out_file, number), "--out", options.overwrite);
  }
  for (int i = 0; i < response.receipts_size(); ++i) {
    const verifier::Receipt& receipt = receipts[static_cast<std::size_t>(i)];
    const std::string path = NumberedPath(options.out_file, i + 1);
    WritePrivately(path, "--out", response.receipts(i), options.overwrite);
    if (invocation.json) {
      nlohmann::json object = Json(receipt);
      object["file"] = path;
      PrintJson(object);
    } else {
      std::cout << "written      " << path << '\n';
      Print(receipt);
    }
  }
  if (response.next_index() != 0) {
    if (invocation.json) PrintJson(nlohmann::json{{"next_index", response.next_index()}});
    std::cerr << "MORE FOLLOW: an answer holds " << kReceiptsMax
              << " receipts at most; go on with --after " << response.next_index() - 1
              << " and another --out\n";
  }
}

void VerifyReceipt(const Invocation& invocation, const TrustOptions& trust, const std::string& file,
                   const KeptOptions& kept) {
  DemandTrust(trust);
  const Belief belief = Believe(trust, "");
  const verifier::Receipt receipt = OpenOrStopReceipt(ReadBytes(file), belief);
  const std::string bound = kept.signed_file.empty() ? "" : BoundOrStop(receipt, kept);
  if (invocation.json) {
    nlohmann::json object = Json(receipt);
    if (!bound.empty()) object[IsOfChange(receipt) ? "binds_change" : "binds_request_id"] = bound;
    return PrintJson(object);
  }
  std::cout << "verified     " << receipt.checkpoint.origin << '\n';
  Print(receipt);
  if (!bound.empty()) {
    std::cout << "binds        what you signed as " << (IsOfChange(receipt) ? "" : "request ")
              << bound << '\n';
  }
  std::cout << "signed by    " << belief.key.name << '+' << verifier::Hex(belief.key.id) << '\n';
}

}  // namespace tearline::cli
