#include "broker/sequencer/replay.h"

#include <optional>
#include <string>
#include <vector>

#include "broker/machine/machine.h"
#include "broker/model/limits.h"
#include "broker/telemetry/log.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::sequencer {
namespace {

/// Headers applied in one batch, in bytes: what a batch writes is a few times as much.
constexpr std::size_t kBatchBytesMax = 4 * 1024 * 1024;

stored::v1::LedgerRow ReadLedgerRow(const state::Reader& reader) {
  return reader.Find<stored::v1::LedgerRow>(state::Key(state::Table::kLedger))
      .value_or(stored::v1::LedgerRow());
}

/// Whether the state at its position was made from this very ledger.
Status CheckSamePast(const ledger::Ledger& ledger, const state::View& view) {
  const model::Position position = view.position();
  if (position > ledger.Tip()) {
    return Refuse(v1::ERROR_REASON_LEDGER_TAIL_LOST,
                  "the ledger ends at record " + std::to_string(ledger.Tip()) +
                      ", but the state has applied record " + std::to_string(position) +
                      ": records are lost; restore a backup of the ledger that holds at least " +
                      std::to_string(position) + " records");
  }
  if (position == 0) return {};
  const stored::v1::LedgerRow row = ReadLedgerRow(view);
  const Result<std::vector<ledger::StoredHeader>> headers = ledger.ReadHeaders(position - 1, 1);
  if (!headers.ok()) return headers.status();
  const ledger::StoredHeader& header = headers->front();
  if (header.header.ledger_id.Bytes() != row.ledger_id()) {
    return Refuse(v1::ERROR_REASON_STATE_CORRUPT,
                  "the state belongs to another ledger; name the right directories, or delete the "
                  "state and it is rebuilt");
  }
  if (header.digest.View() != row.last_header_digest()) {
    return Refuse(v1::ERROR_REASON_LEDGER_CORRUPT,
                  "record " + std::to_string(position) +
                      " is not the one the state was made from: the ledger was put back and went "
                      "on another way; restore the backup that holds the right one");
  }
  return {};
}

Status CheckVersion(const ledger::Header& header) {
  if (header.behaviour_version <= machine::kBehaviourVersion) return {};
  return Refuse(v1::ERROR_REASON_WRONG_STATE,
                "record " + std::to_string(header.position) + " is of behaviour version " +
                    std::to_string(header.behaviour_version) + "; this build knows up to " +
                    std::to_string(machine::kBehaviourVersion) + ", start the newer one");
}

}  // namespace

Result<ReplayReport> Replay(const ledger::Ledger& ledger, state::Database& database,
                            const ReplayProgress& progress) {
  TEARLINE_RETURN_IF_REFUSED(CheckSamePast(ledger, *database.Now()));
  if (!database.HasThisShape()) {
    // Only now: a state ahead of the ledger is proof of a loss, in whatever shape.
    telemetry::Log(telemetry::Event::kStateReshaped)
        .With(telemetry::Field::kPosition, database.Position());
    TEARLINE_RETURN_IF_REFUSED(database.Empty());
  }
  ReplayReport report;
  report.from = report.to = database.Position();
  const model::Position tip = ledger.Tip();

  machine::Machine machine;
  std::shared_ptr<const state::View> view = database.Now();
  state::Batch batch(*view);
  while (report.to < tip) {
    const Result<std::vector<ledger::StoredHeader>> headers =
        ledger.ReadHeaders(report.to, kBatchBytesMax);
    if (!headers.ok()) return headers.status();
    for (const ledger::StoredHeader& header : *headers) {
      TEARLINE_RETURN_IF_REFUSED(CheckVersion(header.header));
      machine.Apply(header, batch);
      report.to = header.header.position;
    }
    TEARLINE_RETURN_IF_REFUSED(database.Commit(batch, report.to));
    std::shared_ptr<const state::View> now = database.Now();
    batch.GoOnAbove(*now);
    view.swap(now);
    if (progress) progress(report.to, tip);
  }
  report.unappliable = ReadLedgerRow(*view).unappliable();
  return report;
}

}  // namespace tearline::sequencer
