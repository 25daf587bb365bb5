#pragma once

#include <gtest/gtest.h>

#include <string>

#include "broker/machine/hand_over.h"
#include "broker/machine/rows.h"
#include "tests/machine/world.h"

namespace tearline::machine {

/// A post whose people come and go: probation/supervisor, with a holder, a deputy and a service.
class HandingOver : public testing::Test {
 protected:
  static constexpr char kPost[] = "probation/supervisor";
  static constexpr std::int64_t kHourMs = 3'600'000;

  stored::v1::PostRow PostIs(const std::string& post = kPost) const {
    return *world_.state.Find<stored::v1::PostRow>(PostKey(post));
  }
  /// Changes a post's people; "" leaves nobody.
  Applied Change(const std::string& holder, const std::string& deputy = "supervisor-deputy",
                 bool services = true, const std::string& post_name = kPost) {
    stored::v1::SetPost set;
    v1::Post& post = *set.mutable_post();
    post = PostIs(post_name).post();
    post.set_holder(holder);
    post.set_deputy(deputy);
    if (!services) post.clear_services();
    return world_.Say(World::System("desk/operator"), stored::v1::COMMAND_NUMBER_SET_POST, set);
  }
  static stored::v1::Actor Member(const std::string& member, const std::string& post = kPost) {
    stored::v1::Actor actor = World::System(post);
    actor.set_member(member);
    actor.set_purpose("hand-over");
    return actor;
  }
  Applied Ask(const std::string& member) {
    stored::v1::Consult look;
    look.set_kind(stored::v1::CONSULTATION_KIND_HAND_OVER);
    return world_.Say(Member(member), stored::v1::COMMAND_NUMBER_CONSULT, look);
  }
  Applied Discharge(const stored::v1::Actor& actor,
                    stored::v1::DischargeMethod method = stored::v1::DISCHARGE_METHOD_TAKEN_OVER) {
    stored::v1::DischargeObligation command;
    command.set_obligation_id(HandOverOf(kPost, world_.state).value_or(OpenedHandOver()).id);
    command.set_method(method);
    return world_.Say(actor, stored::v1::COMMAND_NUMBER_DISCHARGE_OBLIGATION, command);
  }
  stored::v1::ObligationRow Owed() const {
    return HandOverOf(kPost, world_.state).value_or(OpenedHandOver()).row;
  }
  bool Waits() const { return HandOverOf(kPost, world_.state).has_value(); }

  World world_;
};

}  // namespace tearline::machine
