#include "clients/cli/level_facts.h"

#include "clients/adapters/hmpps_levels.h"
#include "clients/cli/call.h"
#include "tearline/v1/action_service.grpc.pb.h"

namespace tearline::cli {
namespace {

using Service = v1::ActionService;

constexpr char kNotActedOn[] = "left as they are: --levels was not given";
constexpr char kNotPublished[] = "not published";

/// In words, and whether it is worth a line of its own.
struct Outcome {
  const char* word;
  const char* sentence;
  bool said;
};
Outcome OutcomeOf(v1::LevelFactOutcome outcome) {
  switch (outcome) {
    case v1::LEVEL_FACT_OUTCOME_SET:
      return {"set", "", true};
    case v1::LEVEL_FACT_OUTCOME_SAME:
      return {"managed so already", "", false};
    case v1::LEVEL_FACT_OUTCOME_OVERTAKEN:
      return {"overtaken by a newer message", "", false};
    case v1::LEVEL_FACT_OUTCOME_CHANGED_SINCE:
      return {"left to a person",
              "somebody has said how the case is managed, or opened it, since this occurred", true};
    case v1::LEVEL_FACT_OUTCOME_ENDED_SINCE:
      return {"left to a person",
              "a newer message says that an entry ended; look at what holds now", true};
    case v1::LEVEL_FACT_OUTCOME_NO_CASE:
      return {"no case here", "", false};  // as of most people under supervision
    default:
      return {"not said by the broker", "", true};
  }
}

}  // namespace

void LevelFacts::Set(const std::string& request_id, const std::string& event_id) {
  v1::SetLevelRequest request;
  *request.mutable_acting() = invocation_.Acting();
  request.set_as_fact(true);
  request.set_event_id(event_id);
  for (const std::string_view type : adapters::kLevelEventTypes) {
    request.add_event_types(std::string(type));
  }
  for (const std::string_view type : adapters::kLevelEndingTypes) {
    request.add_ending_types(std::string(type));
  }
  const Outcome outcome = OutcomeOf(
      Ask<Service>(invocation_, &Service::StubInterface::SetLevel, request).outcome());
  tally_.Count(outcome.word);
  if (outcome.said) Say(request_id, outcome.word, outcome.sentence);
}

void LevelFacts::Take(const adapters::Adapted& adapted) {
  if (!adapted.level_statement) return;
  if (!act_) return tally_.Count(kNotActedOn);
  if (const auto left = adapted.level_statement->left) {
    const std::string reason = std::to_string(static_cast<int>(*left)) + " " + NameOf(*left);
    tally_.Count("left to a person: " + reason);
    return Say(adapted.request_id, "left to a person: " + reason, SentenceOf(*left));
  }
  kept_.push_back(adapted.request_id);
}

void LevelFacts::Act(const std::function<std::string(const std::string&)>& event_of) {
  for (const std::string& request_id : kept_) {
    const std::string event_id = event_of(request_id);
    if (event_id.empty()) {
      tally_.Count(kNotPublished);
      continue;
    }
    try {
      Set(request_id, event_id);
    } catch (const Stop& stop) {
      if (stop.code != ExitCode::kRefused) throw;
      tally_.CountRefused(stop.reason);
      Say(request_id, "refused " + stop.reason, stop.sentence);
    }
  }
  kept_.clear();
}

void LevelFacts::Say(const std::string& request_id, const std::string& outcome,
                     const std::string& sentence) const {
  SayChange(invocation_, "level_fact", "LEVEL", request_id, outcome, sentence);
}

void LevelFacts::Report() const { tally_.Report(invocation_, "levels       ", "level_facts"); }

}  // namespace tearline::cli
