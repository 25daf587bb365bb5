#include "clients/cli/identity_changes.h"

#include "clients/cli/call.h"
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
    tally_.Count(kLeft);
    return Say(adapted, kLeft, kNotActedOn);
  }
  try {
    const std::string outcome = Act(adapted);
    tally_.Count(outcome);
    Say(adapted, outcome, "");
  } catch (const Stop& stop) {
    if (stop.code != ExitCode::kRefused) throw;
    for (const SaidBefore& each : kSaidBefore) {
      if (stop.reason != each.reason) continue;
      tally_.Count(each.outcome);
      return Say(adapted, each.outcome, "");
    }
    tally_.CountRefused(stop.reason);
    Say(adapted, "refused " + stop.reason, stop.sentence);
  }
}

void IdentityChanges::Say(const adapters::Adapted& adapted, const std::string& outcome,
                          const std::string& sentence) const {
  SayChange(invocation_, "identity_change", NameOf(adapted.identity_change->kind),
            adapted.request_id, outcome, sentence);
}

void IdentityChanges::Report() const {
  tally_.Report(invocation_, "who is who   ", "identity_changes");
}

}  // namespace tearline::cli
