#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "clients/cli/invocation.h"
#include "clients/verifier/note.h"
#include "tearline/v1/audit_service.pb.h"

namespace tearline::cli {

/// Whose word on the log's key is taken.
struct TrustOptions {
  std::string verifier_key;            ///< NAME+ID+BASE64, or a file that holds it.
  std::string trust_file;              ///< Remembers the key met first and the newest checkpoint.
  std::vector<std::string> witnesses;  ///< Their keys, as `verifier_key`; demanded if any.
  std::uint32_t quorum = 0;            ///< How many of them must have cosigned; 0 for all.
};

/// Which keys are believed, and what was seen before.
struct Belief {
  verifier::VerifierKey key;
  std::optional<verifier::Checkpoint> earlier;
  bool first_use = false;
  std::vector<verifier::VerifierKey> witnesses;
  std::size_t quorum = 0;  ///< Cosignatures a checkpoint must bear; 0 if none are demanded.
};

/// A key as an option gives it: itself, or a file that holds it. Ends with kUsage, naming `option`.
[[nodiscard]] verifier::VerifierKey KeyFrom(std::string text, const std::string& option,
                                            verifier::KeyType type);

/// Ends with kUsage unless the options name a key or a trust file.
void DemandTrust(const TrustOptions& options);

/// `offered` is the key as the log itself gives it: believed at a first use only, and said so.
/// Ends with kUsage or kVerificationFailed.
[[nodiscard]] Belief Believe(const TrustOptions& options, const std::string& offered);

/// The checkpoint of a note the believed key signed; ends with kVerificationFailed.
[[nodiscard]] verifier::Checkpoint OpenOrStop(const std::string& note, const Belief& belief);

/// Ends with kVerificationFailed if `checkpoint` is of the size that was seen before and of another
/// root: two pasts of one log. Of other sizes nothing can be said without a proof.
void DemandSamePast(const verifier::Checkpoint& checkpoint, const Belief& belief);

/// Ends with kVerificationFailed unless enough of the believed witnesses cosigned `note`.
void DemandWitnesses(const std::string& note, const Belief& belief);

/// The newest cosigned checkpoint of an answer, if witnesses are demanded: their lines verified,
/// and proved by the broker to be continued by `newest`. Ends with kVerificationFailed.
[[nodiscard]] std::optional<verifier::Checkpoint> CosignedOrStop(
    const Invocation& invocation, const v1::GetCheckpointResponse& answer,
    const verifier::Checkpoint& newest, const Belief& belief);

/// Says on stderr that a key is believed for the first time, if so.
void SayFirstUse(const Belief& belief);

/// Writes the trust file, if there is to be one.
void Remember(const TrustOptions& options, const Belief& belief, const std::string& note);

/// Has the broker prove that the newest tree continues the earlier one. Ends with
/// kVerificationFailed if it does not.
void DemandContinues(const Invocation& invocation, const verifier::Checkpoint& earlier,
                     const verifier::Checkpoint& newest);

}  // namespace tearline::cli
