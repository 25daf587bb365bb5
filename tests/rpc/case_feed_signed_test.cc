#include <gtest/gtest.h>

#include <string>

#include "broker/machine/case_row.h"
#include "broker/machine/rows.h"
#include "broker/rpc/case_feed.h"
#include "tests/machine/signing_world.h"

namespace tearline::rpc {
namespace {

using namespace stored::v1;

constexpr auto kChair = machine::EventWorld::kChair;

/// A signature beside no content verifies nothing, and a reader would take it for one that fails.
TEST(CaseFeedOfWhatIsSigned, CarriesNoSignature) {
  machine::SigningWorld world;
  world.Enrol('a');
  world.OpenSession(kChair);
  const std::string event = world.NextEventId();
  ASSERT_EQ(world.Publish(world.SignedEventBy('a')).sentence, "");
  ASSERT_TRUE(world.RowOf(event).publish().has_signed_event());
  const v1::Case its_case = world.state.Find<CaseRow>(machine::CaseKey(world.case_id))->case_();
  const auto change =
      ReadCaseFeedEntry(event, kChair, its_case, {0, world.records.size()}, world.state);
  ASSERT_TRUE(change.has_value());
  EXPECT_EQ(change->entry.event().level(), v1::LEVEL_FULL);
  EXPECT_FALSE(change->entry.event().has_signature());
}

}  // namespace
}  // namespace tearline::rpc
