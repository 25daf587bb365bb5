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
  sigset_t signals = StopSignals();
  sigaddset(&signals, SIGHUP);
  TEARLINE_INVARIANT(pthread_sigmask(SIG_BLOCK, &signals, nullptr) == 0, "signals can be held");
  std::signal(SIGPIPE, SIG_IGN);
}

void AwaitStop(const std::function<void()>& reload) {
  const sigset_t stops = StopSignals();
  sigset_t signals = stops;
  sigaddset(&signals, SIGHUP);
  int heard = SIGHUP;
  while (heard == SIGHUP) {
    TEARLINE_INVARIANT(sigwait(&signals, &heard) == 0, "signals can be waited for");
    if (heard == SIGHUP) reload();
  }
  pthread_sigmask(SIG_UNBLOCK, &stops, nullptr);
}

}  // namespace tearline
