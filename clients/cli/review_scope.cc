#include "clients/cli/review_scope.h"

#include <algorithm>

#include "clients/verifier/base64.h"

namespace tearline::cli {
namespace {

using stored::v1::Detail;

constexpr std::size_t kSaltBytes = 16;

Detail FactOf(const v1::OpenedDetail& opened) {
  Detail fact;
  if (opened.salted().size() < kSaltBytes ||
      !fact.ParseFromString(opened.salted().substr(kSaltBytes))) {
    fact.Clear();
  }
  return fact;
}

}  // namespace

void ReviewScope::Add(const std::string& event_id, const verifier::Receipt& receipt,
                      const v1::Opening& opening) {
  events_.insert(event_id);
  Keep(receipt, opening);
  for (const v1::OpenedDetail& opened : opening.details()) {
    const Detail fact = FactOf(opened);
    const stored::v1::ReleasedDetail& released = fact.released();
    if (fact.has_released() && IsOfEvents(released.event_id())) {
      numbers_.insert({released.feed(), released.lane(), released.sequence()});
    }
    if (fact.has_obligation() && IsOfEvents(fact.obligation().event_id())) {
      obligations_.insert(fact.obligation().obligation_id());
    }
  }
}

void ReviewScope::AddOfTrail(const verifier::Receipt& receipt, const v1::Opening& opening) {
  Keep(receipt, opening);
}

void ReviewScope::Keep(const verifier::Receipt& receipt, const v1::Opening& opening) {
  Shown& record = records_[receipt.index];
  record.stamp_ms = receipt.leaf.stamp_ms;
  record.leaf = opening.leaf();
  for (const v1::OpenedDetail& opened : opening.details()) record.details[opened.slot()] = opened;
}

std::set<std::string> ReviewScope::Trails() const {
  std::set<std::string> trails;
  for (const auto& [index, record] : records_) {
    for (const auto& [slot, opened] : record.details) {
      const Detail fact = FactOf(opened);
      if (!fact.has_obligation() || !Concerns(fact)) continue;
      const std::vector<std::string> people = verifier::PeopleOf(fact);
      if (people.empty() || "nom_" + verifier::Hex(people.front()) == nominal_id_) {
        trails.insert("ob_" + verifier::Hex(fact.obligation().obligation_id()));
      }
    }
  }
  return trails;
}

std::vector<verifier::ReviewLeaf> ReviewScope::Leaves() const {
  std::vector<verifier::ReviewLeaf> leaves;
  for (const auto& [index, record] : records_) {
    verifier::ReviewLeaf& leaf = leaves.emplace_back();
    leaf.index = index;
    leaf.opening.set_leaf(record.leaf);
    for (const auto& [slot, opened] : record.details) {
      if (Concerns(FactOf(opened))) *leaf.opening.add_details() = opened;
    }
  }
  return leaves;
}

std::map<std::string, std::int64_t> ReviewScope::Obligations() const {
  std::map<std::string, std::int64_t> open_at;
  for (const auto& [index, record] : records_) {
    for (const auto& [slot, opened] : record.details) {
      const Detail fact = FactOf(opened);
      if (!fact.has_obligation() || !Concerns(fact)) continue;
      const stored::v1::ObligationDetail& said = fact.obligation();
      if (said.change() == stored::v1::OBLIGATION_CHANGE_LEFT ||
          said.change() == stored::v1::OBLIGATION_CHANGE_DISCHARGED) {
        continue;
      }
      std::int64_t& at_ms = open_at["ob_" + verifier::Hex(said.obligation_id())];
      at_ms = std::max(at_ms, record.stamp_ms);
    }
  }
  return open_at;
}

bool ReviewScope::IsOfEvents(const std::string& bytes) const {
  return !bytes.empty() && events_.contains("ev_" + verifier::Hex(bytes));
}

bool ReviewScope::Concerns(const Detail& fact) const {
  switch (fact.fact_case()) {
    case Detail::kActor:
      return true;
    case Detail::kPublished:
      return IsOfEvents(fact.published().event_id());
    case Detail::kAccepted:
      return IsOfEvents(fact.accepted().event_id());
    case Detail::kAcceptedChange:
      return IsOfEvents(fact.accepted_change().event_id());
    case Detail::kDecision:
      return IsOfEvents(fact.decision().event_id());
    case Detail::kReleased:
      return IsOfEvents(fact.released().event_id()) ||
             IsOfEvents(fact.released().withdrawn_event_id()) ||
             obligations_.contains(fact.released().obligation_id());
    case Detail::kObligation:
      return obligations_.contains(fact.obligation().obligation_id());
    case Detail::kSettled: {
      const auto& numbers = fact.settled().sequences();
      return std::any_of(numbers.begin(), numbers.end(), [&](std::uint64_t number) {
        return numbers_.contains({fact.settled().feed(), fact.settled().lane(), number});
      });
    }
    case Detail::kRead:
      return IsOfEvents(fact.read().event_id());
    case Detail::kWithdrawn:
      return IsOfEvents(fact.withdrawn().event_id());
    case Detail::kAmended:
      return IsOfEvents(fact.amended().event_id());
    case Detail::kEventMoved:
      return IsOfEvents(fact.event_moved().event_id());
    case Detail::kBookingMoved:
      return "nom_" + verifier::Hex(fact.booking_moved().from_id()) == nominal_id_ ||
             "nom_" + verifier::Hex(fact.booking_moved().to_id()) == nominal_id_;
    case Detail::kComposite:
      return IsOfEvents(fact.composite().event_id());
    case Detail::kConsulted:
      return IsOfEvents(fact.consulted().event_id());
    case Detail::kDisclosure: {
      const auto& events = fact.disclosure().event_ids();
      return std::any_of(events.begin(), events.end(),
                         [this](const std::string& id) { return IsOfEvents(id); });
    }
    case Detail::kBreakGlass:
      return "nom_" + verifier::Hex(fact.break_glass().nominal_id()) == nominal_id_;
    default:
      return false;
  }
}

}  // namespace tearline::cli
