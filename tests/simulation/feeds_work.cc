#include <algorithm>

#include "tests/simulation/feeds.h"

// What nobody has read at a dead address, and comes to whoever does its work.

namespace tearline::simulation {

void Feeds::NoteUnread(const Seen& seen) {
  for (const stored::v1::Detail& detail : seen.details) {
    if (detail.has_read()) read_.emplace(detail.read().feed(), detail.read().event_id());
    const stored::v1::ObligationDetail& owed = detail.obligation();
    if (owed.type() == v1::OBLIGATION_TYPE_READ) {
      if (owed.change() == stored::v1::OBLIGATION_CHANGE_OPENED) {
        must_read_[owed.obligation_id()] = {owed.debtor_post(), owed.event_id()};
      } else if (owed.change() == stored::v1::OBLIGATION_CHANGE_DISCHARGED) {
        must_read_.erase(owed.obligation_id());
      }
    }
    const auto event = events_.find(detail.decision().event_id());
    if (event == events_.end() || !detail.decision().feed().empty()) continue;
    const std::string& post = detail.decision().post();
    const bool missed = reading_.Away(post) && reading_.InReach(event->second, post).told;
    if (missed) missed_.emplace(post, event->first);
    if (!missed) missed_.erase({post, event->first});
  }
  // It says that it has gone through all of it.
  for (const stored::v1::Detail& detail : seen.details) {
    const std::string& what = detail.changed().what();
    if (what != "unread-handed-on" && what != "out-of-reach") continue;
    LookAtWorkOf(detail.changed().name());
  }
}

bool Feeds::LiesUnread(const std::string& dead, const EventHeard& event) const {
  const Whom whom{dead, event.id};
  return waiting_.contains(whom) || missed_.contains(whom) || IsOut({dead, event.lane}, event.id) ||
         MustBeRead(whom);
}

bool Feeds::MustBeRead(const Whom& whom) const {
  return std::any_of(must_read_.begin(), must_read_.end(),
                     [&whom](const auto& each) { return each.second == whom; });
}

bool Feeds::IsToldOf(const std::string& post, const std::string& event_id) const {
  const auto inbox = decided_.find({post, event_id});
  if (inbox != decided_.end() && inbox->second.told) return true;
  for (auto each = decided_.lower_bound({post + "/", ""});
       each != decided_.end() && each->first.first.starts_with(post + "/"); ++each) {
    if (each->first.second == event_id && each->second.told) return true;
  }
  return false;
}

void Feeds::LookAtWorkOf(const std::string& dead) const {
  const std::string post = reading_.WhoDoesTheWorkOf(dead);
  if (post.empty()) return;
  for (const auto& [id, event] : events_) {
    if (event.withdrawn || event.origin_post == post || !LiesUnread(dead, event)) continue;
    if (read_.contains({dead, id}) || read_.contains({post, id})) continue;
    const Say say = reading_.Of(event, post);
    if (!say.told) continue;
    if (!IsToldOf(post, id)) {
      complaints_.push_back(
          "P3: what nobody has read at a dead address never came to who took up its work");
      return;
    }
    if (say.owed && MustBeRead({dead, id}) && !MustBeRead({post, id})) {
      complaints_.push_back(
          "P3: what must be read at a dead address need not be read by who took up its work");
      return;
    }
  }
}

}  // namespace tearline::simulation
