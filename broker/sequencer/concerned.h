#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "broker/sequencer/identifier_index.h"
#include "broker/sequencer/workbench.h"
#include "broker/status/status.h"
#include "tearline/v1/event.pb.h"

namespace tearline::sequencer {

/// Whom an event concerns, as far as the view knows.
struct Concerned {
  std::string nominal_id;  ///< 16 bytes; "" if the view does not know any of the identifiers.
  std::vector<IndexedIdentifier> identifiers;  ///< Empty if the caller named the nominal by id.
};

/// Those whom `event` names, in its order. `agency` scopes identifiers of type OTHER.
///
/// Requires: CheckPublish let the event through.
/// Refuses: FIELD_INVALID, LIMIT_PASSED, IDENTIFIER_INVALID as IndexIdentifier;
///          NOT_FOUND for an id that the view does not know.
[[nodiscard]] Result<std::vector<Concerned>> Identify(const v1::Event& event,
                                                      const std::string& agency,
                                                      const Workbench& bench);

/// Under which nominals' keys a segment is sealed, by place; kNobody if it is about nobody.
[[nodiscard]] std::vector<std::uint32_t> AboutWhom(const v1::Segment& segment);

/// Under which a tear-line is: everybody's.
[[nodiscard]] std::vector<std::uint32_t> AboutAll(std::size_t nominals);

}  // namespace tearline::sequencer
