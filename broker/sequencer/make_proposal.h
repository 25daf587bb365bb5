#pragma once

#include <google/protobuf/message_lite.h>

#include "broker/sequencer/proposer.h"

namespace tearline::sequencer {

/// A proposal of `command` for `actor`, its seed freshly drawn; without `done`.
///
/// Requires: `command` is the message of `number`.
/// Threads: any.
[[nodiscard]] Proposal MakeProposal(const stored::v1::Actor& actor,
                                    stored::v1::CommandNumber number,
                                    const google::protobuf::MessageLite& command);

/// The actor of what the broker does by itself: agency "broker", no member, no certificate.
[[nodiscard]] stored::v1::Actor BrokerActor();

}  // namespace tearline::sequencer
