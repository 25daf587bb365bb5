#pragma once

#include <memory>
#include <set>
#include <string>

#include "tests/machine/world.h"
#include "tests/scenarios/player.h"

namespace tearline::scenarios {

/// Plays a story on the machine alone: records are applied one by one, in memory.
class MachinePlayer final : public Player {
 public:
  void Begin(const stored::v1::Genesis& genesis) override;
  std::int64_t NowMs() const override { return world_->now_ms; }
  void Pass(std::int64_t milliseconds) override;
  void Crash() override;
  Said Say(const stored::v1::Actor& actor, stored::v1::CommandNumber number,
           const google::protobuf::Message& command) override;
  const std::vector<stored::v1::Detail>& Log() override;
  std::vector<HeldItem> HeldBy(const stored::v1::Actor& actor) override;
  std::map<std::string, stored::v1::ObligationRow> OpenObligations() override;
  stored::v1::ProposalRow Proposal(const std::string& case_id,
                                   const std::string& proposal_id) override;
  stored::v1::InformationRequestRow InformationRequest(const std::string& request_id) override;

  /// State digest and audit root, as they are now.
  std::string Ending() const;

 private:
  std::unique_ptr<machine::World> world_;
  std::set<std::string> listening_;      ///< Posts with an open session.
  std::vector<stored::v1::Detail> log_;  ///< Of the first `logged_` records.
  std::size_t logged_ = 0;
};

}  // namespace tearline::scenarios
