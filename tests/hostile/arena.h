#pragma once

#include <grpcpp/channel.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tearline/v1/acting.pb.h"
#include "tearline/v1/error.pb.h"
#include "tests/doubles/temporary_directory.h"
#include "tests/end_to_end/stage.h"
#include "tests/hostile/bystanders.h"
#include "tests/identity/certificate_workshop.h"

namespace tearline::hostile {

/// Somebody's certificate as a client holds it.
struct Pass {
  std::string certificate_pem;
  std::string key_pem;
};

/// The shipped broker with honest people at work, and what an attacker needs: passes of every kind.
/// When a test ends, the same process still serves them both, and its log holds nothing that came
/// from outside.
class Arena : public testing::Test {
 protected:
  ~Arena() override = default;
  void SetUp() override;
  void TearDown() override;

  /// Asks, while an attack lasts, whether the honest are served.
  void ExpectTheHonestAreServed() const {
    EXPECT_TRUE(bystanders_->AreServed()) << "nobody honest is served any more";
  }

  /// The pass of a member of the stage, "AGENCY/MEMBER".
  Pass PassOf(const std::string& member) const;
  /// An agency's authority, with its key.
  identity::Issued AuthorityOf(const std::string& agency) const;
  /// A right order for a member of that name, valid now.
  static identity::Order OrderFor(const std::string& agency, const std::string& member);
  static identity::Order CurrentAuthority(const std::string& name);
  static Pass PassFrom(const identity::Issued& issued);

  /// A channel of its own with that pass.
  std::shared_ptr<grpc::Channel> Connect(const Pass& pass) const;
  /// What comes of asking for the directory, as police/intelligence.
  grpc::Status Knock(const std::shared_ptr<grpc::Channel>& channel) const;

  /// Everything the broker has said on standard error.
  std::string Log() const;
  /// How much memory the broker holds, in bytes.
  std::size_t BrokerBytes() const;
  /// Whether any file of the broker's data directories holds these bytes.
  bool LiesOnDisk(const std::string& bytes) const;

  static v1::Acting As(const std::string& post);

  end_to_end::Stage& stage() { return *stage_; }
  const end_to_end::Stage& stage() const { return *stage_; }
  const Bystanders& bystanders() const { return *bystanders_; }
  /// Lets the honest go home: for tests that need the feed, or stop the broker.
  void SendHome() { bystanders_.reset(); }

 private:
  const doubles::TemporaryDirectory directory_;
  std::unique_ptr<end_to_end::Stage> stage_;
  std::unique_ptr<Bystanders> bystanders_;
};

/// The reason in a status's details; UNSPECIFIED if it has none.
v1::ErrorReason ReasonIn(const grpc::Status& status);

}  // namespace tearline::hostile
