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
constexpr char kBookingMoved[] =
    "a booking moved: look through what was told under the number it left, and withdraw or publish "
    "anew what is the other person's";

std::string Counts(const std::map<std::string, std::uint64_t>& counts) {
  std::string text;
  for (const auto& [what, count] : counts) {
    text += (text.empty() ? "" : ", ") + what + " " + std::to_string(count);
  }
  return text;
}

}  // namespace

/// What became of it. Throws Stop if it is refused.
std::string IdentityChanges::Act(const v1::Identifier& survivor, const v1::Identifier& other,
                                 bool merged) const {
  const auto say = [&](auto request, auto method) {
    *request.mutable_acting() = invocation_.Acting();
    *request.mutable_removed() = other;
    *request.mutable_surviving() = survivor;
    return Ask<Service>(invocation_, method, request).recorded().awaits_second_hand();
  };
  const bool awaits =
      merged ? say(v1::MergeNominalsRequest(), &Service::StubInterface::MergeNominals)
             : say(v1::UnmergeNominalsRequest(), &Service::StubInterface::UnmergeNominals);
  if (awaits) return "awaits a second hand";
  return merged ? "merged" : "parted";
}

void IdentityChanges::Take(const adapters::Adapted& adapted) {
  if (!adapted.identity_change) return;
  const adapters::IdentityChange& change = *adapted.identity_change;
  const auto left = [&](const std::string& why) {
    ++outcomes_[kLeft];
    Say(adapted, kLeft, why);
  };
  if (change.kind == Kind::kBookingMoved) return left(kBookingMoved);
  if (!act_) return left(kNotActedOn);
  const auto number = [&adapted](std::uint32_t place) {
    return adapted.event.nominals(static_cast<int>(place)).identifier();
  };
  try {
    const std::string outcome =
        Act(number(change.survivor), number(change.other), change.kind == Kind::kMerged);
    ++outcomes_[outcome];
    Say(adapted, outcome, "");
  } catch (const Stop& stop) {
    if (stop.code != ExitCode::kRefused) throw;
    if (stop.reason == "ALREADY_EXISTS") {
      ++outcomes_["one person already"];
      return Say(adapted, "one person already", "");
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
