#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "broker/delivery/build_delivery.h"
#include "tests/machine/composite_world.h"

namespace tearline::delivery {
namespace {

using stored::v1::ItemRow;
using v1::DeliveredEvent;

/// Three breaches: the first controlled and sensitive, shown as a pointer; the second OFFICIAL; the
/// third is not shown at all.
class DeliveredComposites : public testing::Test {
 protected:
  DeliveredComposites() {
    stored::v1::Publish first = world_.BreachOf(world_.nominal);
    first.mutable_label()->mutable_marking()->set_sensitive(true);
    ids_.push_back(world_.Breach(machine::CompositeWorld::kPrison, first));
    world_.now_ms += machine::CompositeWorld::kDay;
    ids_.push_back(world_.Breach(machine::CompositeWorld::kKeeper));
    world_.now_ms += machine::CompositeWorld::kDay;
    ids_.push_back(world_.SecretBreach());
  }
  DeliveredEvent Shown(v1::Level of_first) const {
    ItemRow item;
    item.set_kind(stored::v1::ITEM_KIND_EVENT);
    item.set_level(v1::LEVEL_FULL);
    for (std::uint32_t place = 0; place < 2; ++place) {
      stored::v1::ShownMember& member = *item.add_members();
      member.set_place(place);
      member.set_level(place == 0 ? of_first : v1::LEVEL_FULL);
    }
    return BuildComposite(item, world_.Composites().at(0), {}, world_.state);
  }

  machine::CompositeWorld world_;
  std::vector<std::string> ids_;
};

TEST_F(DeliveredComposites, TellWhatIsShownAndNothingElse) {
  const DeliveredEvent shown = Shown(v1::LEVEL_FULL);
  EXPECT_EQ(shown.event_type(), "composite.breaches.made");
  EXPECT_EQ(shown.originating_agency(), "broker");
  EXPECT_TRUE(shown.originating_post().empty());
  EXPECT_TRUE(shown.segments().empty());
  EXPECT_TRUE(shown.marking().sensitive());
  const v1::DeliveredComposite& composite = shown.composite();
  EXPECT_EQ(composite.rule(), "breaches");
  ASSERT_EQ(composite.members_size(), 2) << "the third is not counted";
  EXPECT_EQ(composite.members(0).event_id(), model::EventId::FromBytes(ids_[0])->Text());
  EXPECT_EQ(composite.members(0).event_type(), "compliance.curfew.missed");
  EXPECT_EQ(composite.members(0).originating_agency(), "prison");
  EXPECT_EQ(composite.agencies(), 2U);
  EXPECT_EQ(composite.last_occurred_at().seconds() - composite.first_occurred_at().seconds(),
            86'400);
  EXPECT_EQ(shown.occurred_at().seconds(), composite.last_occurred_at().seconds());
  EXPECT_EQ(shown.accepted_at().seconds(), composite.last_occurred_at().seconds() + 60)
      << "not when the third made it";
}

TEST_F(DeliveredComposites, TellOfAPointerNoMoreThanOne) {
  const DeliveredEvent shown = Shown(v1::LEVEL_POINTER);
  EXPECT_FALSE(shown.marking().sensitive());
  const v1::DeliveredMember& first = shown.composite().members(0);
  EXPECT_EQ(first.level(), v1::LEVEL_POINTER);
  EXPECT_FALSE(first.event_id().empty());
  EXPECT_TRUE(first.event_type().empty());
  EXPECT_TRUE(first.originating_agency().empty());
  EXPECT_FALSE(first.has_occurred_at());
  EXPECT_EQ(shown.composite().agencies(), 1U);
  EXPECT_EQ(shown.composite().first_occurred_at().seconds(),
            shown.composite().last_occurred_at().seconds());
}

}  // namespace
}  // namespace tearline::delivery
