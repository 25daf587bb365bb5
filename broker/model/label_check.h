#pragma once

#include <string>

#include "broker/status/status.h"
#include "tearline/v1/event.pb.h"
#include "tearline/v1/label.pb.h"

namespace tearline::model {

/// Whether the parts of an event that restrict it may be recorded. `path` names the part in the
/// refusal, for example "event.label". Nothing of what was sent is quoted.

/// A label: a good marking; a grading that is whole, by one scheme, with action and sanitisation
/// codes always and only under conditions; a pointer post if existence may be told; at most
/// kReleasedToMax posts.
///
/// Source: College of Policing, intelligence report, 3x5x2.
/// Refuses: LABEL_INVALID  it contradicts itself, or holds a field or value not known here.
///          LIMIT_PASSED   too many caveats or posts.
///          NAME_INVALID   a post is not "AGENCY/NAME".
[[nodiscard]] Status CheckLabel(const v1::Label& label, const std::string& path);

/// The grading of one segment, graded apart: good as a label's is, by the scheme of the whole's
/// `label_grading`, and handled no more strictly than that. Whoever looks at the label alone then
/// never takes a part of it for less than it is.
///
/// Refuses: LABEL_INVALID.
[[nodiscard]] Status CheckSegmentGrading(const v1::Grading& grading,
                                         const v1::Grading& label_grading, const std::string& path);

/// An audience: known kinds and roles, posts written "AGENCY/NAME". An empty one is nobody, and
/// good.
///
/// Refuses: LABEL_INVALID, LIMIT_PASSED, NAME_INVALID as above.
[[nodiscard]] Status CheckAudience(const v1::Audience& audience, const std::string& path);

/// A tear-line: 1 to kTearLineBytesMax bytes of UTF-8, a good audience, a good marking that
/// `event_marking` dominates.
///
/// Refuses: as above; FIELD_INVALID for an empty text, or one that is not UTF-8.
[[nodiscard]] Status CheckTearLine(const v1::TearLine& tear_line, const v1::Marking& event_marking,
                                   const std::string& path);

}  // namespace tearline::model
