#include "broker/machine/unread_urgent.h"

#include <algorithm>
#include <map>
#include <utility>

#include "broker/machine/event_terms.h"
#include "broker/machine/identity.h"
#include "broker/machine/newest.h"
#include "broker/machine/obligation.h"
#include "broker/machine/rows.h"
#include "broker/machine/settle.h"
#include "broker/machine/subject_key.h"
#include "broker/model/limits.h"
#include "broker/status/invariant.h"

namespace tearline::machine {
namespace {

using stored::v1::EventRow;

/// Event ids by position, the newest first.
using Newest = std::map<std::uint64_t, std::string, std::greater<>>;

Newest NewestOf(const std::string& nominal_id, const state::Reader& reader) {
  constexpr std::size_t kPositionBytes = 8;
  const std::vector<std::string> ids = SamePerson(nominal_id, reader);
  const std::size_t most = static_cast<std::size_t>(model::kLookedAtRowsMax) / ids.size();
  Newest newest;
  for (const std::string& id : ids) {
    for (auto& [key, event_id] : NewestEventsOf(id, most / 2, most, reader)) {
      newest.emplace(state::ReadBigEndian(key, key.size() - kPositionBytes, kPositionBytes),
                     std::move(event_id));
    }
  }
  return newest;
}

/// Whether a person can read for a post.
bool HasReader(const std::string& post, const state::Reader& reader) {
  const auto row = reader.See<stored::v1::PostRow>(PostKey(post));
  return row && (!row->post().holder().empty() || !row->post().deputy().empty());
}

bool IsUrgentAbout(const EventRow& event, const std::string& nominal_id,
                   const state::Reader& reader) {
  return IsFast(event) && !IsWithdrawn(event) && IsAbout(event, nominal_id, reader) &&
         !IsErased(event, reader);
}

/// Whether an event that was let go to the post's inbox is unread, and nothing else says so.
bool IsUnread(const std::string& post, const std::string& event_id, const state::Reader& reader) {
  const auto told = reader.See<stored::v1::LetGoRow>(LetGoKey(post, event_id));
  return told && !told->ended() && told->feed() == post && !WasRead(post, event_id, reader) &&
         !MustStillRead(post, event_id, reader);
}

}  // namespace

std::vector<UnreadUrgent> UnreadUrgentOf(const UnreadWithin& within, const std::string& nominal_id,
                                         const state::Reader& reader) {
  std::map<std::string, std::vector<std::string>> unread;
  for (const std::string& post : within.posts) {
    if (HasReader(post, reader)) unread[post];
  }
  std::size_t events = 0;
  for (const auto& [position, event_id] : NewestOf(nominal_id, reader)) {
    if (events >= within.most) break;
    const auto event = reader.See<EventRow>(EventKey(event_id));
    TEARLINE_INVARIANT(event != nullptr, "an event in an index is kept");
    if (!IsUrgentAbout(*event, nominal_id, reader) || !within.counts(*event)) continue;
    bool holds = false;
    for (auto& [post, ids] : unread) {
      if (!IsUnread(post, event_id, reader)) continue;
      ids.push_back(event_id);
      holds = true;
    }
    events += holds ? 1 : 0;
  }
  std::vector<UnreadUrgent> all;
  for (const auto& [post, ids] : unread) {
    for (const std::string& id : ids) all.push_back({id, post});
  }
  return all;
}

}  // namespace tearline::machine
