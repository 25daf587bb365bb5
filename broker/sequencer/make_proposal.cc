#include "broker/sequencer/make_proposal.h"

#include "broker/crypto/random.h"
#include "broker/sequencer/record_chain.h"

namespace tearline::sequencer {

Proposal MakeProposal(const stored::v1::Actor& actor, stored::v1::CommandNumber number,
                      const google::protobuf::MessageLite& command) {
  Proposal proposal;
  proposal.actor = actor;
  proposal.command = number;
  proposal.command_bytes = command.SerializeAsString();
  proposal.seed = crypto::RandomBytes(kSeedBytes);
  return proposal;
}

stored::v1::Actor BrokerActor() {
  stored::v1::Actor actor;
  actor.set_agency("broker");
  return actor;
}

}  // namespace tearline::sequencer
