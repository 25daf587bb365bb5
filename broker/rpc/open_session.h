#pragma once

#include <cstdint>
#include <string>

#include "broker/rpc/caller.h"
#include "broker/sequencer/make_proposal.h"
#include "broker/sequencer/proposer.h"
#include "tearline/stored/v1/command.pb.h"

namespace tearline::rpc {

/// What a stream and a pull ask of the machine alike.

/// The window of a session whose subscriber does not say: in items, and in bytes.
inline constexpr std::uint32_t kWindowMessagesDefault = 100;
inline constexpr std::uint64_t kWindowBytesDefault = 4 * 1024 * 1024;

/// Opens a session of a feed for who was recognised by this leaf certificate; a window of 0 is the
/// default. The machine judges the bounds.
[[nodiscard]] inline stored::v1::OpenSession OpenSessionOf(const std::string& feed,
                                                           std::uint32_t window_messages,
                                                           std::uint64_t window_bytes,
                                                           const std::string& leaf_pem) {
  stored::v1::OpenSession command;
  command.set_feed(feed);
  command.set_window_messages(window_messages == 0 ? kWindowMessagesDefault : window_messages);
  command.set_window_bytes(window_bytes == 0 ? kWindowBytesDefault : window_bytes);
  command.set_certificate_until_ms(EndOf(leaf_pem));
  return command;
}

/// Has what was let go to a feed, and was judged before the last change, judged again.
[[nodiscard]] inline sequencer::Proposal LookAgain(const std::string& feed) {
  stored::v1::ReleaseRows command;
  command.set_feed(feed);
  command.set_look_again(true);
  return sequencer::MakeProposal(sequencer::BrokerActor(), stored::v1::COMMAND_NUMBER_RELEASE,
                                 command);
}

}  // namespace tearline::rpc
