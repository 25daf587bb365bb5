#include "clients/cli/shown_entries.h"

#include <algorithm>
#include <utility>

namespace tearline::cli {
namespace {

bool IsAfter(const google::protobuf::Timestamp& a, const google::protobuf::Timestamp& b) {
  return std::pair(a.seconds(), a.nanos()) > std::pair(b.seconds(), b.nanos());
}

}  // namespace

void ShownEntries::LeaveOutAgain(v1::FollowCaseResponse& frame) {
  auto& entries = *frame.mutable_entries();
  entries.erase(std::remove_if(entries.begin(), entries.end(),
                               [this](const v1::CaseFeedEntry& each) { return IsAgain(each); }),
                entries.end());
}

bool ShownEntries::IsAgain(const v1::CaseFeedEntry& entry) {
  if (IsAfter(entry.go_on_from(), go_on_from_)) go_on_from_ = entry.go_on_from();
  // Gone on with, an entry that is as it was may come for a later change than it came for before.
  v1::CaseFeedEntry said = entry;
  said.clear_go_on_from();
  std::string bytes = said.SerializeAsString();
  std::string& before = shown_[entry.event().event_id()];
  if (before == bytes) return true;
  before = std::move(bytes);
  return false;
}

}  // namespace tearline::cli
