#pragma once

#include <functional>

namespace tearline {

/// Holds back SIGTERM, SIGINT and SIGHUP in this thread and all that it starts, so that only
/// AwaitStop hears them; and lets a write to a closed pipe fail instead of ending the process.
///
/// Requires: no other thread exists yet.
void HoldStopSignals();

/// Waits for SIGTERM or SIGINT, and calls `reload` at each SIGHUP until then. A second one of the
/// former then ends the process at once, as it would have.
///
/// Requires: HoldStopSignals was called in this thread.
void AwaitStop(const std::function<void()>& reload);

}  // namespace tearline
