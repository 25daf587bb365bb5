#pragma once

#include "broker/sequencer/proposer.h"
#include "broker/sequencer/workbench.h"
#include "broker/status/status.h"
#include "tearline/v1/publisher_service.pb.h"

namespace tearline::sequencer {

/// Checks an item whole, seals what it holds, and makes the proposal that records it.
///
/// The originating agency is the item's, or the actor's if it names none; the originating post is
/// the actor's if it is a post of that agency, else none. Keys that are new are durable in the
/// vault before this returns. Sentences name fields from `event` on: "event.segments[0].content".
///
/// Nothing is sealed and no key made for whoever may not publish this, nor for a request id that is
/// known: the record then only says so, and the machine answers as the first time.
///
/// Requires: the actor may publish at all (machine::CheckPermission).
/// Refuses: NOT_YOUR_POST, NOT_PERMITTED, NOT_FOUND, SUSPENDED as machine::CheckOrigin;
///          LIMIT_PASSED also if the header could pass its limit in the worst case: whether
///          anything is known here makes no difference to it;
///          FIELD_INVALID, LIMIT_PASSED, EVENT_TYPE_INVALID, LABEL_INVALID, NAME_INVALID,
///          IDENTIFIER_INVALID, TIME_INVALID as error.proto says;
///          ABOVE_ACCREDITATION  this broker may not hold content so marked;
///          GENESIS_MISSING; STORAGE_FAILED from the vault.
/// Threads: any.
[[nodiscard]] Result<Proposal> PreparePublish(const v1::PublishItem& item,
                                              const stored::v1::Actor& actor,
                                              const Workbench& bench);

}  // namespace tearline::sequencer
