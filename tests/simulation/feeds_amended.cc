#include <algorithm>

#include "tests/simulation/feeds.h"

// What comes again although it was settled: of an amended event, by a raise, and by break-glass.

namespace tearline::simulation {

/// Whoever has it keeps it if that tells the same; else it is taken out, whether or not it was
/// settled, and comes again if anything of it may be told. Whoever has it not gets what it is owed.
void Feeds::HearAmendedDecision(const stored::v1::DecisionDetail& detail, const EventHeard& event,
                                const Whom& whom, const Say& say, bool parted) {
  const bool told = detail.level() == v1::LEVEL_FULL;
  if (!let_go_.contains(whom)) {
    if (parted) return HearParted({whom.first, event.lane}, whom);
    const bool concerned = say.owed || reading_.Decided(event).contains(detail.post());
    return Expect(whom, told && (!detail.feed().empty() || concerned));
  }
  had_before_glass_.erase(whom);
  const std::vector<std::uint32_t> before = last_told_[whom];
  const std::vector<std::uint32_t> now = SegmentsOf(detail);
  const auto is_it = [&](const auto& each) { return each.second.event_id == event.id; };
  auto& window = open[{whom.first, event.lane}];
  const bool out = std::any_of(window.begin(), window.end(), is_it);
  if (told && now == before && !(parted && out)) return;
  const bool less = !told || !std::includes(now.begin(), now.end(), before.begin(), before.end());
  std::erase_if(window, is_it);
  let_go_.erase(whom);
  wishes.HearTakenBack(whom.first, event.id);
  if (wishes.ended.contains(whom.first)) return;
  // What its post is brought in for comes in the inbox, where the subscription has to do with it no
  // more.
  const bool inbox = say.owed || (parted && reading_.Decided(event).contains(detail.post()));
  if (less || (parted && !inbox)) withdrawn_.insert(whom);
  if (parted && !inbox) return HearParted({whom.first, event.lane}, whom);
  if (!told) return;
  const Whom anew = inbox ? Whom{detail.post(), event.id} : whom;
  decided_.insert_or_assign(anew, decided_[whom]);
  waiting_.insert(anew);
  if (!less) superseded_.insert(anew);
}

/// What a subscription had of whom it names no more leaves it, or does not come.
void Feeds::HearParted(const Lane& lane, const Whom& whom) {
  decided_[whom].told = false;
  decided_[whom].parted = true;
  LeaveWindow(lane, whom.second);
  Expect(whom, /*told=*/false);
  wishes.HearParted(whom.first, whom.second);
}

void Feeds::HearWithdrawn(const std::string& event_id) {
  const auto is_it = [&event_id](const Whom& whom) { return whom.second == event_id; };
  std::erase_if(waiting_, is_it);
  std::erase_if(let_go_, is_it);
  std::erase_if(superseded_, is_it);
  std::erase_if(withdrawn_, is_it);  // told as a withdrawal of the event from here on
  for (auto& [lane, items] : open) {
    std::erase_if(items, [&](const auto& each) { return each.second.event_id == event_id; });
  }
}

/// A number that was given before and is not settled: what goes out under it is now another.
void Feeds::HearAgain(const stored::v1::ReleasedDetail& detail) {
  std::map<std::uint64_t, Item>& lane = open[{detail.feed(), detail.lane()}];
  const auto item = lane.find(detail.sequence());
  if (item == lane.end() || item->second.event_id != detail.event_id()) {
    complaints_.push_back("what goes out again is not what was let go under its number");
    return;
  }
  const auto decision = decided_.find({detail.feed(), detail.event_id()});
  if (decision == decided_.end() || !decision->second.told) {
    complaints_.push_back("P2: an item goes out again that no record decided to tell");
    return;
  }
  item->second.segments = decision->second.segments;
  last_told_[{detail.feed(), detail.event_id()}] = item->second.segments;
}

/// A pulse that judges the past anew brings more of an event than a post had, unless it keeps its
/// number and says so.
void Feeds::NoteRaises(const Seen& seen) {
  kept_now_.clear();
  may_raise_now_ = seen.command == stored::v1::COMMAND_NUMBER_PULSE;
  for (const stored::v1::Detail& detail : seen.details) {
    if (!detail.released().again()) continue;
    kept_now_.insert({detail.released().feed(), detail.released().event_id()});
  }
}

bool Feeds::IsRaised(const stored::v1::DecisionDetail& detail, const Whom& whom) const {
  const auto before = last_told_.find(whom);
  if (!may_raise_now_ || !detail.again() || detail.level() != v1::LEVEL_FULL ||
      !let_go_.contains(whom) || kept_now_.contains(whom) || before == last_told_.end()) {
    return false;
  }
  const std::vector<std::uint32_t> now = SegmentsOf(detail);
  return now.size() > before->second.size() &&
         std::includes(now.begin(), now.end(), before->second.begin(), before->second.end());
}

void Feeds::HearGlassBroken(const std::string& post, const std::string& nominal) {
  for (const Whom& whom : let_go_) {
    if (whom.first == post && reading_.IsAbout(events_.at(whom.second), nominal)) {
      had_before_glass_[whom] = last_told_[whom];
    }
  }
}

void Feeds::CheckComesOnce(const Whom& whom, const std::vector<std::uint32_t>& segments) {
  const bool first = let_go_.insert(whom).second;
  const auto had = had_before_glass_.find(whom);
  if (had == had_before_glass_.end()) {
    if (!first) complaints_.push_back("one post got an event twice");
    return;
  }
  if (!first && segments == had->second) {
    complaints_.push_back("break-glass brought a post what it was told alike");
  }
  had_before_glass_.erase(had);
}

bool Feeds::IsOut(const Lane& lane, const std::string& event_id) const {
  const auto items = open.find(lane);
  return items != open.end() &&
         std::any_of(items->second.begin(), items->second.end(),
                     [&](const auto& each) { return each.second.event_id == event_id; });
}

}  // namespace tearline::simulation
