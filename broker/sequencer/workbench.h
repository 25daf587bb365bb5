#pragma once

#include <cstdint>

#include "broker/state/reader.h"
#include "broker/vault/vault.h"

namespace tearline::sequencer {

/// What a command is prepared with, on its caller's thread or a worker's. A view that is a moment old does no
/// harm: whatever must be right is judged again by the machine.
struct Workbench {
  const state::Reader& view;
  vault::Vault& vault;
  std::int64_t now_ms;  ///< The wall clock's.
};

}  // namespace tearline::sequencer
