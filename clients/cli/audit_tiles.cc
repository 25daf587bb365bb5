#include "clients/cli/audit_tiles.h"

#include <iostream>
#include <optional>

#include <nlohmann/json.hpp>

#include "clients/cli/log_source.h"
#include "clients/cli/output.h"
#include "clients/verifier/base64.h"
#include "clients/verifier/log_check.h"
#include "clients/verifier/tile_directory.h"

namespace tearline::cli {
namespace {

verifier::TileWriter OpenWriter(const std::string& directory) {
  absl::StatusOr<verifier::TileWriter> writer = verifier::TileWriter::Open(directory);
  if (writer.ok()) return *std::move(writer);
  const std::string sentence = "--tiles: " + std::string(writer.status().message());
  if (absl::IsPermissionDenied(writer.status())) StopUsage(sentence);
  StopUnverified(sentence + "; nothing was written: export into an empty directory");
}

/// An entry could not be written: nobody's proof failed.
void StopUnwritten(const absl::Status& status) {
  if (!status.ok()) StopUsage("--tiles: " + std::string(status.message()));
}

void SayExported(const Invocation& invocation, const std::string& directory, std::uint64_t before,
                 const verifier::Checkpoint& newest) {
  if (invocation.json) {
    return PrintJson(nlohmann::json{{"directory", directory},
                                    {"tree_size", newest.tree_size},
                                    {"added", newest.tree_size - before},
                                    {"root", verifier::Hex(verifier::Bytes(newest.root))}});
  }
  std::cout << "exported     " << newest.tree_size << " leaves, of them new "
            << newest.tree_size - before << "\nroot         "
            << verifier::Hex(verifier::Bytes(newest.root))
            << "\n  next  tearline audit verify --tiles DIR --verifier-key KEY\n";
}

}  // namespace

void ExportTiles(const Invocation& invocation, const TrustOptions& options,
                 const std::string& directory) {
  DemandTrust(options);
  const v1::GetCheckpointResponse answer = AskCheckpoint(invocation);
  const Belief belief = Believe(options, answer.verifier_key());
  verifier::Checkpoint newest = OpenOrStop(answer.signed_note(), belief);
  if (belief.earlier) DemandContinues(invocation, *belief.earlier, newest);
  const auto cosigned = CosignedOrStop(invocation, answer, newest, belief);
  verifier::TileWriter writer = OpenWriter(directory);
  if (!writer.SignedNote().empty()) {
    DemandContinues(invocation, OpenOrStop(writer.SignedNote(), belief), newest);
  }
  const std::string& note = cosigned ? answer.cosigned_note() : answer.signed_note();
  const std::uint64_t before = writer.Size();
  if (cosigned) {
    newest = *cosigned;
    if (before > newest.tree_size) {
      StopUsage(
          "--tiles: the directory is ahead of the newest cosigned checkpoint; ask again later");
    }
  }
  if (before > newest.tree_size) {
    StopUnverified("--tiles: the directory holds more leaves than the log");
  }
  ReadLeaves(invocation, before, newest.tree_size, [&writer](const verifier::LeafEntry& entry) {
    if (entry.index != writer.Size()) {
      return absl::DataLossError("leaf " + std::to_string(entry.index) +
                                 ": it must follow the one before without a gap");
    }
    StopUnwritten(writer.Append(entry.leaf));
    return absl::OkStatus();
  });
  if (writer.Size() != newest.tree_size || writer.Root() != newest.root) {
    StopUnverified(
        "the leaves do not give the root that the checkpoint signs; the directory keeps the "
        "checkpoint it had");
  }
  StopUnwritten(writer.Publish(note));
  SayFirstUse(belief);
  Remember(options, belief, answer.signed_note());
  SayExported(invocation, directory, before, newest);
}

void VerifyTiles(const Invocation& invocation, const TrustOptions& options,
                 const std::string& directory) {
  DemandTrust(options);
  const Belief belief = Believe(options, "");
  verifier::LeafOrder order;
  verifier::TreeHead seen;  // Grows as far as the checkpoint seen before.
  const auto check = [&](std::uint64_t index, const std::string& entry) -> absl::Status {
    const absl::StatusOr<verifier::Leaf> leaf = order.Add(index, entry);
    if (!leaf.ok()) {
      return absl::DataLossError("leaf " + std::to_string(index) + ": " +
                                 std::string(leaf.status().message()));
    }
    if (!belief.earlier || index >= belief.earlier->tree_size) return absl::OkStatus();
    seen.Append(verifier::LeafHash(entry));
    if (seen.Size() == belief.earlier->tree_size && seen.Root() != belief.earlier->root) {
      return absl::DataLossError("leaf " + std::to_string(index) +
                                 ": the log up to here is not the log seen before: history was "
                                 "rewritten");
    }
    return absl::OkStatus();
  };
  const absl::StatusOr<verifier::Checkpoint> checkpoint =
      verifier::CheckTiles(directory, belief.key, check);
  if (!checkpoint.ok()) StopUnverified(std::string(checkpoint.status().message()));
  if (belief.earlier && belief.earlier->tree_size > checkpoint->tree_size) {
    StopUnverified("the directory holds fewer leaves than the log had when seen before");
  }
  const absl::StatusOr<std::string> note = verifier::ReadCheckpointFile(directory);
  if (!note.ok()) StopUnverified(std::string(note.status().message()));
  DemandWitnesses(*note, belief);
  Remember(options, belief, *note);
  if (invocation.json) {
    return PrintJson(nlohmann::json{{"verified", true},
                                    {"origin", checkpoint->origin},
                                    {"tree_size", checkpoint->tree_size},
                                    {"root", verifier::Hex(verifier::Bytes(checkpoint->root))},
                                    {"verifier_key", verifier::Text(belief.key)}});
  }
  std::cout << "verified     " << checkpoint->origin << "\nleaves       " << order.Leaves()
            << "  from " << TimeText(order.FirstStampMs()) << " to "
            << TimeText(order.LastStampMs()) << ", no gap, time never backwards\n"
            << "tiles        each holds what lies below it\nroot         "
            << verifier::Hex(verifier::Bytes(checkpoint->root)) << "\nsigned by    "
            << belief.key.name << "+" << verifier::Hex(belief.key.id)
            << "\ndetails      not here: they are in `audit replay --out`\n";
}

}  // namespace tearline::cli
