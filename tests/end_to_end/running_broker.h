#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace grpc {
class Channel;
}

namespace tearline::end_to_end {

/// Where the programs are and where a broker may be set up.
struct StagePlace {
  std::filesystem::path broker;        ///< tearlined.
  std::filesystem::path certificates;  ///< deploy/certs/make-development-certs.
  std::filesystem::path policy;        ///< A policy, as text.
  std::filesystem::path directory;     ///< Emptied first.
};

/// Who takes part.
struct Cast {
  std::string directory_text;        ///< The directory file; @ is where everything lies.
  std::vector<std::string> members;  ///< "AGENCY/MEMBER": each gets a certificate.
  int checkpoint_interval_ms = 0;  ///< 0: as the broker has it where nothing is said.
};

/// A real broker with throw-away certificates on loopback, which can be killed and started again.
class RunningBroker {
 public:
  /// `environment` is "NAME=VALUE" for every process of the broker. Throws std::runtime_error with
  /// what the broker said.
  RunningBroker(StagePlace place, const Cast& cast, std::vector<std::string> environment = {});
  /// Stops the broker.
  ~RunningBroker();
  RunningBroker(const RunningBroker&) = delete;
  RunningBroker& operator=(const RunningBroker&) = delete;

  /// A channel of its own for a member, "AGENCY/MEMBER".
  std::shared_ptr<grpc::Channel> ChannelOf(const std::string& member) const;

  /// The same to the address where operators look.
  std::shared_ptr<grpc::Channel> OperatorsChannelOf(const std::string& member) const;

  /// A profile for the command line, by which a member acts for a post.
  std::filesystem::path ProfileOf(const std::string& member, const std::string& post) const;

  /// Ends the broker at once, as a power cut would end a process.
  void Kill();
  /// Starts it again, at the same address, and waits until it serves.
  void Start();
  /// Asks it to end in good order, and waits.
  void Stop();
  /// From the next start or run on.
  void SetEnvironment(std::vector<std::string> environment) {
    environment_ = std::move(environment);
  }
  /// Takes a member's certificate back, and sends the broker SIGHUP.
  void Revoke(const std::string& member);
  /// Runs tearlined with these words before its configuration: what it says. Throws if it does not
  /// succeed.
  std::string Run(const std::vector<std::string>& words) const;

  /// The broker's configuration file.
  std::filesystem::path Config() const { return directory() / "broker.textproto"; }

  /// HOST:PORT.
  const std::string& address() const { return address_; }
  /// Where everything lies: certs/, keys/, log, and the data directories ledger/, state/, vault/
  /// and checkpoints/.
  const std::filesystem::path& directory() const { return place_.directory; }

  /// Where operators look, "HOST:PORT".
  const std::string& admin_address() const { return admin_address_; }
  /// The broker's process.
  pid_t process() const { return broker_; }

 private:
  std::shared_ptr<grpc::Channel> Connect(const std::string& member,
                                         const std::string& address) const;
  void MakeMaterial(const Cast& cast) const;
  /// The words that start the broker's program in its environment.
  std::vector<std::string> Program() const;

  StagePlace place_;
  std::vector<std::string> environment_;
  pid_t broker_ = -1;
  std::string address_;
  std::string admin_address_;
};

}  // namespace tearline::end_to_end
