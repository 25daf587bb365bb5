#pragma once

namespace rocksdb {
class Env;
}  // namespace rocksdb

namespace tearline::disk {

/// The files of this machine, as RocksDB knows them, for its option `env`. Beside each manifest
/// lies a mark: whenever RocksDB is told that the manifest was synced, the mark says up to where,
/// and is synced itself. A mark that can't be written fails the sync.
///
/// Threads: any. Never destroyed.
[[nodiscard]] rocksdb::Env* MarkedFiles();

}  // namespace tearline::disk
