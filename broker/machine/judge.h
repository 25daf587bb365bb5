#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "broker/machine/step.h"
#include "broker/policy/decision.h"
#include "broker/policy/facts.h"
#include "broker/state/reader.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {

/// What policy may know of an event. The same for every recipient.
[[nodiscard]] policy::EventFacts FactsOf(const stored::v1::EventRow& event,
                                         const state::Reader& reader);

/// The posts that a nominal's case brings in: seats, accountable officer, supervising post, posts
/// named for functions.
[[nodiscard]] std::set<std::string> PostsOfCase(const stored::v1::CaseRow& row);

/// The agencies that a nominal's case brings in: the one that leads it, and those of these posts.
[[nodiscard]] std::set<std::string> AgenciesOfCase(const stored::v1::CaseRow& row);

/// Posts to be judged for an event at a time: those its nominals' cases bring in, those that
/// supervise one of them, whoever stands in for one of these that is out of reach, and those that
/// have broken the glass for one of them, less the originating post.
[[nodiscard]] std::set<std::string> PostsToJudge(const stored::v1::EventRow& event,
                                                 std::int64_t now_ms, const state::Reader& reader);

/// When an event is judged: as it is published; again, since something changed; or late, by
/// catching up.
enum class Judging { kFirst, kAgain, kLate };

/// Judges one event for the post whose feed it is, by the policy in force, and notes what is not
/// told (silence.h). A post the directory does not know gets nothing. A seat counts from its
/// history on. What its originator withdrew is told to nobody, and owed to nobody.
///
/// `feed` is the inbox, called as the post, or the subscription that asks.
///
/// Requires: `step.policy` is not null.
policy::Decision Decide(const stored::v1::EventRow& event, const policy::EventFacts& facts,
                        const std::string& feed, Step& step);

/// What policy says of one event for a post now: as Decide, and nothing is noted of it. Of a post
/// out of reach it says what the post would get as one that is cut off.
///
/// Requires: `step.policy` is not null.
policy::Decision Weigh(const stored::v1::EventRow& event, const policy::EventFacts& facts,
                       const std::string& feed, Step& step);

/// What the policy in force says of a composite to a post, and notes nothing. `composite` takes the
/// place of the event's own.
///
/// Requires: `event` is a composite; `step.policy` is not null.
policy::Decision SayOfComposite(stored::v1::EventRow event,
                                const stored::v1::CompositeRow& composite, const std::string& post,
                                Step& step);

/// Adds a decision to the leaf.
void RememberDecision(const policy::Decision& decision, const stored::v1::EventRow& event,
                      const std::string& feed, Judging judging, Step& step);

/// What was weighed (Weigh) stands: noted as Decide notes it, and added to the leaf.
policy::Decision JudgeAs(policy::Decision weighed, const stored::v1::EventRow& event,
                         const std::string& feed, Judging judging, Step& step);

/// Both: decides, and adds the decision to the leaf.
///
/// Requires: `step.policy` is not null.
policy::Decision Judge(const stored::v1::EventRow& event, const policy::EventFacts& facts,
                       const std::string& feed, Judging judging, Step& step);

/// What a judgement rests on besides the event: what `post` is as it is made, and is to each of the
/// event's nominals.
struct Standing {
  std::vector<policy::NominalFacts> nominals;
  policy::RecipientFacts recipient;
};
[[nodiscard]] Standing StandingOf(const stored::v1::EventRow& event, const std::string& post,
                                  const RecordedAs& as, const state::Reader& reader);

/// The position of the last change that could alter a judgement of this event for this post: of
/// policy, event, nominal, case, recipient, its agency, the originating agency; of a composite also
/// those of its members; or of who is out of reach. `ledger` is the broker's own row at the
/// reader's position. While a use of break-glass by the post, or a commission, has run out and no
/// pulse has ended it yet, every judgement is older than that.
[[nodiscard]] model::Position LastChange(const stored::v1::EventRow& event, const std::string& post,
                                         const stored::v1::LedgerRow& ledger,
                                         const state::Reader& reader);

}  // namespace tearline::machine
