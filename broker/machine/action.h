#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "broker/machine/step.h"
#include "broker/policy/decision.h"
#include "broker/state/key.h"
#include "broker/state/reader.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {

/// Actions: what a panel agreed that a post does. Each is owed by its owner (COMPLETE_ACTION), is
/// chased and climbs like all that is owed, and ends only by being ended itself.

[[nodiscard]] state::Key ActionKey(const std::string& case_id, const std::string& action_id);
/// All actions of a case, open and ended.
[[nodiscard]] state::Key ActionsOf(const std::string& case_id);

/// An action that is open. Ids are 16 bytes.
struct OpenAction {
  std::string id;
  std::string owner_post;
  std::string obligation_id;
};
/// The open actions of a case, in order of their ids: at most kOpenActionsMax.
[[nodiscard]] std::vector<OpenAction> OpenActionsOf(const std::string& case_id,
                                                    const std::string& nominal_id,
                                                    const state::Reader& reader);

/// Whether its owner still owes an action: an erasure ends what is owed, and not the action.
[[nodiscard]] bool IsOwed(const stored::v1::ActionRow& row, const state::Reader& reader);

/// Whether an action may name this event: one about the nominal that the post knows of.
///
/// Refuses: NOT_FOUND alike for what there is not and what the post does not know of;
///          EVENT_WITHDRAWN.
[[nodiscard]] Status CheckActionEvent(const std::string& event_id, const std::string& nominal_id,
                                      const std::string& post, const state::Reader& reader);

/// The digest by which evidence is shown, 32 bytes: a document's own; of an event,
/// SHA-256("tearline evidence" ‖ action id ‖ event id). To whoever does not know of the event, it
/// looks like a document's. "" where there is no evidence.
[[nodiscard]] std::string EvidenceDigestOf(const std::string& action_id,
                                           const stored::v1::ActionRow& row);

/// Opens what its owner owes, due when the action is. Returns the obligation's id.
[[nodiscard]] std::string OpenCompletion(const std::string& case_id, const std::string& nominal_id,
                                         const std::string& action_id,
                                         const stored::v1::ActionRow& row, Step& step);

/// Ends what is owed about an action that has ended, and takes it out of what somebody must see to
/// since the case was managed at less (SEE_TO_OPEN_WORK), which ends with its last.
void EndWhatIsOwed(const std::string& case_id, const std::string& nominal_id,
                   const std::string& action_id, const stored::v1::ActionRow& row, Step& step);

/// Opens an obligation that names actions, or adds them to the open one. Returns its id.
std::string OpenNaming(stored::v1::ObligationRow row, const policy::OpenedObligation& terms,
                       const std::vector<std::string>& action_ids, Step& step);

}  // namespace tearline::machine
