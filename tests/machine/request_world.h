#pragma once

#include <map>
#include <string>
#include <vector>

#include "tearline/stored/v1/command.pb.h"
#include "tearline/stored/v1/row.pb.h"
#include "tests/machine/world.h"

namespace tearline::machine {

/// A world of people about whom others are asked. In the north probation (chair, supervisor,
/// coordinator), police (panel, coordinator; checks, below superintendent, below board/board) and
/// housing (homes); in the south police-south (checks); everywhere health (safeguarding).
/// police/checks and police-south/checks do domestic-abuse checks; police/checks and
/// health/safeguarding answer enquiries; housing/homes answers for housing. Who an event is
/// released to by name may see it, unless it is kept out of the person.
///
/// One person, whose case probation/chair chairs, with police/panel a member; and one without a
/// case, whom probation/supervisor supervises.
struct RequestWorld : World {
  static constexpr std::int64_t kHourMs = 3'600'000;
  static constexpr std::int64_t kDayMs = 24 * kHourMs;
  static constexpr char kChair[] = "probation/chair";
  static constexpr char kSupervisor[] = "probation/supervisor";
  static constexpr char kChecks[] = "police/checks";
  static constexpr char kAbove[] = "police/superintendent";
  static constexpr char kSouth[] = "police-south/checks";
  static constexpr char kHealth[] = "health/safeguarding";
  static constexpr char kHomes[] = "housing/homes";

  RequestWorld();

  /// A domestic-abuse check for the case, to be answered in `in_ms`, of whoever does them.
  stored::v1::AskForInformation Asking(std::int64_t in_ms = 8 * kDayMs) const;
  /// The same about the one without a case, of one post.
  stored::v1::AskForInformation AskingOf(const std::string& post) const;
  Applied Ask(const stored::v1::AskForInformation& command, const std::string& post = kChair);
  /// Asks; the request's id, 16 bytes.
  std::string Ask();

  Applied Answer(const stored::v1::AnswerForInformation& command,
                 const std::string& post = kChecks);
  Applied Answer(const std::string& request_id, v1::InformationOutcome outcome,
                 const std::string& post = kChecks);
  Applied AnswerBy(const std::string& request_id, const std::string& event_id,
                   const std::string& post = kChecks);
  Applied Refuse(const std::string& request_id, const std::string& post = kChecks);

  /// An event about a nominal by a post, released by name to another; its id, 16 bytes.
  std::string PublishFor(const std::string& reader, const std::string& about,
                         const std::string& post = kChecks);
  /// Keeps posts out of a nominal, and nobody else.
  void KeepOut(const std::string& nominal_id, const std::vector<std::string>& posts);

  stored::v1::InformationRequestRow RowOf(const std::string& request_id) const;
  /// Who is asked, in order, and what each said: "police/checks", "police/checks refused".
  std::vector<std::string> Asked(const std::string& request_id) const;
  /// Ids of open obligations of a type, by debtor.
  std::map<std::string, std::string> Open(v1::ObligationType type) const;
  /// How often the newest leaf says `what` of a post; of anything, if `other` is "".
  int Said(const std::string& what, const std::string& other = "") const;
  /// Has a post stand above another.
  void PutAbove(const std::string& above, const std::string& post);
  Applied LookAtRefusal(const std::string& obligation_id, const std::string& post);
  /// How often a post's urgent lane was told of an obligation.
  int TimesTold(const std::string& post, const std::string& obligation_id) const;
  /// Time passes until all that is due by then has fired, each at its time.
  void PassStepByStep(std::int64_t milliseconds);

  std::string nominal;  ///< With a case.
  std::string other;    ///< Without.
  std::string case_id;
};

}  // namespace tearline::machine
