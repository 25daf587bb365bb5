#include "tests/simulation/oracle.h"

// Posts that are given up, and held again.

namespace tearline::simulation {

void Oracle::HearPost(const Seen& seen, const Intent& intent) {
  const std::string& post = intent.other_post;
  work.NotePost(post);
  leaves.HearHolder(post, intent.holder, intent.vacant);
  if (intent.idle) {
    reading.idle.insert(post);
  } else {
    reading.idle.erase(post);
  }
  for (const auto& [dead, comes] : work.HearPost(seen, post)) {
    requests.HearTakenUp(seen, dead, comes);
  }
}

}  // namespace tearline::simulation
