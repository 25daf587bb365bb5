#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <utility>

#include "tests/simulation/intent.h"
#include "tests/simulation/reading.h"
#include "tests/simulation/receipts.h"
#include "tests/simulation/seen.h"

namespace tearline::simulation {

/// Whose work is done by whom: the work of a dead address is taken up by the record that makes a
/// post of its agency answer for all that it does, is given back when it is held again or in reach,
/// or when the other does not answer for all of it any more, and is nobody else's meanwhile.
class Work {
 public:
  /// Dead addresses, each with who does its work.
  using Pairs = std::set<std::pair<std::string, std::string>>;

  Work(Reading& reading, Complaints& complaints) : reading_(reading), complaints_(complaints) {}

  /// A post is about to be set, as the next says.
  void NotePost(const std::string& post);
  /// It was: for which dead addresses it came to answer by that, whoever does the work of those.
  /// The leaf must say what it took up.
  Pairs HearPost(const Seen& seen, const std::string& post);
  /// Somebody was suspended, or that was lifted.
  void HearSuspension(const Seen& seen);

  std::uint64_t times = 0;  ///< Work was taken up.

 private:
  bool ComesToAnswerForAllOf(const std::string& dead, const std::string& post) const;
  void End(const std::string& dead);
  void EndWhatIsBack();
  void CheckLeaf(const Seen& seen, const Pairs& taken_up);

  Reading& reading_;
  Complaints& complaints_;
  std::set<v1::Capability> before_;  ///< What the post that is set answered for, if somebody acted.
  Pairs given_back_;                 ///< By the record that is heard.
};

}  // namespace tearline::simulation
