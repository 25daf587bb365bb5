#include "tests/end_to_end/running_broker.h"

#include <fcntl.h>
#include <grpcpp/grpcpp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>
#include <vector>

namespace tearline::end_to_end {
namespace {

namespace fs = std::filesystem;

constexpr char kAnyPort[] = "127.0.0.1:0";

constexpr char kBrokerFile[] = R"(
listen { address: "127.0.0.1:0" certificate_file: "@/certs/broker.pem"
         key_file: "@/certs/broker.key" agency_authorities_file: "@/certs/agencies.pem"
         revocation_lists: "@/certs/revoked.pem" }
admin { address: "127.0.0.1:0" }
ledger { rocksdb { directory: "@/ledger" } }
state { directory: "@/state" }
vault { directory: "@/vault" key_encryption_key_file: "@/keys/key-encryption.key" }
audit { signing_key_file: "@/keys/audit.pem" checkpoint_directory: "@/checkpoints" )";

/// `text` with each @ replaced.
void WriteFile(const fs::path& path, std::string text, const std::string& at) {
  for (std::size_t i = text.find('@'); i != std::string::npos; i = text.find('@', i + at.size())) {
    text.replace(i, 1, at);
  }
  std::ofstream(path) << text;
}

std::string ReadFile(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// Starts a program with its standard output in a pipe, its standard error in a file.
std::pair<pid_t, int> Spawn(const std::vector<std::string>& words, const fs::path& log) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  const pid_t child = fork();
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);  // a test that dies leaves no broker behind
    const int errors = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    dup2(ends[1], STDOUT_FILENO);
    dup2(errors, STDERR_FILENO);
    execv(arguments[0], arguments.data());
    _exit(127);
  }
  close(ends[1]);
  return {child, ends[0]};
}

/// Runs a program to its end: what it says.
std::string RunProgram(const std::vector<std::string>& words, const fs::path& log) {
  const auto [child, output] = Spawn(words, log);
  std::string said;
  char heard[4096];
  for (ssize_t count; (count = read(output, heard, sizeof heard)) > 0;) {
    said.append(heard, static_cast<std::size_t>(count));
  }
  close(output);
  int status = 0;
  waitpid(child, &status, 0);
  if (status != 0) throw std::runtime_error(words[0] + " failed: " + ReadFile(log));
  return said;
}

/// The rest of the next line of `output`, if it begins with `word`; "" otherwise.
std::string SaidAfter(const std::string& word, int output) {
  std::string said;
  char byte = 0;
  while (read(output, &byte, 1) == 1 && byte != '\n') said += byte;
  return said.starts_with(word) ? said.substr(word.size()) : "";
}

}  // namespace

RunningBroker::RunningBroker(StagePlace place, const Cast& cast,
                             std::vector<std::string> environment)
    : place_(std::move(place)), environment_(std::move(environment)) {
  place_.directory = fs::absolute(place_.directory) / "stage";
  MakeMaterial(cast);
  Start();
}

RunningBroker::~RunningBroker() { Stop(); }

std::vector<std::string> RunningBroker::Program() const {
  std::vector<std::string> words;
  if (!environment_.empty()) {
    words.push_back("/usr/bin/env");
    words.insert(words.end(), environment_.begin(), environment_.end());
  }
  words.push_back(fs::absolute(place_.broker));
  return words;
}

void RunningBroker::Kill() {
  kill(broker_, SIGKILL);
  int status = 0;
  waitpid(broker_, &status, 0);
  broker_ = -1;
}

void RunningBroker::Stop() {
  if (broker_ < 0) return;
  kill(broker_, SIGTERM);
  int status = 0;
  waitpid(broker_, &status, 0);
  broker_ = -1;
}

std::string RunningBroker::Run(const std::vector<std::string>& words) const {
  std::vector<std::string> command = Program();
  command.insert(command.end(), words.begin(), words.end());
  command.push_back(Config());
  return RunProgram(command, place_.directory / "log");
}

void RunningBroker::MakeMaterial(const Cast& cast) const {
  const fs::path& top = place_.directory;
  fs::remove_all(top);
  fs::create_directories(top / "keys");
  fs::permissions(top / "keys", fs::perms::owner_all);
  const fs::path log = top / "log";
  std::vector<std::string> certify = {fs::absolute(place_.certificates), top / "certs", "--days",
                                      "825", "--member"};
  certify.insert(certify.end(), cast.members.begin(), cast.members.end());
  RunProgram(certify, log);
  RunProgram({"/usr/bin/openssl", "rand", "-out", top / "keys/key-encryption.key", "32"}, log);
  RunProgram(
      {"/usr/bin/openssl", "genpkey", "-algorithm", "ed25519", "-out", top / "keys/audit.pem"},
      log);
  for (const char* key : {"keys/key-encryption.key", "keys/audit.pem"}) {
    fs::permissions(top / key, fs::perms::owner_read | fs::perms::owner_write);
  }
  const std::string interval =
      cast.checkpoint_interval_ms == 0
          ? ""
          : "checkpoint_interval_ms: " + std::to_string(cast.checkpoint_interval_ms);
  WriteFile(Config(), kBrokerFile + interval + " }\n", top);
  WriteFile(top / "directory.textproto", cast.directory_text, top);
  Run({"--genesis", top / "directory.textproto", "--policy", fs::absolute(place_.policy)});
}

void RunningBroker::Start() {
  const fs::path log = place_.directory / "log";
  std::vector<std::string> command = Program();
  command.push_back(Config());
  const auto [child, output] = Spawn(command, log);
  broker_ = child;
  const bool first = address_.empty();
  admin_address_ = SaidAfter("operators ", output);
  address_ = SaidAfter("ready ", output);
  close(output);
  if (address_.empty()) throw std::runtime_error("the broker did not start: " + ReadFile(log));

  // From now on at the same address, so that whoever was connected finds it again.
  if (!first) return;
  const fs::path config = place_.directory / "broker.textproto";
  std::string text = ReadFile(config);
  if (const std::size_t at = text.find(kAnyPort); at != std::string::npos) {
    text.replace(at, sizeof kAnyPort - 1, address_);
    std::ofstream(config) << text;
  }
}

void RunningBroker::Revoke(const std::string& member) {
  RunProgram({fs::absolute(place_.certificates), place_.directory / "certs", "--revoke", member},
             place_.directory / "log");
  kill(broker_, SIGHUP);
}

std::shared_ptr<grpc::Channel> RunningBroker::ChannelOf(const std::string& member) const {
  return Connect(member, address_);
}

std::shared_ptr<grpc::Channel> RunningBroker::OperatorsChannelOf(const std::string& member) const {
  return Connect(member, admin_address_);
}

std::shared_ptr<grpc::Channel> RunningBroker::Connect(const std::string& member,
                                                      const std::string& address) const {
  const fs::path certs = place_.directory / "certs";
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = ReadFile(certs / "broker-ca.pem");
  options.pem_cert_chain = ReadFile(certs / (member + ".pem"));
  options.pem_private_key = ReadFile(certs / (member + ".key"));
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(address, grpc::SslCredentials(options), arguments);
}

fs::path RunningBroker::ProfileOf(const std::string& member, const std::string& post) const {
  std::string name = member + "-for-" + post;
  std::replace(name.begin(), name.end(), '/', '-');
  const fs::path certs = place_.directory / "certs";
  const fs::path path = place_.directory / (name + ".profile");
  std::ofstream(path) << "server=" << address_ << "\nca=" << (certs / "broker-ca.pem").string()
                      << "\ncert=" << (certs / (member + ".pem")).string()
                      << "\nkey=" << (certs / (member + ".key")).string() << "\nas=" << post
                      << '\n';
  return path;
}

}  // namespace tearline::end_to_end
