#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace tearline::benchmark {

/// Another broker's server, in a process of its own, on loopback, with its files in a directory
/// that was emptied first.
class PeerServer {
 public:
  /// Starts `words`, as `user` if one is named, and waits until `port` answers.
  ///
  /// Throws std::runtime_error if it does not within two minutes.
  PeerServer(const std::vector<std::string>& words, int port, const std::filesystem::path& log,
             const std::string& user = "");
  ~PeerServer();
  PeerServer(const PeerServer&) = delete;
  PeerServer& operator=(const PeerServer&) = delete;

 private:
  pid_t process_ = -1;
};

/// Runs a program to its end; what it said. Throws std::runtime_error if it fails.
std::string RunPeerProgram(const std::vector<std::string>& words, const std::string& user = "");

/// Where a program lies, looked for in PATH and in `besides`; "" if it is not there.
std::string ProgramPath(const std::string& name, const std::string& besides = "");

/// An empty directory, that `user` owns if one is named.
std::filesystem::path EmptyDirectory(const std::filesystem::path& path,
                                     const std::string& user = "");

}  // namespace tearline::benchmark
