#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "broker/machine/step.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/row.pb.h"
#include "tearline/v1/subscription.pb.h"

namespace tearline::machine {

/// The version from which a subscription that names people gets nothing of whom an un-merge parted
/// from them: what waits leaves its queue, what is out is taken back, and another of the post's
/// that wishes for it has it.
inline constexpr std::uint16_t kPartedUnwishedFrom = 8;

/// What a subscription wishes for. Its parts are joined by "and", the values of one part by "or".
///
/// Every subscription lies in an index by the values of its most selective part: nominals, else
/// areas, else event types, else agencies, else nothing at all. An event is looked up by its own
/// values, and the other parts are verified: what it costs does not grow with subscriptions that
/// wish for something else.

/// Reads a selector as a row; its nominals must be known.
///
/// Refuses: LIMIT_PASSED, FIELD_INVALID, EVENT_TYPE_INVALID, NAME_INVALID; NOT_FOUND for a nominal
/// or an agency that is not known.
[[nodiscard]] Result<stored::v1::SubscriptionRow> ReadSelector(const v1::Selector& selector,
                                                               const state::Reader& reader);

/// Whether a subscription wishes for an event, as things stand.
[[nodiscard]] bool Wishes(const stored::v1::SubscriptionRow& row, const stored::v1::EventRow& event,
                          const state::Reader& reader);

/// Whether an event is about somebody whom a subscription names; true if it names nobody.
[[nodiscard]] bool IsOfWhomItNames(const stored::v1::SubscriptionRow& row,
                                   const stored::v1::EventRow& event, const state::Reader& reader);

/// Has a subscription of `post` found, or found no more; `id` is 16 bytes. A value that nobody
/// wishes for has no row, so that to ask for it is one look.
void AddToIndex(const stored::v1::SubscriptionRow& row, const std::string& post,
                const std::string& id, state::Batch& batch);
void RemoveFromIndex(const stored::v1::SubscriptionRow& row, const std::string& post,
                     const std::string& id, state::Batch& batch);

/// Whether a subscription names this nominal.
[[nodiscard]] bool IsWishedFor(const std::string& nominal_id, const state::Reader& reader);

/// The feeds that wish for an event, by post, the oldest subscription first.
[[nodiscard]] std::map<std::string, std::vector<std::string>> FeedsThatWish(
    const stored::v1::EventRow& event, const state::Reader& reader);

/// The feeds of subscriptions that name this nominal, in order of post and id.
[[nodiscard]] std::vector<std::string> FeedsThatName(const std::string& nominal_id,
                                                     const state::Reader& reader);

}  // namespace tearline::machine
