#include <cstdio>
#include <string>

#include "broker/arguments.h"
#include "broker/broker.h"
#include "broker/check_policy_file.h"
#include "broker/descriptor_limit.h"
#include "broker/offline.h"
#include "broker/stop_signals.h"

int main(int argc, char** argv) {
  using namespace tearline;
  const Result<Arguments> arguments = ReadArguments(argc, argv);
  if (!arguments.ok()) return Complain(arguments.status(), kExitUsage);
  if (arguments->task == Task::kHelp) return std::printf("%s", HelpText().c_str()) < 0;
  if (arguments->task == Task::kCheckPolicy) {
    const Status right = CheckPolicyFile(arguments->policy_file);
    return right.ok() ? kExitDone : Complain(right);
  }

  Result<config::Loaded> loaded = config::LoadConfig(arguments->config_file);
  if (!loaded.ok()) return Complain(loaded.status());
  if (arguments->task != Task::kServe) {
    const Status done = RunOffline(*arguments, *loaded);
    return done.ok() ? kExitDone : Complain(done);
  }

  RaiseDescriptorLimit();
  // Before any thread exists, so that every thread inherits it and only AwaitStop hears signals.
  HoldStopSignals();
  // Opens, verifies and replays. Nothing is served yet.
  const Result<std::unique_ptr<Broker>> broker = Broker::Open(*std::move(loaded));
  if (!broker.ok()) return Complain(broker.status());
  if (const Status serving = (*broker)->Serve(); !serving.ok()) return Complain(serving);
  if (const std::string operators = (*broker)->AdminAddress(); !operators.empty()) {
    std::printf("operators %s\n", operators.c_str());
  }
  std::printf("ready %s\n", (*broker)->Address().c_str());
  std::fflush(stdout);

  AwaitStop([&broker] { (*broker)->Reload(); });
  (*broker)->Drain();  // refuse new work, finish what was recorded, close sessions
  return kExitDone;
}
