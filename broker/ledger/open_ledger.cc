#include "broker/ledger/open_ledger.h"

#include "broker/ledger/rocksdb_ledger.h"

namespace tearline::ledger {

Result<std::unique_ptr<Ledger>> OpenLedger(const settings::v1::LedgerConfig& config) {
  switch (config.engine_case()) {
    case settings::v1::LedgerConfig::kRocksdb:
      return RocksdbLedger::Open(config.rocksdb());
    case settings::v1::LedgerConfig::ENGINE_NOT_SET:
      break;
  }
  return Refuse(v1::ERROR_REASON_CONFIG_INVALID, "`ledger`: choose an engine: `rocksdb`");
}

}  // namespace tearline::ledger
