#pragma once

#include <string>

#include "broker/audit/leaf.h"
#include "broker/rpc/consult.h"
#include "broker/state/reader.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/stored/v1/leaf.pb.h"
#include "tearline/stored/v1/row.pb.h"
#include "tearline/v1/audit_service.pb.h"
#include "tearline/v1/subscriber_service.pb.h"

namespace tearline::rpc {

/// Why a post was told of an event as it was, from the leaves of the event's trail: for auditors,
/// and for the post that answers for the event.
///
/// Refuses: as machine::CheckConsult; FIELD_INVALID, NAME_INVALID the id or the post.
[[nodiscard]] Result<Looked> ExplainDecision(const v1::ExplainDecisionRequest& request,
                                             const stored::v1::Actor& actor,
                                             const state::Reader& view,
                                             v1::ExplainDecisionResponse& response);

/// By which rules an event was let go to the asking post. No oracle (P6): of an event that is
/// withheld from it, or waits, or does not exist, or was let go but not sent and must be judged
/// again, the answer is the same, and for the first three so is what is read and written for it.
///
/// Refuses: FIELD_INVALID the id. NOT_FOUND is an answer, and recorded as a question.
[[nodiscard]] Result<Looked> ExplainItem(const v1::ExplainItemRequest& request,
                                         const stored::v1::Actor& actor, const state::Reader& view,
                                         v1::ExplainItemResponse& response);

/// Whether a post's item may be spoken of: unless it was received already, what was judged of it
/// must still hold.
[[nodiscard]] bool MaySpeakOf(const stored::v1::LetGoRow& row, const std::string& post,
                              const std::string& event_id, const state::Reader& view);

/// A recorded decision, with what it says in words.
///
/// Requires: it is of the log, so that the policy that judged is kept.
[[nodiscard]] v1::ExplainedDecision ExplainRecorded(const stored::v1::DecisionDetail& detail,
                                                    const audit::Leaf& leaf,
                                                    const state::Reader& view);

/// Whether an event waits in one of the post's feeds, and nothing of what it may be told now was
/// let go.
[[nodiscard]] bool WaitsFor(const std::string& post, const std::string& event_id,
                            const state::Reader& view);

/// How an obligation stands. Requires: the log speaks of it.
[[nodiscard]] v1::ExplainedObligation ExplainObligation(const std::string& id,
                                                        const state::Reader& view);

}  // namespace tearline::rpc
