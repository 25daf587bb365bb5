#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "clients/verifier/review.h"

namespace tearline::cli {

/// What was let go to a post before it was let go anew. Times in ms since 1970; 0 if it did not
/// happen.
struct StoryBefore {
  v1::Level given = v1::LEVEL_UNSPECIFIED;
  std::int64_t let_go_ms = 0;
  std::int64_t acknowledged_ms = 0;
  std::int64_t read_ms = 0;
  std::string reader = {};
  std::int64_t over_ms = 0;  ///< Taken back, or let go anew.
};

/// What one post had of one event. Times in ms since 1970; 0 if it did not happen. At another
/// level, in the place of what was let go before, or after that was taken back, it is let go anew:
/// its receipt and its reading begin again.
struct StoryTold {
  std::string post;
  v1::Level decided = v1::LEVEL_UNSPECIFIED;  ///< By the decision made last.
  v1::Level duty = v1::LEVEL_UNSPECIFIED;     ///< The least that was owed by it.
  v1::RuleReason shortfall = v1::RULE_REASON_UNSPECIFIED;
  std::string rules;               ///< With blanks between.
  std::int64_t decided_ms = 0;     ///< The last decision.
  std::uint64_t decided_leaf = 0;  ///< Where it lies, if a leaf shows it.
  bool decision_proved = false;    ///< A leaf shows it; otherwise the broker answered it, as below.
  v1::Level given = v1::LEVEL_UNSPECIFIED;  ///< As let go last.
  std::int64_t let_go_ms = 0;               ///< First as it is given.
  bool letting_go_proved = false;
  std::int64_t acknowledged_ms = 0;  ///< As it is given.
  bool acknowledgement_proved = false;
  std::int64_t read_ms = 0;  ///< First, as it is given.
  bool reading_proved = false;
  std::string reader;
  std::vector<StoryBefore> before;  ///< What was let go earlier, in order.
  std::int64_t taken_back_ms = 0;   ///< When a notice that it was withdrawn went out, and nothing
                                    ///< since.
};

/// One event about the person.
struct StoryEvent {
  std::string id;  ///< "ev_…".
  std::string type;
  std::string agency;
  std::string post;
  v1::Urgency urgency = v1::URGENCY_UNSPECIFIED;
  std::int64_t occurred_ms = 0;
  std::int64_t published_ms = 0;  ///< By its originator; no record has it, the broker answers it.
  std::int64_t put_in_ms = 0;
  std::uint64_t leaf = 0;
  std::int64_t withdrawn_ms = 0;
  /// No record here says that it was put in: that, and what no record shows of the posts, is the
  /// broker's answer.
  bool answered = false;
  /// A record puts it in, and does not name the person of the review: that it is the same person
  /// is the broker's answer.
  bool of_another_id = false;
  std::vector<StoryTold> told;  ///< In order of post.
};

/// Something that had to happen.
struct StoryDuty {
  std::string id;  ///< "ob_…".
  v1::ObligationType type = v1::OBLIGATION_TYPE_UNSPECIFIED;
  v1::RuleReason reason = v1::RULE_REASON_UNSPECIFIED;
  std::string debtor;
  std::string told;
  std::string owed_to;  ///< With blanks between.
  std::int64_t opened_ms = 0;
  std::int64_t due_ms = 0;           ///< As the last leaf here has it.
  std::int64_t answered_due_ms = 0;  ///< Due by the broker's answer; 0 if as above.
  std::uint32_t stage = 0;
  std::uint64_t leaf = 0;       ///< Of its opening.
  bool answered = false;        ///< The broker answered what became of it.
  std::int64_t ended_ms = 0;    ///< 0 if it is open, or not shown.
  bool ending_proved = false;   ///< A leaf shows it; otherwise the broker answered it.
  std::string ended_by;         ///< The post that asked for it; "" where none is opened.
  bool climbing_proved = true;  ///< Whom it was told last, and the step, are a leaf's.
};

/// What the proved leaves of a review tell, and what was answered beside them, in the order of
/// time.
struct Story {
  std::vector<StoryEvent> events;     ///< By when they were put in.
  std::vector<StoryDuty> duties;      ///< By when they were opened.
  std::vector<std::string> agencies;  ///< All that put something in or were judged for; in order.
};

/// Whether the post does not have what it is owed by the decision made last.
[[nodiscard]] bool GotTooLittle(const StoryTold& told);

/// From one time until another, in ms since 1970.
struct StorySpan {
  std::int64_t from_ms = 0;
  std::int64_t until_ms = 0;
};

/// For how long acknowledgements were missing: of each letting-go, earlier ones first, whose
/// receipt the post's system acknowledged later than its lane allows, or had not by `now_ms`, or
/// until it was over, though it should have: 15 minutes for immediate, 4 hours for urgent, 72 hours
/// for routine items after each was let go. Source: docs/operations.md, "Themes".
[[nodiscard]] std::vector<StorySpan> LateAcknowledgements(const StoryTold& told,
                                                          v1::Urgency urgency, std::int64_t now_ms);

/// When it was due at the latest, for all that is proved and answered.
[[nodiscard]] std::int64_t LatestDueMs(const StoryDuty& duty);

/// What is proved stands, whatever is answered beside it.
[[nodiscard]] Story Tell(const verifier::Review& review, const verifier::ProvedReview& proved);

}  // namespace tearline::cli
