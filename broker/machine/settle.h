#pragma once

#include <cstdint>
#include <string>

#include "broker/machine/step.h"
#include "broker/policy/decision.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {

/// Whether a session may settle items of a feed: it is the feed's current one, and the feed is the
/// acting post's.
///
/// Refuses: SESSION_SUPERSEDED, NOT_YOUR_POST.
[[nodiscard]] Status CheckSession(const std::string& feed, const std::string& session_id,
                                  const Step& step);

/// Takes an item out of its lane's window.
void LeaveWindow(const std::string& feed, v1::Urgency lane, const stored::v1::ItemRow& item,
                 Step& step);

/// Sets a released item aside: its nominals go on, and an obligation opens.
void SetAside(const std::string& feed, v1::Urgency lane, std::uint64_t sequence,
              const stored::v1::ItemRow& item, Step& step);

/// Whether a person has read the event in this feed.
[[nodiscard]] bool WasRead(const std::string& feed, const std::string& event_id,
                           const state::Reader& reader);

/// A decision without the duty to read, if a person has read the event in this feed.
[[nodiscard]] policy::Decision WithoutWhatWasRead(policy::Decision decision,
                                                  const std::string& feed,
                                                  const std::string& event_id,
                                                  const state::Reader& reader);

/// Holds an item's nominals back in its feed until its time comes (`not_before_ms`) or it is
/// settled; in the immediate lane nothing is held. Each item under RETRY holds for itself, so a
/// nominal goes on when the last of them has ended: a shorter RETRY never cuts a longer one short.
void Hold(const std::string& feed, v1::Urgency lane, std::uint64_t sequence,
          const stored::v1::ItemRow& item, Step& step);

/// Ends what RETRY held back for an item: the nominals it names, and its deadline.
void EndHold(const std::string& feed, v1::Urgency lane, std::uint64_t sequence,
             const stored::v1::ItemRow& item, Step& step);

/// The id of a retry's deadline: feed, a zero byte, lane, number.
[[nodiscard]] std::string RetryDeadlineId(const std::string& feed, v1::Urgency lane,
                                          std::uint64_t sequence);

}  // namespace tearline::machine
