#pragma once

#include <string>

#include "broker/vault/vault.h"

namespace tearline::vault {

/// The value by which a ledger's genesis names its vault: 32 bytes that tell nothing about the
/// index key they are made from. Another vault has another, whatever keys were copied into it.
///
/// Source: docs/on-disk.md, "Vault".
[[nodiscard]] std::string CheckValueOf(const Vault& vault);

}  // namespace tearline::vault
