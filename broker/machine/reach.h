#pragma once

#include <set>
#include <string>

#include "broker/machine/step.h"
#include "broker/policy/decision.h"
#include "broker/state/reader.h"
#include "tearline/stored/v1/row.pb.h"
#include "tearline/v1/directory.pb.h"

namespace tearline::machine {

/// A post is out of reach while somebody is named to act for it and nobody may: its agency is
/// suspended, or the certificate of its agency's authority has expired, or everybody who acts for
/// it is suspended or has none in force any more (certificate_end.h). What is owed to it is then
/// not met, whatever the rules say; what it has not read is judged for others, who get it as far as
/// the policy lets them; and what was kept from it is judged for it when it is back. (From
/// behaviour version kReachFrom on. A post for which nobody is named is a dead address:
/// hand_over.h.)

/// Why a post is out of reach; unspecified while it is in reach, or unknown.
[[nodiscard]] v1::RuleReason OutOfReach(const std::string& post, const state::Reader& reader);

[[nodiscard]] inline bool IsOutOfReach(const std::string& post, const state::Reader& reader) {
  return OutOfReach(post, reader) != v1::RULE_REASON_UNSPECIFIED;
}

/// Whether nothing may be told to a post, whatever the policy says: it is out of reach, or its
/// agency is suspended (before kReachFrom that alone counted), or the directory knows neither.
/// Either may be null.
[[nodiscard]] inline bool IsCutOff(const stored::v1::PostRow* post,
                                   const stored::v1::AgencyRow* agency) {
  return post == nullptr || agency == nullptr || agency->suspended() ||
         post->out_of_reach() != v1::RULE_REASON_UNSPECIFIED;
}
[[nodiscard]] bool IsCutOff(const std::string& post, const state::Reader& reader);

/// Says in a decision for a post's inbox, where it tells nothing because the recipient is
/// suspended, why the post is out of reach. True if it is.
bool SayWhyOutOfReach(const std::string& post, policy::Decision& decision,
                      const state::Reader& reader);

/// The posts that stand in for those of an event's nominals' cases that are out of reach, and for
/// those that supervise one of them without a case. For a seat: the substitute named with it; where
/// none is, or that one is out of reach, too, and for a post without a seat: the first up its line
/// that is in reach, unless another post does its work. A substitute is judged as the seat
/// (judge.h), all others as what they are. And whoever does the work of a dead address among them
/// (taken_up.h), and is not kept out of the person.
[[nodiscard]] std::set<std::string> StandInsFor(const stored::v1::EventRow& event,
                                                const state::Reader& reader);

/// Whether a post is one of these for events about a person.
[[nodiscard]] bool StandsInForPerson(const std::string& nominal_id, const std::string& post,
                                     const state::Reader& reader);

/// The substitutes that seats of an event's nominals' cases name, whether they stand in now or not.
[[nodiscard]] std::set<std::string> SubstitutesNamedFor(const stored::v1::EventRow& event,
                                                        const state::Reader& reader);

/// Whether a post stands in only because it is next up the line of one that is out of reach.
[[nodiscard]] bool StandsInByLine(const stored::v1::EventRow& event, const std::string& post,
                                  const state::Reader& reader);

/// The chairs of the event's nominals' panels, and their accountable posts.
[[nodiscard]] std::set<std::string> CoordinatorsOf(const stored::v1::EventRow& event,
                                                   const state::Reader& reader);

/// The co-ordinators of the agencies that lead those of the cases in which nobody of these is there
/// (hand_over.h), in the cases' areas. No event is sent to a co-ordinator.
[[nodiscard]] std::set<std::string> LeadCoordinatorsOf(const stored::v1::EventRow& event,
                                                       const state::Reader& reader);

/// Somebody is owed an event and cannot be reached: these, and from kDutiesKeptFrom on those, hear
/// of the obligation, too, but its debtor and the event's originator, who have, and, from
/// kPassedOverFrom on, whoever is kept out of the person.
void TellCoordinators(const stored::v1::EventRow& event, const std::string& id,
                      const stored::v1::ObligationRow& row, Step& step);

/// A post was set.
void LookAtReach(const std::string& post, Step& step);
/// An agency was suspended or admitted again, or a member of it was suspended, or that was lifted;
/// `member` is "" for the agency itself.
void LookAtReachOfAgency(const std::string& agency, const std::string& member, Step& step);

/// An agency was admitted: sets when its authority's certificate ends, in place of the time that
/// stood.
void SetAuthorityEnd(const v1::Agency& before, const v1::Agency& after, Step& step);
/// That time has come. `id` is what its deadline names: the agency.
void EndAuthority(const std::string& id, std::int64_t due_ms, Step& step);

}  // namespace tearline::machine
