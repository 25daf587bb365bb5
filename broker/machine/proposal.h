#pragma once

#include <cstdint>
#include <string>

#include "broker/machine/step.h"
#include "broker/state/key.h"
#include "broker/state/reader.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {

/// What a panel is asked. Asked are its seats and its accountable officer, who knows what the panel
/// is not told; not the post that proposed it, and nobody who is kept out of the person or in
/// conflict with them. Whoever joins the panel while it is open is asked as well; whoever leaves it
/// is waited for no more. It closes when all have answered, or at its time: who has not answered by
/// then was silent, for good, and goes on being chased.

/// A proposal's row; below a case, all of them; and under the case alone, which of them are open
/// (OpenProposalsRow), so that what is closed costs nothing.
[[nodiscard]] state::Key ProposalKey(const std::string& case_id, const std::string& proposal_id);
[[nodiscard]] state::Key ProposalsOf(const std::string& case_id);

/// How many of those asked, and still on the panel, have not answered.
[[nodiscard]] int Unanswered(const stored::v1::ProposalRow& row);

/// Whether there is somebody to ask but the post that proposes.
[[nodiscard]] bool HasAnybodyToAsk(const std::string& case_id, const stored::v1::ProposalRow& row,
                                   const state::Reader& reader);

/// Asks whoever is to be asked now and was not, waits no more for whoever left, and closes the
/// proposal if that leaves nobody. Writes the row. Nothing once the proposal is closed.
void AskPanel(const std::string& case_id, const std::string& proposal_id,
              stored::v1::ProposalRow& row, Step& step);

/// A case's panel has changed: the same for each of its open proposals whose time has not come.
void FollowPanel(const std::string& case_id, Step& step);

/// Closes a proposal: at its time, whoever has not answered was silent. Writes the row.
///
/// Requires: it is open.
void CloseProposal(const std::string& case_id, const std::string& proposal_id,
                   stored::v1::ProposalRow& row, Step& step);

/// The time of a proposal has come. `id` is what its deadline names.
void CloseAtItsTime(const std::string& id, Step& step);

}  // namespace tearline::machine
