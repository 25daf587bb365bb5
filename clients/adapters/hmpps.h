#pragma once

#include <string_view>
#include <variant>

#include "clients/adapters/adapter.h"
#include "clients/adapters/outcome.h"

namespace tearline::adapters {

/// Turns one message of the prison and probation services (an HMPPS domain event, bare or within an
/// SNS notification) into an event, or sets it aside with a reason. Liberal in what it reads: the
/// version as a number or a numeric string, members it does not know, members that are missing.
///
/// The event:
///   event_type     the body's, lowered: hearingCompleted becomes hearing-completed.
///   occurred_at    the body's, to the nanosecond; without a zone Europe/London, marked as assumed.
///   nominals       every person, in order, each once: the first number that names the person, and
///                  those of other types as `also_known_by`. Of a merge, un-merge or moved booking
///                  the survivor, then the other, both from `additionalInformation`: the reference
///                  and the description have been seen to be wrong.
///   facts          closed codes only: custody change, MAPPA, risk, breach, release date.
///   urgency        from hmpps_catalogue.h.
///   label          OFFICIAL-SENSITIVE, not graded, not originator-controlled.
///   segments       first a JSON object of the known coded fields, no free text and no identifier;
///                  last the original bytes exactly as given, flagged ORIGINAL_BYTES. Both concern
///                  every nominal.
///
/// No address found in a message is ever fetched, and no signature in an envelope is believed: who
/// publishes is proved to the broker by certificate.
///
/// Never throws. Threads: any.
[[nodiscard]] std::variant<Adapted, Quarantined> AdaptHmpps(std::string_view bytes,
                                                            const HmppsOptions& options);

/// The same, for a batch.
[[nodiscard]] Adapter HmppsAdapter(HmppsOptions options);

/// The request id of `bytes`, as in Adapted: "hmpps-" and 32 hexadecimal digits, from the original
/// bytes alone. The source's own message id is not enough: different messages share one.
[[nodiscard]] std::string RequestIdOf(std::string_view bytes);

}  // namespace tearline::adapters
