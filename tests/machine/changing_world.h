#pragma once

#include <gtest/gtest.h>

#include <string>

#include "broker/model/ids.h"
#include "tests/machine/action_world.h"

namespace tearline::machine {

/// The world of one panel, whose case comes to be managed by others.
struct ChangingWorld : ActionWorld {
  stored::v1::ChangeCase Changing() const {
    stored::v1::ChangeCase command;
    command.set_case_id(case_id);
    return command;
  }
  Applied Change(const stored::v1::ChangeCase& command,
                 const std::string& post = "police/coordinator") {
    return Say(System(post), stored::v1::COMMAND_NUMBER_CHANGE_CASE, command);
  }
  /// Admits an agency as it is to be, by two hands.
  void Admit(const stored::v1::AdmitAgency& command) {
    const Applied asked =
        Say(System("desk/operator"), stored::v1::COMMAND_NUMBER_ADMIT_AGENCY, command);
    stored::v1::SecondHand second;
    second.set_pending_id(model::PendingId::Parse(asked.made_id)->Bytes());
    stored::v1::Actor confirming = System("board/operator");
    confirming.set_purpose("directory");
    ASSERT_EQ(Say(confirming, stored::v1::COMMAND_NUMBER_SECOND_HAND, second).outcome,
              audit::Outcome::kApplied);
  }
  Applied Supervise(const std::string& post) {
    stored::v1::ChangeCase command = Changing();
    command.set_supervising_post(post);
    return Change(command);
  }
};

}  // namespace tearline::machine
