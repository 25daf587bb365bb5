#pragma once

#include <string>

#include "broker/machine/step.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"

namespace tearline::machine {

/// Subject keys as the state knows them: whose each is, and whether it was erased. Their bytes are
/// in the vault, which destroys them when the record that erased them is durable (P7).

/// Says that a key is erased from this record on: nothing is sealed under it any more, and the
/// vault is told to destroy it. Again: nothing.
///
/// Requires: the state knows it.
void EraseKey(const std::string& subject_key_id, Step& step);

/// Whether everything a publish or link seals can be opened again: none of its keys was erased
/// while it was on its way.
///
/// Refuses: UNAVAILABLE, so that it is sent again and sealed under a key that stands.
[[nodiscard]] Status CheckKeysStand(const stored::v1::Publish& command,
                                    const state::Reader& reader);
[[nodiscard]] Status CheckKeysStand(const stored::v1::LinkIdentifier& command,
                                    const state::Reader& reader);

}  // namespace tearline::machine
