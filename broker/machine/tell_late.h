#pragma once

#include <cstdint>
#include <string>

#include "broker/machine/judge.h"
#include "broker/machine/step.h"
#include "broker/policy/decision.h"
#include "broker/policy/facts.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {

/// The version from which a post is left what it received where it would be told less now, whatever
/// is withheld late is taken away in one way, and the end of a commission serves what else brings
/// the past.
inline constexpr std::uint16_t kReceivedStandsFrom = 7;

/// What an inbox comes to be told of an event that was recorded before, whatever brings it: a seat,
/// an office, a new policy, an amendment, that a post is back in reach. It is weighed once. Then:
///
///   it may be told more than it was: that supersedes what it had (supersede.h);
///   it received more than that, and all it is owed now: what it received stands, and no duty is
///     unmet (from kReceivedStandsFrom on); a post that is kept out of the person by now must read
///     nothing of it, and hears of nothing that is owed about it;
///   else it is judged: what it may be told enters the inbox, what it may not is taken away from it,
///     and what is owed opens.
///
/// Whoever has an event judged for a post relieves it afterwards (event_obligation.h).

/// In which manner.
struct Late {
  Judging judging = Judging::kLate;
  bool comes = true;         ///< What may be told enters the inbox, unless the post has it.
  bool marked = true;        ///< What enters is marked as late.
  bool reads_late = true;    ///< What must be read is "history arrived" (obligation.h).
  bool comes_again = false;  ///< What was settled comes once more, told otherwise (glass.h).
  bool read_once = true;     ///< What a person has read need not be read again.
  bool takes_away = true;    ///< What is withheld is taken from whoever was to see to it (P6).
  bool ends_read = true;     ///< Nobody must read what is withheld.
};

/// What became of an event that a post was told of before.
enum class HadBefore {
  kNothing,  ///< It was not told, or is not told enough: it is to be judged.
  kMore,     ///< It is told more, in the place of what it had.
  kEnough,   ///< What it received stands.
};

/// The first two of these. `weighed` is what policy says now.
[[nodiscard]] HadBefore SeeToWhatWasTold(const std::string& post,
                                         const stored::v1::EventRow& event,
                                         const policy::EventFacts& facts,
                                         const policy::Decision& weighed, const Late& late,
                                         Step& step);

/// The last.
void JudgeAndTell(const std::string& post, const stored::v1::EventRow& event,
                  policy::Decision weighed, const Late& late, Step& step);

/// Whether a post received an event, by whichever feed, at what `weighed` says now or more.
[[nodiscard]] bool HasAsMuch(const std::string& post, const stored::v1::EventRow& event,
                             const policy::Decision& weighed, const Step& step);

/// Whether a post was told less of an event than all there is.
[[nodiscard]] bool HadLess(const std::string& post, const stored::v1::EventRow& event,
                           const state::Reader& reader);

}  // namespace tearline::machine
