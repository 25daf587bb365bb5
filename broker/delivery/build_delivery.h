#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "broker/model/ids.h"
#include "broker/sequencer/open_content.h"
#include "broker/state/reader.h"
#include "tearline/stored/v1/row.pb.h"
#include "tearline/v1/subscriber_service.pb.h"

namespace tearline::delivery {

/// What a recipient is shown, field by field and level by level, as subscriber_service.proto says.
/// Nothing is decided here: the decision lies in the item.

/// Which of the event's nominals a feed's post has to do with, "nom_…", in the order of the event:
/// those for whom it is judged (their case brings it in, by whichever part, or it supervises them,
/// has broken the glass for them, or stands in for one of these that is out of reach), that the
/// feed's subscription names, by whichever nominal of the person, and all of them if its agency is
/// the originator.
[[nodiscard]] std::vector<std::string> NominalsKnownTo(const std::string& feed,
                                                       const stored::v1::EventRow& event,
                                                       const state::Reader& reader);

/// What may be told of an event at the item's level. `content` is what OpenContent opened for it.
///
/// Requires: the item's level is pointer, tear-line or full.
[[nodiscard]] v1::DeliveredEvent BuildEvent(const stored::v1::ItemRow& item,
                                            const stored::v1::EventRow& event,
                                            sequencer::OpenedContent content,
                                            const std::vector<std::string>& nominal_ids);

/// The same of a composite: what it is made of as far as the item shows it, and nothing of the
/// rest.
[[nodiscard]] v1::DeliveredEvent BuildComposite(const stored::v1::ItemRow& item,
                                                const stored::v1::EventRow& event,
                                                const std::vector<std::string>& nominal_ids,
                                                const state::Reader& reader);

/// An obligation. What may change of it (events, due, stage) is as it was when the item was let go.
[[nodiscard]] v1::DeliveredObligation BuildObligation(const stored::v1::ItemRow& item,
                                                      const stored::v1::ObligationRow& obligation);

/// Whose access to what the post originated has changed, and about whom.
[[nodiscard]] v1::DeliveredAccessChange BuildAccessChange(const stored::v1::ItemRow& item);

/// Which event the post may not be told of any more, and the number it had. With what its
/// originator signed to withdraw it, where the item says that the post may learn who that is.
[[nodiscard]] v1::DeliveredAccessWithdrawn BuildAccessWithdrawn(const stored::v1::ItemRow& item,
                                                                const stored::v1::EventRow& event);

/// What became of a command that waited for its second hand.
[[nodiscard]] v1::DeliveredPendingEnd BuildPendingEnd(const stored::v1::ItemRow& item);

/// That the content about a nominal was erased.
[[nodiscard]] v1::DeliveredErasure BuildErasure(const stored::v1::ItemRow& item);

/// That a third party is told something by an event the post answers for.
[[nodiscard]] v1::DeliveredDisclosure BuildDisclosure(const stored::v1::ItemRow& item);
[[nodiscard]] v1::DeliveredControlPassed BuildControlPassed(const stored::v1::ItemRow& item);

/// Everything of a delivery but what it is about.
[[nodiscard]] v1::Delivery BuildEnvelope(v1::Urgency lane, std::uint64_t sequence,
                                         std::uint32_t attempt, const stored::v1::ItemRow& item);

}  // namespace tearline::delivery
