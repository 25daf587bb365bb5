#pragma once

#include <optional>
#include <string>
#include <vector>

#include "broker/audit/checkpoint.h"
#include "broker/ledger/ledger.h"
#include "broker/state/reader.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/v1/audit_service.pb.h"

namespace tearline::rpc {

/// Receipts at most in one answer, and records looked at for them: where there are more, the answer
/// says from which leaf on to ask again. Of a post's own, what lies behind so many records is asked
/// for leaf by leaf.
inline constexpr int kReceiptsMax = 64;
inline constexpr std::size_t kReceiptRecordsMax = 4096;

/// A signed checkpoint and what it says.
struct SignedTree {
  std::string note;
  audit::Checkpoint checkpoint;
};

/// What a request for receipts looks at beyond what concerns whoever asks: an auditor's question is
/// a consultation, to be recorded. Nothing for all others, and where nothing will be found.
///
/// Refuses: FIELD_INVALID the id or the hash.
[[nodiscard]] Result<std::optional<stored::v1::Consult>> WhatIsOpened(
    const v1::GetReceiptsRequest& request, const stored::v1::Actor& actor,
    const state::Reader& view);

/// Receipts for whoever asks, each under the first of `trees` that holds its leaf, opening no more
/// than concerns them:
///   who asked for a record   its leaf, that it was they (the first detail), and what was accepted:
///                            of a publication event, manifest and what its originator signed; of
///                            a withdrawal or an amendment what was signed;
///   who was told of an event  each letting-go of it to their own feed, the decision that allowed
///                             it, and their own people's reading;
///   auditors                  the leaf with all its details; to those who are bound to areas,
///                             of an event in them, who asked and what speaks of the event. Of an
///                             obligation all auditors are opened who asked for each record that
///                             changed it, and what the record says of it.
/// Who may be told of an event no more has no receipt of it, and a decision that never let anything
/// go is nobody's but an auditor's: neither tells that something is withheld (P6).
///
/// Requires: `view` holds all trees; `ledger` its records.
/// Refuses:  FIELD_INVALID unless exactly one of event, leaf and obligation is named;
///           PURPOSE_REQUIRED of an auditor; NOT_FOUND in one sentence for all that is not theirs,
///           not there, or not under the checkpoint yet; what the ledger refuses.
[[nodiscard]] Status GetReceipts(const v1::GetReceiptsRequest& request,
                                 const stored::v1::Actor& actor,
                                 const std::vector<SignedTree>& trees, const state::Reader& view,
                                 const ledger::Ledger& ledger, v1::GetReceiptsResponse& response);

}  // namespace tearline::rpc
