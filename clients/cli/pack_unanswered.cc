#include <algorithm>

#include "clients/cli/output.h"
#include "clients/cli/pack_sections.h"
#include "clients/cli/show_proposal.h"
#include "clients/cli/words.h"

namespace tearline::cli {

PackSection UnansweredSection(const CasePack& pack) {
  PackSection section;
  section.key = "unanswered";
  section.head = "Who has not answered";
  section.columns = {"what", "waited for"};
  section.first_page = true;
  for (const v1::Proposal& proposal : pack.proposals) {
    if (proposal.unanswered() == 0) continue;
    std::string posts;
    for (const v1::AskedPost& asked : proposal.asked()) {
      if (asked.has_left_at() || asked.answer() != v1::PROPOSAL_ANSWER_UNSPECIFIED) continue;
      posts += (posts.empty() ? "" : ", ") + asked.post() + (asked.silent() ? " (silent)" : "");
    }
    section.rows.push_back(
        {{Word(proposal.kind()) + ", proposed by " + proposal.proposed_by() + ": " +
              HowManyText(proposal) + ", by " + TimeText(proposal.answer_by()),
          posts},
         MsOf(proposal.answer_by()) <= pack.now_ms});
  }
  for (const v1::InformationRequest& request : pack.requests) {
    const std::string posts = WaitedForText(request);
    if (posts.empty()) continue;
    section.rows.push_back({{Word(request.kind()) + ", asked by " + request.asked_by() + ", by " +
                                 TimeText(request.answer_by()),
                             posts},
                            MsOf(request.answer_by()) <= pack.now_ms});
  }
  std::stable_partition(section.rows.begin(), section.rows.end(),
                        [](const PackRow& row) { return row.pressing; });
  return section;
}

}  // namespace tearline::cli
