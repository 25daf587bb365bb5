#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace grpc {
class Channel;
}

namespace tearline::end_to_end {

/// Where the programs are and where the stage may be set.
struct StagePlace {
  std::filesystem::path broker;        ///< tearlined.
  std::filesystem::path certificates;  ///< deploy/certs/make-development-certs.
  std::filesystem::path policy;        ///< A policy, as text.
  std::filesystem::path directory;     ///< Emptied first.
};

/// A real broker with throw-away certificates on loopback, which can be killed and started again:
/// a nominal with a case and a panel of three posts and an accountable officer, so that every event
/// about it is judged for four posts. The audience: "police/feeder" publishes for the post
/// police/intelligence, "probation/reader" pulls the feed of probation/chair,
/// "inspectorate/auditor" audits, "office/clerk" co-ordinates and belongs to none of them, so that
/// no second hand is needed; "office/keeper" and "office/warden" are operators of two posts,
/// "office/drafter" writes policy, "office/governor" approves it, "police/officer" serves the
/// accountable officer's post, and the person "police/checker" holds police/checks, which answers for
/// the police's enquiries and domestic-abuse checks.
class Stage {
 public:
  /// Throws std::runtime_error with what the broker said.
  explicit Stage(StagePlace place);
  /// Stops the broker.
  ~Stage();
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

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
  /// Takes a member's certificate back, and sends the broker SIGHUP.
  void Revoke(const std::string& member);
  /// Runs tearlined with these words before its configuration; throws if it does not succeed.
  void Run(const std::vector<std::string>& words) const;

  /// The broker's configuration file.
  std::filesystem::path Config() const { return directory() / "broker.textproto"; }

  /// HOST:PORT.
  const std::string& address() const { return address_; }
  /// Where everything lies: certs/, keys/, log, and the data directories ledger/, state/, vault/
  /// and checkpoints/.
  const std::filesystem::path& directory() const { return place_.directory; }

  /// Where operators look, "HOST:PORT".
  const std::string& admin_address() const { return admin_address_; }
  /// Whom events are about.
  const std::string& nominal_id() const { return nominal_id_; }
  /// The broker's process.
  pid_t process() const { return broker_; }

 private:
  std::shared_ptr<grpc::Channel> Connect(const std::string& member,
                                         const std::string& address) const;
  void MakeMaterial() const;
  void SetScene();

  StagePlace place_;
  pid_t broker_ = -1;
  std::string address_;
  std::string admin_address_;
  std::string nominal_id_;
};

}  // namespace tearline::end_to_end
