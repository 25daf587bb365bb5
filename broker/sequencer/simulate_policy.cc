#include "broker/sequencer/simulate_policy.h"

#include <google/protobuf/util/time_util.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "broker/audit/audit_log.h"
#include "broker/crypto/digest.h"
#include "broker/machine/judge.h"
#include "broker/machine/machine.h"
#include "broker/machine/rows.h"
#include "broker/policy/compare.h"
#include "broker/policy/evaluate.h"
#include "broker/status/invariant.h"
#include "tearline/stored/v1/leaf.pb.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::sequencer {
namespace {

using stored::v1::DecisionDetail;

/// Headers applied in one batch, in bytes, as in a replay.
constexpr std::size_t kBatchBytesMax = 4 * 1024 * 1024;
constexpr int kLevels = 4;

/// The decisions of one record, as its leaf remembers them.
std::vector<DecisionDetail> DecisionsOf(model::Position position, const state::Reader& reader) {
  std::vector<DecisionDetail> decisions;
  for (stored::v1::Detail& detail : audit::DetailsAt(position, reader)) {
    if (detail.has_decision()) decisions.push_back(std::move(*detail.mutable_decision()));
  }
  return decisions;
}

/// Whether a decision made again is the one that was recorded.
bool IsTheSame(const policy::Decision& decision, const DecisionDetail& detail) {
  return decision.level == detail.level() && decision.duty == detail.duty() &&
         decision.shortfall == detail.shortfall() &&
         std::equal(decision.segments.begin(), decision.segments.end(), detail.segments().begin(),
                    detail.segments().end()) &&
         std::equal(decision.rules.begin(), decision.rules.end(), detail.rules().begin(),
                    detail.rules().end());
}

class Simulation {
 public:
  Simulation(const SimulationPlan& plan, const SimulationListener& listener)
      : plan_(plan), listener_(listener) {
    note_.set_policy_digest(plan.candidate.digest().Bytes());
    note_.set_to_position(plan.tip);
    note_.mutable_levels()->Resize(kLevels * kLevels, 0);
  }

  /// Judges again what one record decided. False to stop.
  bool Judge(const ledger::Header& header, const state::Reader& reader) {
    if (header.stamp_ms < plan_.from_ms || header.stamp_ms >= plan_.to_ms) return true;
    if (note_.from_position() == 0) note_.set_from_position(header.position);
    for (const DecisionDetail& detail : DecisionsOf(header.position, reader)) {
      if (detail.shortfall() == v1::RULE_REASON_WITHDRAWN) continue;  // no policy decided that
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

    const auto event = reader.Find<stored::v1::EventRow>(machine::EventKey(detail.event_id()));
    const policy::PolicySet* then = PolicyOf(detail.policy_digest(), reader);
    if (!event || then == nullptr) {
      return NotReplayed(change, "its event or its policy is no longer in the state");
    }
    const policy::EventFacts facts = machine::FactsOf(*event, reader);
    const machine::Standing standing =
        machine::StandingOf(*event, detail.post(), header.stamp_ms, reader);
    const policy::Decision before =
        policy::Evaluate(*then, facts, standing.nominals, standing.recipient);
    if (!IsTheSame(before, detail)) {
      return NotReplayed(change, "its facts changed within the record that decided");
    }
    const policy::Decision after =
        policy::Evaluate(plan_.candidate, facts, standing.nominals, standing.recipient);
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

  /// A policy that was in force, as parsed; null if the state does not hold it.
  const policy::PolicySet* PolicyOf(const std::string& digest, const state::Reader& reader) {
    const auto [place, made] = policies_.try_emplace(digest);
    if (made) {
      const auto row = reader.Find<stored::v1::PolicyRow>(machine::PolicyKey(digest));
      if (row) {
        Result<policy::PolicySet> parsed = policy::PolicySet::Parse(row->text());
        TEARLINE_INVARIANT(parsed.ok(), "a policy that was recorded parses");
        place->second = std::make_unique<policy::PolicySet>(*std::move(parsed));
      }
    }
    return place->second.get();
  }

  const SimulationPlan& plan_;
  const SimulationListener& listener_;
  stored::v1::NoteSimulation note_;
  crypto::Sha256Stream report_;
  std::map<std::string, std::unique_ptr<policy::PolicySet>> policies_;
};

}  // namespace

Result<stored::v1::NoteSimulation> SimulatePolicy(const ledger::Ledger& ledger,
                                                  state::Database& scratch,
                                                  const SimulationPlan& plan,
                                                  const SimulationListener& listener) {
  Simulation simulation(plan, listener);
  const Status stopped = Refuse(v1::ERROR_REASON_UNAVAILABLE, "the simulation was stopped");
  machine::Machine machine;
  model::Position reached = scratch.Position();
  TEARLINE_INVARIANT(reached == 0, "a simulation begins with nothing");
  while (reached < plan.tip) {
    const Result<std::vector<ledger::StoredHeader>> headers =
        ledger.ReadHeaders(reached, kBatchBytesMax);
    if (!headers.ok()) return headers.status();
    const std::shared_ptr<const state::View> view = scratch.Now();
    state::Batch batch(*view);
    for (const ledger::StoredHeader& header : *headers) {
      if (header.header.position > plan.tip) break;
      machine.Apply(header, batch);
      reached = header.header.position;
      if (!simulation.Judge(header.header, batch)) return stopped;
    }
    TEARLINE_RETURN_IF_REFUSED(scratch.Commit(batch, reached));
    if (!listener.progress(reached)) return stopped;
  }
  return simulation.Finish();
}

}  // namespace tearline::sequencer
