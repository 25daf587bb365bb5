#pragma once

#include "broker/machine/step.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"

namespace tearline::machine {

/// Commands about a case's meetings; of the one shape that apply.h tells.

Status ApplyPlanMeeting(const stored::v1::PlanMeeting& command, Step& step);
Status ApplyEndMeeting(const stored::v1::EndMeeting& command, Step& step);
Status ApplyRecordMinutes(const stored::v1::RecordMinutes& command, Step& step);

}  // namespace tearline::machine
