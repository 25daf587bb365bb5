#include "broker/sequencer/make_proposal.h"

#include <gtest/gtest.h>

namespace tearline::sequencer {
namespace {

TEST(MakeProposal, CarriesTheCommandAndASeedOfItsOwn) {
  stored::v1::ReleaseRows release;
  release.set_feed("police/panel");
  const Proposal one = MakeProposal(BrokerActor(), stored::v1::COMMAND_NUMBER_RELEASE, release);
  const Proposal two = MakeProposal(BrokerActor(), stored::v1::COMMAND_NUMBER_RELEASE, release);
  EXPECT_EQ(one.command, stored::v1::COMMAND_NUMBER_RELEASE);
  EXPECT_EQ(one.command_bytes, release.SerializeAsString());
  EXPECT_EQ(one.seed.size(), 32u);
  EXPECT_NE(one.seed, two.seed);
}

TEST(BrokerActor, HasNoCertificate) {
  EXPECT_EQ(BrokerActor().agency(), "broker");
  EXPECT_TRUE(BrokerActor().certificate_digest().empty());
}

}  // namespace
}  // namespace tearline::sequencer
