#include "tests/population/population.h"

#include <algorithm>
#include <stdexcept>

namespace tearline::population {
namespace {

enum Stream : std::uint64_t { kAreaOf, kCustody, kMappa, kWatched, kWhom, kWhat, kLength };

/// 84,367 of 322,367 are in prison (31 March 2023).
constexpr std::uint64_t kCustodyPerMille = 262;
/// 91,040 of them are under MAPPA.
constexpr std::uint64_t kMappaPerMille = 282;
constexpr std::uint64_t kUnwatchedPerMille = 5;
constexpr std::uint64_t kLevelThreeInPanels = 12;  // One panel in so many.
constexpr std::uint64_t kOthers = kTrades - 1;  // Of an area's posts, those that supervise nobody.

/// By George Marsaglia and others after Guy Steele's SplitMix: each number spread over all bits.
std::uint64_t Spread(std::uint64_t number) {
  number += 0x9e3779b97f4a7c15;
  number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9;
  number = (number ^ (number >> 27)) * 0x94d049bb133111eb;
  return number ^ (number >> 31);
}

std::string_view AgencyOf(Trade trade) {
  return trade == Trade::kMember || trade == Trade::kAccountable ? "police" : "probation";
}

std::string_view WordOf(Trade trade) {
  switch (trade) {
    case Trade::kSupervisor:
      return "supervisor";
    case Trade::kManager:
      return "manager";
    case Trade::kChair:
      return "chair";
    case Trade::kMember:
      return "member";
    case Trade::kGuest:
      return "guest";
    case Trade::kAccountable:
      return "accountable";
  }
  throw std::logic_error("a trade has a word");
}

/// Categories 3 and 4 are few; category 3 has no level 1.
v1::MappaCategory CategoryOf(std::uint64_t drawn, bool meets) {
  const std::uint64_t place = drawn % 1000;
  if (meets && place < 60) return v1::MAPPA_CATEGORY_3;
  if (place < 10) return v1::MAPPA_CATEGORY_4;
  return place < 250 ? v1::MAPPA_CATEGORY_2 : v1::MAPPA_CATEGORY_1;
}

/// The kind that a place among all that happens to such a person falls on; null beyond them.
const Kind* KindAt(bool in_custody, std::uint64_t place) {
  for (const Kind& kind : Kinds()) {
    const std::uint64_t often = in_custody ? kind.in_custody : kind.in_community;
    if (place < often) return &kind;
    place -= often;
  }
  return nullptr;
}

/// What happens in a year to a thousand people of those to whom more happens.
std::uint64_t MostAYear() {
  std::uint64_t in_custody = 0;
  std::uint64_t in_community = 0;
  for (const Kind& kind : Kinds()) {
    in_custody += kind.in_custody;
    in_community += kind.in_community;
  }
  return std::max(in_custody, in_community);
}

}  // namespace

Size Proportional(std::size_t nominals) {
  const Size whole;
  const auto part = [&](std::size_t of) {
    return std::max<std::size_t>(1, of * nominals / whole.nominals);
  };
  Size size{nominals, part(whole.areas), part(whole.panels), part(whole.posts)};
  size.posts = std::max(size.posts, size.areas * kTrades);
  return size;
}

Population::Population(const Size& size, std::uint64_t seed) : size_(size), seed_(seed) {
  if (size.nominals == 0 || size.areas == 0 || size.panels > size.nominals ||
      size.posts < size.areas * kTrades) {
    throw std::invalid_argument(
        "a population has people, areas, a post of each trade in each, and no more panels than "
        "people");
  }
}

std::uint64_t Population::Draw(std::uint64_t stream, std::uint64_t index) const {
  return Spread(Spread(seed_ + stream) ^ Spread(index));
}

std::size_t Population::FirstPostOf(std::size_t area) const {
  return area * size_.posts / size_.areas;
}

std::size_t Population::AreaOfPost(std::size_t index) const {
  std::size_t area = index * size_.areas / size_.posts;
  while (area + 1 < size_.areas && FirstPostOf(area + 1) <= index) ++area;
  return area;
}

std::size_t Population::SupervisorsInArea(std::size_t area) const {
  return FirstPostOf(area + 1) - FirstPostOf(area) - kOthers;
}

std::size_t Population::IndexOf(Trade trade, std::size_t area, std::size_t number) const {
  const std::size_t first = FirstPostOf(area);
  if (trade == Trade::kSupervisor) return first + kOthers + number;
  return first + static_cast<std::size_t>(trade) - 1;
}

Post Population::PostAt(std::size_t index) const {
  const std::size_t area = AreaOfPost(index);
  const std::size_t place = index - FirstPostOf(area);
  const Trade trade = place < kOthers ? static_cast<Trade>(place + 1) : Trade::kSupervisor;
  std::string name(AgencyOf(trade));
  name.append("/").append(WordOf(trade)).append("-").append(std::to_string(area));
  if (trade == Trade::kSupervisor) name.append("-").append(std::to_string(place - kOthers));
  return {trade, area, std::move(name)};
}

Person Population::PersonAt(std::size_t index) const {
  Person person;
  person.area = Draw(kAreaOf, index) % size_.areas;
  person.in_custody = Draw(kCustody, index) % 1000 < kCustodyPerMille;
  person.identifier = "P" + std::to_string(seed_) + "-" + std::to_string(index);
  const std::uint64_t mappa = Draw(kMappa, index);
  // Whoever the count of panels reaches at this place has one: evenly, and exactly as many.
  const bool meets =
      (index + 1) * size_.panels / size_.nominals != index * size_.panels / size_.nominals;
  if (meets || mappa % 1000 < kMappaPerMille) {
    person.category = CategoryOf(mappa >> 16, meets);
    person.level = !meets                                     ? v1::MAPPA_LEVEL_1
                   : (mappa >> 32) % kLevelThreeInPanels == 0 ? v1::MAPPA_LEVEL_3
                                                              : v1::MAPPA_LEVEL_2;
  }
  const std::uint64_t watched = Draw(kWatched, index);
  if (watched % 1000 >= kUnwatchedPerMille) {
    person.supervisor =
        IndexOf(Trade::kSupervisor, person.area, (watched >> 16) % SupervisorsInArea(person.area));
  }
  return person;
}

Happening Population::HappeningAt(std::uint64_t index) const {
  static const std::uint64_t most = MostAYear();
  for (std::uint64_t at = index;; at = Spread(at)) {
    const std::size_t whom = Draw(kWhom, at) % size_.nominals;
    const Kind* const kind = KindAt(PersonAt(whom).in_custody, Draw(kWhat, at) % most);
    if (kind == nullptr) continue;  // To this one less happens: somebody else.
    // Most of what is written is short, and some of it is not.
    const std::uint64_t length = Draw(kLength, at);
    const std::size_t longest = length % 10 == 0 ? 4096 : 600;
    return {whom, kind, 80 + (length >> 16) % longest};
  }
}

const std::array<Kind, 18>& Kinds() {
  using enum Source;
  constexpr auto kRoutine = v1::URGENCY_ROUTINE;
  constexpr auto kUrgent = v1::URGENCY_URGENT;
  static constexpr std::array<Kind, 18> kinds = {{
      {"probation.contact.recorded", kProbation, kRoutine, false, false, 1000, 12000},
      {"custody.visit.completed", kPrison, kRoutine, false, false, 8000, 0},
      {"custody.movement.recorded", kPrison, kRoutine, false, false, 6000, 300},
      {"custody.alert.changed", kPrison, kRoutine, true, false, 2000, 0},
      {"security.report.submitted", kPrison, kRoutine, true, true, 1500, 0},
      {"assessment.risk.completed", kProbation, kRoutine, true, false, 300, 800},
      {"custody.adjudication.completed", kPrison, kRoutine, false, false, 800, 0},
      {"address.place.changed", kProbation, kRoutine, true, false, 0, 700},
      {"probation.registration.changed", kProbation, kRoutine, true, false, 200, 500},
      {"health.assessment.completed", kPrison, kRoutine, true, true, 500, 100},
      {"housing.placement.changed", kProbation, kRoutine, false, false, 0, 300},
      {"police.arrest.recorded", kPolice, kUrgent, true, false, 20, 300},
      {"order.breach.recorded", kProbation, kUrgent, true, false, 0, 250},
      {"intelligence.report.submitted", kPolice, kUrgent, true, true, 50, 100},
      {"custody.recall.ordered", kProbation, kUrgent, true, false, 0, 100},
      {"victim.contact.recorded", kPolice, kRoutine, true, false, 50, 100},
      {"safeguarding.concern.raised", kProbation, kUrgent, true, false, 0, 80},
      {"threat.warning.issued", kPolice, v1::URGENCY_IMMEDIATE, true, true, 2, 5},
  }};
  return kinds;
}

}  // namespace tearline::population
