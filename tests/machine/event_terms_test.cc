#include "broker/machine/event_terms.h"

#include <gtest/gtest.h>

#include "broker/machine/rows.h"
#include "broker/state/batch.h"
#include "tests/doubles/memory_state.h"
#include "tests/machine/composite_world.h"
#include "tests/machine/event_world.h"

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

struct FollowedBy {
  v1::WithdrawalReason first;
  bool by_wrong_person;  ///< Once more, as about the wrong person.
};

/// Withdrawn at nine as inaccurate, found at noon to be another man's: the 72 hours start at noon.
TEST(Withdrawal, ComesOnceMoreAsAboutTheWrongPersonWhereThatIsGraver) {
  constexpr FollowedBy kRows[] = {{v1::WITHDRAWAL_REASON_INACCURATE, true},
                                  {v1::WITHDRAWAL_REASON_SENT_IN_ERROR, true},
                                  {v1::WITHDRAWAL_REASON_WRONG_PERSON, false},
                                  {v1::WITHDRAWAL_REASON_SPILLAGE, false}};
  for (const FollowedBy& row : kRows) {
    EventWorld world;
    const std::string event = world.PublishOne();
    world.Withdraw(event, row.first);
    world.now_ms += 3 * 3'600'000;
    world.behaviour_version = kDutiesKeptFrom - 1;
    EXPECT_EQ(world.Withdraw(event, v1::WITHDRAWAL_REASON_WRONG_PERSON).reason,
              v1::ERROR_REASON_EVENT_WITHDRAWN);
    world.behaviour_version = kDutiesKeptFrom;
    EXPECT_EQ(world.Withdraw(event, v1::WITHDRAWAL_REASON_WRONG_PERSON).outcome ==
                  audit::Outcome::kApplied,
              row.by_wrong_person)
        << row.first;
    if (!row.by_wrong_person) continue;
    const auto clock = world.Open(v1::OBLIGATION_TYPE_REPORT_BREACH);
    ASSERT_EQ(clock.size(), 1u);
    EXPECT_EQ(world.OpenObligations().at(clock.begin()->second).due_ms(),
              world.now_ms + 72 * 3'600'000);
    EXPECT_EQ(world.RowOf(event).withdrawn(), v1::WITHDRAWAL_REASON_WRONG_PERSON);
    EXPECT_EQ(world.Withdraw(event, v1::WITHDRAWAL_REASON_SPILLAGE).outcome,
              audit::Outcome::kApplied)
        << "and it may turn out to be graver still";
  }
}

}  // namespace
}  // namespace tearline::machine
