#include "tests/simulation/intent.h"

namespace tearline::simulation {

const char* NameOf(Deed deed) {
  constexpr const char* kNames[] = {
      "genesis",     "publish",  "register",    "link",         "open-case",     "seat",
      "leave",       "name",     "suspend",     "lift",         "set-post",      "propose",
      "approve",     "simulate", "second-hand", "open-session", "close-session", "acknowledge",
      "retry",       "park",     "read",        "discharge",    "confirm-clock", "look-again",
      "subscribe",   "seek",     "unsubscribe", "withdraw",     "amend",         "break-glass",
      "review-glass"};
  return kNames[static_cast<std::size_t>(deed)];
}

}  // namespace tearline::simulation
