#include "tests/simulation/draw.h"

#include <iterator>
#include <numeric>

namespace tearline::simulation {
namespace {

constexpr std::size_t kPeople = 6;

struct Weight {
  Deed deed;
  unsigned often;
  bool always = false;  ///< Without it nothing would come about.
};

constexpr Weight kWeights[] = {
    {Deed::kPublish, 30, true},
    {Deed::kRegister, 3},
    {Deed::kLink, 3},
    {Deed::kOpenCase, 8, true},
    {Deed::kSeat, 14, true},
    {Deed::kLeave, 5},
    {Deed::kNameAccountable, 4},
    {Deed::kSuspend, 1},
    {Deed::kLift, 4, true},
    {Deed::kSetHolder, 2},
    {Deed::kPropose, 3},
    {Deed::kApprove, 4},
    {Deed::kSecondHand, 10, true},
    {Deed::kOpenSession, 8, true},
    {Deed::kCloseSession, 2},
    {Deed::kAcknowledge, 16},
    {Deed::kRetry, 6},
    {Deed::kPark, 2},
    {Deed::kRead, 8},
    {Deed::kDischarge, 2},
    {Deed::kLookAgain, 4},
    {Deed::kSubscribe, 5},
    {Deed::kSeek, 3},
    {Deed::kUnsubscribe, 1},
    {Deed::kWithdraw, 2},
    {Deed::kAmend, 4},
    {Deed::kBreakGlass, 3},
    {Deed::kReviewGlass, 3},
};

template <typename Map>
auto AnyOf(const Map& map, Dice& dice) {
  return std::next(map.begin(), static_cast<std::ptrdiff_t>(dice.Below(map.size())));
}

}  // namespace

Draw::Draw(Dice& dice, const Oracle& oracle) : dice_(dice), oracle_(oracle) {
  for (const Weight& weight : kWeights) {
    constexpr unsigned kSwarm[] = {0, 1, 1, 1, 1, 4};
    weights_.push_back(weight.often * kSwarm[dice.Below(std::size(kSwarm))]);
  }
  weights_.front() = std::max(weights_.front(), kWeights[0].often);  // Somebody always publishes.
}

std::optional<Intent> Draw::Next(std::int64_t now_ms) {
  std::size_t thrown =
      dice_.Below(std::accumulate(weights_.begin(), weights_.end(), std::size_t{0}));
  std::size_t which = 0;
  while (thrown >= weights_[which]) thrown -= weights_[which++];
  const Deed deed = kWeights[which].deed;
  switch (deed) {
    case Deed::kPublish:
      return Publish(now_ms);
    case Deed::kRegister:
    case Deed::kLink:
    case Deed::kOpenCase:
      return OfNominal(deed);
    case Deed::kSeat:
    case Deed::kLeave:
    case Deed::kNameAccountable:
      return OfCase(deed, now_ms);
    case Deed::kSuspend:
    case Deed::kLift:
    case Deed::kSetHolder:
      return OfDirectory(deed);
    case Deed::kPropose:
    case Deed::kApprove:
      return OfPolicy(deed);
    case Deed::kSecondHand:
      return SecondHand();
    case Deed::kDischarge:
      return Discharge();
    case Deed::kWithdraw:
    case Deed::kAmend:
      return OfEvent(deed);
    case Deed::kBreakGlass:
    case Deed::kReviewGlass:
      return OfGlass(deed);
    case Deed::kSubscribe:
    case Deed::kSeek:
    case Deed::kUnsubscribe:
      return OfWish(deed, now_ms);
    default:
      return OfFeed(deed);
  }
}

Intent Draw::Publish(std::int64_t now_ms) {
  if (!published_.empty() && dice_.Chance(180)) {
    Intent again = dice_.OneOf(published_);
    if (dice_.Chance(350)) again.item.mutable_event()->mutable_segments(0)->set_content("other");
    return again;
  }
  Intent anew = PublishAnew(now_ms);
  if (!IsMalformed(anew)) published_.push_back(anew);
  return anew;
}

Intent Draw::PublishAnew(std::int64_t now_ms) {
  Intent intent;
  intent.deed = Deed::kPublish;
  intent.post = dice_.OneOf(Publishers());
  intent.item.set_request_id("request-" + std::to_string(++requests_));
  v1::Event& event = *intent.item.mutable_event();
  event.set_event_type("intelligence.report.submitted");
  event.mutable_occurred_at()->set_seconds(now_ms / 1000 - 600);
  event.set_urgency(static_cast<v1::Urgency>(dice_.Between(1, 3)));
  v1::Marking& marking = *event.mutable_label()->mutable_marking();
  marking.set_tier(dice_.Chance(20) ? v1::TIER_SECRET : v1::TIER_OFFICIAL);
  if (dice_.Chance(20)) marking.add_caveats(v1::CAVEAT_UNSPECIFIED);

  intent.item.set_imported(dice_.Chance(10));
  if (!oracle_.nominals.empty() && dice_.Chance(250)) {
    intent.nominal = dice_.Chance(40) ? kNoNominal : dice_.OneOf(oracle_.nominals);
    event.add_nominals()->set_nominal_id(intent.nominal);
  }
  for (std::size_t i = dice_.Below(3); i > 0; --i) intent.people.push_back(dice_.Below(kPeople));
  for (const std::size_t person : intent.people) {
    v1::Identifier& identifier = *event.add_nominals()->mutable_identifier();
    identifier.set_type(v1::IDENTIFIER_TYPE_NOMS);
    identifier.set_value("A100" + std::to_string(person) + "BC");
  }
  intent.secret = dice_.Chance(200);
  intent.controlled = dice_.Chance(150);
  event.mutable_label()->set_originator_controlled(intent.controlled);
  for (std::size_t i = dice_.Below(3) + 1; i > 0; --i) {
    v1::Segment& segment = *event.add_segments();
    segment.set_media_type("text/plain");
    segment.set_content("segment of " + intent.item.request_id());
    for (std::uint32_t place = 0; place < static_cast<std::uint32_t>(event.nominals_size());
         ++place) {
      if (dice_.Chance(400)) segment.add_nominal_indexes(place);
    }
    if (intent.secret && i == 1) segment.add_flags(v1::CONTENT_FLAG_SOURCE_IDENTITY);
  }
  return intent;
}

std::optional<Intent> Draw::OfFlood(std::int64_t now_ms) {
  if (oracle_.reading.case_of.empty()) return std::nullopt;
  Intent intent = PublishAnew(now_ms);
  intent.people.clear();
  intent.secret = false;
  intent.controlled = false;
  intent.item.mutable_event()->mutable_label()->set_originator_controlled(false);
  intent.nominal = model::NominalId::FromBytes(oracle_.reading.case_of.begin()->first)->Text();
  v1::Event& event = *intent.item.mutable_event();
  event.set_urgency(v1::URGENCY_ROUTINE);
  event.clear_nominals();
  event.add_nominals()->set_nominal_id(intent.nominal);
  event.clear_segments();
  event.add_segments()->set_media_type("text/plain");
  event.mutable_segments(0)->set_content("one of many");
  return intent;
}

std::optional<Intent> Draw::OfNominal(Deed deed) {
  Intent intent;
  intent.deed = deed;
  intent.post = dice_.OneOf(Coordinators());
  intent.people = {dice_.Below(kPeople)};
  if (deed == Deed::kRegister) return intent;
  if (oracle_.nominals.empty()) return std::nullopt;
  intent.nominal = dice_.OneOf(oracle_.nominals);
  if (dice_.Chance(800)) intent.other_post = dice_.OneOf(Posts());
  return intent;
}

std::optional<Intent> Draw::OfCase(Deed deed, std::int64_t now_ms) {
  if (oracle_.reading.cases.empty()) return std::nullopt;
  Intent intent;
  intent.deed = deed;
  intent.post = dice_.OneOf(Coordinators());
  const auto its_case = AnyOf(oracle_.reading.cases, dice_);
  intent.case_id = its_case->first;
  intent.other_post = dice_.OneOf(Posts());
  intent.seat = static_cast<v1::SeatKind>(dice_.Between(1, 3));
  if (deed == Deed::kSeat && dice_.Chance(150)) {
    intent.history_from_ms = now_ms - dice_.Between(0, 4 * 60 * 60 * 1000);
  }
  if (deed == Deed::kLeave && !its_case->second.seats.empty() && dice_.Chance(900)) {
    intent.other_post = AnyOf(its_case->second.seats, dice_)->first;
  }
  return intent;
}

std::optional<Intent> Draw::OfDirectory(Deed deed) {
  Intent intent;
  intent.deed = deed;
  intent.post = dice_.OneOf(Operators());
  intent.other_post = dice_.OneOf(Posts());
  if (deed == Deed::kSetHolder) {
    intent.holder = dice_.Chance(500) ? As::kHolder : As::kRelief;
    return intent;
  }
  intent.agency = AgencyOf(intent.other_post);
  if (deed == Deed::kLift && !oracle_.reading.suspended.empty()) {
    const std::string& who = *AnyOf(oracle_.reading.suspended, dice_);
    intent.agency = AgencyOf(who);
    if (who.find('/') != std::string::npos) intent.member = who.substr(who.find('/') + 1);
    return intent;
  }
  if (dice_.Chance(500)) {
    intent.member = MemberOf(intent.other_post, static_cast<As>(dice_.Below(4)));
  }
  // Somebody must be left to lift it.
  if (intent.agency == "police" && intent.member.empty()) return std::nullopt;
  if (intent.member == MemberOf("police/operator", As::kSystem)) return std::nullopt;
  return intent;
}

std::optional<Intent> Draw::OfPolicy(Deed deed) {
  Intent intent;
  intent.deed = deed;
  intent.post = deed == Deed::kPropose ? kAuthor : dice_.Chance(900) ? kGovernance : kAuthor;
  intent.edition = dice_.Below(2);
  if (deed == Deed::kApprove && !oracle_.proposed.empty() && dice_.Chance(900)) {
    intent.edition = *oracle_.proposed.begin();
  }
  // Who would approve what was not simulated simulates it first.
  intent.against = oracle_.reading.edition;
  const auto simulated = oracle_.simulated.find(intent.edition);
  if (deed == Deed::kApprove && oracle_.proposed.contains(intent.edition) &&
      (simulated == oracle_.simulated.end() || simulated->second != intent.against)) {
    intent.deed = Deed::kSimulate;
  }
  return intent;
}

std::optional<Intent> Draw::SecondHand() {
  if (oracle_.pending.empty()) return std::nullopt;
  Intent intent;
  intent.deed = Deed::kSecondHand;
  const auto asked = AnyOf(oracle_.pending, dice_);
  intent.id = asked->first;
  const Deed first = asked->second.intent.deed;
  const bool of_directory = first == Deed::kLift || first == Deed::kSetHolder;
  intent.post = dice_.OneOf(of_directory ? Operators() : Coordinators());
  return intent;
}

std::optional<Intent> Draw::Discharge() {
  if (oracle_.debts.open.empty()) return std::nullopt;
  Intent intent;
  intent.deed = Deed::kDischarge;
  const auto debt = AnyOf(oracle_.debts.open, dice_);
  intent.id = model::ObligationId::FromBytes(debt->first)->Text();
  intent.post = debt->second;
  intent.as = As::kHolder;
  // A word that does not fit the obligation is refused.
  constexpr stored::v1::DischargeMethod kWords[] = {
      stored::v1::DISCHARGE_METHOD_UPHELD,    stored::v1::DISCHARGE_METHOD_TOLD_OTHERWISE,
      stored::v1::DISCHARGE_METHOD_OVERTAKEN, stored::v1::DISCHARGE_METHOD_DELETED,
      stored::v1::DISCHARGE_METHOD_NOTIFIED,  stored::v1::DISCHARGE_METHOD_NOT_NOTIFIABLE};
  intent.amount = static_cast<std::uint32_t>(kWords[dice_.Below(std::size(kWords))]);
  return intent;
}

std::optional<Intent> Draw::OfEvent(Deed deed) {
  if (oracle_.events.empty()) return std::nullopt;
  const auto event = AnyOf(oracle_.events, dice_);
  Intent intent;
  intent.deed = deed;
  intent.id = model::EventId::FromBytes(event->first)->Text();
  intent.post = event->second.origin_post;
  intent.amount = static_cast<std::uint32_t>(dice_.Between(1, 4));
  intent.controlled = false;  // An amendment gives it free; where it is, nothing is amended.
  return intent;
}

std::optional<Intent> Draw::OfGlass(Deed deed) {
  Intent intent;
  intent.deed = deed;
  if (deed == Deed::kReviewGlass) {
    if (oracle_.reading.glasses.empty()) return std::nullopt;
    intent.id = AnyOf(oracle_.reading.glasses, dice_)->first;
    intent.post = kGovernance;
    return intent;
  }
  if (oracle_.nominals.empty()) return std::nullopt;
  intent.nominal = dice_.OneOf(oracle_.nominals);
  intent.post = dice_.OneOf(Posts());
  intent.as = static_cast<As>(dice_.Below(4));
  intent.amount = static_cast<std::uint32_t>(dice_.Between(1, 4 * 60 * 60 * 1000));
  return intent;
}

std::optional<Intent> Draw::OfWish(Deed deed, std::int64_t now_ms) {
  Intent intent;
  intent.deed = deed;
  intent.from = static_cast<v1::StartFrom>(dice_.Between(1, 3));
  if (intent.from == v1::START_FROM_TIME) {
    intent.time_ms = now_ms - dice_.Between(0, 2 * 60 * 60 * 1000);
  }
  if (deed == Deed::kSubscribe) {
    intent.post = dice_.OneOf(Posts());
    if (dice_.Chance(800)) intent.post = dice_.Chance(500) ? "prison/security" : "prison/author";
    if (!oracle_.nominals.empty() && dice_.Chance(500)) {
      intent.nominal = dice_.OneOf(oracle_.nominals);
    }
    if (dice_.Chance(200)) intent.agency = AgencyOf(dice_.OneOf(Publishers()));
    if (dice_.Chance(300)) intent.member = dice_.Chance(700) ? "intelligence" : "custody";
    return intent;
  }
  if (oracle_.feeds.wishes.standing.empty()) return std::nullopt;
  intent.feed = AnyOf(oracle_.feeds.wishes.standing, dice_)->first;
  intent.post = PostOf(intent.feed);
  return intent;
}

std::optional<Intent> Draw::OfFeed(Deed deed) {
  Intent intent;
  intent.deed = deed;
  if (deed == Deed::kOpenSession) {
    intent.post = dice_.OneOf(Posts());
    if (!oracle_.feeds.wishes.standing.empty() && dice_.Chance(400)) {
      intent.feed = AnyOf(oracle_.feeds.wishes.standing, dice_)->first;
      intent.post = PostOf(intent.feed);
    }
    intent.amount = dice_.Chance(700) ? static_cast<std::uint32_t>(dice_.Between(1, 4)) : 1000;
    return intent;
  }
  if (deed == Deed::kRead) {
    if (oracle_.feeds.events_sent.empty()) return std::nullopt;
    const auto lane = AnyOf(oracle_.feeds.events_sent, dice_);
    intent.feed = lane->first.first;
    intent.post = PostOf(intent.feed);
    intent.as = static_cast<As>(dice_.Below(4));
    intent.lane = lane->first.second;
    intent.numbers = {*AnyOf(lane->second, dice_)};
    return intent;
  }
  if (oracle_.feeds.sessions.empty()) return std::nullopt;
  const auto session = AnyOf(oracle_.feeds.sessions, dice_);
  intent.feed = session->first;
  intent.post = PostOf(intent.feed);
  // Now and then somebody holds on to a session that was superseded.
  intent.id = dice_.Chance(950) ? session->second : AnyOf(oracle_.feeds.sessions, dice_)->second;
  intent.amount = static_cast<std::uint32_t>(dice_.Chance(100) ? 0 : dice_.Between(1, 600'000));
  intent.lane = static_cast<v1::Urgency>(dice_.Between(1, 3));
  const auto open = oracle_.feeds.open.find({intent.feed, intent.lane});
  if (deed == Deed::kCloseSession || deed == Deed::kLookAgain) return intent;
  if (open == oracle_.feeds.open.end() || open->second.empty()) return std::nullopt;
  for (const auto& [number, item] : open->second) {
    if (deed != Deed::kAcknowledge && !intent.numbers.empty()) break;
    if (dice_.Chance(600)) intent.numbers.push_back(number);
  }
  if (intent.numbers.empty()) intent.numbers.push_back(open->second.begin()->first);
  return intent;
}

}  // namespace tearline::simulation
