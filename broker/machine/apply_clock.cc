#include <string>

#include "broker/machine/apply.h"
#include "broker/model/limits.h"
#include "broker/model/utf8.h"

namespace tearline::machine {

Status ApplyConfirmClock(const stored::v1::ConfirmClock& command, Step& step) {
  if (command.because().size() > model::kBecauseBytesMax || !model::IsUtf8(command.because())) {
    return Refuse(
        v1::ERROR_REASON_FIELD_INVALID,
        "`because` must be at most " + std::to_string(model::kBecauseBytesMax) + " bytes of UTF-8");
  }
  step.ledger.set_confirmed_wall_ms(command.wall_ms());
  step.ledger.set_confirmed_stamp_ms(step.now_ms());
  step.AddChanged("clock-confirmed", command.because());
  return {};
}

}  // namespace tearline::machine
