#include <gtest/gtest.h>

#include <set>
#include <string>

#include "broker/machine/consultation.h"
#include "broker/machine/quota.h"
#include "broker/machine/rows.h"
#include "broker/model/limits.h"
#include "tests/machine/event_world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

constexpr char kAuditor[] = "board/board";
constexpr char kChair[] = "probation/chair";
using Positions = std::set<std::uint64_t>;

class ApplyConsult : public testing::Test {
 protected:
  ApplyConsult() {
    SetPost set;
    *set.mutable_post() = world_.state.Find<PostRow>(PostKey(kAuditor))->post();
    set.mutable_post()->add_roles(v1::POST_ROLE_AUDITOR);
    world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, set);
  }

  std::string Publish(bool originator_controlled = false) {
    std::string id = world_.NextEventId();
    stored::v1::Publish event = world_.Event(nominal_);
    event.mutable_label()->set_originator_controlled(originator_controlled);
    world_.Publish(event);
    return id;
  }
  Applied Ask(const std::string& post, const Consult& command) {
    Actor actor = World::System(post);
    actor.set_purpose("inspection");
    return world_.Say(actor, COMMAND_NUMBER_CONSULT, command);
  }
  Applied AskAboutItem(const std::string& event_id) {
    Consult command;
    command.set_kind(CONSULTATION_KIND_ITEM);
    command.set_event_id(event_id);
    return Ask(kChair, command);
  }
  Positions LookedAt(const state::Key& key) const {
    Positions positions;
    for (const auto& [found, value] : world_.state.Scan(key, 100)) {
      positions.insert(state::ReadBigEndian(found, found.size() - 8, 8));
    }
    return positions;
  }
  std::size_t IndexRows() const {
    return world_.state.Scan(state::Key(state::Table::kConsultation), 1000).size();
  }
  ConsultedDetail Remembered() const { return world_.Details().at(1).consulted(); }

  World world_;
  std::string nominal_ = world_.Register(1);
  std::string case_ = world_.OpenCase(nominal_, {{kChair, v1::SEAT_KIND_CHAIR}});
};

/// Who looked at a nominal is found without reading the log: by the event, by the case, by a
/// number that was resolved, and by what was of everybody.
TEST_F(ApplyConsult, IsFoundByWhomItWasAbout) {
  const std::string event = Publish();
  Consult told;
  told.set_kind(CONSULTATION_KIND_WHO_WAS_TOLD);
  told.set_event_id(event);
  const model::Position by_event = Ask(kAuditor, told).position;
  EXPECT_EQ(Remembered().nominal_ids(0), nominal_);
  EXPECT_EQ(world_.Details().at(0).actor().purpose(), "inspection");

  Consult its_case;
  its_case.set_kind(CONSULTATION_KIND_CASE);
  its_case.set_case_id(case_);
  its_case.set_nominal_id(nominal_);
  const model::Position by_case = Ask(kChair, its_case).position;

  Actor asking = World::System("prison/security");
  asking.set_purpose("public-protection");
  ResolveNominal resolve;
  *resolve.mutable_identifier() = World::Number(1);
  const model::Position by_number =
      world_.Say(asking, COMMAND_NUMBER_RESOLVE_NOMINAL, resolve).position;

  Consult leaves;
  leaves.set_kind(CONSULTATION_KIND_LEAVES);
  leaves.set_end_leaf(5);
  const model::Position by_all = Ask(kAuditor, leaves).position;
  EXPECT_TRUE(Remembered().everybody());
  EXPECT_EQ(Remembered().end_leaf(), 5u);

  EXPECT_EQ(LookedAt(NominalLooked(nominal_)), (Positions{by_event, by_case, by_number}));
  EXPECT_EQ(LookedAt(EventLooked(event)), Positions{by_event});
  EXPECT_EQ(LookedAt(EverybodyLooked()), Positions{by_all});
  EXPECT_TRUE(LookedAt(NominalLooked(world_.Register(2))).empty());
}

/// P6. What is withheld, what waits and what does not exist leave the same behind: the question.
TEST_F(ApplyConsult, OfAnItemThatWasNotLetGoRemembersTheQuestionAlone) {
  const std::string waits = Publish();
  const std::string withheld = Publish(/*originator_controlled=*/true);
  ASSERT_EQ(world_.Waiting(kChair, v1::URGENCY_URGENT), 1u);
  const std::string nowhere(16, 'x');
  for (const std::string& event : {waits, withheld, nowhere}) {
    const Applied applied = AskAboutItem(event);
    EXPECT_EQ(applied.outcome, audit::Outcome::kApplied);
    EXPECT_EQ(applied.made_id, "");
    ASSERT_EQ(world_.Details().size(), 2u);
    ConsultedDetail asked;
    asked.set_kind(CONSULTATION_KIND_ITEM);
    asked.set_event_id(event);
    EXPECT_EQ(Remembered().SerializeAsString(), asked.SerializeAsString());
    EXPECT_EQ(IndexRows(), 0u);
  }
  world_.OpenSession(kChair);
  const model::Position shown = AskAboutItem(waits).position;
  EXPECT_EQ(LookedAt(NominalLooked(nominal_)), Positions{shown});
  EXPECT_EQ(LookedAt(EventLooked(waits)), Positions{shown});
  AskAboutItem(withheld);
  EXPECT_EQ(IndexRows(), 2u);
}

/// What was let go and is told no more is spoken of no more.
TEST_F(ApplyConsult, OfAnItemThatWasWithdrawnRemembersTheQuestionAlone) {
  world_.OpenSession(kChair);
  const std::string event = Publish();
  SeatPost leave;
  leave.set_case_id(case_);
  leave.mutable_seat()->set_post(kChair);
  leave.set_leave(true);
  world_.Say(World::System("police/coordinator"), COMMAND_NUMBER_SEAT_POST, leave);
  world_.OpenSession(kChair);  // looks again
  AskAboutItem(event);
  EXPECT_EQ(IndexRows(), 0u);
}

/// Whose obligation was looked at is found by whom it is about, and says which.
TEST(ApplyConsultOfObligation, IsFoundByWhomItWasAbout) {
  EventWorld world;
  SetPost set;
  *set.mutable_post() = world.state.Find<PostRow>(PostKey(kAuditor))->post();
  set.mutable_post()->add_roles(v1::POST_ROLE_AUDITOR);
  world.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, set);
  world.PublishControlled();
  ASSERT_FALSE(world.OpenObligations().empty());
  Consult command;
  command.set_kind(CONSULTATION_KIND_RECEIPTS);
  command.set_obligation_id(world.OpenObligations().begin()->first);
  Actor actor = World::System(kAuditor);
  actor.set_purpose("inspection");
  ASSERT_EQ(world.Say(actor, COMMAND_NUMBER_CONSULT, command).sentence, "");
  const ConsultedDetail detail = world.Details().at(1).consulted();
  EXPECT_EQ(detail.obligation_id(), command.obligation_id());
  ASSERT_EQ(detail.nominal_ids_size(), 1);
  EXPECT_EQ(detail.nominal_ids(0), world.nominal);
  EXPECT_FALSE(detail.everybody());
  EXPECT_EQ(world.state.Scan(NominalLooked(world.nominal), 10).size(), 1u);
}

TEST_F(ApplyConsult, NeedsAPurpose) {
  Consult command;
  command.set_kind(CONSULTATION_KIND_WITHHELD);
  EXPECT_EQ(world_.Say(World::System(kAuditor), COMMAND_NUMBER_CONSULT, command).reason,
            v1::ERROR_REASON_PURPOSE_REQUIRED);
  EXPECT_EQ(Ask(kAuditor, command).outcome, audit::Outcome::kApplied);
}

/// A refused question is counted like any other, and numbers are counted apart.
TEST_F(ApplyConsult, IsBoundedByAQuotaOfItsOwn) {
  Consult refused;
  refused.set_kind(CONSULTATION_KIND_WITHHELD);
  for (std::uint32_t i = 0; i < model::kConsultationsPerHourMax; ++i) {
    ASSERT_EQ(Ask("prison/security", refused).reason, v1::ERROR_REASON_NOT_PERMITTED);
  }
  EXPECT_EQ(Ask("prison/security", refused).reason, v1::ERROR_REASON_QUOTA_USED);
  EXPECT_EQ(Ask(kAuditor, refused).outcome, audit::Outcome::kApplied);
  EXPECT_TRUE(CheckQuota(QuotaKind::kResolve, World::System("prison/security"),
                         model::kResolvesPerHourMax, world_.now_ms, world_.state)
                  .ok());
  world_.now_ms += 60 * 60 * 1000;
  EXPECT_EQ(Ask("prison/security", refused).reason, v1::ERROR_REASON_NOT_PERMITTED);
}

}  // namespace
}  // namespace tearline::machine
