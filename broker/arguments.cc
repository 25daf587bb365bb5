#include "broker/arguments.h"

#include <map>
#include <string_view>

namespace tearline {
namespace {

const std::map<std::string_view, Task>& Options() {
  static const std::map<std::string_view, Task> options = {
      {"--help", Task::kHelp},
      {"-h", Task::kHelp},
      {"--check-config", Task::kCheckConfig},
      {"--check-policy", Task::kCheckPolicy},
      {"--digest", Task::kDigest},
      {"--verify", Task::kVerify},
      {"--genesis", Task::kGenesis},
      {"--confirm-clock", Task::kConfirmClock},
      {"--accept-lost-keys", Task::kAcceptLostKeys},
  };
  return options;
}

Status Wrong(const std::string& sentence) {
  return Refuse(v1::ERROR_REASON_FIELD_INVALID, sentence + "; see tearlined --help");
}

/// Takes the word after an option.
template <typename Word>
bool TakeNext(int count, const char* const* words, int& at, Word& into) {
  if (at + 1 >= count || words[at + 1][0] == '-' || !into.empty()) return false;
  into = words[++at];
  return !into.empty();
}

}  // namespace

Result<Arguments> ReadArguments(int count, const char* const* words) {
  Arguments arguments;
  for (int at = 1; at < count; ++at) {
    const std::string_view word = words[at];
    if (word == "--policy") {
      if (!TakeNext(count, words, at, arguments.policy_file)) {
        return Wrong("--policy needs a file, once");
      }
    } else if (word == "--by" || word == "--because") {
      if (!TakeNext(count, words, at, word == "--by" ? arguments.by : arguments.because)) {
        return Wrong("--by needs a name and --because a reason, once each");
      }
    } else if (word == "--second") {
      if (!TakeNext(count, words, at, arguments.second)) {
        return Wrong("--second needs a name, once");
      }
    } else if (const auto option = Options().find(word); option != Options().end()) {
      if (arguments.task != Task::kServe) return Wrong("only one thing can be asked at a time");
      arguments.task = option->second;
      if (arguments.task == Task::kHelp) return arguments;
      if (arguments.task == Task::kGenesis &&
          !TakeNext(count, words, at, arguments.directory_file)) {
        return Wrong("--genesis needs a directory file");
      }
      if (arguments.task == Task::kCheckPolicy) {
        const bool alone = TakeNext(count, words, at, arguments.policy_file) && count == 3;
        if (!alone) return Wrong("--check-policy needs a policy file, and nothing else");
        return arguments;
      }
    } else if (word.starts_with("-")) {
      return Wrong("there is no such option");
    } else if (!arguments.config_file.empty() || word.empty()) {
      return Wrong("one configuration file is needed, and only one");
    } else {
      arguments.config_file = word;
    }
  }
  if (arguments.config_file.empty()) return Wrong("a configuration file is needed");
  if ((arguments.task == Task::kGenesis) == arguments.policy_file.empty()) {
    return Wrong("--genesis and --policy go together");
  }
  const bool accepts = arguments.task == Task::kAcceptLostKeys;
  const bool decides = accepts || arguments.task == Task::kConfirmClock;
  if (decides == arguments.by.empty() || decides == arguments.because.empty()) {
    return Wrong("--confirm-clock or --accept-lost-keys, --by and --because go together");
  }
  if (accepts == arguments.second.empty() || (accepts && arguments.second == arguments.by)) {
    return Wrong("--accept-lost-keys needs --second, the name of another person than --by");
  }
  return arguments;
}

std::string HelpText() {
  return R"(tearlined: the Tearline broker

  tearlined CONFIG
      Serves. Opens what CONFIG names, replays the ledger, proves it against the newest signed
      checkpoint, and prints "ready HOST:PORT". SIGTERM or SIGINT ends it cleanly.

  tearlined --check-policy POLICY
      Reads POLICY, runs its tests and its matrix, and analyses its rules, as is done before one may
      be proposed; prints what is wrong. Needs no configuration and no broker.

The rest asks the same directories while the broker is stopped, and serves nothing:

  tearlined --check-config CONFIG
      Reads and checks CONFIG; prints "valid" and a digest to compare between machines.

  tearlined --genesis DIRECTORY --policy POLICY CONFIG
      Once, into an empty ledger: records who takes part (DIRECTORY, protobuf text), the first
      policy, and the public half of the checkpoint key. Afterwards `tearline directory` and
      `tearline policy` change them, and editing the files changes nothing.

  tearlined --digest CONFIG
      Replays, and prints position, state digest and audit root: the same on every machine.

  tearlined --verify CONFIG
      Replays the whole ledger into a new state beside the old one, and compares: exit code 4 if
      digest, root or newest checkpoint differ.

  tearlined --confirm-clock --by NAME --because REASON CONFIG
      After CLOCK_PARTED, and only when you have looked: records that this machine's clock is right,
      who looked, and why it is right.

  tearlined --accept-lost-keys --by NAME --second NAME --because REASON CONFIG
      After KEY_MISSING, and only when no copy of the vault as new as the ledger is left anywhere:
      records which keys are lost, who looked, who else, and why they cannot come back. What they
      sealed counts as erased, for good, even if a copy turns up; records and audit stand.

Exit codes: 0 done, 1 refused with a reason, 2 wrong usage, 4 verification failed, 5 stopped because
it is not known what the disk kept.

A first try:
  tearlined --check-config config/broker.textproto
)";
}

}  // namespace tearline
