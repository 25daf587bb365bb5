#pragma once

#include <memory>

#include "broker/ledger/ledger.h"
#include "broker/status/status.h"
#include "tearline/settings/v1/broker.pb.h"

namespace tearline::ledger {

/// The embedded engine: headers and segments in two column families of one RocksDB, a group in one
/// synced write. After any failed write it takes no more until it is opened again.
struct RocksdbLedger {
  /// Opens or makes the ledger, proves that its newest record is whole, and holds it against the
  /// head file. A directory that once held records is never made anew.
  ///
  /// Refuses: CONFIG_INVALID    no directory is named, or its parent is missing;
  ///          LEDGER_FENCED     another process has it open;
  ///          LEDGER_CORRUPT    the engine's files or the newest record are damaged;
  ///          LEDGER_TAIL_LOST  the head file proves records that are not there;
  ///          STORAGE_FAILED    the disk refused.
  static Result<std::unique_ptr<Ledger>> Open(const settings::v1::RocksdbLedger& settings);
};

}  // namespace tearline::ledger
