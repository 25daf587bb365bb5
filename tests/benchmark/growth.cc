#include "tests/benchmark/growth.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "broker/config/load.h"
#include "broker/machine/rows.h"
#include "broker/model/ids.h"
#include "broker/model/limits.h"
#include "broker/rpc/tree.h"
#include "broker/sequencer/make_proposal.h"
#include "broker/sequencer/prepare_publish.h"
#include "tests/benchmark/event_of.h"

namespace tearline::benchmark {
namespace {

/// What is read of the ledger at once.
constexpr std::size_t kReadBytes = 1024 * 1024;

const stored::v1::Actor& Clerk() {
  static const stored::v1::Actor clerk = ActorOf("office/clerk", "office/coordinator");
  return clerk;
}
const stored::v1::Actor& Keeper() {
  static const stored::v1::Actor keeper = ActorOf("office/keeper", "office/operator");
  return keeper;
}
const stored::v1::Actor& Feeder() {
  static const stored::v1::Actor feeder = ActorOf("police/feeder", "police/intelligence");
  return feeder;
}

template <typename T>
T Must(Result<T> result, const char* what) {
  if (!result.ok())
    throw std::runtime_error(std::string(what) + ": " + SentenceOf(result.status()));
  return *std::move(result);
}

}  // namespace

stored::v1::Actor ActorOf(const std::string& member, const std::string& post) {
  stored::v1::Actor actor;
  actor.set_agency(member.substr(0, member.find('/')));
  actor.set_member(member.substr(member.find('/') + 1));
  actor.set_certificate_digest(std::string(32, 'c'));
  actor.set_post(post);
  actor.set_purpose("public-protection");
  return actor;
}

Growth::Growth(const std::filesystem::path& config)
    : name_("growth-" + std::to_string(clock_.WallMs()) + "-") {
  stores_ = Must(OpenStores(Must(config::LoadConfig(config), "configuration").config), "stores");
  writer_ = sequencer::Sequencer::StartStepped(
      *stores_.ledger, *stores_.database, clock_,
      [](const std::string& sentence) { throw std::runtime_error(sentence); });
}

Growth::~Growth() = default;

std::vector<machine::Applied> Growth::Record(std::vector<sequencer::Proposal> proposals) {
  std::vector<machine::Applied> all(proposals.size());
  std::size_t answered = 0;
  std::string fault;
  for (std::size_t i = 0; i < proposals.size(); ++i) {
    proposals[i].done = [&, i](const Result<machine::Applied>& applied) {
      ++answered;
      if (!applied.ok()) {
        fault = SentenceOf(applied.status());
      } else if (applied->outcome != audit::Outcome::kApplied) {
        fault = applied->sentence.empty() ? "it awaits a second hand" : applied->sentence;
      } else {
        all[i] = *applied;
      }
    };
    writer_->Propose(std::move(proposals[i]));
  }
  while (answered < all.size() && writer_->Step()) {
  }
  if (!fault.empty()) throw std::runtime_error("growing: " + fault);
  return all;
}

void Growth::Rest() {
  model::Position before = 0;
  do {
    before = Records();
  } while (writer_->Step() && Records() != before);
}

std::vector<machine::Applied> Growth::Publish(const std::vector<v1::PublishItem>& items,
                                              const stored::v1::Actor& actor) {
  std::vector<const v1::PublishItem*> together;
  for (const v1::PublishItem& item : items) together.push_back(&item);
  const auto view = writer_->View();
  sequencer::PublishPreparation preparation(together, actor,
                                            {*view, *stores_.vault, clock_.WallMs()});
  std::vector<sequencer::Proposal> proposals;
  for (Result<sequencer::Proposal>& proposal : preparation.Finish()) {
    proposals.push_back(Must(std::move(proposal), "an event"));
  }
  return Record(std::move(proposals));
}

/// Somebody is known once an event has been about them. (Registering has a quota.)
std::vector<std::string> Growth::AddPeople(std::size_t count) {
  std::vector<std::string> ids;
  while (ids.size() < count) {
    std::vector<v1::PublishItem> items;
    while (items.size() < std::min(kTogether, count - ids.size())) {
      v1::PublishItem& item = items.emplace_back(ItemAbout(""));
      item.set_request_id(name_ + std::to_string(made_++));
      v1::Identifier& identifier = *item.mutable_event()->mutable_nominals(0)->mutable_identifier();
      identifier.set_type(v1::IDENTIFIER_TYPE_OTHER);
      identifier.set_value(item.request_id());
    }
    const std::vector<machine::Applied> events = Publish(items, Feeder());
    const auto view = writer_->View();
    std::vector<std::string> fresh;
    for (const machine::Applied& event : events) {
      const auto row = view->Find<stored::v1::EventRow>(
          machine::EventKey(model::EventId::Parse(event.made_id)->Bytes()));
      fresh.push_back(model::NominalId::FromBytes(row.value().nominal_ids(0))->Text());
    }
    OpenCases(fresh);
    ids.insert(ids.end(), fresh.begin(), fresh.end());
  }
  return ids;
}

void Growth::OpenCases(const std::vector<std::string>& nominal_ids) {
  std::vector<sequencer::Proposal> cases;
  for (const std::string& nominal_id : nominal_ids) {
    stored::v1::OpenCase open;
    v1::Case& opened = *open.mutable_case_();
    opened.set_nominal_id(nominal_id);
    opened.set_category(v1::MAPPA_CATEGORY_2);
    opened.set_level(v1::MAPPA_LEVEL_2);
    opened.set_lead_agency("probation");
    opened.set_area("north");
    opened.set_accountable_post("police/accountable");
    opened.set_supervising_post("probation/supervisor");
    cases.push_back(sequencer::MakeProposal(Clerk(), stored::v1::COMMAND_NUMBER_OPEN_CASE, open));
  }
  const std::vector<machine::Applied> opened = Record(std::move(cases));
  for (const auto& [post, kind] : {std::pair{"probation/chair", v1::SEAT_KIND_CHAIR},
                                   std::pair{"probation/manager", v1::SEAT_KIND_MEMBER},
                                   std::pair{"probation/guest", v1::SEAT_KIND_GUEST}}) {
    std::vector<sequencer::Proposal> seats;
    for (const machine::Applied& each : opened) {
      stored::v1::SeatPost seat;
      seat.set_case_id(model::CaseId::Parse(each.made_id)->Bytes());
      seat.mutable_seat()->set_post(post);
      seat.mutable_seat()->set_kind(kind);
      seats.push_back(sequencer::MakeProposal(Clerk(), stored::v1::COMMAND_NUMBER_SEAT_POST, seat));
    }
    (void)Record(std::move(seats));
  }
}

void Growth::AddEvents(const std::vector<std::string>& nominal_ids, std::size_t count) {
  for (std::size_t done = 0; done < count;) {
    std::vector<v1::PublishItem> items;
    for (; done < count && items.size() < kTogether; ++done) {
      v1::PublishItem& item = items.emplace_back(ItemAbout(nominal_ids[done % nominal_ids.size()]));
      item.set_request_id(name_ + std::to_string(made_++));
    }
    (void)Publish(items, Feeder());
  }
}

void Growth::EachHeader(model::Position after, std::size_t count,
                        const std::function<void(const ledger::StoredHeader&)>& take) const {
  for (std::size_t taken = 0; taken < count;) {
    for (const ledger::StoredHeader& header :
         Must(stores_.ledger->ReadHeaders(after + taken, kReadBytes), "the ledger")) {
      if (taken == count) break;
      take(header);
      ++taken;
    }
  }
}

void Growth::EachLeaf(std::size_t count,
                      const std::function<void(const v1::LogLeaf&)>& take) const {
  const auto view = writer_->View();
  EachHeader(0, count, [&](const ledger::StoredHeader& record) {
    take(rpc::ReadLeaf(record.header.position - 1, record.header.seed, *view));
  });
}

void Growth::AddSubscriptions(std::size_t count) {
  for (std::size_t made = 0; made < count;) {
    const std::string desk = "desk-" + std::to_string(made_++);
    stored::v1::SetPost set;
    set.mutable_post()->set_post("probation/" + desk);
    set.mutable_post()->add_roles(v1::POST_ROLE_PRACTITIONER);
    set.mutable_post()->add_services("reader");
    set.mutable_post()->mutable_clearance()->set_tier(v1::TIER_OFFICIAL);
    std::vector<sequencer::Proposal> posts;
    posts.push_back(sequencer::MakeProposal(Keeper(), stored::v1::COMMAND_NUMBER_SET_POST, set));
    (void)Record(std::move(posts));

    const stored::v1::Actor reader = ActorOf("probation/reader", "probation/" + desk);
    std::vector<sequencer::Proposal> wishes;
    for (; made < count && wishes.size() < model::kSubscriptionsPerPostMax; ++made) {
      stored::v1::CreateSubscription wish;
      wish.mutable_selector()->add_event_type_prefixes("custody.movement-" +
                                                       std::to_string(made % 100));
      wish.set_from(v1::START_FROM_NOW);
      wishes.push_back(
          sequencer::MakeProposal(reader, stored::v1::COMMAND_NUMBER_CREATE_SUBSCRIPTION, wish));
    }
    (void)Record(std::move(wishes));
  }
}

}  // namespace tearline::benchmark
