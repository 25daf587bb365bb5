#include <gtest/gtest.h>

#include <set>
#include <string>

#include "broker/machine/rows.h"
#include "tests/rpc/case_feeding.h"

// Agencies that hold something, and have no seat, are shown to the chair: by what it is told of.

namespace tearline::rpc {
namespace {

using namespace stored::v1;

/// An approved premises and a benefits office, neither of which has a seat, have something to say.
class Seatless : public CaseFeeding {
 protected:
  static constexpr auto kGuest = EventWorld::kGuest;
  static constexpr char kPremises[] = "premises/desk";
  static constexpr char kBenefits[] = "benefits/visiting";

  Seatless() {
    Admit("premises", v1::AGENCY_KIND_PROBATION, kPremises);
    Admit("benefits", v1::AGENCY_KIND_WORK_AND_PENSIONS, kBenefits);
  }
  /// An agency with one post, served by POST-system.
  void Admit(const std::string& agency, v1::AgencyKind kind, const std::string& post) {
    AdmitAgency admit;
    admit.mutable_agency()->set_agency(agency);
    admit.mutable_agency()->set_kind(kind);
    admit.mutable_agency()->set_authority_spki_digest(std::string(32, 'a'));
    admit.mutable_agency()->set_authority_certificate("certificate of " + agency);
    const auto asked =
        world_.Say(World::System("desk/operator"), COMMAND_NUMBER_ADMIT_AGENCY, admit);
    SecondHand second;
    second.set_pending_id(model::PendingId::Parse(asked.made_id)->Bytes());
    Actor confirming = World::System("board/operator");
    confirming.set_purpose("directory");
    EXPECT_EQ(world_.Say(confirming, COMMAND_NUMBER_SECOND_HAND, second).sentence, "");
    AdmitMember member;
    member.mutable_member()->set_agency(agency);
    member.mutable_member()->set_member(World::System(post).member());
    member.mutable_member()->set_kind(v1::MEMBER_KIND_SERVICE);
    EXPECT_EQ(
        world_.Say(World::System("desk/operator"), COMMAND_NUMBER_ADMIT_MEMBER, member).sentence,
        "");
    SetPost set;
    set.mutable_post()->set_post(post);
    set.mutable_post()->add_roles(v1::POST_ROLE_PRACTITIONER);
    set.mutable_post()->add_services(World::System(post).member());
    set.mutable_post()->mutable_clearance()->set_tier(v1::TIER_OFFICIAL);
    EXPECT_EQ(world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, set).sentence,
              "");
  }
  enum class Tells { kAll, kThatItIsHeld, kThatTheyHoldIt, kNothing };
  void Tell(const std::string& post, Tells tells) {
    stored::v1::Publish event = world_.Event(world_.nominal);
    v1::Label& label = *event.mutable_label();
    label.set_originator_controlled(tells != Tells::kAll);
    label.set_existence_may_be_told(tells != Tells::kNothing);
    label.set_holder_may_be_named(tells == Tells::kThatTheyHoldIt);
    if (tells != Tells::kNothing) label.set_pointer_post(post);
    ASSERT_EQ(world_.Publish(event, post).sentence, "");
  }
  /// Agencies that a post's feed of the case names, each once.
  std::set<std::string> Named(const std::string& post = kChair) const {
    std::set<std::string> agencies;
    for (const v1::CaseFeedEntry& entry : Read(post)) {
      agencies.insert(entry.event().originating_agency());
    }
    agencies.erase("");
    return agencies;
  }
};

/// The chair sees who of those without a seat holds what it was told of.
TEST_F(Seatless, AgenciesAreNamedByWhatTheyTellTheChair) {
  EXPECT_TRUE(Named().empty());
  Tell(kPremises, Tells::kAll);
  EXPECT_EQ(Named(), std::set<std::string>{"premises"});
  EXPECT_EQ(Read().back().event().originating_post(), kPremises);
  Tell(kBenefits, Tells::kAll);
  EXPECT_EQ(Named(), (std::set<std::string>{"benefits", "premises"}));
  const v1::Case about = Case();
  for (const v1::Seat& seat : about.seats()) {
    EXPECT_NE(machine::AgencyOfPost(seat.post()), "premises");
    EXPECT_NE(machine::AgencyOfPost(seat.post()), "benefits");
  }
}

/// P6. An event that is withheld from the chair names nobody to it, nor does one that says only that
/// something is held, unless its originator lets the holder be named.
TEST_F(Seatless, NobodyIsNamedByWhatTheChairMayNotKnow) {
  Tell(kPremises, Tells::kAll);
  const std::string before = Read().back().SerializeAsString();
  Tell(kBenefits, Tells::kNothing);
  EXPECT_EQ(Named(), std::set<std::string>{"premises"});
  ASSERT_EQ(Read().size(), 1u);
  EXPECT_EQ(Read().back().SerializeAsString(), before);
  Tell(kBenefits, Tells::kThatItIsHeld);
  ASSERT_EQ(Read().size(), 2u);
  EXPECT_EQ(Read().back().event().level(), v1::LEVEL_POINTER);
  EXPECT_EQ(Named(), std::set<std::string>{"premises"});
  Tell(kBenefits, Tells::kThatTheyHoldIt);
  EXPECT_EQ(Named(), (std::set<std::string>{"benefits", "premises"}));
  EXPECT_TRUE(Named(kGuest).empty()) << "who is told nothing";
}

}  // namespace
}  // namespace tearline::rpc
