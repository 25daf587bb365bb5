#include <algorithm>
#include <set>
#include <string>

#include "broker/machine/apply.h"
#include "broker/machine/composite.h"
#include "broker/machine/event_change.h"
#include "broker/machine/event_terms.h"
#include "broker/machine/identifiers.h"
#include "broker/machine/moved_booking.h"
#include "broker/machine/rows.h"
#include "broker/machine/signing_key.h"
#include "broker/machine/subject_key.h"
#include "broker/model/label_check.h"
#include "broker/model/limits.h"
#include "broker/model/marking.h"

namespace tearline::machine {
namespace {

using stored::v1::AmendEvent;
using stored::v1::EventRow;

/// The event under the new terms. The rest of the label stays.
EventRow Under(const v1::ReleaseTerms& terms, EventRow event) {
  *event.mutable_terms() = terms;
  return event;
}

Status CheckTerms(const AmendEvent& command, const EventRow& event, const state::Reader& reader) {
  if (!command.has_terms()) return {};
  const v1::Label label = LabelOf(Under(command.terms(), event));
  TEARLINE_RETURN_IF_REFUSED(model::CheckLabel(label, "amendment.terms"));
  if (!label.pointer_post().empty() && !reader.Get(PostKey(label.pointer_post()))) {
    return Refuse(v1::ERROR_REASON_NOT_FOUND,
                  "`amendment.terms.pointer_post` must be a post the directory knows");
  }
  return {};
}

Status CheckRetired(const AmendEvent& command, const EventRow& event) {
  for (int i = 0; i < command.retired_tear_lines_size(); ++i) {
    const std::uint32_t place = command.retired_tear_lines(i);
    const bool rising = i == 0 || command.retired_tear_lines(i - 1) < place;
    if (!rising || place >= TearLinesOf(event) || IsRetired(event, place)) {
      return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                    "`amendment.retired_tear_lines` must be places of tear-lines in force, in "
                    "rising order");
    }
  }
  return {};
}

/// Whether a tear-line was sealed, before the event was moved, under a key of the nominal it was
/// moved from: erasing the other would leave it readable.
bool SealedForWhomItLeft(const AmendEvent& command, const EventRow& event,
                         const state::Reader& reader) {
  std::set<std::string> left = EverOf(event);
  for (const std::string& each : event.nominal_ids()) left.erase(each);
  if (left.empty()) return false;
  for (const stored::v1::SealedTearLine& line : command.tear_lines()) {
    for (const stored::v1::WrappedKey& key : line.text().keys()) {
      const auto row = reader.See<stored::v1::SubjectKeyRow>(SubjectKeyKey(key.subject_key_id()));
      if (row && left.contains(row->nominal_id())) return true;
    }
  }
  return false;
}

Status CheckWritten(const AmendEvent& command, const EventRow& event, const state::Reader& reader) {
  const std::size_t ever = TearLinesOf(event) + static_cast<std::size_t>(command.tear_lines_size());
  const auto retired =
      static_cast<std::size_t>(event.retired_tear_lines_size() + command.retired_tear_lines_size());
  if (ever > model::kTearLinesEverMax || ever - retired > model::kTearLinesMax) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED,
                  "an event has at most 4 tear-lines in force, and 16 that were ever written");
  }
  if (command.tear_lines().empty()) return {};
  if (command.first_place() != TearLinesOf(event)) {
    return Refuse(v1::ERROR_REASON_UNAVAILABLE,
                  "the event was amended meanwhile; look at it again and amend what it is now");
  }
  for (int i = 0; i < command.tear_lines_size(); ++i) {
    const stored::v1::SealedTearLine& line = command.tear_lines(i);
    const std::string path = "amendment.tear_lines[" + std::to_string(i) + "]";
    TEARLINE_RETURN_IF_REFUSED(model::CheckMarking(line.marking(), path + ".marking"));
    TEARLINE_RETURN_IF_REFUSED(model::CheckAudience(line.audience(), path + ".audience"));
    if (!model::Dominates(event.publish().label().marking(), line.marking())) {
      return Refuse(v1::ERROR_REASON_LABEL_INVALID,
                    "`" + path + ".marking` must not be above the event's");
    }
  }
  TEARLINE_RETURN_IF_REFUSED(CheckKeysStand(command, reader));
  if (SealedForWhomItLeft(command, event, reader)) {
    return Refuse(v1::ERROR_REASON_UNAVAILABLE,
                  "the event was moved to another nominal meanwhile; amend it again");
  }
  return {};
}

bool ChangesTerms(const AmendEvent& command, const EventRow& event) {
  return command.has_terms() && LabelOf(Under(command.terms(), event)).SerializeAsString() !=
                                    LabelOf(event).SerializeAsString();
}

/// A spillage that was prepared before this must notice that more was sealed under the same keys.
void MarkUsed(const AmendEvent& command, Step& step) {
  for (const stored::v1::SealedTearLine& line : command.tear_lines()) {
    for (const stored::v1::WrappedKey& key : line.text().keys()) {
      auto row = step.batch.Find<stored::v1::SubjectKeyRow>(SubjectKeyKey(key.subject_key_id()));
      if (!row) continue;
      row->set_amended_position(step.header.position);
      step.batch.PutRow(SubjectKeyKey(key.subject_key_id()), *row);
    }
  }
}

void Amend(const AmendEvent& command, const Step& step, EventRow& event) {
  if (command.has_terms()) {
    *event.mutable_terms() = command.terms();
    // A pointer is signed for the terms under which it is shown.
    event.clear_signed_pointer();
    if (command.has_pointer()) *event.mutable_signed_pointer() = command.pointer();
  }
  if (command.has_signature()) event.set_change_signed_ms(command.signed_ms());
  event.mutable_retired_tear_lines()->MergeFrom(command.retired_tear_lines());
  std::sort(event.mutable_retired_tear_lines()->begin(), event.mutable_retired_tear_lines()->end());
  event.mutable_later_tear_lines()->MergeFrom(command.tear_lines());
  event.set_changed_position(step.header.position);
}

void Remember(const AmendEvent& command, const EventRow& event, Step& step) {
  stored::v1::AmendedDetail& detail = *step.AddDetail().mutable_amended();
  detail.set_event_id(command.event_id());
  if (command.has_terms()) *detail.mutable_terms() = command.terms();
  *detail.mutable_retired_tear_lines() = command.retired_tear_lines();
  detail.set_first_place(command.first_place());
  detail.set_tear_lines(static_cast<std::uint32_t>(command.tear_lines_size()));
  detail.set_amended_by(step.actor.post());
  if (command.has_signature()) {
    *step.AddDetail().mutable_accepted_change() = AcceptedChangeOf(command, event);
  }
}

}  // namespace

Status ApplyAmendEvent(const AmendEvent& command, Step& step) {
  auto event = step.batch.Find<EventRow>(EventKey(command.event_id()));
  if (!event || event->has_composite() || event->answering_post() != step.actor.post()) {
    return Refuse(v1::ERROR_REASON_NOT_FOUND, "no such event that this post answers for");
  }
  if (IsWithdrawn(*event)) {
    return Refuse(v1::ERROR_REASON_EVENT_WITHDRAWN,
                  "the event was withdrawn, and stays so; publish what is right anew");
  }
  TEARLINE_RETURN_IF_REFUSED(CheckTerms(command, *event, step.batch));
  TEARLINE_RETURN_IF_REFUSED(CheckRetired(command, *event));
  TEARLINE_RETURN_IF_REFUSED(CheckWritten(command, *event, step.batch));
  TEARLINE_RETURN_IF_REFUSED(CheckSignaturesStand(command, *event, step.as(), step.batch));
  if (!ChangesTerms(command, *event) && command.retired_tear_lines().empty() &&
      command.tear_lines().empty()) {
    return Refuse(v1::ERROR_REASON_NOTHING_AMENDED,
                  "`amendment` must change the terms, or write or retire a tear-line");
  }
  TEARLINE_RETURN_IF_REFUSED(WriteSubjectKeys(command.keys(), event->nominal_ids(), step));

  MarkUsed(command, step);
  Amend(command, step, *event);
  step.batch.PutRow(EventKey(command.event_id()), *event);
  Remember(command, *event, step);
  BeginEventChange(*event, step);
  FollowMember(*event, step);
  return {};
}

}  // namespace tearline::machine
