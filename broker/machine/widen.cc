#include "broker/machine/widen.h"

#include <string>

#include "broker/machine/case_row.h"
#include "broker/machine/history.h"
#include "broker/machine/judge.h"
#include "broker/machine/rows.h"
#include "broker/machine/tell_originators.h"

namespace tearline::machine {

void Widen(const stored::v1::CaseRow& row, Step& step) {
  const std::string nominal_id = NominalOf(row);
  for (const std::string& agency : AgenciesOfCase(row)) {
    TellOriginatorsOfLead(nominal_id, agency, step);
  }
  for (const std::string& post : PostsOfCase(row)) BeginHistory(nominal_id, post, step);
}

}  // namespace tearline::machine
