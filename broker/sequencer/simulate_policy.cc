#include "broker/sequencer/simulate_policy.h"

#include <google/protobuf/util/time_util.h>

#include <string>
#include <utility>
#include <vector>

#include "broker/audit/audit_log.h"
#include "broker/crypto/digest.h"
#include "broker/policy/compare.h"
#include "broker/sequencer/past.h"
#include "tearline/stored/v1/leaf.pb.h"

namespace tearline::sequencer {
namespace {

using stored::v1::DecisionDetail;

constexpr int kLevels = 4;

/// The decisions of one record, as its leaf remembers them.
std::vector<DecisionDetail> DecisionsOf(model::Position position, const state::Reader& reader) {
  std::vector<DecisionDetail> decisions;
  for (stored::v1::Detail& detail : audit::DetailsAt(position, reader)) {
    if (detail.has_decision()) decisions.push_back(std::move(*detail.mutable_decision()));
  }
  return decisions;
}

class Simulation {
 public:
  Simulation(const SimulationPlan& plan, const SimulationListener& listener)
      : plan_(plan), listener_(listener), judge_(&plan.candidate) {
    note_.set_policy_digest(plan.candidate.digest().Bytes());
    note_.set_to_position(plan.tip);
    for (int i = 0; i < kLevels * kLevels; ++i) note_.add_levels(0);
  }

  /// Judges again what one record decided. False to stop.
  bool Judge(const ledger::Header& header, const state::Reader& reader) {
    const bool left_out = header.stamp_ms < plan_.from_ms || header.stamp_ms >= plan_.to_ms;
    if (!left_out && note_.from_position() == 0) note_.set_from_position(header.position);
    for (const DecisionDetail& detail : DecisionsOf(header.position, reader)) {
      if (detail.shortfall() == v1::RULE_REASON_WITHDRAWN) continue;  // no policy decided that
      if (left_out) {
        note_.set_left_out(note_.left_out() + 1);
        continue;
      }
      if (!JudgeOne(header, detail, reader)) return false;
    }
    return true;
  }

  stored::v1::NoteSimulation Finish() {
    note_.set_report_digest(report_.Finish().Bytes());
    return std::move(note_);
  }

 private:
  bool JudgeOne(const ledger::Header& header, const DecisionDetail& detail,
                const state::Reader& reader) {
    v1::SimulatedChange change;
    change.set_event_id(model::EventId::FromBytes(detail.event_id())->Text());
    change.set_post(detail.post());
    *change.mutable_judged_at() =
        google::protobuf::util::TimeUtil::MillisecondsToTimestamp(header.stamp_ms);
    change.set_before(detail.level());

    const JudgedAgain judged = judge_.Judge(detail, header.stamp_ms, reader);
    if (!judged.candidate) return NotReplayed(change, judged.because);
    const policy::Decision& before = *judged.then;
    const policy::Decision& after = *judged.candidate;
    note_.set_decisions(note_.decisions() + 1);
    const int cell =
        (before.level - v1::LEVEL_WITHHELD) * kLevels + after.level - v1::LEVEL_WITHHELD;
    note_.set_levels(cell, note_.levels(cell) + 1);
    change.set_after(after.level);
    for (const std::string& rule : after.rules) change.add_rules(rule);
    return TellEach(policy::Compare(before, after), change);
  }

  bool TellEach(const policy::Difference& difference, v1::SimulatedChange& change) {
    if (difference.raised) {
      note_.set_raises(note_.raises() + 1);
      if (!Tell(v1::SIMULATED_CHANGE_KIND_RAISE, change)) return false;
    }
    if (difference.newly_unmet) {
      note_.set_newly_unmet(note_.newly_unmet() + 1);
      if (!Tell(v1::SIMULATED_CHANGE_KIND_NEWLY_UNMET, change)) return false;
    }
    if (difference.masked) {
      note_.set_masked(note_.masked() + 1);
      if (!Tell(v1::SIMULATED_CHANGE_KIND_MASKED, change)) return false;
    }
    if (difference.obliges) {
      note_.set_obligations(note_.obligations() + 1);
      if (!Tell(v1::SIMULATED_CHANGE_KIND_OBLIGATIONS, change)) return false;
    }
    return true;
  }

  bool NotReplayed(v1::SimulatedChange& change, const char* because) {
    note_.set_not_replayed(note_.not_replayed() + 1);
    change.set_because(because);
    return Tell(v1::SIMULATED_CHANGE_KIND_NOT_REPLAYED, change);
  }

  bool Tell(v1::SimulatedChangeKind kind, v1::SimulatedChange& change) {
    change.set_kind(kind);
    const std::string bytes = change.SerializeAsString();
    const auto length = static_cast<std::uint32_t>(bytes.size());
    const char big_endian[4] = {static_cast<char>(length >> 24), static_cast<char>(length >> 16),
                                static_cast<char>(length >> 8), static_cast<char>(length)};
    report_.Update({big_endian, sizeof big_endian});
    report_.Update(bytes);
    return listener_.change(change);
  }

  const SimulationPlan& plan_;
  const SimulationListener& listener_;
  stored::v1::NoteSimulation note_;
  crypto::Sha256Stream report_;
  PastJudge judge_;
};

}  // namespace

Result<stored::v1::NoteSimulation> SimulatePolicy(const ledger::Ledger& ledger,
                                                  state::Database& scratch,
                                                  const SimulationPlan& plan,
                                                  const SimulationListener& listener) {
  Simulation simulation(plan, listener);
  TEARLINE_RETURN_IF_REFUSED(TellPast(
      ledger, scratch, plan.tip,
      {.record = [&simulation](const auto& header,
                               const auto& then) { return simulation.Judge(header, then); },
       .progress = listener.progress}));
  return simulation.Finish();
}

}  // namespace tearline::sequencer
