#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "tests/simulation/intent.h"
#include "tests/simulation/reading.h"
#include "tests/simulation/receipts.h"
#include "tests/simulation/seen.h"

namespace tearline::simulation {

/// Requests for information about a case's person. Each post that is asked owes an answer by the
/// time that was given, until it answers, once, and in person; where it declines, the post above it
/// owes to look at that.
class Requests {
 public:
  Requests(const Reading& reading, Complaints& complaints)
      : reading_(reading), complaints_(complaints) {}

  /// Somebody asked, or answered, or wanted to.
  void Hear(const Seen& seen, const Intent& intent);
  /// A post took up the work of a dead address: what that has not answered is asked of it.
  void HearTakenUp(const Seen& seen, const std::string& dead, const std::string& post);
  /// Every other record: nothing but an answer ends what is owed.
  void HearOther(const Seen& seen);
  /// What was asked is owed until it is answered: obligations that are open, by id.
  void Look(const std::map<std::string, std::string>& open);

  /// By when what an obligation, 16 bytes, is about must be answered; nothing if it is no answer.
  std::optional<std::int64_t> DueMs(const std::string& obligation) const;

  /// One post's part.
  struct Asked {
    std::string obligation;  ///< 16 bytes.
    bool answered = false;
  };
  struct Request {
    std::string asked_by;
    std::int64_t answer_by_ms = 0;
    std::map<std::string, Asked> asked;  ///< By post.
  };
  std::map<std::string, Request> made;  ///< By id in text form.

 private:
  bool MayAsk(const Seen& seen, const Intent& intent) const;
  void HearAsked(const Seen& seen, const Intent& intent);
  void HearAnswer(const Seen& seen, const Intent& intent);
  void LookAtRefusal(const Seen& seen, const Intent& intent, const Request& request);

  const Reading& reading_;
  Complaints& complaints_;
  std::set<std::string> passed_on_;  ///< Obligations that the record that is heard passes on.
  std::map<std::string, std::int64_t> due_;  ///< What is to be answered by when, by obligation.
  /// Who is to look at a refusal of which request, so far.
  std::set<std::pair<std::string, std::string>> looked_at_;
};

}  // namespace tearline::simulation
