#pragma once

#include <cstddef>
#include <vector>

#include "broker/model/ids.h"
#include "broker/state/reader.h"
#include "broker/status/status.h"
#include "broker/vault/vault.h"

namespace tearline::sequencer {

/// Loose keys lie in the vault, and nothing may be opened with them. The state does not know them:
/// they were made for a command that was refused, that repeated another, or that a crash kept from
/// being recorded, and no erasure could reach what they seal. Or the ledger says that they were
/// erased, and a crash, or an older copy of the vault, left them there (P7).

/// Loose keys that may be destroyed at one start: a few seconds of the busiest hour, all of it new
/// people. More than a crash leaves is not a crash's doing.
inline constexpr std::size_t kLooseKeysMax = 10'000;

/// What was found in a vault.
struct LooseKeys {
  std::vector<model::SubjectKeyId> ids;     ///< Unknown: at most kLooseKeysMax + 1, in order of id.
  std::vector<model::SubjectKeyId> erased;  ///< Erased, at most kLooseKeysMax: to be destroyed.
  bool any_known = false;                   ///< Some key is there that the state knows.

  /// Whether those that are not known are what a crash leaves. A vault of which the state knows
  /// nothing may be another ledger's, and one that holds too many may be newer than the ledger:
  /// neither is touched.
  bool MayBeDestroyed() const { return any_known && ids.size() <= kLooseKeysMax; }
};

/// Looks through the vault.
///
/// Requires: nothing is being prepared or recorded, and the reader stands at the ledger's tip.
/// Refuses: STORAGE_FAILED.
[[nodiscard]] Result<LooseKeys> FindLooseKeys(const vault::Vault& vault,
                                              const state::Reader& reader);

/// Whether the state knows whose the key is, and nobody erased it.
[[nodiscard]] bool IsInUse(const model::SubjectKeyId& id, const state::Reader& reader);

}  // namespace tearline::sequencer
