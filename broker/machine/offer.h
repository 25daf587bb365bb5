#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "broker/machine/step.h"
#include "broker/policy/facts.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {

/// The version from which what is owed to a post that only wishes for an event stays owed when the
/// event is amended: that it was told less is remembered, as of a post that a case brings in.
inline constexpr std::uint16_t kWishesOwedFrom = 7;

/// What subscriptions get. A subscription only asks: the event is judged for its post as for any,
/// and the decision is a detail of the leaf, whatever it is. What policy says is owed to the post
/// goes into its inbox, with what must follow, whoever asked; the rest into the subscription.

/// Offers an event that is being published to the subscriptions that wish for it: to one of each
/// post, the oldest that is live. `judged` are posts that have had their decision. At most
/// kOffersMax posts; the lanes of the others catch up from here, and so does a lane in which
/// kSubscriptionWaitingMax items wait.
void OfferPublished(const stored::v1::EventRow& event, const policy::EventFacts& facts,
                    const std::set<std::string>& judged, Step& step);

/// Offers an event that was amended to one subscription, whose post does not have it.
void OfferAgain(const std::string& feed, const stored::v1::EventRow& event,
                const policy::EventFacts& facts, Step& step);

/// Offers an event recorded before to one subscription, by catching up. True if it was queued
/// there.
bool OfferLate(const std::string& feed, const stored::v1::EventRow& event, Step& step);

/// Offers it, marked late, because of a merge: the post had nothing to do with it before.
void OfferByMerge(const std::string& feed, const stored::v1::EventRow& event, Step& step);

/// The oldest of a post's subscriptions that wishes for an event recorded before and that has not
/// to go through it yet; "" if there is none.
[[nodiscard]] std::string FeedThatTakes(const std::string& post, const stored::v1::EventRow& event,
                                        const state::Reader& reader);

/// Offers it, marked late, to the inbox if it brings the post in, else to that subscription, unless
/// a feed of the post's has it: another had it, and an un-merge parted that from whom it is about.
/// A subscription that was made since is offered it, too: it may have asked for the past, and gone
/// past it because the other had it.
void OfferElsewhere(const std::string& post, const stored::v1::EventRow& event, Step& step);

/// Offers an event to the inbox of a post that was asked about its nominal, or that asked. Unless
/// the post knows of it, it is judged as for any, now: what was decided of it as it was queued, or
/// while a subscription had it, is no decision any more. Returns whether the post is told of it.
bool OfferAsked(const std::string& post, const stored::v1::EventRow& event, Step& step);

}  // namespace tearline::machine
