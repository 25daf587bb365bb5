#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "broker/machine/rows.h"
#include "tests/machine/event_world.h"

namespace tearline::machine {

/// The world of one event's panel, in which what is owed to the chair is chased.
struct DutyWorld : testing::Test {
  static constexpr std::int64_t kHourMs = 60 * 60 * 1000;
  static constexpr std::uint16_t kBefore = kDutiesKeptFrom - 1;
  static constexpr char kChair[] = "probation/chair";
  static constexpr char kAccountable[] = "ct-police/accountable";
  static constexpr char kIntel[] = "ct-police/intel";
  static constexpr char kPrison[] = "prison/security";
  static constexpr char kBoard[] = "board/board";

  /// Withheld from the chair, who is owed it: controlled, no tear-line. Its id, 16 bytes.
  std::string PublishControlled(const std::string& post = kIntel,
                                v1::Urgency urgency = v1::URGENCY_URGENT) {
    stored::v1::Publish event = world.Event(world.nominal);
    event.mutable_label()->set_originator_controlled(true);
    event.set_urgency(urgency);
    const std::string id = world.NextEventId();
    world.Publish(event, post);
    return id;
  }

  /// The open obligation to see to what the chair was not told: id and row.
  std::string Owed() const {
    for (const auto& [id, row] : world.OpenObligations()) {
      if (row.type() == v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW) return id;
    }
    return {};
  }
  stored::v1::ObligationRow Row() const {
    return world.state.Find<stored::v1::ObligationRow>(ObligationKey(Owed()))
        .value_or(stored::v1::ObligationRow());
  }

  /// Notices of it that were let go to a post, in the order in which they came.
  std::vector<stored::v1::ItemRow> Notices(const std::string& post) const {
    std::vector<stored::v1::ItemRow> notices;
    for (const auto& [sequence, item] : world.Released(post, v1::URGENCY_URGENT)) {
      if (item.kind() == stored::v1::ITEM_KIND_OBLIGATION && item.obligation_id() == Owed()) {
        notices.push_back(item);
      }
    }
    return notices;
  }

  void Set(const v1::Post& post) {
    stored::v1::SetPost command;
    *command.mutable_post() = post;
    ASSERT_EQ(world.Say(World::System("desk/operator"), stored::v1::COMMAND_NUMBER_SET_POST, command)
                  .sentence,
              "");
  }
  v1::Post PostAsItIs(const std::string& post) const {
    return world.state.Find<stored::v1::PostRow>(PostKey(post))->post();
  }
  void EscalatesTo(const std::string& post, const std::string& next) {
    v1::Post set = PostAsItIs(post);
    set.set_escalates_to(next);
    Set(set);
  }
  void Suspend(const std::string& agency, bool suspended = true) {
    stored::v1::SetSuspension command;
    command.set_agency(agency);
    command.set_suspended(suspended);
    world.Say(World::System("desk/operator"), stored::v1::COMMAND_NUMBER_SET_SUSPENSION, command);
  }
  /// An agency or a post is kept out of the person.
  void Exclude(const std::string& name) {
    stored::v1::LimitAccess command;
    command.set_nominal_id(world.nominal);
    command.add_excluded(name);
    stored::v1::Actor actor = World::System("probation/coordinator");
    actor.set_purpose("public-protection");
    ASSERT_EQ(world.Say(actor, stored::v1::COMMAND_NUMBER_LIMIT_ACCESS, command).sentence, "");
  }

  EventWorld world;
};

}  // namespace tearline::machine
