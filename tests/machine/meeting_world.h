#pragma once

#include <string>
#include <vector>

#include "broker/machine/meeting.h"
#include "broker/machine/rows.h"
#include "broker/model/ids.h"
#include "tearline/stored/v1/command.pb.h"
#include "tests/machine/panel_world.h"

namespace tearline::machine {

/// The world of one event's panel, that meets: said by probation/coordinator unless told otherwise.
struct MeetingWorld : PanelWorld {
  static constexpr char kCoordinator[] = "probation/coordinator";

  stored::v1::PlanMeeting Planning(std::int64_t in_ms = 7 * kDayMs) const {
    stored::v1::PlanMeeting command;
    command.set_case_id(case_id);
    command.set_kind(v1::MEETING_KIND_REVIEW);
    command.set_planned_for_ms(now_ms + in_ms);
    return command;
  }
  Applied Plan(const stored::v1::PlanMeeting& command, const std::string& post = kCoordinator) {
    return Say(World::System(post), stored::v1::COMMAND_NUMBER_PLAN_MEETING, command);
  }
  std::string Plan() { return model::MeetingId::Parse(Plan(Planning()).made_id)->Bytes(); }

  stored::v1::EndMeeting Holding(const std::string& id,
                                 const std::vector<std::string>& present = {kChair}) {
    stored::v1::EndMeeting command;
    command.set_case_id(case_id);
    command.set_meeting_id(id);
    command.set_outcome(v1::MEETING_OUTCOME_HELD);
    command.mutable_present()->Add(present.begin(), present.end());
    return command;
  }
  Applied End(const stored::v1::EndMeeting& command, const std::string& post = kCoordinator) {
    return Say(World::System(post), stored::v1::COMMAND_NUMBER_END_MEETING, command);
  }
  /// A meeting that was held a week ago by plan.
  std::string Hold() {
    const std::string id = Plan();
    now_ms += 7 * kDayMs;
    End(Holding(id));
    return id;
  }
  stored::v1::RecordMinutes Recording(const std::string& id, char digest = 'd') {
    stored::v1::RecordMinutes command;
    command.set_case_id(case_id);
    command.set_meeting_id(id);
    command.set_kind(v1::DOCUMENT_KIND_MINUTES);
    command.set_form_edition("mappa-2022");
    command.set_digest(std::string(32, digest));
    return command;
  }
  Applied Record(const stored::v1::RecordMinutes& command, const std::string& post = kCoordinator) {
    return Say(World::System(post), stored::v1::COMMAND_NUMBER_RECORD_MINUTES, command);
  }
  stored::v1::MeetingRow MeetingOf(const std::string& id) const {
    return *state.Find<stored::v1::MeetingRow>(MeetingKey(case_id, id));
  }
};

}  // namespace tearline::machine
