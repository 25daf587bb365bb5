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

/// The key's own statement that it is to be enrolled.
[[nodiscard]] v1::Envelope ProveKey(const Speaker& speaker, const SigningKey& key);

}  // namespace tearline::signing
