#include "broker/sequencer/publish_size.h"

#include <gtest/gtest.h>

#include "broker/sequencer/prepare_publish.h"
#include "tests/sequencer/station.h"

namespace tearline::sequencer {
namespace {

/// What lies in the clear of a prepared command, as it was before anything was sealed.
stored::v1::Publish PlainOf(stored::v1::Publish command) {
  command.clear_nominals();
  command.clear_segments();
  command.clear_tear_lines();
  command.clear_keys();
  command.clear_manifest_digest();
  return command;
}

/// The bound is the size of what is wholly new, but for a quarter that is written a little longer;
/// and it is the same bound when everything is known.
TEST(PublishSize, IsThatOfAnEventOfWhichNothingIsKnown) {
  Station station;
  station.Start();
  const stored::v1::Actor actor = Station::System("ct-police/intel");
  const auto bound = [&station](const Proposal& proposal, const v1::PublishItem& item) {
    stored::v1::Publish command;
    EXPECT_TRUE(command.ParseFromString(proposal.command_bytes));
    return PublishBytesMax(PlainOf(command), item.event(),
                           *Identify(item.event(), "ct-police", station.Bench()));
  };
  const v1::PublishItem item = Station::Item("r1");
  const auto first = PreparePublish(item, actor, station.Bench());
  const std::size_t at_most = bound(*first, item);
  EXPECT_LE(first->command_bytes.size(), at_most);
  EXPECT_GE(first->command_bytes.size() + 3 * 4, at_most) << "three keys";

  station.Say(*first);
  const v1::PublishItem next = Station::Item("r2");
  const auto second = PreparePublish(next, actor, station.Bench());
  EXPECT_LT(second->command_bytes.size() + 100, at_most);
  EXPECT_EQ(bound(*second, next), at_most);
}

}  // namespace
}  // namespace tearline::sequencer
