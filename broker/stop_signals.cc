#include "broker/stop_signals.h"

#include <pthread.h>

#include <csignal>

#include "broker/status/invariant.h"

namespace tearline {
namespace {

sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

}  // namespace

void HoldStopSignals() {
  const sigset_t signals = StopSignals();
  TEARLINE_INVARIANT(pthread_sigmask(SIG_BLOCK, &signals, nullptr) == 0, "signals can be held");
  std::signal(SIGPIPE, SIG_IGN);
}

void AwaitStop() {
  const sigset_t signals = StopSignals();
  int heard = 0;
  TEARLINE_INVARIANT(sigwait(&signals, &heard) == 0, "signals can be waited for");
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

}  // namespace tearline
