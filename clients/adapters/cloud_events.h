#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "clients/adapters/adapter.h"
#include "clients/adapters/outcome.h"

namespace tearline::adapters {

/// What the publishing agency decides about all CloudEvents.
struct CloudEventsOptions {
  /// Whom a pointer names to be asked, AGENCY/POST, where the event does not say. If empty, nobody
  /// may be told that anything is held.
  std::string pointer_post;
};

/// The largest batch of CloudEvents, in bytes: sixty-four of the largest events.
inline constexpr std::size_t kCloudEventsBatchBytesMax = 16 * 1024 * 1024;

/// Turns one CloudEvent in structured JSON mode into an event, or sets it aside with a reason. What
/// becomes of each attribute is told in docs/cloudevents.md. In short:
///
///   event_type     `type`, in our spelling.
///   occurred_at    `time`, which must be there and name its zone.
///   request_id     "ce-" and a digest of `source` and `id`, which the specification makes unique:
///                  the same event sent again is recognised, other content under the same id is
///                  refused by the broker.
///   the rest       the tearline… extension attributes. One of ours that is unknown, or says
///                  something unknown, sets the event aside: a typing error must not loosen a
///                  label.
///   segments       the data, as it lies in the message or decoded; last the message's original
///                  bytes, under every flag of the data.
///
/// No address in an event is ever fetched. Never throws. Threads: any.
///
/// Source: CloudEvents 1.0.2, and its JSON event format, sections 3 and 4.
[[nodiscard]] std::variant<Adapted, Quarantined> AdaptCloudEvent(std::string_view bytes,
                                                                 const CloudEventsOptions& options);

/// The events of a batch, each as its bytes lie in the array; the text itself if it is no array.
[[nodiscard]] std::vector<std::string_view> CloudEventsOf(std::string_view bytes);

/// Both, for a batch.
[[nodiscard]] Adapter CloudEventsAdapter(CloudEventsOptions options);

}  // namespace tearline::adapters
