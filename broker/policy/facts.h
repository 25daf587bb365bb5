#pragma once

#include <google/protobuf/repeated_ptr_field.h>

#include <optional>
#include <string>
#include <vector>

#include "tearline/v1/case.pb.h"
#include "tearline/v1/directory.pb.h"
#include "tearline/v1/event.pb.h"
#include "tearline/v1/label.pb.h"
#include "tearline/v1/nominal.pb.h"

namespace tearline::policy {

/// What policy may judge by: codes and relations, never content. An empty optional is "unknown",
/// and unknown counts against a grant and for a cap, a duty and a mask.

/// About the event. The same for every recipient.
struct EventFacts {
  std::string event_type;
  std::string originating_agency;
  std::optional<v1::AgencyKind> originator_kind;
  v1::Urgency urgency = v1::URGENCY_UNSPECIFIED;
  v1::Label label;
  v1::Facts facts;
  std::string purpose{};      ///< For which it was published; "" if none was given.
  std::string legal_basis{};  ///< On which it was published; "" if none was given.

  /// One per segment, in order: what makes it delicate, which nominals (by place) it is about, and
  /// its grading where it was graded apart.
  struct Segment {
    std::vector<v1::ContentFlag> flags;
    std::vector<std::size_t> nominals;
    std::optional<v1::Grading> grading{};
  };
  std::vector<Segment> segments;

  /// One per tear-line, in order.
  struct TearLine {
    v1::Marking marking;
    v1::Audience audience;
  };
  std::vector<TearLine> tear_lines;
};

/// About one nominal the event concerns, and what the recipient is to that nominal.
struct NominalFacts {
  bool has_case = false;
  std::optional<v1::MappaCategory> category;  ///< Empty without a case, or if not known.
  std::optional<v1::MappaLevel> level;        ///< Empty without a case.
  std::string lead_agency;                    ///< "" without a case.
  std::string area;                           ///< The case's; "" without one.
  bool access_limited = false;  ///< Somebody is excluded, or only some are let see it.

  std::optional<v1::SeatKind> seat;  ///< The recipient's seat on this nominal's panel; empty: none.
  bool accountable_officer = false;  ///< The recipient answers that intelligence reaches the panel.
  bool supervising = false;          ///< The recipient supervises this nominal.
  bool excluded = false;             ///< The access limits keep the recipient out.
  bool in_conflict = false;          ///< The recipient was declared in conflict with the nominal.
  std::vector<v1::CaseFunction> functions{};  ///< What the case names the recipient for.
  /// The use of break-glass, "brk_…", by which the recipient has opened this nominal; "": none.
  std::string glass{};
};

/// Whether access limits keep `post` out: excluded, or not among those who alone are let see. A
/// list names posts, "AGENCY/NAME", and agencies, "AGENCY", which stand for all their posts.
[[nodiscard]] bool IsKeptOut(const std::string& post,
                             const google::protobuf::RepeatedPtrField<std::string>& excluded,
                             const google::protobuf::RepeatedPtrField<std::string>& only);

/// What `post` is to a nominal by the case about it; limits and conflicts are not the case's.
[[nodiscard]] NominalFacts StandingIn(const v1::Case& its_case, const std::string& post);

/// About the recipient post.
struct RecipientFacts {
  std::string post;
  std::string agency;
  std::optional<v1::AgencyKind> agency_kind;
  std::vector<v1::PostRole> roles;
  v1::Marking clearance;
  std::string area;        ///< Its agency's; "" if that is national.
  bool suspended = false;  ///< The agency is suspended: nothing may be told.
  /// The event is a composite, and of its members fewer may be told to this recipient than make
  /// one: to it there is none.
  bool sees_too_few = false;
};

}  // namespace tearline::policy
