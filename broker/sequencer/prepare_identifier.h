#pragma once

#include <string>

#include "broker/model/ids.h"
#include "broker/sequencer/proposer.h"
#include "broker/sequencer/workbench.h"
#include "broker/status/status.h"
#include "tearline/v1/nominal.pb.h"
#include "tearline/v1/nominal_service.pb.h"

namespace tearline::sequencer {

/// Commands that carry identifiers: canonicalised, turned into index HMACs and sealed before they
/// are recorded. Refusals name fields of the request, and never quote a number.

/// Registers a nominal under 1 to 16 identifiers.
///
/// Requires: the actor may do so at all (machine::CheckPermission).
/// Refuses: QUOTA_USED; FIELD_INVALID, LIMIT_PASSED, IDENTIFIER_INVALID, GENESIS_MISSING,
/// STORAGE_FAILED. Threads: any; the same for all.
[[nodiscard]] Result<Proposal> PrepareRegister(const v1::RegisterNominalRequest& request,
                                               const stored::v1::Actor& actor,
                                               const Workbench& bench);

/// Asks who has a number, or up to machine::kResolvedTogetherMax that are said to be one person's.
/// The numbers themselves are not recorded, only their HMACs.
///
/// Refuses: as PrepareRegister.
[[nodiscard]] Result<Proposal> PrepareResolve(const v1::ResolveNominalRequest& request,
                                              const stored::v1::Actor& actor,
                                              const Workbench& bench);

/// Says that an identifier is a nominal's.
///
/// Refuses: as PrepareRegister; NOT_FOUND if there is no such nominal.
[[nodiscard]] Result<Proposal> PrepareLink(const v1::LinkIdentifierRequest& request,
                                           const stored::v1::Actor& actor, const Workbench& bench);

/// Says that two nominals are one person, or that they are not: by their ids, or by a number of
/// each, which is not recorded, only its HMAC.
///
/// Refuses: FIELD_INVALID  an id, and what lacks one of two numbers or gives ids, too; as
/// PrepareRegister.
[[nodiscard]] Result<Proposal> PrepareMerge(const v1::MergeNominalsRequest& request,
                                            const stored::v1::Actor& actor, const Workbench& bench);
[[nodiscard]] Result<Proposal> PrepareUnmerge(const v1::UnmergeNominalsRequest& request,
                                              const stored::v1::Actor& actor,
                                              const Workbench& bench);

/// Says how a number stands. The number itself is not recorded, only its HMAC.
///
/// Refuses: as PrepareRegister.
[[nodiscard]] Result<Proposal> PrepareCorrection(const v1::CorrectIdentifierRequest& request,
                                                 const stored::v1::Actor& actor,
                                                 const Workbench& bench);

/// How `identifier` is read in the year of `now_ms`.
[[nodiscard]] v1::IdentifierReading ReadingOf(const v1::Identifier& identifier,
                                              std::int64_t now_ms);

}  // namespace tearline::sequencer
