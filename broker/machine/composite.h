#pragma once

#include <cstdint>
#include <string>

#include "broker/machine/step.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {

/// Composites: events that the broker makes of several about one person, where the policy's
/// composite rules say so. A composite has no content and no originator; it is judged, queued,
/// superseded and taken back as any event, and what it is to each post, composite_view.h says.
///
/// What counts is noted as it is published, at each of its nominals; all of a person's count
/// together, whichever of the nominals they were recorded under. What is withdrawn, was erased,
/// occurred before the rule's time when it was published, or was published while no rule counted
/// it, does not.
///
/// A composite is made once what counts makes one, by the pulse that follows at once and in a
/// record of its own: the indexes of events hold one event for each position. From then on whatever
/// counts joins it, and it is judged again for everybody. There is one for each person and rule,
/// named by the nominal the person goes by: which it is, and when it changes, must not depend on
/// what is withheld from somebody. Only with kCompositeMembersMax members another follows it. What
/// is withdrawn, or is somebody else's, leaves; if those left make none, nobody is told of it.

/// Whether somebody may publish events of a type: not if the policy keeps it for composites.
///
/// Refuses: EVENT_TYPE_INVALID.
[[nodiscard]] Status CheckNoComposite(const std::string& event_type, const Step& step);

/// Counts an event that is being published, or becomes another nominal's; where there is a composite or may be one now, the next
/// pulse looks. An event that no rule counts costs a look at each rule's types.
void CountForComposites(const stored::v1::EventRow& event, Step& step);

/// Has every rule looked at for a person whose nominals have changed, by the next pulse.
void CallForComposites(const std::string& nominal_id, Step& step);

/// Looks whether a composite is to be made, or joined. `id` is what its deadline names. If this
/// record has made one already, the next pulse looks.
void LookForComposite(const std::string& id, std::int64_t due_ms, Step& step);

/// An event was withdrawn or amended: so have the composites it is a member of.
void FollowMember(const stored::v1::EventRow& event, Step& step);

/// What is not about the nominal's person any more leaves its composites; and every rule is looked
/// at for that person.
void PartComposites(const std::string& nominal_id, Step& step);

/// What was recorded about a nominal was erased: its composites end, and nothing of it counts.
void EndComposites(const std::string& nominal_id, Step& step);

}  // namespace tearline::machine
