#pragma once

#include <string>

#include "tearline/v1/proposal.pb.h"

namespace tearline::cli {

/// What came of one post that was asked: "no-objection", "silent", "silent, then objection",
/// "not yet"; with what it said before, "objection, before that no-objection".
[[nodiscard]] std::string AnswerText(const v1::AskedPost& asked);

/// The sentence a chair looks for: "2 of 5 have not answered", "all 5 have answered". Of those on
/// the panel.
[[nodiscard]] std::string HowManyText(const v1::Proposal& proposal);

/// One proposal for people, on stdout.
void ShowProposal(const v1::Proposal& proposal);

}  // namespace tearline::cli
