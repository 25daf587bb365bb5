#pragma once

#include "broker/machine/step.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"

namespace tearline::machine {

/// Commands about what posts are asked about a person; of the one shape that apply.h tells.

Status ApplyAskForInformation(const stored::v1::AskForInformation& command, Step& step);
Status ApplyAnswerForInformation(const stored::v1::AnswerForInformation& command, Step& step);

}  // namespace tearline::machine
