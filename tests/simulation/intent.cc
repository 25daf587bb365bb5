#include "tests/simulation/intent.h"

#include "broker/model/ids.h"

namespace tearline::simulation {

const char* NameOf(Deed deed) {
  constexpr const char* kNames[] = {
      "genesis",      "publish",       "register",    "link",         "supervise", "open-case",
      "seat",         "leave",         "name",        "suspend",      "lift",      "set-holder",
      "set-post",     "say-leave",     "propose",     "approve",      "simulate",  "second-hand",
      "open-session", "close-session", "acknowledge", "retry",        "park",      "read",
      "discharge",    "confirm-clock", "look-again",  "subscribe",    "seek",      "unsubscribe",
      "withdraw",     "amend",         "break-glass", "review-glass", "ask",       "answer",
      "merge",        "unmerge"};
  return kNames[static_cast<std::size_t>(deed)];
}

std::string NominalBytes(const std::string& text) {
  const Result<model::NominalId> id = model::NominalId::Parse(text);
  return id.ok() ? id->Bytes() : std::string();
}

}  // namespace tearline::simulation
