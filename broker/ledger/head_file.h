#pragma once

#include <filesystem>

#include "broker/crypto/digest.h"
#include "broker/model/ids.h"
#include "broker/status/status.h"

namespace tearline::ledger {

/// How far the ledger had come: proof, kept outside the engine, that a record existed.
struct Head {
  model::Position position = 0;
  crypto::Digest digest;  ///< SHA-256 of that record's header.

  friend bool operator==(const Head&, const Head&) = default;
};

/// The head file of a ledger's directory. Its bytes are told in docs/on-disk.md, "Head file".
///
/// Refuses: NOT_FOUND          there is none;
///          LEDGER_CORRUPT     it is not whole: it proves nothing;
///          STORAGE_FAILED     the disk refused.
[[nodiscard]] Result<Head> ReadHeadFile(const std::filesystem::path& directory);

/// Replaces the head file, whole or not at all, synced before this returns.
///
/// Refuses: STORAGE_FAILED.
[[nodiscard]] Status WriteHeadFile(const std::filesystem::path& directory, const Head& head);

}  // namespace tearline::ledger
