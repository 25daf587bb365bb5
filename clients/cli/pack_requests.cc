#include <algorithm>

#include "clients/cli/output.h"
#include "clients/cli/pack_sections.h"
#include "clients/cli/words.h"

namespace tearline::cli {

std::string WaitedForText(const v1::InformationRequest& request) {
  std::string waits;
  for (const v1::AskedForInformation& asked : request.asked()) {
    if (asked.has_answered_at()) continue;  // what it said is not for everybody
    waits += (waits.empty() ? "" : ", ") + asked.post() + (asked.overdue() ? " (overdue)" : "");
  }
  return waits;
}

PackSection RequestsSection(const CasePack& pack) {
  PackSection section;
  section.key = "requests";
  section.head = "Asked of others";
  section.columns = {"answer by", "what", "asked by", "waited for", "request"};
  for (const v1::InformationRequest& request : pack.requests) {
    const std::string waits = WaitedForText(request);
    if (waits.empty()) continue;
    section.rows.push_back({{TimeText(request.answer_by()), Word(request.kind()),
                             request.asked_by(), waits, request.information_request_id()},
                            MsOf(request.answer_by()) <= pack.now_ms});
  }
  std::stable_sort(section.rows.begin(), section.rows.end(),
                   [](const PackRow& a, const PackRow& b) { return a.cells[0] < b.cells[0]; });
  return section;
}

}  // namespace tearline::cli
