#include "broker/machine/composite.h"

#include <algorithm>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "broker/machine/composite_view.h"
#include "broker/machine/event_change.h"
#include "broker/machine/event_terms.h"
#include "broker/machine/identity.h"
#include "broker/machine/judge_for_all.h"
#include "broker/machine/rows.h"
#include "broker/model/dominating_label.h"
#include "broker/model/limits.h"
#include "broker/policy/composite.h"
#include "broker/status/invariant.h"

namespace tearline::machine {
namespace {

using state::Key;
using state::Table;
using stored::v1::CompositeMember;
using stored::v1::EventRow;

using Event = std::shared_ptr<const EventRow>;
using Events = std::vector<Event>;

constexpr char kBroker[] = "broker";
constexpr auto kMembersMax = static_cast<std::size_t>(model::kCompositeMembersMax);
/// As many composites as a person ever had, and as many as an event is a member of.
constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

Event EventOf(const std::string& event_id, const Step& step) {
  auto event = step.batch.See<EventRow>(EventKey(event_id));
  TEARLINE_INVARIANT(event != nullptr, "an event that counts, or is made of some, is kept");
  return event;
}

const policy::CompositeRule* FindRule(const std::string& name, const Step& step) {
  for (const policy::CompositeRule& rule : step.policy->composites()) {
    if (rule.written.name() == name) return &rule;
  }
  return nullptr;
}

std::vector<policy::Occurrence> OccurrencesOf(const Events& events) {
  std::vector<policy::Occurrence> all;
  for (const Event& each : events) {
    all.push_back({each->publish().occurred_ms(), each->publish().originating_agency()});
  }
  return all;
}

bool MakeOne(const Events& events, const policy::CompositeRule& rule) {
  return !policy::NewestRun(rule.terms, OccurrencesOf(events)).empty();
}

/// What counts towards a rule about a person, in the order of the ledger, at most the newest
/// kCompositeCountedMax; nothing that was moved to another since.
Events Counted(const std::string& person, const policy::CompositeRule& rule, const Step& step) {
  std::map<model::Position, Event> counted;
  for (const std::string& id : SamePerson(person, step.batch)) {
    for (const auto& [key, event_id] :
         step.batch.Scan(CountedKey(id, rule.written.name()), model::kCompositeCountedMax)) {
      Event event = EventOf(event_id, step);
      if (!IsWithdrawn(*event) && IsAbout(*event, person, step.batch) &&
          policy::Counts(rule.written, event->publish().event_type())) {
        counted.emplace(event->position(), std::move(event));
      }
    }
  }
  while (counted.size() > model::kCompositeCountedMax) counted.erase(counted.begin());
  Events events;
  for (auto& [position, event] : counted) events.push_back(std::move(event));
  return events;
}

/// The composites of a nominal, by one rule or by whichever ("all" of a key), but those that an
/// erasure ended, in the order of the ledger.
Events CompositesBelow(const Key& all, const Step& step) {
  Events composites;
  for (const auto& [key, id] : step.batch.Scan(all, kAll)) {
    Event event = EventOf(id, step);
    if (!IsWithdrawn(*event)) composites.push_back(std::move(event));
  }
  return composites;
}

void NoteCounted(const std::string& nominal_id, const std::string& rule, const EventRow& event,
                 Step& step) {
  const auto key = [&] { return CountedKey(nominal_id, rule); };
  step.batch.Put(key().U64(event.position()), event.publish().event_id());
  const auto rows = step.batch.Scan(key(), model::kCompositeCountedMax + 1);
  if (rows.size() <= model::kCompositeCountedMax) return;
  const std::string& oldest = rows.front().first;
  step.batch.Erase(key().U64(state::ReadBigEndian(oldest, oldest.size() - 8, 8)));
}

void Call(const std::string& nominal_id, const std::string& rule, Step& step) {
  step.batch.Put(DeadlineKey(step.now_ms(), DeadlineKind::kComposite, nominal_id + rule), "");
}

stored::v1::CompositeDetail& Remember(stored::v1::CompositeChange change, const EventRow& event,
                                      Step& step) {
  stored::v1::CompositeDetail& detail = *step.AddDetail().mutable_composite();
  detail.set_event_id(event.publish().event_id());
  detail.set_change(change);
  detail.set_rule(event.composite().rule());
  detail.set_policy_digest(event.composite().policy_digest());
  detail.set_event_type(event.publish().event_type());
  detail.set_nominal_id(event.nominal_ids(0));
  return detail;
}

/// Members that have not left.
Events StillIn(const EventRow& event, const Step& step) {
  Events standing;
  for (const CompositeMember& each : event.composite().members()) {
    if (!each.left()) standing.push_back(EventOf(each.event_id(), step));
  }
  return standing;
}

/// Label and time are those of the members that have not left; if all have, they stay.
void Relabel(EventRow& event, const Step& step) {
  std::vector<v1::Label> labels;
  std::int64_t occurred_ms = 0;
  for (const Event& each : StillIn(event, step)) {
    labels.push_back(LabelOf(*each));
    occurred_ms = std::max(occurred_ms, each->publish().occurred_ms());
  }
  if (labels.empty()) return;
  *event.mutable_publish()->mutable_label() = model::DominatingLabel(labels);
  event.mutable_publish()->set_occurred_ms(occurred_ms);
}

/// The place of an event among the members, those that left among them; null if it never was one.
CompositeMember* FindMember(const std::string& event_id, EventRow& event) {
  for (CompositeMember& each : *event.mutable_composite()->mutable_members()) {
    if (each.event_id() == event_id) return &each;
  }
  return nullptr;
}

void Join(const Events& fresh, EventRow& event, Step& step) {
  stored::v1::CompositeRow& composite = *event.mutable_composite();
  for (const Event& each : fresh) {
    const std::string& event_id = each->publish().event_id();
    CompositeMember* member = FindMember(event_id, event);
    if (member == nullptr) member = composite.add_members();
    member->set_event_id(event_id);
    member->set_agency(each->publish().originating_agency());
    member->set_occurred_ms(each->publish().occurred_ms());
    member->set_left(false);
    step.batch.Put(CompositeOfKey(event_id).Fixed(event.publish().event_id()), "");
  }
  Relabel(event, step);
}

void RememberJoined(stored::v1::CompositeChange change, const Events& fresh, const EventRow& event,
                    Step& step) {
  stored::v1::CompositeDetail& detail = Remember(change, event, step);
  for (const Event& each : fresh) detail.add_member_event_ids(each->publish().event_id());
}

void Make(const std::string& person, const Events& members, const policy::CompositeRule& rule,
          Step& step) {
  step.made_composite = true;
  const std::string event_id = step.MakeId<model::EventId>(model::EventTag{}).Bytes();
  EventRow row;
  row.set_position(step.header.position);
  row.set_accepted_ms(step.now_ms());
  row.add_nominal_ids(person);
  stored::v1::Publish& publish = *row.mutable_publish();
  publish.set_event_id(event_id);
  publish.set_event_type(rule.written.event_type());
  publish.set_originating_agency(kBroker);
  publish.set_urgency(rule.written.urgency());
  // Its terms stay those it was made on: changed when something joins, they would tell of it.
  stored::v1::CompositeRow& composite = *row.mutable_composite();
  composite.set_rule(rule.written.name());
  composite.set_policy_digest(step.ledger.policy_digest());
  composite.set_events(rule.terms.events);
  composite.set_agencies(rule.terms.agencies);
  composite.set_within_ms(rule.terms.within_ms);
  Join(members, row, step);

  const auto event = step.batch.PutRow(EventKey(event_id), std::move(row));
  const std::uint64_t position = step.header.position;
  const auto lane = static_cast<std::uint8_t>(event->publish().urgency());
  step.batch.Put(Key(Table::kEventAt).U8(lane).U64(position), event_id);
  step.batch.Put(Key(Table::kEventOfNominal).Fixed(person).U64(position), event_id);
  step.batch.Put(CompositeKey(person, rule.written.name()).U64(position), event_id);
  RememberJoined(stored::v1::COMPOSITE_CHANGE_MADE, members, *event, step);
  JudgeForAll(*event, step);
}

/// The composite is judged again for everybody, as it is now; what was `joined`, as it was before.
void Rejudge(EventRow event, Step& step, const stored::v1::CompositeRow* joined = nullptr) {
  event.set_changed_position(step.header.position);
  step.batch.PutRow(EventKey(event.publish().event_id()), event);
  joined == nullptr ? BeginEventChange(event, step) : BeginEventJoin(event, *joined, step);
}

/// These members leave; nothing happens if there are none.
void Leave(const std::set<std::string>& leaving, v1::WithdrawalReason reason, EventRow event,
           Step& step) {
  if (leaving.empty()) return;
  const bool made_one = MakesOne(event.composite());
  stored::v1::CompositeDetail& left = Remember(stored::v1::COMPOSITE_CHANGE_LEFT, event, step);
  for (CompositeMember& each : *event.mutable_composite()->mutable_members()) {
    if (each.left() || !leaving.contains(each.event_id())) continue;
    each.set_left(true);
    left.add_member_event_ids(each.event_id());
    step.batch.Erase(CompositeOfKey(each.event_id()).Fixed(event.publish().event_id()));
  }
  if (made_one && !MakesOne(event.composite())) {
    Remember(stored::v1::COMPOSITE_CHANGE_ENDED, event, step).set_reason(reason);
  }
  Relabel(event, step);
  Rejudge(std::move(event), step);
}

/// All of a composite's members leave: it goes on under the nominal the person goes by now.
void HandOver(const EventRow& event, Step& step) {
  std::set<std::string> all;
  for (const CompositeMember& each : event.composite().members()) {
    if (!each.left()) all.insert(each.event_id());
  }
  Leave(all, v1::WITHDRAWAL_REASON_UNSPECIFIED, event, step);
}

/// What the person's other nominals hold goes on under the one the person goes by.
void HandOverOthers(const std::string& person, const std::string& rule, Step& step) {
  for (const std::string& id : SamePerson(person, step.batch)) {
    if (id == person) continue;
    for (const Event& other : CompositesBelow(CompositeKey(id, rule), step)) HandOver(*other, step);
  }
}

/// Of what counts, what is no member yet of any of these.
Events NoMembersOf(const Events& composites, Events counted) {
  std::set<std::string> members;
  for (const Event& composite : composites) {
    for (const CompositeMember& each : composite->composite().members()) {
      if (!each.left()) members.insert(each.event_id());
    }
  }
  std::erase_if(counted, [&members](const Event& each) {
    return members.contains(each->publish().event_id());
  });
  return counted;
}

/// How many of these a composite has room for; what was a member takes its own place again.
std::size_t RoomFor(const Events& fresh, EventRow& event) {
  std::size_t room = kMembersMax - static_cast<std::size_t>(event.composite().members_size());
  std::size_t fits = 0;
  for (; fits < fresh.size(); ++fits) {
    if (FindMember(fresh[fits]->publish().event_id(), event) != nullptr) continue;
    if (room == 0) break;
    --room;
  }
  return fits;
}

/// As many of these as there is room for join a composite, and are no longer among them.
void JoinNewest(EventRow composite, Events& fresh, Step& step) {
  const auto fits = static_cast<std::ptrdiff_t>(RoomFor(fresh, composite));
  if (fits == 0) return;
  const Events joining(fresh.begin(), fresh.begin() + fits);
  fresh.erase(fresh.begin(), fresh.begin() + fits);
  const stored::v1::CompositeRow before = composite.composite();
  Join(joining, composite, step);
  RememberJoined(stored::v1::COMPOSITE_CHANGE_JOINED, joining, composite, step);
  Rejudge(std::move(composite), step, &before);
}

}  // namespace

Status CheckNoComposite(const std::string& event_type, const Step& step) {
  if (step.header.behaviour_version < kCompositesFrom || step.policy == nullptr) return {};
  for (const policy::CompositeRule& rule : step.policy->composites()) {
    if (rule.written.event_type() != event_type) continue;
    return Refuse(v1::ERROR_REASON_EVENT_TYPE_INVALID,
                  "`event.event_type` must not be one that the policy in force keeps for "
                  "composites, which the broker makes");
  }
  return {};
}

void CountForComposites(const EventRow& event, Step& step) {
  if (step.header.behaviour_version < kCompositesFrom || step.policy == nullptr) return;
  const stored::v1::Publish& publish = event.publish();
  for (const policy::CompositeRule& rule : step.policy->composites()) {
    if (!policy::Counts(rule.written, publish.event_type()) ||
        publish.occurred_ms() <= event.accepted_ms() - rule.terms.within_ms) {
      continue;
    }
    const std::string& name = rule.written.name();
    for (const std::string& nominal_id : event.nominal_ids()) {
      NoteCounted(nominal_id, name, event, step);
      const std::string person = SurvivorOf(nominal_id, step.batch);
      if (!step.batch.Scan(CompositeKey(person, name), 1).empty() ||
          MakeOne(Counted(person, rule, step), rule)) {
        Call(person, name, step);
      }
    }
  }
}

void CallForComposites(const std::string& nominal_id, Step& step) {
  if (step.header.behaviour_version < kCompositesFrom || step.policy == nullptr) return;
  for (const policy::CompositeRule& rule : step.policy->composites()) {
    Call(nominal_id, rule.written.name(), step);
  }
}

void LookForComposite(const std::string& id, std::int64_t due_ms, Step& step) {
  if (step.made_composite) return;
  step.batch.Erase(DeadlineKey(due_ms, DeadlineKind::kComposite, id));
  const std::string person = SurvivorOf(id.substr(0, model::NominalId::kBytes), step.batch);
  const policy::CompositeRule* rule = FindRule(id.substr(model::NominalId::kBytes), step);
  if (rule == nullptr) return;
  const std::string& name = rule->written.name();
  HandOverOthers(person, name, step);
  const Events own = CompositesBelow(CompositeKey(person, name), step);
  Events fresh = NoMembersOf(own, Counted(person, *rule, step));
  if (!own.empty()) JoinNewest(*own.back(), fresh, step);
  if (!MakeOne(fresh, *rule)) return;
  const std::vector<std::size_t> chosen =
      policy::RunThatFits(rule->terms, OccurrencesOf(fresh), kMembersMax);
  Events members;
  Events rest;
  for (std::size_t i = 0; i < fresh.size(); ++i) {
    (std::binary_search(chosen.begin(), chosen.end(), i) ? members : rest).push_back(fresh[i]);
  }
  Make(person, members, *rule, step);
  if (MakeOne(rest, *rule)) Call(person, name, step);
}

void FollowMember(const EventRow& event, Step& step) {
  const std::string& event_id = event.publish().event_id();
  const Key all = CompositeOfKey(event_id);
  for (const auto& [key, nothing] : step.batch.Scan(all, kAll)) {
    EventRow composite = *EventOf(key.substr(all.bytes().size()), step);
    if (IsWithdrawn(event)) {
      Leave({event_id}, event.withdrawn(), std::move(composite), step);
      continue;
    }
    Relabel(composite, step);
    Remember(stored::v1::COMPOSITE_CHANGE_LABELLED, composite, step);
    Rejudge(std::move(composite), step);
  }
}

void PartComposites(const std::string& nominal_id, Step& step) {
  for (const std::string& id : SamePerson(nominal_id, step.batch)) {
    for (const Event& composite : CompositesBelow(Key(Table::kComposite).Fixed(id), step)) {
      std::set<std::string> leaving;
      for (const Event& member : StillIn(*composite, step)) {
        if (!IsAbout(*member, id, step.batch)) leaving.insert(member->publish().event_id());
      }
      Leave(leaving, v1::WITHDRAWAL_REASON_WRONG_PERSON, *composite, step);
    }
  }
  CallForComposites(nominal_id, step);
}

void EndComposites(const std::string& nominal_id, Step& step) {
  for (const Event& each : CompositesBelow(Key(Table::kComposite).Fixed(nominal_id), step)) {
    EventRow event = *each;
    for (const CompositeMember& member : event.composite().members()) {
      if (member.left()) continue;
      step.batch.Erase(CompositeOfKey(member.event_id()).Fixed(event.publish().event_id()));
    }
    event.set_withdrawn(v1::WITHDRAWAL_REASON_ERASED);
    event.set_withdrawn_ms(step.now_ms());
    Remember(stored::v1::COMPOSITE_CHANGE_ENDED, event, step)
        .set_reason(v1::WITHDRAWAL_REASON_ERASED);
    Rejudge(std::move(event), step);
  }
  const Key all = Key(Table::kCounted).Fixed(nominal_id);
  for (const auto& [key, event_id] : step.batch.Scan(all, kAll)) {
    step.batch.Erase(Key(Table::kCounted).Fixed(key.substr(1)));
  }
}

}  // namespace tearline::machine
