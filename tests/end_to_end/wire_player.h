#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/doubles/temporary_directory.h"
#include "tests/end_to_end/running_broker.h"
#include "tests/scenarios/player.h"

namespace tearline::end_to_end {

/// Plays a story on the shipped broker, over mutual TLS: every post's people and its system come
/// with certificates of their own, say what they say at the public services, and pull their
/// feeds. What is asked, practitioners and an auditor ask.
///
/// The broker's clock stands, and time passes as standing_time.h has it.
class WirePlayer final : public scenarios::Player {
 public:
  void Begin(const stored::v1::Genesis& genesis) override;
  std::int64_t NowMs() const override { return now_ms_; }
  void Pass(std::int64_t milliseconds) override;
  /// kill -9, and a start on the same directory.
  void Crash() override;
  scenarios::Said Say(const stored::v1::Actor& actor, stored::v1::CommandNumber number,
                      const google::protobuf::Message& command) override;
  const std::vector<stored::v1::Detail>& Log() override;
  std::vector<scenarios::HeldItem> HeldBy(const stored::v1::Actor& actor) override;
  std::map<std::string, stored::v1::ObligationRow> OpenObligations() override;
  stored::v1::ProposalRow Proposal(const std::string& case_id,
                                   const std::string& proposal_id) override;
  stored::v1::InformationRequestRow InformationRequest(const std::string& request_id) override;
  bool Ask(google::protobuf::Message& question, google::protobuf::Message& answer) override;
  std::string Prove(const std::string& event_id) override;

  /// Stops the broker, and has `tearlined --verify` replay its ledger from nothing: the same state
  /// digest and audit root, or it throws.
  void End();

  /// Says one thing at a service, `method` of its stub, as an actor.
  template <typename Stub, typename Request, typename Response>
  scenarios::Said Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                    Response*),
                       const stored::v1::Actor& actor, Request& request, Response& response);

  scenarios::Said Publish(const stored::v1::Actor& actor, const google::protobuf::Message& command);
  scenarios::Said Amend(const stored::v1::Actor& actor, const google::protobuf::Message& command);
  scenarios::Said Register(const stored::v1::Actor& actor,
                           const google::protobuf::Message& command);
  scenarios::Said Discharge(const stored::v1::Actor& actor,
                            const google::protobuf::Message& command);

 private:
  std::shared_ptr<grpc::Channel> ChannelOf(const stored::v1::Actor& actor);
  /// Records in the ledger, as its operator sees it.
  std::uint64_t Records();
  /// Until the broker has nothing left to do of itself: what is asked next is asked of a ledger
  /// that ends there.
  void WaitUntilQuiet();
  /// Until a checkpoint reaches so far.
  void WaitForCheckpoint(std::uint64_t size);
  /// All obligations, by id, ended ones too.
  std::map<std::string, stored::v1::ObligationRow> Obligations();
  /// What one pull is answered with.
  std::vector<scenarios::HeldItem> Pulled(const stored::v1::Actor& actor);

  const doubles::TemporaryDirectory directory_;
  std::unique_ptr<RunningBroker> broker_;
  std::int64_t now_ms_ = 0;
  std::map<std::string, std::shared_ptr<grpc::Channel>> channels_;  ///< By member.
  std::map<std::string, std::string> sessions_;      ///< By post: the session its system pulls in.
  std::map<std::string, std::uint32_t> tear_lines_;  ///< By event id: how many so far.
  std::map<std::string, stored::v1::Actor> askers_;  ///< By information request id.
  int registered_ = 0;
  std::vector<stored::v1::Detail> log_;
  std::uint64_t leaves_ = 0;   ///< How many leaves `log_` has.
  std::uint64_t records_ = 0;  ///< How many records there were when it was read.
};

}  // namespace tearline::end_to_end
