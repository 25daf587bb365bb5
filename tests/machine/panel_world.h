#pragma once

#include <map>
#include <string>

#include "tearline/stored/v1/command.pb.h"
#include "tearline/stored/v1/row.pb.h"
#include "tests/machine/event_world.h"

namespace tearline::machine {

/// The world of one event's panel, that is asked: probation/chair, police/panel and
/// ct-police/accountable, by education/guest, who proposes.
struct PanelWorld : EventWorld {
  static constexpr std::int64_t kHourMs = 3'600'000;
  static constexpr std::int64_t kDayMs = 24 * kHourMs;

  /// A proposal of the world's case, to be answered in `in_ms`.
  stored::v1::MakeProposal Proposing(std::int64_t in_ms = 8 * kDayMs) const;
  Applied Propose(const stored::v1::MakeProposal& command, const std::string& post = kGuest);
  /// Proposes it; its id, 16 bytes.
  std::string Propose(std::int64_t in_ms = 8 * kDayMs);

  Applied Answer(const std::string& proposal_id, const std::string& post,
                 v1::ProposalAnswer answer = v1::PROPOSAL_ANSWER_NO_OBJECTION);
  /// Seats a post as a member; or takes its seat away.
  Applied Seat(const std::string& post, bool leave = false);

  stored::v1::ProposalRow RowOf(const std::string& proposal_id) const;
  /// Who is asked and on the panel, and what came of it, in words: "waits", "objection",
  /// "silent", "silent, objection".
  std::map<std::string, std::string> Answers(const std::string& proposal_id) const;
  /// How often the newest leaf says `what` of a post; of anything, if `other` is "".
  int Said(const std::string& what, const std::string& other = "") const;
  /// Time passes until all that is due by then has fired, each at its time.
  void PassStepByStep(std::int64_t milliseconds);
};

}  // namespace tearline::machine
