#include "broker/stores.h"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "broker/ledger/open_ledger.h"
#include "broker/sequencer/replay.h"
#include "broker/status/invariant.h"
#include "broker/telemetry/log.h"
#include "broker/vault/vault_check.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline {
namespace {

using telemetry::Event;
using telemetry::Field;
using telemetry::Log;

/// Subject keys asked for at once.
constexpr std::size_t kKeysAtOnce = 4096;

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
                "the ledger has records and `vault.directory` holds no vault; restore the vault's "
                "backup that is as new as the ledger");
}

/// Whether the vault is the one the genesis names. A ledger begun before genesis named one says
/// nothing; what it seals still does not open under another vault's keys.
Status CheckVaultBelongs(const ledger::Ledger& ledger, const vault::Vault& vault) {
  if (ledger.Tip() == 0) return {};
  const Result<std::vector<ledger::StoredHeader>> first = ledger.ReadHeaders(0, 1);
  if (!first.ok()) return first.status();
  stored::v1::Genesis genesis;
  if (!genesis.ParseFromString(first->front().header.command_bytes)) {
    return Refuse(v1::ERROR_REASON_LEDGER_CORRUPT, "record 1 is not a genesis that reads");
  }
  if (genesis.vault_check().empty() || genesis.vault_check() == vault::CheckValueOf(vault)) {
    return {};
  }
  return Refuse(v1::ERROR_REASON_KEY_MISSING,
                "`vault.directory` holds the vault of another ledger; restore the vault that "
                "belongs to this ledger, with its key-encryption key");
}

/// Adds those of `ids` that the vault lacks.
Status AddMissing(const std::vector<model::SubjectKeyId>& ids, const vault::Vault& vault,
                  LostKeys& lost) {
  for (const model::SubjectKeyId& id : ids) {
    const Result<bool> holds = vault.HoldsAll({id});
    if (!holds.ok()) return holds.status();
    if (!*holds) lost.push_back(id);
  }
  return {};
}

/// Whether the vault holds every key the ledger speaks of and nobody erased. Each was durable
/// before the record that first used it, so one that is missing proves that the vault is an older
/// copy or has lost its tail. New keys written into such a vault would part it from the right one
/// for good; so nothing is served. With `lost`, what is missing is told there instead.
Status CheckVaultIsWhole(const state::View& view, const vault::Vault& vault, LostKeys* lost) {
  const state::Key table(state::Table::kSubjectKey);
  state::Key from = table;
  while (true) {
    const auto rows = view.Scan(table, from, kKeysAtOnce);
    std::vector<model::SubjectKeyId> ids;
    for (const auto& [key, bytes] : rows) {
      stored::v1::SubjectKeyRow row;
      const auto id = model::SubjectKeyId::FromBytes(std::string_view(key).substr(1));
      TEARLINE_INVARIANT(id.ok() && row.ParseFromString(bytes), "a subject key's row reads");
      if (row.erased_position() == 0) ids.push_back(*id);
    }
    const Result<bool> holds = vault.HoldsAll(ids);
    if (!holds.ok()) return holds.status();
    if (!*holds && lost != nullptr) {
      TEARLINE_RETURN_IF_REFUSED(AddMissing(ids, vault, *lost));
    } else if (!*holds) {
      Log(Event::kKeyMissing).With(Field::kPosition, view.position());
      return Refuse(v1::ERROR_REASON_KEY_MISSING,
                    "the vault lacks keys that the ledger's records are sealed under and nobody "
                    "erased: it is older than the ledger; restore the vault's copy that is as new "
                    "as the ledger, or, if there is none, see tearlined --accept-lost-keys");
    }
    if (rows.size() < kKeysAtOnce) return {};
    from = state::Key(state::Table::kSubjectKey).Fixed(rows.back().first.substr(1) + '\0');
  }
}

}  // namespace

Result<Stores> OpenStores(const settings::v1::BrokerConfig& config, LostKeys* lost) {
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
      vault::Vault::Open(config.vault().directory(), config.vault().key_encryption_key_file(),
                         [&stores, lost](const vault::Vault& opened) -> Status {
                           TEARLINE_RETURN_IF_REFUSED(CheckVaultBelongs(*stores.ledger, opened));
                           if (lost != nullptr) lost->clear();  // it may be looked at twice
                           return CheckVaultIsWhole(*stores.database->Now(), opened, lost);
                         });
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
