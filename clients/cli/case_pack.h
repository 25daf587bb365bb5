#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tearline/v1/case.pb.h"
#include "tearline/v1/case_service.pb.h"
#include "tearline/v1/proposal.pb.h"

namespace tearline::cli {

/// The first page of what a chair reads before a meeting: one screen, of what the post may see.
struct CasePack {
  v1::Case about;
  std::int64_t since_ms = 0;
  std::int64_t now_ms = 0;
  std::vector<v1::Proposal> proposals;      ///< All of the case.
  std::vector<v1::Obligation> obligations;  ///< Its open ones that the post owes or was told of.
};

/// Its lines, each ended by a line feed: who has not answered; what is overdue; what is new since.
[[nodiscard]] std::string PackText(const CasePack& pack);

}  // namespace tearline::cli
