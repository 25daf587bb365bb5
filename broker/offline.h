#pragma once

#include "broker/arguments.h"
#include "broker/config/load.h"
#include "broker/status/status.h"

namespace tearline {

/// Exit codes, the same as those of the command line.
inline constexpr int kExitDone = 0;
inline constexpr int kExitRefused = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitNotVerified = 4;
/// Only of `tearlined`: a sync failed, and it is not known what the disk kept.
inline constexpr int kExitNotKnown = 5;

/// Does what is asked apart from serving, and prints it as lines of "name value". The broker must
/// be stopped: the directories let in one process at a time.
///
/// Refuses: PROOF_INVALID from kVerify, if what was replayed differs from what stands;
///          CHECKPOINT_MISMATCH, LEDGER_TAIL_LOST from kDigest and kVerify; what is refused on the
///          way there.
[[nodiscard]] Status RunOffline(const Arguments& arguments, const config::Loaded& loaded);

/// Prints a refusal to stderr and returns the exit code it deserves: kExitNotVerified for proofs
/// and checkpoints that fail, kExitNotKnown after a sync that failed, else kExitRefused; or the
/// code that is given.
[[nodiscard]] int Complain(const Status& refusal);
int Complain(const Status& refusal, int exit_code);

}  // namespace tearline
