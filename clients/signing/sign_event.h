#pragma once

#include <string>

#include "clients/signing/signing_key.h"
#include "clients/signing/statements.h"
#include "tearline/v1/dsse.pb.h"
#include "tearline/v1/event.pb.h"
#include "tearline/v1/publisher_service.pb.h"

namespace tearline::signing {

/// Signs an event and, apart, each of its tear-lines; its pointer, where its label lets the holder
/// be named. Draws the salts. What was signed before is signed anew.
///
/// Requires: the item has its request id.
void SignItem(const Speaker& speaker, const SigningKey& key, v1::PublishItem& item);

/// Signs a tear-line that is written later for the event `event_id` ("ev_…"), which `event` was
/// when it was published. `number` tells tear-lines of one event apart.
void SignLaterTearLine(const Speaker& speaker, const SigningKey& key, const v1::Event& event,
                       const std::string& event_id, std::uint32_t number, v1::TearLine& tear_line);

/// That the event is withdrawn. `signed_ms`, ms since 1970, is when it is signed: what is accepted
/// of an event is signed later than what was accepted before.
[[nodiscard]] v1::Envelope SignWithdrawal(const Speaker& speaker, const SigningKey& key,
                                          const std::string& event_id, v1::WithdrawalReason reason,
                                          std::int64_t signed_ms);

/// Signs an amendment, and apart the pointer under its terms, where they let the holder be named.
/// Draws its salt. What was signed of it before is signed anew, but its tear-lines.
///
/// Requires: tear-lines that are to be signed are signed.
void SignAmendment(const Speaker& speaker, const SigningKey& key, const std::string& event_id,
                   std::int64_t signed_ms, v1::EventAmendment& amendment);

/// The key's own statement that it is to be enrolled.
[[nodiscard]] v1::Envelope ProveKey(const Speaker& speaker, const SigningKey& key);

}  // namespace tearline::signing
