#include "broker/machine/action.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "broker/crypto/digest.h"
#include "tests/machine/action_world.h"

namespace tearline::machine {
namespace {

TEST(Action, IsListedWhileItIsOpenInOrderOfItsId) {
  ActionWorld world;
  for (const char* owner : {ActionWorld::kMember, ActionWorld::kGuest, ActionWorld::kChair}) {
    world.AddOne(owner);
  }
  auto open = OpenActionsOf(world.case_id, world.nominal, world.state);
  ASSERT_EQ(open.size(), 3u);
  EXPECT_TRUE(std::is_sorted(open.begin(), open.end(),
                             [](const auto& a, const auto& b) { return a.id < b.id; }));
  world.EndIt(world.Ending(open[1].id, v1::ACTION_END_OVERTAKEN));
  EXPECT_EQ(OpenActionsOf(world.case_id, world.nominal, world.state).size(), 2u);
}

/// P6. What shows that it is done looks alike, document or event; whoever has either finds the
/// same.
TEST(Action, ShowsEvidenceAlikeWhateverItIs) {
  const std::string id(16, 'a');
  stored::v1::ActionRow by_document;
  by_document.set_evidence_digest(std::string(32, 'd'));
  EXPECT_EQ(EvidenceDigestOf(id, by_document), std::string(32, 'd'));
  stored::v1::ActionRow by_event;
  by_event.set_evidence_event_id(std::string(16, 'e'));
  EXPECT_EQ(EvidenceDigestOf(id, by_event),
            crypto::Sha256("tearline evidence" + id + std::string(16, 'e')).Bytes());
  EXPECT_EQ(EvidenceDigestOf(id, stored::v1::ActionRow()), "");
}

}  // namespace
}  // namespace tearline::machine
