#include "broker/machine/audit_scope.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "broker/machine/consultation.h"
#include "broker/machine/rows.h"
#include "broker/model/limits.h"
#include "tests/machine/world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

constexpr char kAuditor[] = "board/board";

class AuditScope : public testing::Test {
 protected:
  void Bind(const std::vector<std::string>& areas) {
    SetPost set;
    *set.mutable_post() = world_.state.Find<PostRow>(PostKey(kAuditor))->post();
    set.mutable_post()->clear_roles();
    set.mutable_post()->add_roles(v1::POST_ROLE_AUDITOR);
    set.mutable_post()->clear_areas();
    for (const std::string& area : areas) set.mutable_post()->add_areas(area);
    reason_ = world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, set).reason;
  }
  bool MayAskOf(const std::string& nominal_id) const {
    return MayAskOfNominal(nominal_id, World::System(kAuditor), world_.state);
  }
  v1::ErrorReason Ask(ConsultationKind kind) const {
    Consult command;
    command.set_kind(kind);
    if (kind == CONSULTATION_KIND_LEAVES) command.set_end_leaf(3);
    if (kind == CONSULTATION_KIND_WHO_WAS_TOLD) command.set_event_id(event_);
    return ReasonOf(CheckConsult(command, World::System(kAuditor), world_.state));
  }
  std::string PublishOne(const std::string& nominal_id) {
    std::string id = world_.NextEventId();
    world_.Publish(world_.Event(nominal_id));
    return id;
  }

  World world_;
  std::string nominal_ = world_.Register(1);
  std::string case_ = world_.OpenCase(nominal_, {{"probation/chair", v1::SEAT_KIND_CHAIR}});
  std::string without_case_ = world_.Register(2);
  std::string event_ = PublishOne(nominal_);
  v1::ErrorReason reason_ = v1::ERROR_REASON_UNSPECIFIED;
};

/// The case lies in the area "north".
TEST_F(AuditScope, ANominalIsInTheAreaOfItsCase) {
  Bind({});
  EXPECT_TRUE(MayAskOf(nominal_));
  EXPECT_TRUE(MayAskOf(without_case_));
  Bind({"south", "north"});
  EXPECT_TRUE(MayAskOf(nominal_));
  EXPECT_FALSE(MayAskOf(without_case_));
  Bind({"south"});
  EXPECT_FALSE(MayAskOf(nominal_));
  EXPECT_FALSE(MayAskOf(""));
}

TEST_F(AuditScope, AnEventIsInItIfAllItConcernsAre) {
  Bind({"north"});
  EventRow event;
  EXPECT_FALSE(MayAskOfEvent(event, World::System(kAuditor), world_.state)) << "about nobody";
  event.add_nominal_ids(nominal_);
  EXPECT_TRUE(MayAskOfEvent(event, World::System(kAuditor), world_.state));
  event.add_nominal_ids(without_case_);
  EXPECT_FALSE(MayAskOfEvent(event, World::System(kAuditor), world_.state));
}

/// The log as a whole lies in no area.
TEST_F(AuditScope, WhoeverIsBoundIsNotShownTheWholeLog) {
  Bind({"north"});
  EXPECT_EQ(Ask(CONSULTATION_KIND_LEAVES), v1::ERROR_REASON_NOT_PERMITTED);
  EXPECT_EQ(Ask(CONSULTATION_KIND_WHO_WAS_TOLD), v1::ERROR_REASON_UNSPECIFIED);
  Bind({"south"});
  EXPECT_EQ(Ask(CONSULTATION_KIND_WHO_WAS_TOLD), v1::ERROR_REASON_NOT_FOUND);
  Bind({});
  EXPECT_EQ(Ask(CONSULTATION_KIND_LEAVES), v1::ERROR_REASON_UNSPECIFIED);
}

TEST_F(AuditScope, AreasAreNamesEachOnce) {
  Bind({"north", "north"});
  EXPECT_EQ(reason_, v1::ERROR_REASON_FIELD_INVALID);
  Bind({"North!"});
  EXPECT_EQ(reason_, v1::ERROR_REASON_NAME_INVALID);
  std::vector<std::string> areas;
  for (int i = 0; i < model::kPostAreasMax; ++i) areas.push_back("area-" + std::to_string(i));
  Bind(areas);
  EXPECT_EQ(reason_, v1::ERROR_REASON_UNSPECIFIED);
  areas.push_back("one-more");
  Bind(areas);
  EXPECT_EQ(reason_, v1::ERROR_REASON_LIMIT_PASSED);
}

TEST_F(AuditScope, APostNobodyKnowsSeesNothing) {
  EXPECT_FALSE(MayAskOfNominal(nominal_, World::System("board/nobody"), world_.state));
}

}  // namespace
}  // namespace tearline::machine
