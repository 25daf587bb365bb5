#include "clients/cli/identity_changes.h"

#include <iostream>

#include <nlohmann/json.hpp>

#include "clients/cli/call.h"
#include "clients/cli/output.h"
#include "tearline/v1/nominal_service.grpc.pb.h"

namespace tearline::cli {
namespace {

using Kind = adapters::IdentityChange::Kind;
using Service = v1::NominalService;

constexpr char kLeft[] = "left to a person";
constexpr char kNotActedOn[] = "--merges was not given, so nothing was done about it";

/// What a refusal says that is no fault: the same was said before.
struct SaidBefore {
  const char* reason;
  const char* outcome;
};
constexpr SaidBefore kSaidBefore[] = {
    {"ALREADY_EXISTS", "one person already"},
    {"NOTHING_TO_MOVE", "nothing to move"},
};

const v1::Identifier& NumberAt(const adapters::Adapted& adapted, std::uint32_t place) {
  return adapted.event.nominals(static_cast<int>(place)).identifier();
}

std::string Counts(const std::map<std::string, std::uint64_t>& counts) {
  std::string text;
  for (const auto& [what, count] : counts) {
    text += (text.empty() ? "" : ", ") + what + " " + std::to_string(count);
  }
  return text;
}

}  // namespace

/// Asks that a booking be moved. True if that awaits a second hand.
bool IdentityChanges::AwaitsMove(const adapters::Adapted& adapted) const {
  const adapters::IdentityChange& change = *adapted.identity_change;
  v1::MoveBookingRequest request;
  *request.mutable_acting() = invocation_.Acting();
  *request.mutable_from() = NumberAt(adapted, change.other);
  *request.mutable_to() = NumberAt(adapted, change.survivor);
  if (change.began) {
    request.mutable_occurred_from()->set_seconds(change.began->seconds);
    request.mutable_occurred_from()->set_nanos(change.began->nanos);
  }
  // What occurred as it moved is the message itself, which is about both.
  *request.mutable_occurred_until() = adapted.event.occurred_at();
  request.set_agency(agency_);
  request.set_reason(v1::BOOKING_MOVE_REASON_NOT_SAID);
  return Ask<Service>(invocation_, &Service::StubInterface::MoveBooking, request)
      .recorded()
      .awaits_second_hand();
}

/// What became of it. Throws Stop if it is refused.
std::string IdentityChanges::Act(const adapters::Adapted& adapted) const {
  const adapters::IdentityChange& change = *adapted.identity_change;
  const auto say = [&](auto request, auto method) {
    *request.mutable_acting() = invocation_.Acting();
    *request.mutable_removed() = NumberAt(adapted, change.other);
    *request.mutable_surviving() = NumberAt(adapted, change.survivor);
    return Ask<Service>(invocation_, method, request).recorded().awaits_second_hand();
  };
  std::string done;
  bool awaits = false;
  switch (change.kind) {
    case Kind::kMerged:
      done = "merged";
      awaits = say(v1::MergeNominalsRequest(), &Service::StubInterface::MergeNominals);
      break;
    case Kind::kUnmerged:
      done = "parted";
      awaits = say(v1::UnmergeNominalsRequest(), &Service::StubInterface::UnmergeNominals);
      break;
    case Kind::kBookingMoved:
      done = "moved";
      awaits = AwaitsMove(adapted);
      break;
  }
  return awaits ? "awaits a second hand" : done;
}

void IdentityChanges::Take(const adapters::Adapted& adapted) {
  if (!adapted.identity_change) return;
  if (!act_) {
    ++outcomes_[kLeft];
    return Say(adapted, kLeft, kNotActedOn);
  }
  try {
    const std::string outcome = Act(adapted);
    ++outcomes_[outcome];
    Say(adapted, outcome, "");
  } catch (const Stop& stop) {
    if (stop.code != ExitCode::kRefused) throw;
    for (const SaidBefore& each : kSaidBefore) {
      if (stop.reason != each.reason) continue;
      ++outcomes_[each.outcome];
      return Say(adapted, each.outcome, "");
    }
    ++refused_[stop.reason];
    Say(adapted, "refused " + stop.reason, stop.sentence);
  }
}

void IdentityChanges::Say(const adapters::Adapted& adapted, const std::string& outcome,
                          const std::string& sentence) const {
  const std::string kind = NameOf(adapted.identity_change->kind);
  if (invocation_.json) {
    nlohmann::json said{{"request_id", adapted.request_id}, {"kind", kind}, {"outcome", outcome}};
    if (!sentence.empty()) said["sentence"] = sentence;
    return PrintJson(nlohmann::json{{"identity_change", said}});
  }
  std::cout << kind << "  " << outcome << "  request " << adapted.request_id << '\n';
  if (!sentence.empty()) std::cout << "  " << sentence << '\n';
}

std::uint64_t IdentityChanges::Refused() const {
  std::uint64_t sum = 0;
  for (const auto& [reason, count] : refused_) sum += count;
  return sum;
}

void IdentityChanges::Report() const {
  if (outcomes_.empty() && refused_.empty()) return;
  if (invocation_.json) {
    return PrintJson(nlohmann::json{
        {"identity_changes", {{"outcomes", outcomes_}, {"refused_by_reason", refused_}}}});
  }
  std::cout << "who is who   " << Counts(outcomes_);
  if (!refused_.empty()) {
    std::cout << (outcomes_.empty() ? "" : ", ") << "refused " << Refused() << "  ("
              << Counts(refused_) << ')';
  }
  std::cout << std::endl;
}

}  // namespace tearline::cli
