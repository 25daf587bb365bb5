#include "tests/simulation/draw.h"

#include <iterator>
#include <numeric>

namespace tearline::simulation {
namespace {

struct Weight {
  Deed deed;
  unsigned often;
  bool always = false;  ///< Without it nothing would come about.
};

constexpr Weight kWeights[] = {
    {Deed::kPublish, 30, true},
    {Deed::kRegister, 3},
    {Deed::kLink, 3},
    {Deed::kSupervise, 5},
    {Deed::kOpenCase, 8, true},
    {Deed::kSeat, 14, true},
    {Deed::kLeave, 5},
    {Deed::kNameAccountable, 4},
    {Deed::kSuspend, 1},
    {Deed::kLift, 4, true},
    {Deed::kSetHolder, 2},
    {Deed::kSetPost, 8},
    {Deed::kSayLeave, 4},
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
    {Deed::kAsk, 3},
    {Deed::kAnswer, 4},
    {Deed::kMerge, 3},
    {Deed::kUnmerge, 2},
};

}  // namespace

Draw::Draw(Dice& dice, const Town& town, const Oracle& oracle)
    : dice_(dice), town_(town), oracle_(oracle) {
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
    case Deed::kSupervise:
    case Deed::kOpenCase:
      return OfNominal(deed);
    case Deed::kMerge:
    case Deed::kUnmerge:
      return OfPersons(deed);
    case Deed::kSeat:
    case Deed::kLeave:
    case Deed::kNameAccountable:
      return OfCase(deed, now_ms);
    case Deed::kSuspend:
    case Deed::kLift:
    case Deed::kSetHolder:
      return OfDirectory(deed);
    case Deed::kSetPost:
      return OfPost();
    case Deed::kSayLeave:
      return OfLeave(now_ms);
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
    case Deed::kAsk:
      return Ask(now_ms);
    case Deed::kAnswer:
      return Answer();
    case Deed::kSubscribe:
    case Deed::kSeek:
    case Deed::kUnsubscribe:
      return OfWish(deed, now_ms);
    default:
      return OfFeed(deed);
  }
}

std::optional<Intent> Draw::OfNominal(Deed deed) {
  Intent intent;
  intent.deed = deed;
  intent.post = dice_.OneOf(Coordinators());
  intent.people = {Somebody()};
  if (deed == Deed::kRegister) return intent;
  if (oracle_.people.empty()) return std::nullopt;
  const auto known = Known();
  intent.nominal = model::NominalId::FromBytes(known->second)->Text();
  if (deed == Deed::kLink) return intent;
  const population::Person person = town_.people().PersonAt(known->first);
  if (deed == Deed::kSupervise) {
    intent.other_post = town_.SupervisorOf(known->first);
    if (dice_.Chance(400)) intent.other_post = dice_.OneOf(town_.posts());
    if (dice_.Chance(100)) intent.other_post.clear();
    return intent;
  }
  // As the population has it, or as it could be.
  intent.level = person.level;
  intent.category = person.category;
  intent.area = person.area;
  if (dice_.Chance(300)) intent.supervisor = town_.SupervisorOf(known->first);
  if (intent.level == v1::MAPPA_LEVEL_UNSPECIFIED) {
    intent.level = v1::MAPPA_LEVEL_2;
    intent.category = v1::MAPPA_CATEGORY_2;
  }
  if (dice_.Chance(500)) {
    intent.other_post = town_.PostOfTrade(population::Trade::kAccountable, person.area);
  } else if (dice_.Chance(700)) {
    intent.other_post = dice_.OneOf(town_.posts());
  }
  return intent;
}

std::optional<Intent> Draw::OfCase(Deed deed, std::int64_t now_ms) {
  if (oracle_.reading.cases.empty()) return std::nullopt;
  Intent intent;
  intent.deed = deed;
  intent.post = dice_.OneOf(Coordinators());
  const auto its_case = AnyOf(oracle_.reading.cases, dice_);
  intent.case_id = its_case->first;
  intent.other_post = dice_.OneOf(town_.posts());
  intent.seat = static_cast<v1::SeatKind>(dice_.Between(1, 3));
  if (dice_.Chance(500)) {  // As that area's panels are.
    constexpr population::Trade kTrades[] = {population::Trade::kChair, population::Trade::kMember,
                                             population::Trade::kGuest};
    const std::size_t area = its_case->second.area;
    intent.other_post = deed == Deed::kNameAccountable
                            ? town_.PostOfTrade(population::Trade::kAccountable, area)
                            : town_.PostOfTrade(kTrades[intent.seat - 1], area);
  }
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
  intent.other_post = dice_.OneOf(town_.posts());
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

/// The post says it, whom it climbs to, or an operator; now and then somebody who may not.
Intent Draw::OfLeave(std::int64_t now_ms) {
  constexpr std::int64_t kHourMs = 60 * 60 * 1000;
  Intent intent;
  intent.deed = Deed::kSayLeave;
  const bool known = !oracle_.reading.leaves.empty() && dice_.Chance(300);
  intent.other_post =
      known ? AnyOf(oracle_.reading.leaves, dice_)->first : dice_.OneOf(town_.posts());
  intent.post = dice_.Chance(500) ? intent.other_post : dice_.OneOf(Operators());
  const std::string& line = town_.LineOf(intent.other_post);
  if (!line.empty() && dice_.Chance(300)) intent.post = line;
  if (dice_.Chance(50)) intent.post = dice_.OneOf(town_.posts());
  if (known && dice_.Chance(700)) return intent;  // They are back.
  intent.time_ms = now_ms + dice_.Between(-kHourMs, 2 * kHourMs);
  intent.until_ms = intent.time_ms + dice_.Between(-kHourMs / 4, 12 * kHourMs);
  if (dice_.Chance(100)) intent.until_ms += 366 * 24 * kHourMs;
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
  const bool of_directory =
      first == Deed::kLift || first == Deed::kSetHolder || first == Deed::kSetPost;
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
      stored::v1::DISCHARGE_METHOD_NOTIFIED,  stored::v1::DISCHARGE_METHOD_NOT_NOTIFIABLE,
      stored::v1::DISCHARGE_METHOD_REVIEWED};
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
  if (oracle_.people.empty()) return std::nullopt;
  intent.nominal = KnownNominal();
  intent.post = dice_.OneOf(town_.posts());
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
    intent.post = dice_.OneOf(town_.posts());
    if (dice_.Chance(800)) intent.post = dice_.Chance(500) ? kPrison : kAuthor;
    const population::Happening like = Happening();
    if (!oracle_.people.empty() && dice_.Chance(500)) intent.nominal = KnownNominal();
    if (dice_.Chance(200)) intent.agency = AgencyOf(town_.PublisherOf(like));
    if (dice_.Chance(300)) {
      intent.member = like.kind->type;
      if (dice_.Chance(700)) intent.member.resize(intent.member.find('.'));
    }
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
    intent.post = dice_.OneOf(town_.posts());
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
