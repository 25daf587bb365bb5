#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>

namespace grpc {
class Channel;
}

namespace tearline::benchmark {

/// Where the programs are and where the stage may be set.
struct StagePlace {
  std::filesystem::path broker;        ///< tearlined.
  std::filesystem::path certificates;  ///< deploy/certs/make-development-certs.
  std::filesystem::path policy;        ///< A policy, as text.
  std::filesystem::path directory;     ///< Emptied first.
};

/// A real broker with throw-away certificates on loopback: three agencies, a nominal with a case
/// and a panel of three posts, so that every event about it is judged four times.
class Stage {
 public:
  /// Throws std::runtime_error with what the broker said.
  explicit Stage(StagePlace place);
  /// Stops the broker.
  ~Stage();
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  /// A channel of its own for the publisher.
  std::shared_ptr<grpc::Channel> Publisher() const;

  /// The post that publishes.
  static std::string PublishingPost();
  /// Whom events are about.
  const std::string& nominal_id() const { return nominal_id_; }

 private:
  void MakeMaterial() const;
  void Start();
  void SetScene();
  std::shared_ptr<grpc::Channel> ChannelOf(const std::string& member) const;

  StagePlace place_;
  pid_t broker_ = -1;
  std::string address_;
  std::string nominal_id_;
};

}  // namespace tearline::benchmark
