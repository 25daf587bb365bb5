#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "broker/sequencer/workbench.h"
#include "broker/status/status.h"
#include "broker/vault/vault.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::sequencer {

/// Which of a key's successors what an event sealed opens by from now on, by place; nothing: it
/// opens no more.
using ChooseSuccessor = std::function<std::optional<std::size_t>(const stored::v1::EventRow&)>;

/// Makes successors of a subject key, and wraps anew under them all that opens by it, event by
/// event. The vault has none of it yet: it keeps all successors of a command together.
///
/// It costs a look at every event of the key's nominal; of a key about nobody, at every event.
///
/// Requires: the view knows the key. Refuses: KEY_MISSING; STORAGE_FAILED, SEAL_BROKEN.
[[nodiscard]] Result<std::vector<vault::Successor>> WrapAnew(const std::string& subject_key_id,
                                                             std::size_t successors,
                                                             const ChooseSuccessor& choose,
                                                             const Workbench& bench);

}  // namespace tearline::sequencer
