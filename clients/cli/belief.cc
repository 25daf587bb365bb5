#include "clients/cli/belief.h"

#include <filesystem>
#include <iostream>
#include <utility>
#include <vector>

#include "clients/cli/call.h"
#include "clients/cli/words.h"
#include "clients/verifier/cosignature.h"
#include "clients/verifier/trust.h"
#include "tearline/v1/audit_service.grpc.pb.h"

namespace tearline::cli {

verifier::VerifierKey KeyFrom(std::string text, const std::string& option, verifier::KeyType type) {
  std::error_code error;
  if (std::filesystem::is_regular_file(text, error)) text = ReadBytes(text);
  text.erase(text.find_last_not_of(" \r\n") + 1);
  const absl::StatusOr<verifier::VerifierKey> key = verifier::ReadVerifierKey(text, type);
  if (!key.ok()) StopUsage(option + ": " + std::string(key.status().message()));
  return *key;
}

namespace {

/// A key named twice is one witness.
void BelieveWitnesses(const TrustOptions& options, Belief& belief) {
  for (const std::string& text : options.witnesses) {
    verifier::VerifierKey key = KeyFrom(text, "--witness", verifier::KeyType::kCosignature);
    for (const verifier::VerifierKey& other : belief.witnesses) {
      if (other.public_key == key.public_key) StopUsage("--witness: one key is named twice");
    }
    belief.witnesses.push_back(std::move(key));
  }
  belief.quorum = options.quorum == 0 ? belief.witnesses.size() : options.quorum;
  if (belief.quorum > belief.witnesses.size()) {
    StopUsage("--quorum must be at most the number of --witness");
  }
}

}  // namespace

Belief Believe(const TrustOptions& options, const std::string& offered) {
  Belief belief;
  BelieveWitnesses(options, belief);
  std::optional<verifier::Trust> trust;
  if (!options.trust_file.empty()) {
    const auto read = verifier::ReadTrust(options.trust_file);
    if (!read.ok()) StopUnverified(std::string(read.status().message()));
    trust = *read;
  }
  if (!options.verifier_key.empty()) {
    belief.key = KeyFrom(options.verifier_key, "--verifier-key", verifier::KeyType::kNote);
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

void DemandTrust(const TrustOptions& options) {
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

void DemandSamePast(const verifier::Checkpoint& checkpoint, const Belief& belief) {
  if (belief.earlier && belief.earlier->tree_size == checkpoint.tree_size &&
      belief.earlier->root != checkpoint.root) {
    StopUnverified("its checkpoint is of another log than the one seen before");
  }
}

void DemandWitnesses(const std::string& note, const Belief& belief) {
  std::size_t cosigned = 0;
  for (const verifier::VerifierKey& witness : belief.witnesses) {
    const auto time_s = verifier::CosignedAt(note, witness);
    if (!time_s.ok()) StopUnverified(std::string(time_s.status().message()));
    if (*time_s) ++cosigned;
  }
  if (cosigned < belief.quorum) {
    StopUnverified("the checkpoint is cosigned by " + std::to_string(cosigned) +
                   " of the witnesses you trust; " + std::to_string(belief.quorum) + " must");
  }
}

std::optional<verifier::Checkpoint> CosignedOrStop(const Invocation& invocation,
                                                   const v1::GetCheckpointResponse& answer,
                                                   const verifier::Checkpoint& newest,
                                                   const Belief& belief) {
  if (belief.quorum == 0) return std::nullopt;
  if (answer.cosigned_note().empty()) StopUnverified("no checkpoint is cosigned yet");
  const verifier::Checkpoint cosigned = OpenOrStop(answer.cosigned_note(), belief);
  DemandWitnesses(answer.cosigned_note(), belief);
  DemandContinues(invocation, cosigned, newest);
  return cosigned;
}

void Remember(const TrustOptions& options, const Belief& belief, const std::string& note) {
  if (options.trust_file.empty()) return;
  const absl::Status status = verifier::WriteTrust(options.trust_file, {belief.key, note});
  if (!status.ok()) StopUsage("--trust: " + std::string(status.message()));
}

void SayFirstUse(const Belief& belief) {
  if (!belief.first_use) return;
  std::cerr << "first use: believing the key the log itself shows; compare it with what its owner\n"
            << "publishes before you rely on it:\n  " << verifier::Text(belief.key) << '\n';
}

void DemandContinues(const Invocation& invocation, const verifier::Checkpoint& earlier,
                     const verifier::Checkpoint& newest) {
  if (earlier.origin != newest.origin) StopUnverified("it is another log's checkpoint");
  if (earlier.tree_size > newest.tree_size) {
    StopUnverified("the log is shorter than when it was seen before");
  }
  if (earlier.tree_size == 0) return;
  std::vector<verifier::Hash> proof;
  if (earlier.tree_size < newest.tree_size) {
    v1::ProveConsistencyRequest request;
    request.set_old_size(earlier.tree_size);
    request.set_new_size(newest.tree_size);
    const v1::ProveConsistencyResponse response = Ask<v1::AuditService>(
        invocation, &v1::AuditService::StubInterface::ProveConsistency, request);
    for (const std::string& hash : response.proof()) {
      if (hash.size() != 32) StopUnverified("a hash of the proof is not 32 bytes");
      proof.push_back(verifier::HashFrom(hash));
    }
  }
  if (!verifier::ProvesConsistency(proof, earlier.tree_size, newest.tree_size, earlier.root,
                                   newest.root)) {
    StopUnverified("the log does not continue the one seen before");
  }
}

}  // namespace tearline::cli
