#include "broker/sequencer/measure.h"

#include <cstddef>
#include <cstdint>

#include "broker/state/key.h"
#include "broker/telemetry/metrics.h"

namespace tearline::sequencer {
namespace {

using telemetry::RecordOutcome;

RecordOutcome OutcomeOf(audit::Outcome outcome) {
  switch (outcome) {
    case audit::Outcome::kApplied:
      return RecordOutcome::kApplied;
    case audit::Outcome::kAwaitsSecondHand:
      return RecordOutcome::kAwaitsSecondHand;
    case audit::Outcome::kRepeated:
      return RecordOutcome::kRepeated;
    case audit::Outcome::kRefused:
      return RecordOutcome::kRefused;
    case audit::Outcome::kUnappliable:
      break;
  }
  return RecordOutcome::kUnappliable;
}

}  // namespace

void MeasureRecord(stored::v1::CommandNumber command, const machine::Applied& applied) {
  telemetry::CountRecord(command, OutcomeOf(applied.outcome));
  if (applied.outcome == audit::Outcome::kRefused) telemetry::CountRefusal(applied.reason);
  for (std::size_t level = 0; level < applied.judged.by_level.size(); ++level) {
    telemetry::CountDecisions(static_cast<v1::Level>(level), applied.judged.by_level[level]);
  }
  telemetry::Count(telemetry::Counter::kDutiesUnmet, applied.judged.duties_unmet);
}

void MeasureItems(const state::Batch& batch) {
  std::uint64_t released = 0;
  std::uint64_t settled = 0;
  batch.ForEachWrite(state::Table::kReleased, [&](const std::string&, const state::RowValue& item) {
    ++(item.there() ? released : settled);
  });
  telemetry::Count(telemetry::Counter::kItemsReleased, released);
  telemetry::Count(telemetry::Counter::kItemsSettled, settled);
}

Status Measured(Status refusal) {
  telemetry::CountRefusal(ReasonOf(refusal));
  return refusal;
}

}  // namespace tearline::sequencer
