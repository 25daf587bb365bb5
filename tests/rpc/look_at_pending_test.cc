#include "broker/rpc/look_at_pending.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "broker/machine/rows.h"
#include "tearline/stored/v1/command.pb.h"
#include "tests/machine/world.h"

namespace tearline::rpc {
namespace {

using namespace stored::v1;
using machine::Applied;
using machine::World;

class LookAtPendingTest : public testing::Test {
 protected:
  /// The coordinator of the police asks that its own panel be seated; for another purpose each time
  /// that it is to wait once more.
  std::string AskForASeat(const std::string& purpose = "") {
    SeatPost seat;
    seat.set_case_id(case_);
    seat.mutable_seat()->set_post("police/panel");
    seat.mutable_seat()->set_kind(v1::SEAT_KIND_MEMBER);
    Actor actor = World::System("police/coordinator");
    actor.set_purpose(purpose);
    return world_.Say(actor, COMMAND_NUMBER_SEAT_POST, seat).made_id;
  }
  v1::ListPendingResponse Look(Actor actor, const v1::ListPendingRequest& request = {}) const {
    v1::ListPendingResponse response;
    EXPECT_TRUE(LookAtPending(request, actor, world_.state, seal_, response).ok());
    return response;
  }
  v1::ListPendingResponse Look(const std::string& post) const { return Look(World::System(post)); }

  World world_;
  const std::string nominal_ = world_.Register(1);
  const std::string case_ = world_.OpenCase(nominal_, {});
  const PageSeal seal_;
};

TEST_F(LookAtPendingTest, ShowsAllThatACommandSaysToWhoeverMayConfirmIt) {
  const std::string id = AskForASeat();
  const v1::ListPendingResponse shown = Look("probation/coordinator");
  ASSERT_EQ(shown.commands_size(), 1);
  const v1::PendingCommand& command = shown.commands(0);
  EXPECT_EQ(command.pending_id(), id);
  EXPECT_EQ(command.command(), "seat-post");
  EXPECT_EQ(command.agency(), "police");
  EXPECT_EQ(command.member(), "coordinator-system");
  EXPECT_EQ(command.post(), "police/coordinator");
  EXPECT_EQ(command.asked_at().seconds(), world_.now_ms / 1000);
  EXPECT_EQ(command.lapses_at().seconds(), world_.now_ms / 1000 + 14 * 24 * 3600);
  EXPECT_TRUE(command.yours_to_confirm());
  EXPECT_EQ(command.seat_post().seat().post(), "police/panel");
  EXPECT_EQ(command.seat_post().case_id(), model::CaseId::FromBytes(case_)->Text());
}

/// Whoever is kept out of a person does not learn so by what waits about that person (P6).
TEST_F(LookAtPendingTest, ShowsNothingOfAPersonToWhoeverIsKeptOut) {
  Actor police = World::System("police/coordinator");
  police.set_purpose("public-protection");
  LimitAccess limit;
  limit.set_nominal_id(nominal_);
  for (const char* name : {"police/panel", "probation/coordinator"}) limit.add_excluded(name);
  ASSERT_EQ(world_.Say(police, COMMAND_NUMBER_LIMIT_ACCESS, limit).outcome,
            audit::Outcome::kApplied);
  SetSupervisor supervise;
  supervise.set_nominal_id(nominal_);
  supervise.set_post("police/coordinator");
  LimitAccess lift;
  lift.set_nominal_id(nominal_);
  lift.add_excluded("probation/coordinator");
  ASSERT_EQ(world_.Say(police, COMMAND_NUMBER_SET_SUPERVISOR, supervise).outcome,
            audit::Outcome::kAwaitsSecondHand);
  ASSERT_EQ(world_.Say(police, COMMAND_NUMBER_LIMIT_ACCESS, lift).outcome,
            audit::Outcome::kAwaitsSecondHand);
  EXPECT_EQ(Look(police).commands_size(), 2);
  Actor chair = World::System("probation/chair");
  chair.set_purpose("public-protection");
  const v1::ListPendingResponse shown = Look(chair);
  ASSERT_EQ(shown.commands_size(), 1) << "a chair may not say who supervises";
  EXPECT_EQ(shown.commands(0).limit_access().nominal_id(),
            model::NominalId::FromBytes(nominal_)->Text());
  ASSERT_EQ(shown.commands(0).limit_access().excluded_size(), 1);
  for (const char* kept_out : {"police/panel", "probation/coordinator"}) {
    Actor actor = World::System(kept_out);
    actor.set_purpose("public-protection");
    EXPECT_EQ(Look(actor).commands_size(), 0) << kept_out;
  }
}

/// Each row: who looks, what they see, and whether they may confirm it.
TEST_F(LookAtPendingTest, ShowsItToTheFirstHandsAgencyAndToNobodyElse) {
  AskForASeat();
  struct Row {
    const char* post;
    int seen;
    bool confirms;
  };
  constexpr Row rows[] = {
      {"police/coordinator", 1, false},    // the first hand
      {"police/panel", 1, false},          // of its agency, and may not ask the same
      {"probation/coordinator", 1, true},  // may ask the same
      {"probation/chair", 0, false},       // may not
      {"desk/operator", 0, false},
  };
  for (const Row& row : rows) {
    const v1::ListPendingResponse shown = Look(row.post);
    ASSERT_EQ(shown.commands_size(), row.seen) << row.post;
    if (row.seen == 1) {
      EXPECT_EQ(shown.commands(0).yours_to_confirm(), row.confirms) << row.post;
    }
    EXPECT_EQ(shown.next_page_token(), "") << row.post;
  }
}

/// What is about a person is shown to others only with a purpose.
TEST_F(LookAtPendingTest, ShowsAnErasureToWhoeverGivesAPurpose) {
  stored::v1::Publish event = world_.Event(nominal_);
  SubjectKeyUse& use = *event.add_keys();
  use.set_subject_key_id(std::string(16, 'k'));
  use.set_nominal_index(0);
  use.set_content_class(CONTENT_CLASS_SEGMENT);
  world_.Publish(event);
  EraseNominal erase;
  erase.set_nominal_id(nominal_);
  Actor first = World::System("desk/operator");
  first.set_purpose("data-protection");
  ASSERT_EQ(world_.Say(first, COMMAND_NUMBER_ERASE_NOMINAL, erase).outcome,
            audit::Outcome::kAwaitsSecondHand);
  Actor second = World::System("board/operator");
  EXPECT_EQ(Look(second).commands_size(), 0);
  second.set_purpose("data-protection");
  const v1::ListPendingResponse shown = Look(second);
  ASSERT_EQ(shown.commands_size(), 1);
  EXPECT_EQ(shown.commands(0).erase_nominal_id(), model::NominalId::FromBytes(nominal_)->Text());
  EXPECT_EQ(shown.commands(0).purpose(), "data-protection");
}

/// A moved booking waits without its keys: the second hand brings them.
TEST_F(LookAtPendingTest, ShowsWhatAMoveIsOf) {
  const std::string other = world_.Register(2);
  ASSERT_EQ(world_.Publish(world_.Event(other), "probation/supervisor").sentence, "");
  MoveBooking move;
  move.set_from_id(other);
  move.set_to_id(nominal_);
  move.set_from_ms(1000);
  move.set_until_ms(world_.now_ms);
  move.set_agency("probation");
  move.set_reason(v1::BOOKING_MOVE_REASON_SECOND_RECORD);
  move.mutable_keys()->set_wrapped_until(world_.records.size());
  Actor first = World::System("probation/supervisor");
  first.set_purpose("correction");
  const machine::Applied asked = world_.Say(first, COMMAND_NUMBER_MOVE_BOOKING, move);
  ASSERT_EQ(asked.outcome, audit::Outcome::kAwaitsSecondHand) << asked.sentence;
  Actor second = World::System("probation/coordinator");
  second.set_purpose("correction");
  const v1::ListPendingResponse shown = Look(second);
  ASSERT_EQ(shown.commands_size(), 1);
  EXPECT_EQ(shown.commands(0).command(), "move-booking");
  const v1::PendingMove& waits = shown.commands(0).move_booking();
  EXPECT_EQ(waits.from_id(), model::NominalId::FromBytes(other)->Text());
  EXPECT_EQ(waits.to_id(), model::NominalId::FromBytes(nominal_)->Text());
  EXPECT_EQ(waits.occurred_from().seconds(), 1);
  EXPECT_EQ(waits.occurred_until().seconds(), world_.now_ms / 1000);
  EXPECT_EQ(waits.agency(), "probation");
  EXPECT_EQ(waits.reason(), v1::BOOKING_MOVE_REASON_SECOND_RECORD);
  const auto rows = world_.state.Scan(state::Key(state::Table::kPending), 2);
  ASSERT_EQ(rows.size(), 1u);
  PendingRow row;
  MoveBooking kept;
  ASSERT_TRUE(row.ParseFromString(rows[0].second) && kept.ParseFromString(row.command_bytes()));
  EXPECT_FALSE(kept.has_keys());
}

TEST_F(LookAtPendingTest, GivesPagesThatAddUp) {
  for (int i = 0; i < 5; ++i) AskForASeat("purpose-" + std::to_string(i));
  v1::ListPendingRequest request;
  request.set_page_size(2);
  std::vector<int> pages;
  do {
    const v1::ListPendingResponse shown = Look(World::System("probation/coordinator"), request);
    pages.push_back(shown.commands_size());
    request.set_page_token(shown.next_page_token());
  } while (!request.page_token().empty() && pages.size() < 10);
  EXPECT_EQ(pages, (std::vector<int>{2, 2, 1}));
}

/// Every command that can wait is shown, or a page would stop the process.
TEST_F(LookAtPendingTest, KnowsEveryCommandThatWaits) {
  Actor operator_ = World::System("desk/operator");
  AdmitAgency agency;
  agency.mutable_agency()->set_agency("housing");
  agency.mutable_agency()->set_kind(v1::AGENCY_KIND_HOUSING);
  agency.mutable_agency()->set_authority_spki_digest(std::string(32, 'h'));
  agency.mutable_agency()->set_authority_certificate("certificate");
  ASSERT_EQ(world_.Say(operator_, COMMAND_NUMBER_ADMIT_AGENCY, agency).outcome,
            audit::Outcome::kAwaitsSecondHand);
  SetPost post;
  post.mutable_post()->set_post("desk/second");
  post.mutable_post()->add_roles(v1::POST_ROLE_OPERATOR);
  post.mutable_post()->mutable_clearance()->set_tier(v1::TIER_OFFICIAL);
  ASSERT_EQ(world_.Say(operator_, COMMAND_NUMBER_SET_POST, post).outcome,
            audit::Outcome::kAwaitsSecondHand);
  NameAccountable name;
  name.set_case_id(case_);
  name.set_post("police/panel");
  ASSERT_EQ(world_.Say(World::System("police/coordinator"), COMMAND_NUMBER_NAME_ACCOUNTABLE, name)
                .outcome,
            audit::Outcome::kAwaitsSecondHand);
  NamePost function;
  function.set_case_id(case_);
  function.mutable_named()->set_post("police/panel");
  function.mutable_named()->set_function(v1::CASE_FUNCTION_POLICE_OF_HOME);
  DecideDisclosure disclose;
  disclose.set_case_id(case_);
  disclose.set_third_party(v1::THIRD_PARTY_SCHOOL);
  disclose.set_decision(v1::DISCLOSURE_DECISION_DISCLOSE);
  disclose.add_matters(v1::DISCLOSED_MATTER_RISK);
  SetLevel level;
  level.set_case_id(case_);
  level.set_category(v1::MAPPA_CATEGORY_2);
  level.set_level(v1::MAPPA_LEVEL_3);
  Actor coordinator = World::System("probation/coordinator");
  coordinator.set_purpose("risk-review");
  coordinator.set_legal_basis("CJA2003-327A");
  ASSERT_EQ(
      world_.Say(World::System("police/coordinator"), COMMAND_NUMBER_NAME_POST, function).outcome,
      audit::Outcome::kAwaitsSecondHand);
  ASSERT_EQ(world_.Say(coordinator, COMMAND_NUMBER_DECIDE_DISCLOSURE, disclose).outcome,
            audit::Outcome::kAwaitsSecondHand);
  world_.behaviour_version = machine::kCoordinatedFrom - 1;  // when that took no chair
  ASSERT_EQ(world_.Say(coordinator, COMMAND_NUMBER_SET_LEVEL, level).outcome,
            audit::Outcome::kAwaitsSecondHand);
  world_.behaviour_version = machine::kBehaviourVersion;
  int named = 0;
  int set = 0;
  const v1::ListPendingResponse probations = Look(coordinator);
  for (const v1::PendingCommand& command : probations.commands()) {
    EXPECT_NE(command.asks_case(), v1::PendingCommand::ASKS_NOT_SET) << command.command();
    named += command.open_case().named_posts_size();
    set += command.open_case().category() == v1::MAPPA_CATEGORY_2 ? 1 : 0;
  }
  EXPECT_EQ(named, 1);
  EXPECT_EQ(set, 1);
  const v1::ListPendingResponse shown = Look(operator_);
  ASSERT_EQ(shown.commands_size(), 2);
  for (const v1::PendingCommand& command : shown.commands()) {
    EXPECT_EQ(command.admit_agency().authority_certificate(), "");
    EXPECT_NE(command.asks_case(), v1::PendingCommand::ASKS_NOT_SET);
  }
  const v1::ListPendingResponse polices = Look("police/coordinator");
  EXPECT_TRUE(std::any_of(polices.commands().begin(), polices.commands().end(),
                          [](const v1::PendingCommand& command) {
                            return command.name_accountable().post() == "police/panel";
                          }));
}

TEST_F(LookAtPendingTest, ShowsWhomAMergeAndItsEndAreAbout) {
  const std::string other = world_.Register(2);
  const auto text = [](const std::string& id) { return model::NominalId::FromBytes(id)->Text(); };
  Actor chair = World::System("probation/chair");
  chair.set_purpose("public-protection");
  Actor police = World::System("police/coordinator");
  police.set_purpose("public-protection");
  SeatPost seat;
  seat.set_case_id(case_);
  seat.mutable_seat()->set_post("probation/chair");
  seat.mutable_seat()->set_kind(v1::SEAT_KIND_CHAIR);
  world_.Say(police, COMMAND_NUMBER_SEAT_POST, seat);
  MergeNominals merge;
  merge.set_removed_id(other);
  merge.set_surviving_id(nominal_);
  ASSERT_EQ(world_.Say(chair, COMMAND_NUMBER_MERGE_NOMINALS, merge).outcome,
            audit::Outcome::kAwaitsSecondHand);
  v1::ListPendingResponse shown = Look(chair);
  ASSERT_EQ(shown.commands_size(), 1);
  EXPECT_EQ(shown.commands(0).merge_nominals().removed_id(), text(other));
  EXPECT_EQ(shown.commands(0).merge_nominals().surviving_id(), text(nominal_));

  ASSERT_EQ(world_.Say(police, COMMAND_NUMBER_MERGE_NOMINALS, merge).outcome,
            audit::Outcome::kApplied);
  DeclareConflict conflict;
  conflict.set_nominal_id(other);
  conflict.set_post("police/panel");
  world_.Say(police, COMMAND_NUMBER_DECLARE_CONFLICT, conflict);
  UnmergeNominals unmerge;
  unmerge.set_removed_id(other);
  ASSERT_EQ(world_.Say(police, COMMAND_NUMBER_UNMERGE_NOMINALS, unmerge).outcome,
            audit::Outcome::kAwaitsSecondHand);
  int parted = 0;
  shown = Look(police);
  for (const v1::PendingCommand& command : shown.commands()) {
    parted += command.unmerge_nominal_id() == text(other) ? 1 : 0;
  }
  EXPECT_EQ(parted, 1);
}

}  // namespace
}  // namespace tearline::rpc
