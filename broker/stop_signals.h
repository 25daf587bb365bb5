#pragma once

namespace tearline {

/// Holds back SIGTERM and SIGINT in this thread and all that it starts, so that only AwaitStop
/// hears them; and lets a write to a closed pipe fail instead of ending the process.
///
/// Requires: no other thread exists yet.
void HoldStopSignals();

/// Waits for SIGTERM or SIGINT. A second one then ends the process at once, as it would have.
///
/// Requires: HoldStopSignals was called in this thread.
void AwaitStop();

}  // namespace tearline
