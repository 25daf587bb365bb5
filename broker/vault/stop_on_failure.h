#pragma once

#include <functional>
#include <memory>
#include <string>

#include "broker/vault/vault.h"

namespace tearline::vault {

/// Told, with a sentence, when the broker must stop because it is not known what the vault kept.
using Fatal = std::function<void(const std::string& sentence)>;

/// A vault that does not go on after a write that failed (law 8): a sync that failed once may
/// succeed the next time without having written what the first should have. `below` is asked for
/// everything; after its Make or Destroy refuses STORAGE_FAILED, `fatal` is called on the caller's
/// thread, and every further Make and Destroy refuses without asking it.
[[nodiscard]] std::unique_ptr<Vault> StopOnFailure(std::unique_ptr<Vault> below, Fatal fatal);

}  // namespace tearline::vault
