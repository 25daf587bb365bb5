#include "broker/stores.h"

#include <chrono>
#include <filesystem>
#include <system_error>
#include <utility>

#include "broker/ledger/open_ledger.h"
#include "broker/sequencer/replay.h"
#include "broker/telemetry/log.h"

namespace tearline {
namespace {

using telemetry::Event;
using telemetry::Field;
using telemetry::Log;

/// Replays, saying now and then how far it is.
Status ReplayAloud(const ledger::Ledger& ledger, state::Database& database) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point begun = Clock::now();
  Clock::time_point said = begun;
  const Result<sequencer::ReplayReport> report =
      sequencer::Replay(ledger, database, [&said](model::Position reached, model::Position tip) {
        if (Clock::now() - said < std::chrono::seconds(1)) return;
        said = Clock::now();
        Log(Event::kReplaying).With(Field::kPosition, reached).With(Field::kRecords, tip);
      });
  if (!report.ok()) return report.status();
  Log(Event::kReplayed)
      .With(Field::kPosition, report->to)
      .With(Field::kRecords, report->to - report->from)
      .With(Field::kDurationMs,
            std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun).count());
  if (report->unappliable > 0) {
    Log(Event::kRecordUnappliable).With(Field::kCount, report->unappliable);
  }
  return {};
}

/// A ledger with records has its vault. A vault made anew would have another index key: content
/// would pass for erased, and nobody would be found under the number they are known by.
Status CheckVaultIsThere(const ledger::Ledger& ledger, const std::filesystem::path& directory) {
  std::error_code error;
  if (ledger.Tip() == 0 || std::filesystem::exists(directory / "CURRENT", error)) return {};
  return Refuse(v1::ERROR_REASON_KEY_MISSING,
                "the ledger has records and `vault.directory` holds no vault; fetch the vault's "
                "backup that is as new as the ledger");
}

}  // namespace

Result<Stores> OpenStores(const settings::v1::BrokerConfig& config) {
  Stores stores;
  Result<std::unique_ptr<ledger::Ledger>> ledger = ledger::OpenLedger(config.ledger());
  if (!ledger.ok()) return ledger.status();
  stores.ledger = *std::move(ledger);

  Result<std::unique_ptr<state::Database>> database =
      state::Database::Open(config.state().directory());
  if (!database.ok()) return database.status();
  stores.database = *std::move(database);
  TEARLINE_RETURN_IF_REFUSED(ReplayAloud(*stores.ledger, *stores.database));

  TEARLINE_RETURN_IF_REFUSED(CheckVaultIsThere(*stores.ledger, config.vault().directory()));
  Result<std::unique_ptr<vault::Vault>> vault =
      vault::Vault::Open(config.vault().directory(), config.vault().key_encryption_key_file());
  if (!vault.ok()) return vault.status();
  stores.vault = *std::move(vault);

  Result<std::unique_ptr<crypto::FileSigner>> signer =
      crypto::FileSigner::Open(config.audit().signing_key_file(), "`audit.signing_key_file`");
  if (!signer.ok()) return signer.status();
  stores.signer = *std::move(signer);
  Result<std::unique_ptr<sequencer::CheckpointKeeper>> checkpoints =
      sequencer::CheckpointKeeper::Open(config.audit().checkpoint_directory(), *stores.signer);
  if (!checkpoints.ok()) return checkpoints.status();
  stores.checkpoints = *std::move(checkpoints);
  return stores;
}

}  // namespace tearline
