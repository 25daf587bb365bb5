#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "broker/machine/rows.h"
#include "tests/machine/event_world.h"

namespace tearline::machine {

/// The world of one event's panel, in which prison/security is the member's substitute.
struct Missed : testing::Test {
  static constexpr char kOperator[] = "desk/operator";
  static constexpr char kSubstitute[] = "prison/security";
  static constexpr std::int64_t kHourMs = 3'600'000;

  Missed() {
    world.behaviour_version = kReachFrom;
    stored::v1::SeatPost command;
    command.set_case_id(world.case_id);
    command.mutable_seat()->set_post(EventWorld::kMember);
    command.mutable_seat()->set_kind(v1::SEAT_KIND_MEMBER);
    command.mutable_seat()->set_substitute_post(kSubstitute);
    world.Say(World::System("probation/coordinator"), stored::v1::COMMAND_NUMBER_SEAT_POST,
              command);
  }

  void Suspend(const std::string& agency, bool suspended = true) {
    stored::v1::SetSuspension command;
    command.set_agency(agency);
    command.set_suspended(suspended);
    world.Say(World::System(kOperator), stored::v1::COMMAND_NUMBER_SET_SUSPENSION, command);
    world.PassAndPulse(0);
  }

  /// What was let go to a post in the lane of the world's events, in words.
  std::vector<std::string> Inbox(const std::string& post) {
    world.OpenSession(post);
    return world.Inbox(post);
  }

  /// The open obligation to see to what a post could not be told; null if there is none.
  const stored::v1::ObligationRow* Unmet(
      v1::RuleReason reason = v1::RULE_REASON_RECIPIENT_SUSPENDED) {
    open = world.OpenObligations();
    for (const auto& [id, row] : open) {
      if (row.type() == v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW && row.reason() == reason) {
        return &row;
      }
    }
    return nullptr;
  }

  std::size_t MissedBy(const std::string& post) const {
    return world.state.Scan(state::Key(state::Table::kMissed).Name(post), 1000).size();
  }

  void LeaveSeat(const std::string& post) {
    stored::v1::SeatPost command;
    command.set_case_id(world.case_id);
    command.mutable_seat()->set_post(post);
    command.set_leave(true);
    const bool own = AgencyOfPost(post) == "police";
    ASSERT_EQ(world
                  .Say(World::System(own ? "probation/coordinator" : "police/coordinator"),
                       stored::v1::COMMAND_NUMBER_SEAT_POST, command)
                  .sentence,
              "");
  }

  /// The supervisor's post gets another holder, who must take over: who was told of that at once.
  std::string ToldOfAHandOver() {
    stored::v1::SetPost set;
    *set.mutable_post() =
        world.state.Find<stored::v1::PostRow>(PostKey("probation/supervisor"))->post();
    set.mutable_post()->set_holder("chair-holder");
    world.Say(World::System(kOperator), stored::v1::COMMAND_NUMBER_SET_POST, set);
    for (int i = 0; i < 3; ++i) world.PassAndPulse(0);
    for (const auto& [id, row] : world.OpenObligations()) {
      if (row.type() == v1::OBLIGATION_TYPE_TAKE_OVER) return row.told_post();
    }
    return "";
  }

  EventWorld world;
  std::map<std::string, stored::v1::ObligationRow> open;
};

}  // namespace tearline::machine
