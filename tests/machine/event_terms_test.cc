#include "broker/machine/event_terms.h"

#include <gtest/gtest.h>

#include "broker/machine/rows.h"
#include "broker/state/batch.h"
#include "tests/doubles/memory_state.h"
#include "tests/machine/composite_world.h"

namespace tearline::machine {
namespace {

using stored::v1::EventRow;

EventRow Published() {
  EventRow event;
  event.set_answering_post("unit/desk");
  event.mutable_publish()->set_originating_agency("police");
  v1::Label& label = *event.mutable_publish()->mutable_label();
  label.mutable_marking()->set_tier(v1::TIER_OFFICIAL);
  label.set_originator_controlled(true);
  label.add_released_to_posts("police/manager");
  label.set_existence_may_be_told(true);
  label.set_pointer_post("unit/desk");
  event.mutable_publish()->add_tear_lines()->mutable_text()->set_ciphertext("first");
  return event;
}

TEST(EventTerms, AreTheLabelsUntilTheyAreAmended) {
  EventRow event = Published();
  EXPECT_EQ(LabelOf(event).SerializeAsString(), event.publish().label().SerializeAsString());
  event.mutable_terms()->add_released_to_posts("prison/governor");
  const v1::Label label = LabelOf(event);
  EXPECT_EQ(label.marking().tier(), v1::TIER_OFFICIAL) << "the content is marked as it is";
  EXPECT_FALSE(label.originator_controlled());
  ASSERT_EQ(label.released_to_posts_size(), 1) << "the list is whole, not added to";
  EXPECT_EQ(label.released_to_posts(0), "prison/governor");
  EXPECT_FALSE(label.existence_may_be_told());
  EXPECT_EQ(label.pointer_post(), "");
}

TEST(EventTerms, KeepEachTearLineAtItsPlace) {
  EventRow event = Published();
  event.add_later_tear_lines()->mutable_text()->set_ciphertext("second");
  event.add_retired_tear_lines(0);
  ASSERT_EQ(TearLinesOf(event), 2u);
  EXPECT_EQ(TearLineAt(event, 0).text().ciphertext(), "first");
  EXPECT_EQ(TearLineAt(event, 1).text().ciphertext(), "second");
  EXPECT_TRUE(IsRetired(event, 0));
  EXPECT_FALSE(IsRetired(event, 1));
  EXPECT_DEATH(static_cast<void>(TearLineAt(event, 2)), "place");
}

/// Who may take an event back: read each row as "POST, whose role is governance or not, may".
TEST(EventTerms, SayWhoMayTakeTheEventBack) {
  struct Row {
    const char* post;
    bool governance;
    bool may;
  };
  constexpr Row kRows[] = {
      {"unit/desk", false, true},         // answers for it
      {"unit/other", false, false},       // of the same agency
      {"unit/governance", true, true},    // governs the answering agency's data
      {"police/governance", true, true},  // and the originating agency's
      {"police/manager", false, false},
      {"prison/governance", true, false},  // and nobody else's
      {"", false, false},
  };
  const EventRow event = Published();
  doubles::MemoryState state;
  state::Batch batch(state);
  for (const Row& row : kRows) {
    stored::v1::PostRow post;
    post.mutable_post()->set_post(row.post);
    post.mutable_post()->add_roles(row.governance ? v1::POST_ROLE_INFORMATION_GOVERNANCE
                                                  : v1::POST_ROLE_PRACTITIONER);
    batch.PutRow(PostKey(row.post), post);
  }
  for (const Row& row : kRows) EXPECT_EQ(MayWithdraw(event, row.post, batch), row.may) << row.post;
  EXPECT_FALSE(MayWithdraw(event, "unit/gone", batch));
}

/// Nobody answers for a composite: whoever can do something about it is asked.
TEST(EventTerms, SayWhoAnswersForAComposite) {
  CompositeWorld world;
  const std::string first = world.Breach(CompositeWorld::kPrison);
  world.Breach(CompositeWorld::kKeeper);
  world.SecretBreach();
  ASSERT_EQ(world.Composites().size(), 1U);
  const stored::v1::EventRow composite = world.Composites()[0];
  stored::v1::ObligationRow owed;
  EXPECT_EQ(WhoAnswersFor(world.RowOf(first), owed, world.state), CompositeWorld::kPrison);
  EXPECT_EQ(WhoAnswersFor(composite, owed, world.state), CompositeWorld::kPrison) << "the first";
  owed.add_owed_posts(CompositeWorld::kChair);
  EXPECT_EQ(WhoAnswersFor(composite, owed, world.state), CompositeWorld::kIntel)
      << "for what is withheld from the chair";
}

}  // namespace
}  // namespace tearline::machine
