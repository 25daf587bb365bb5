#include "broker/machine/apply_move.h"

#include <limits>
#include <set>
#include <string>
#include <vector>

#include "broker/machine/brought_in.h"
#include "broker/machine/composite.h"
#include "broker/machine/event_change.h"
#include "broker/machine/identity.h"
#include "broker/machine/moved_booking.h"
#include "broker/machine/obligation.h"
#include "broker/machine/obligation_row.h"
#include "broker/machine/review_told.h"
#include "broker/machine/rows.h"
#include "broker/machine/subject_key.h"
#include "broker/machine/tell_originators.h"

namespace tearline::machine {
namespace {

using state::Key;
using state::Table;
using stored::v1::EventRow;
using stored::v1::MoveBooking;
using stored::v1::MovedKeys;
using stored::v1::ObligationRow;

/// As many as hang on one event, or are owed about one nominal.
constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

/// Whether an event was let go to a post that the nominal it moves to does not bring in.
bool WasToldToOthers(const EventRow& event, const std::set<std::string>& brought_in,
                     const Step& step) {
  const Key told = Key(Table::kLetGo).Fixed(event.publish().event_id());
  const std::size_t name_at = told.bytes().size();
  for (const auto& [key, row] : step.batch.Scan(told, kAll)) {
    const std::string post = key.substr(name_at, key.size() - name_at - 1);  // no closing zero
    if (post != event.answering_post() && !brought_in.contains(post)) return true;
  }
  return false;
}

/// What is owed about the nominal that the events leave is not owed about them any more: what is
/// owed about the other opens as they are judged.
void LeaveObligations(const std::string& from_id, const std::vector<EventRow>& events, Step& step) {
  for (const auto& [key, id] : step.batch.Scan(OpenAbout(from_id), kAll)) {
    ObligationRow row = *step.batch.Find<ObligationRow>(ObligationKey(id));
    for (const EventRow& event : events) {
      const std::string& event_id = event.publish().event_id();
      if (HoldsEvent(id, row, event_id, step.batch)) LeaveObligation(id, event_id, row, step);
    }
  }
}

/// Makes an event the other nominal's, at every place where it was the one's.
void Reattribute(const MoveBooking& command, const MovedKeys& keys, EventRow& event, Step& step) {
  const std::set<std::string> open = KeysThatOpen(event, step.batch);
  for (const stored::v1::MovedKey& key : keys.keys()) {
    if (!open.contains(key.old_key_id())) continue;
    stored::v1::ReplacedKey& replaced = *event.add_moved_keys();
    replaced.set_old_key_id(key.old_key_id());
    replaced.set_new_key_id(key.moved_key_id());
  }
  for (int place = 0; place < event.nominal_ids_size(); ++place) {
    if (event.nominal_ids(place) != command.from_id()) continue;
    event.set_nominal_ids(place, command.to_id());
    stored::v1::EventMove& move = *event.add_moves();
    move.set_place(static_cast<std::uint32_t>(place));
    move.set_from_id(command.from_id());
    move.set_position(step.header.position);
    move.set_moved_ms(step.now_ms());
  }
  event.set_changed_position(step.header.position);
  const std::string& event_id = event.publish().event_id();
  step.batch.PutRow(EventKey(event_id), event);
  step.batch.Put(Key(Table::kEventOfNominal).Fixed(command.to_id()).U64(event.position()),
                 event_id);
  const Key originator = OriginatorOfKey(command.to_id(), event.answering_post());
  if (!step.batch.Get(originator)) step.batch.Put(originator, "");
  stored::v1::EventMovedDetail& detail = *step.AddDetail().mutable_event_moved();
  detail.set_event_id(event_id);
  detail.set_from_id(command.from_id());
  detail.set_to_id(command.to_id());
}

void Remember(const MoveBooking& command, const MovedKeys& keys, std::size_t events, Step& step) {
  stored::v1::BookingMovedDetail& detail = *step.AddDetail().mutable_booking_moved();
  detail.set_from_id(command.from_id());
  detail.set_to_id(command.to_id());
  detail.set_from_ms(command.from_ms());
  detail.set_until_ms(command.until_ms());
  detail.set_agency(command.agency());
  detail.set_reason(command.reason());
  detail.set_events(static_cast<std::uint32_t>(events));
  detail.set_replaced_keys(static_cast<std::uint32_t>(keys.keys_size()));
  detail.set_moved_by(step.actor.post());
}

/// Who answers for these events and told something about the other before. Whoever did not is to
/// learn no more of the other's panel than by publishing.
std::set<std::string> WhoToldOf(const std::string& to_id, const std::vector<EventRow>& events,
                                const Step& step) {
  std::set<std::string> originators;
  for (const EventRow& event : events) {
    const std::string& post = event.answering_post();
    if (step.batch.Get(OriginatorOfKey(to_id, post))) originators.insert(post);
  }
  return originators;
}

/// They hear which posts are judged for the events from now on.
void TellWhoAnswers(const std::string& to_id, const std::set<std::string>& originators,
                    const std::set<std::string>& posts, Step& step) {
  for (const std::string& originator : originators) {
    if (IsKeptOutOfPerson(originator, to_id, step.batch)) continue;
    for (const std::string& post : posts) {
      if (post == originator || IsKeptOutOfPerson(post, to_id, step.batch)) continue;
      TellOfAccess(originator, post, to_id, step);
    }
  }
}

}  // namespace

Status ApplyMoveBooking(const MoveBooking& command, Step& step) {
  TEARLINE_RETURN_IF_REFUSED(CheckMove(command, step.actor, step.now_ms(), step.batch));
  Result<std::vector<EventRow>> events =
      EventsOfBooking(command, step.header.position - 1, step.batch);
  if (!events.ok()) return events.status();
  const MovedKeys& keys = command.keys();
  TEARLINE_RETURN_IF_REFUSED(CheckMoved(keys, command.from_id(), *events, step.batch));

  const std::set<std::string> posts = PostsOfPerson(command.to_id(), step.now_ms(), step.batch);
  std::set<std::string> new_posts = posts;
  for (const std::string& post : PostsOfPerson(command.from_id(), step.now_ms(), step.batch)) {
    new_posts.erase(post);
  }
  Remember(command, keys, events->size(), step);
  LeaveObligations(command.from_id(), *events, step);
  const std::set<std::string> originators = WhoToldOf(command.to_id(), *events, step);
  bool told_to_others = false;
  for (EventRow& event : *events) {
    told_to_others = told_to_others || WasToldToOthers(event, posts, step);
    Reattribute(command, keys, event, step);
  }
  for (const stored::v1::MovedKey& key : keys.keys()) SplitKey(key, command.to_id(), step);
  TellWhoAnswers(command.to_id(), originators, new_posts, step);
  step.applied.telling_changed = true;
  for (const EventRow& event : *events) {
    BeginEventMove(event, step);
    CountForComposites(event, step);
  }
  PartComposites(command.from_id(), step);
  if (told_to_others) {
    OpenReviewOfTold(command.from_id(), command.to_id(), v1::RULE_REASON_BOOKING_MOVED, step);
  }
  return {};
}

}  // namespace tearline::machine
