#include "broker/examination.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "broker/feed_measurement.h"
#include "broker/state/key.h"
#include "broker/status/invariant.h"
#include "tearline/stored/v1/row.pb.h"
#include "tearline/v1/policy.pb.h"

namespace tearline {
namespace {

/// Where the type stands in a key of kObligationOpen: behind table, nominal and case.
constexpr std::size_t kObligationTypeAt = 1 + 16 + 16;

/// "sanitise_or_review".
std::string WordOf(v1::ObligationType type) {
  constexpr std::string_view kPrefix = "OBLIGATION_TYPE_";
  std::string word = v1::ObligationType_Name(type).substr(kPrefix.size());
  std::transform(word.begin(), word.end(), word.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return word;
}

void MeasureObligations(const state::Reader& reader, telemetry::Exposition& exposition) {
  std::map<int, std::uint64_t> open;
  const state::Key all(state::Table::kObligationOpen);
  for (const auto& [key, id] : reader.Scan(all, kObligationsCountedMax)) {
    TEARLINE_INVARIANT(key.size() > kObligationTypeAt, "an open obligation's key holds its type");
    ++open[static_cast<unsigned char>(key[kObligationTypeAt])];
  }
  exposition.Family("tearline_obligations_open", "Obligations that are open, by type.",
                    telemetry::FamilyKind::kGauge);
  for (int type = v1::ObligationType_MIN + 1; type <= v1::ObligationType_MAX; ++type) {
    if (!v1::ObligationType_IsValid(type)) continue;  // numbers are not given without a gap
    exposition.Sample(open[type], {{"type", WordOf(static_cast<v1::ObligationType>(type))}});
  }
}

std::uint64_t CountCurrent(const cosign::Report& report) {
  const auto is_current = [&report](const cosign::Standing& standing) {
    return standing.tree_size > 0 && standing.tree_size >= report.cosigned_size;
  };
  return static_cast<std::uint64_t>(
      std::count_if(report.standings.begin(), report.standings.end(), is_current));
}

std::uint64_t CountForgetful(const cosign::Report& report) {
  return static_cast<std::uint64_t>(
      std::count_if(report.standings.begin(), report.standings.end(),
                    [](const cosign::Standing& standing) { return standing.forgot; }));
}

}  // namespace

Examiner::Examiner(Symptoms symptoms, clock::Clock& clock, std::chrono::milliseconds beat)
    : symptoms_(std::move(symptoms)),
      clock_(clock),
      late_ms_(
          std::max<std::chrono::milliseconds>(kBeatsMissedMax * beat, kCheckpointLateMin).count()),
      awaited_since_ms_(clock.MonotonicMs()) {}

std::int64_t Examiner::CheckpointAgeMs() {
  const model::Position tip = symptoms_.view()->position();
  const std::uint64_t covered = symptoms_.checkpoint_size();
  const std::int64_t now_ms = clock_.MonotonicMs();
  const std::lock_guard<std::mutex> lock(mutex_);
  if (covered >= awaited_) {
    awaited_ = tip;
    awaited_since_ms_ = now_ms;
  }
  return covered >= tip ? 0 : now_ms - awaited_since_ms_;
}

std::vector<rpc::Part> Examiner::Examine() {
  const auto view = symptoms_.view();
  const auto row = view->Find<stored::v1::LedgerRow>(state::Key(state::Table::kLedger))
                       .value_or(stored::v1::LedgerRow());
  return {{"ledger", symptoms_.writing()},          {"state", row.unappliable() == 0},
          {"policy", !row.policy_digest().empty()}, {"clock", !symptoms_.clock_parted()},
          {"cosigned", symptoms_.cosigned()},       {"audit", CheckpointAgeMs() <= late_ms_}};
}

void Examiner::Measure(telemetry::Exposition& exposition) {
  const auto view = symptoms_.view();
  const auto row = view->Find<stored::v1::LedgerRow>(state::Key(state::Table::kLedger))
                       .value_or(stored::v1::LedgerRow());
  const auto gauge = [&exposition](const char* name, const char* help, std::uint64_t value) {
    exposition.Family(name, help, telemetry::FamilyKind::kGauge);
    exposition.Sample(value);
  };
  gauge("tearline_ledger_records", "Records in the ledger.", view->position());
  gauge("tearline_unappliable_records", "Records kept that could not be applied.",
        row.unappliable());
  gauge("tearline_checkpoint_records", "Records under the newest signed checkpoint.",
        symptoms_.checkpoint_size());
  gauge("tearline_queued_commands", "Commands that wait for the writer.", symptoms_.queued());
  exposition.Family("tearline_checkpoint_age_seconds",
                    "How long a record has waited for a signed checkpoint; 0 if none waits.",
                    telemetry::FamilyKind::kGauge);
  exposition.SampleSeconds(static_cast<std::uint64_t>(CheckpointAgeMs()) * 1000);
  const cosign::Report witnesses = symptoms_.witnesses();
  gauge("tearline_cosigned_records",
        "Records under the newest checkpoint that enough witnesses cosigned since the start.",
        witnesses.cosigned_size);
  gauge("tearline_witnesses_needed", "Witnesses that must cosign a checkpoint.", witnesses.quorum);
  gauge("tearline_witnesses_current", "Witnesses that cosigned at least as far as that.",
        CountCurrent(witnesses));
  gauge("tearline_witnesses_forgetful",
        "Witnesses that stated, since the start, less than they had cosigned before.",
        CountForgetful(witnesses));
  MeasureObligations(*view, exposition);
  MeasureFeeds(*view, exposition);
}

}  // namespace tearline
