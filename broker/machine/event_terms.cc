#include "broker/machine/event_terms.h"

#include <algorithm>

#include "broker/machine/identity.h"
#include "broker/machine/machine.h"
#include "broker/machine/permission.h"
#include "broker/machine/rows.h"
#include "broker/machine/silence.h"
#include "broker/status/invariant.h"

namespace tearline::machine {

using stored::v1::EventRow;

namespace {

/// Whether a reason to withdraw says of an event that was withdrawn what its reason before did not,
/// and the law's clock starts by it.
bool IsGraver(v1::WithdrawalReason reason, v1::WithdrawalReason before,
              std::uint16_t behaviour_version) {
  if (reason == v1::WITHDRAWAL_REASON_SPILLAGE) return before != v1::WITHDRAWAL_REASON_SPILLAGE;
  return behaviour_version >= kDutiesKeptFrom && reason == v1::WITHDRAWAL_REASON_WRONG_PERSON &&
         (before == v1::WITHDRAWAL_REASON_INACCURATE ||
          before == v1::WITHDRAWAL_REASON_SENT_IN_ERROR);
}

}  // namespace

bool IsWithdrawn(const EventRow& event) {
  return event.withdrawn() != v1::WITHDRAWAL_REASON_UNSPECIFIED;
}

bool IsFast(const EventRow& event) {
  const v1::Urgency urgency = event.publish().urgency();
  return urgency == v1::URGENCY_IMMEDIATE || urgency == v1::URGENCY_URGENT;
}

v1::Label LabelOf(const EventRow& event) {
  v1::Label label = event.publish().label();
  if (!event.has_terms()) return label;
  const v1::ReleaseTerms& terms = event.terms();
  label.set_originator_controlled(terms.originator_controlled());
  *label.mutable_released_to_posts() = terms.released_to_posts();
  label.set_existence_may_be_told(terms.existence_may_be_told());
  label.set_pointer_post(terms.pointer_post());
  label.set_holder_may_be_named(terms.holder_may_be_named());
  return label;
}

std::uint32_t TearLinesOf(const EventRow& event) {
  return static_cast<std::uint32_t>(event.publish().tear_lines_size() +
                                    event.later_tear_lines_size());
}

const stored::v1::SealedTearLine& TearLineAt(const EventRow& event, std::uint32_t place) {
  TEARLINE_INVARIANT(place < TearLinesOf(event), "a tear-line is named by a place it has");
  const auto own = static_cast<std::uint32_t>(event.publish().tear_lines_size());
  return place < own ? event.publish().tear_lines(static_cast<int>(place))
                     : event.later_tear_lines(static_cast<int>(place - own));
}

bool IsRetired(const EventRow& event, std::uint32_t place) {
  const auto& retired = event.retired_tear_lines();
  return std::find(retired.begin(), retired.end(), place) != retired.end();
}

std::string WhoAnswersFor(const EventRow& event, const stored::v1::ObligationRow& owed,
                          const state::Reader& reader) {
  if (!event.has_composite()) return event.answering_post();
  const std::string owed_post = owed.owed_posts().empty() ? std::string() : owed.owed_posts(0);
  const auto may_be_asked = [&](const std::string& post) {
    return post != owed_post && !IsKeptOutOfPerson(post, event.nominal_ids(0), reader);
  };
  std::string first;
  for (const stored::v1::CompositeMember& each : event.composite().members()) {
    if (each.left()) continue;
    const auto member = reader.See<EventRow>(EventKey(each.event_id()));
    TEARLINE_INVARIANT(member != nullptr, "a member of a composite is kept");
    const std::string& answers = member->answering_post();
    if (may_be_asked(answers) && IsWithheld(each.event_id(), owed_post, reader)) return answers;
    if (first.empty() || (!may_be_asked(first) && may_be_asked(answers))) first = answers;
  }
  return first;
}

bool MayWithdraw(const EventRow& event, const std::string& post, const state::Reader& reader) {
  if (post.empty()) return false;
  if (post == event.answering_post()) return true;
  const std::string agency = AgencyOfPost(post);
  if (agency != AgencyOfPost(event.answering_post()) &&
      agency != event.publish().originating_agency()) {
    return false;
  }
  const auto row = reader.See<stored::v1::PostRow>(PostKey(post));
  return row && HasRole(row->post(), v1::POST_ROLE_INFORMATION_GOVERNANCE);
}

Status CheckWithdrawal(const std::optional<EventRow>& event, const std::string& post,
                       v1::WithdrawalReason reason, std::uint16_t behaviour_version,
                       const state::Reader& reader) {
  if (!event || !MayWithdraw(*event, post, reader)) {
    return Refuse(v1::ERROR_REASON_NOT_FOUND, "no such event that this post may withdraw");
  }
  if (!v1::WithdrawalReason_IsValid(reason) || reason == v1::WITHDRAWAL_REASON_UNSPECIFIED ||
      reason == v1::WITHDRAWAL_REASON_ERASED) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                  "`reason` must be wrong person, spillage, inaccurate or sent in error");
  }
  if (IsWithdrawn(*event) && !IsGraver(reason, event->withdrawn(), behaviour_version)) {
    return Refuse(v1::ERROR_REASON_EVENT_WITHDRAWN,
                  "the event was withdrawn before; once more only as a spillage, or as about the "
                  "wrong person where that starts the breach clock");
  }
  return {};
}

}  // namespace tearline::machine
