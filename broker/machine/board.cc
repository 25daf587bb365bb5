#include "broker/machine/board.h"

#include "broker/machine/hand_over.h"
#include "broker/machine/identity.h"
#include "broker/machine/permission.h"
#include "broker/machine/rows.h"
#include "broker/model/limits.h"

namespace tearline::machine {

using state::Key;
using state::Table;

std::vector<std::string> BoardsOf(const std::string& agency, const state::Reader& reader) {
  const Key posts = agency.empty() ? Key(Table::kPost) : Key(Table::kPost).Fixed(agency + "/");
  std::vector<std::string> boards;
  reader.SeeEach<stored::v1::PostRow>(
      posts, model::kReviewersLookedAtMax, [&](const stored::v1::PostRow& row) {
        const std::string& post = row.post().post();
        if (HasRole(row.post(), v1::POST_ROLE_STRATEGIC_BOARD) && !IsNobodyThere(post, reader)) {
          boards.push_back(post);
        }
        return true;
      });
  return boards;
}

bool IsPassedOver(const std::string& post, const std::string& nominal_id, const Step& step) {
  return step.header.behaviour_version >= kPassedOverFrom &&
         IsKeptOutOfPerson(post, nominal_id, step.batch);
}

}  // namespace tearline::machine
