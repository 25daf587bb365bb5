#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "broker/machine/machine.h"
#include "broker/model/ids.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"

namespace tearline::sequencer {

/// A command on its way to the one writer.
struct Proposal {
  stored::v1::Actor actor;
  stored::v1::CommandNumber command = stored::v1::COMMAND_NUMBER_UNSPECIFIED;
  std::string command_bytes;          ///< The message of that number, canonical.
  std::string seed;                   ///< 32 random bytes, drawn when the command was prepared.
  std::vector<std::string> segments;  ///< Sealed, in order; for Publish.

  /// Subject keys that were made for this command and lie in the vault: KeyWarden destroys them if
  /// it comes to nothing.
  std::vector<model::SubjectKeyId> new_keys;

  /// Called exactly once, on the writer's thread, when the record is durable and applied, or when
  /// it is refused before that. Must not block. A refusal of UNAVAILABLE or TOO_BUSY says that the
  /// command was not recorded; UNKNOWN_OUTCOME that it may have been.
  std::function<void(const Result<machine::Applied>&)> done;
};

/// Where commands go. Several callers, one writer behind.
class Proposer {
 public:
  virtual ~Proposer() = default;

  /// Queues a command of `proposal.actor`'s agency. A full queue refuses at once with TOO_BUSY,
  /// through `done`. Threads: any.
  virtual void Propose(Proposal proposal) = 0;
};

/// Proposes and waits. Threads: any but the writer's.
[[nodiscard]] Result<machine::Applied> ProposeAndWait(Proposer& proposer, Proposal proposal);

}  // namespace tearline::sequencer
