#include "tests/benchmark/country.h"

#include <algorithm>
#include <map>
#include <utility>

#include "broker/machine/rows.h"
#include "broker/model/ids.h"
#include "broker/sequencer/make_proposal.h"
#include "tests/benchmark/event_of.h"

namespace tearline::benchmark {
namespace {

using population::Happening;
using population::Person;
using population::Post;
using population::Source;
using population::Trade;

stored::v1::Actor ActorOfSource(Source source) {
  switch (source) {
    case Source::kProbation:
      return ActorOf("probation/reader", "probation/manager");
    case Source::kPrison:
      return ActorOf("prison/feeder", "prison/security");
    case Source::kPolice:
      return ActorOf("police/feeder", "police/intelligence");
  }
  throw std::logic_error("a source has an actor");
}

v1::PostRole RoleOf(Trade trade) {
  switch (trade) {
    case Trade::kSupervisor:
      return v1::POST_ROLE_OFFENDER_MANAGER;
    case Trade::kMember:
      return v1::POST_ROLE_POLICE_OFFENDER_MANAGEMENT;
    case Trade::kChair:
      return v1::POST_ROLE_CHAIR;
    case Trade::kManager:
    case Trade::kGuest:
      return v1::POST_ROLE_PRACTITIONER;
    case Trade::kAccountable:
      return v1::POST_ROLE_ACCOUNTABLE_OFFICER;
  }
  throw std::logic_error("a trade has a role");
}

/// The system that acts for a post: one for which nobody does is a dead address, and what it costs
/// to go round those is not what is asked here.
const char* SystemOf(const Post& post) {
  return post.name.starts_with("police/") ? "officer" : "reader";
}

std::string AreaName(std::size_t area) { return "area-" + std::to_string(area); }

/// Commands of one actor, recorded whenever as many wait as are taken together.
class Recording {
 public:
  Recording(Growth& growth, stored::v1::Actor actor) : growth_(growth), actor_(std::move(actor)) {}

  template <typename Command>
  void Add(stored::v1::CommandNumber number, const Command& command) {
    waiting_.push_back(sequencer::MakeProposal(actor_, number, command));
    if (waiting_.size() == kTogether) Flush();
  }

  /// All that were recorded, in their order.
  std::vector<machine::Applied> Finish() {
    Flush();
    return std::move(all_);
  }

 private:
  void Flush() {
    for (machine::Applied& each : growth_.Record(std::exchange(waiting_, {}))) {
      all_.push_back(std::move(each));
    }
  }

  Growth& growth_;
  const stored::v1::Actor actor_;
  std::vector<sequencer::Proposal> waiting_;
  std::vector<machine::Applied> all_;
};

Recording ByClerk(Growth& growth) {
  return {growth, ActorOf("office/clerk", "office/coordinator")};
}

/// What is published of a happening, without its request id.
v1::PublishItem ItemOf(const Happening& happening, const std::string& nominal_id) {
  v1::PublishItem item = ItemAbout(nominal_id);
  v1::Event& event = *item.mutable_event();
  event.set_event_type(std::string(happening.kind->type));
  event.set_urgency(happening.kind->urgency);
  event.mutable_label()->mutable_marking()->set_sensitive(happening.kind->sensitive);
  event.mutable_segments(0)->set_content(std::string(happening.content_bytes, 'x'));
  if (!happening.kind->has_tear_line) event.clear_tear_lines();
  return item;
}

}  // namespace

Country::Country(const population::Population& population) : population_(population) {}

void Country::Settle(Growth& growth) {
  SetPosts(growth);
  AddPeople(growth);
  WatchPeople(growth);
  OpenCases(growth);
  growth.Rest();
}

/// Managers first: who is escalated to must be there.
void Country::SetPosts(Growth& growth) {
  const auto set = [this](Recording& recording, std::size_t index) {
    const Post post = population_.PostAt(index);
    stored::v1::SetPost command;
    v1::Post& made = *command.mutable_post();
    made.set_post(post.name);
    made.add_services(SystemOf(post));
    made.add_roles(RoleOf(post.trade));
    made.mutable_clearance()->set_tier(v1::TIER_OFFICIAL);
    made.mutable_clearance()->set_sensitive(post.trade != Trade::kGuest);
    if (post.trade == Trade::kSupervisor) {
      made.set_escalates_to(
          population_.PostAt(population_.IndexOf(Trade::kManager, post.area)).name);
    }
    recording.Add(stored::v1::COMMAND_NUMBER_SET_POST, command);
  };
  for (const bool supervisors : {false, true}) {
    Recording recording(growth, ActorOf("office/keeper", "office/operator"));
    for (std::size_t i = 0; i < population_.size().posts; ++i) {
      if ((population_.PostAt(i).trade == Trade::kSupervisor) == supervisors) set(recording, i);
    }
    (void)recording.Finish();
  }
}

/// Somebody is known once an event has been about them. (Registering has a quota.)
void Country::AddPeople(Growth& growth) {
  const std::size_t count = population_.size().nominals;
  const stored::v1::Actor actor = ActorOfSource(Source::kProbation);
  while (nominal_ids_.size() < count) {
    std::vector<v1::PublishItem> items;
    const std::size_t begin = nominal_ids_.size();
    for (std::size_t i = begin; i < std::min(count, begin + kTogether); ++i) {
      v1::PublishItem& item = items.emplace_back(ItemAbout(""));
      const std::string identifier = population_.PersonAt(i).identifier;
      item.set_request_id("known-" + identifier);
      item.mutable_event()->set_event_type("probation.registration.changed");
      v1::Identifier& given = *item.mutable_event()->mutable_nominals(0)->mutable_identifier();
      given.set_type(v1::IDENTIFIER_TYPE_OTHER);
      given.set_value(identifier);
    }
    const std::vector<machine::Applied> events = growth.Publish(items, actor);
    const auto view = growth.View();
    for (const machine::Applied& event : events) {
      const auto row = view->Find<stored::v1::EventRow>(
          machine::EventKey(model::EventId::Parse(event.made_id)->Bytes()));
      nominal_ids_.push_back(model::NominalId::FromBytes(row.value().nominal_ids(0))->Text());
    }
  }
}

void Country::WatchPeople(Growth& growth) {
  Recording recording = ByClerk(growth);
  for (std::size_t i = 0; i < nominal_ids_.size(); ++i) {
    const Person person = population_.PersonAt(i);
    if (!person.supervisor) continue;
    stored::v1::SetSupervisor command;
    command.set_nominal_id(model::NominalId::Parse(nominal_ids_[i])->Bytes());
    command.set_post(population_.PostAt(*person.supervisor).name);
    recording.Add(stored::v1::COMMAND_NUMBER_SET_SUPERVISOR, command);
  }
  (void)recording.Finish();
}

/// Level 1 has a case and no panel.
void Country::OpenCases(Growth& growth) {
  Recording recording = ByClerk(growth);
  std::vector<std::size_t> who;
  for (std::size_t i = 0; i < nominal_ids_.size(); ++i) {
    const Person person = population_.PersonAt(i);
    if (person.level == v1::MAPPA_LEVEL_UNSPECIFIED) continue;
    stored::v1::OpenCase open;
    v1::Case& opened = *open.mutable_case_();
    opened.set_nominal_id(nominal_ids_[i]);
    opened.set_category(person.category);
    opened.set_level(person.level);
    opened.set_lead_agency("probation");
    opened.set_area(AreaName(person.area));
    if (person.supervisor) opened.set_supervising_post(population_.PostAt(*person.supervisor).name);
    if (person.HasPanel()) {
      opened.set_accountable_post(
          population_.PostAt(population_.IndexOf(Trade::kAccountable, person.area)).name);
    }
    who.push_back(i);
    recording.Add(stored::v1::COMMAND_NUMBER_OPEN_CASE, open);
  }
  std::vector<std::size_t> panels;
  std::vector<std::string> case_ids;
  const std::vector<machine::Applied> opened = recording.Finish();
  for (std::size_t i = 0; i < who.size(); ++i) {
    if (!population_.PersonAt(who[i]).HasPanel()) continue;
    panels.push_back(who[i]);
    case_ids.push_back(model::CaseId::Parse(opened[i].made_id)->Bytes());
  }
  SeatPanels(growth, panels, case_ids);
}

void Country::SeatPanels(Growth& growth, const std::vector<std::size_t>& panels,
                         const std::vector<std::string>& case_ids) {
  Recording recording = ByClerk(growth);
  for (std::size_t i = 0; i < panels.size(); ++i) {
    const std::size_t area = population_.PersonAt(panels[i]).area;
    for (const auto& [trade, kind] : {std::pair{Trade::kChair, v1::SEAT_KIND_CHAIR},
                                      std::pair{Trade::kMember, v1::SEAT_KIND_MEMBER},
                                      std::pair{Trade::kGuest, v1::SEAT_KIND_GUEST}}) {
      stored::v1::SeatPost seat;
      seat.set_case_id(case_ids[i]);
      seat.mutable_seat()->set_post(population_.PostAt(population_.IndexOf(trade, area)).name);
      seat.mutable_seat()->set_kind(kind);
      recording.Add(stored::v1::COMMAND_NUMBER_SEAT_POST, seat);
    }
  }
  (void)recording.Finish();
}

void Country::Happen(Growth& growth, std::size_t count) {
  for (std::size_t done = 0; done < count;) {
    std::map<Source, std::vector<v1::PublishItem>> together;
    for (std::size_t i = 0; done < count && i < kTogether; ++i, ++done) {
      const Happening happening = population_.HappeningAt(happened_++);
      v1::PublishItem& item = together[happening.kind->source].emplace_back(
          ItemOf(happening, nominal_ids_[happening.person]));
      item.set_request_id("happened-" + std::to_string(happened_));
    }
    for (const auto& [source, items] : together) {
      (void)growth.Publish(items, ActorOfSource(source));
    }
  }
}

}  // namespace tearline::benchmark
