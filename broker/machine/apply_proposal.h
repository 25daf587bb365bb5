#pragma once

#include "broker/machine/step.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"

namespace tearline::machine {

/// Commands about what a panel is asked; of the one shape that apply.h tells.

Status ApplyMakeProposal(const stored::v1::MakeProposal& command, Step& step);
Status ApplyAnswerProposal(const stored::v1::AnswerProposal& command, Step& step);

}  // namespace tearline::machine
