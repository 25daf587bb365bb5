#include "tests/benchmark/peer_server.h"

#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "tests/benchmark/wire.h"

namespace tearline::benchmark {
namespace {

namespace fs = std::filesystem;

/// In the child: becomes the program.
[[noreturn]] void Become(const std::vector<std::string>& words, const std::string& user) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (!user.empty() && geteuid() == 0) {
    const passwd* const who = getpwnam(user.c_str());
    if (who == nullptr || setgid(who->pw_gid) != 0 || setuid(who->pw_uid) != 0) _exit(126);
    prctl(PR_SET_PDEATHSIG, SIGKILL);  // A change of user forgets it.
  }
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  execv(arguments[0], arguments.data());
  _exit(127);
}

}  // namespace

PeerServer::PeerServer(const std::vector<std::string>& words, int port, const fs::path& log,
                       const std::string& user)
    : process_(fork()) {
  if (process_ == 0) {
    const int said = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    dup2(said, STDOUT_FILENO);
    dup2(said, STDERR_FILENO);
    Become(words, user);
  }
  for (int i = 0; i < 1200; ++i) {
    try {
      const Wire wire(port);
      return;
    } catch (const std::runtime_error&) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
  }
  kill(process_, SIGKILL);
  throw std::runtime_error(words[0] + " did not start; see " + log.string());
}

PeerServer::~PeerServer() {
  kill(process_, SIGTERM);
  int status = 0;
  for (int i = 0; i < 100; ++i) {
    if (waitpid(process_, &status, WNOHANG) != 0) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  kill(process_, SIGKILL);
  waitpid(process_, &status, 0);
}

std::string RunPeerProgram(const std::vector<std::string>& words, const std::string& user) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], STDOUT_FILENO);
    dup2(ends[1], STDERR_FILENO);
    Become(words, user);
  }
  close(ends[1]);
  std::string said;
  char bytes[4096];
  for (ssize_t got = 0; (got = read(ends[0], bytes, sizeof bytes)) > 0;) {
    said.append(bytes, static_cast<std::size_t>(got));
  }
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (status != 0) throw std::runtime_error(words[0] + " failed: " + said);
  return said;
}

std::string ProgramPath(const std::string& name, const std::string& besides) {
  const char* const path = std::getenv("PATH");
  std::istringstream places(besides + ":" + (path == nullptr ? "" : path) +
                            ":/usr/local/sbin:/usr/sbin:/usr/bin");
  for (std::string place; std::getline(places, place, ':');) {
    if (!place.empty() && access((place + "/" + name).c_str(), X_OK) == 0)
      return place + "/" + name;
  }
  return "";
}

fs::path EmptyDirectory(const fs::path& path, const std::string& user) {
  fs::remove_all(path);
  fs::create_directories(path);
  const passwd* const who = user.empty() ? nullptr : getpwnam(user.c_str());
  if (who != nullptr && geteuid() == 0 && chown(path.c_str(), who->pw_uid, who->pw_gid) != 0) {
    throw std::runtime_error("a peer's directory could not be given to " + user);
  }
  return path;
}

}  // namespace tearline::benchmark
