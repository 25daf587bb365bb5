#include "tests/simulation/feeds.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "broker/machine/rows.h"

namespace tearline::simulation {
namespace {

/// Tries after which an item is set aside without being asked.
constexpr std::uint32_t kTriesMax = 10;
constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
/// Items of a feed that one record is sure to look at again.
constexpr std::size_t kLookedAtAgain = 256;

}  // namespace

void Feeds::Hear(const Seen& seen, const Intent& intent, std::size_t group) {
  switch (intent.deed) {
    case Deed::kOpenSession:
      // Its id derives from the record's seed.
      sessions[FeedOf(intent)] =
          model::SessionId::FromBytes(
              crypto::Sha256({"tearline id", "ses", seen.seed, std::string_view("\0\0\0\0", 4)})
                  .Bytes()
                  .substr(0, 16))
              ->Text();
      windows_[FeedOf(intent)] = intent.amount;
      LookAgain(FeedOf(intent));
      return;
    case Deed::kLookAgain:
      if (sessions.contains(FeedOf(intent))) LookAgain(FeedOf(intent));
      return;
    case Deed::kCloseSession:
      if (sessions[FeedOf(intent)] != intent.id) {
        complaints_.push_back("a session that is not the current one was closed");
      }
      sessions.erase(FeedOf(intent));
      return;
    case Deed::kAcknowledge:
    case Deed::kRetry:
    case Deed::kPark:
      Settle(intent, seen.stamp_ms, group);
      return;
    case Deed::kSubscribe:
    case Deed::kSeek:
    case Deed::kUnsubscribe:
      GiveUp(intent, wishes.Hear(seen, intent));
      return;
    default:
      return;
  }
}

void Feeds::Settle(const Intent& intent, std::int64_t stamp_ms, std::size_t group) {
  const std::string& feed = FeedOf(intent);
  if (!sessions.contains(feed) || sessions.at(feed) != intent.id) {
    complaints_.push_back("a superseded session settled an item");
  }
  const Lane lane{feed, intent.lane};
  for (const std::uint64_t number : intent.numbers) {
    if (number > last_[lane]) complaints_.push_back("a number was settled before it was given");
    const auto item = open[lane].find(number);
    if (item == open[lane].end()) continue;
    if (intent.deed == Deed::kRetry && item->second.tries < kTriesMax) {
      item->second.again_ms = stamp_ms + intent.amount;
      item->second.group = group;
    } else {
      open[lane].erase(item);
    }
  }
}

/// What waits in a subscription that moves or ends is given up; what is out in one that ends, too.
void Feeds::GiveUp(const Intent& intent, const std::string& feed) {
  std::erase_if(waiting_, [&feed](const Whom& whom) { return whom.first == feed; });
  std::erase_if(let_go_, [&feed](const Whom& whom) { return whom.first == feed; });
  std::erase_if(superseded_, [&feed](const Whom& whom) { return whom.first == feed; });
  if (intent.deed != Deed::kUnsubscribe) return;
  sessions.erase(feed);
  std::erase_if(open, [&feed](const auto& lane) { return lane.first.first == feed; });
  std::erase_if(withdrawn_, [&feed](const Whom& whom) { return whom.first == feed; });
}

/// All that a feed was sent and has not settled goes out again, if it is looked at in one record.
void Feeds::LookAgain(const std::string& feed) {
  if (reading_.Away(PostOf(feed))) return;
  std::vector<Number> all;
  for (auto lane = open.lower_bound({feed, v1::URGENCY_UNSPECIFIED});
       lane != open.end() && lane->first.first == feed; ++lane) {
    for (const auto& [number, item] : lane->second) all.emplace_back(lane->first, number);
  }
  if (all.size() <= kLookedAtAgain) goes_out_again_ = std::move(all);
}

void Feeds::Fire(std::int64_t stamp_ms, const std::vector<std::int64_t>& others_due) {
  std::vector<std::pair<std::int64_t, Number>> due;
  for (const auto& [lane, items] : open) {
    for (const auto& [number, item] : items) {
      if (!item.again_ms || *item.again_ms > stamp_ms) continue;
      due.emplace_back(*item.again_ms, Number(lane, number));
    }
  }
  std::stable_sort(due.begin(), due.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (std::size_t i = 0; i < due.size(); ++i) {
    const auto before = std::upper_bound(others_due.begin(), others_due.end(), due[i].first);
    if (i + static_cast<std::size_t>(before - others_due.begin()) >= kPulseRowsMax) return;
    const auto& [lane, number] = due[i].second;
    Item& item = open.at(lane).at(number);
    item.again_ms.reset();
    ++item.tries;
    // Without a session it goes nowhere, and the next one looks at all of them.
    const bool listens = sessions.contains(lane.first) && !reading_.Away(PostOf(lane.first));
    if (listens) goes_out_again_.emplace_back(lane, number);
  }
}

std::size_t Feeds::DueBy(std::int64_t stamp_ms) const {
  std::size_t due = 0;
  for (const auto& [lane, items] : open) {
    for (const auto& [number, item] : items) {
      if (item.again_ms && *item.again_ms <= stamp_ms) ++due;
    }
  }
  return due;
}

void Feeds::LookForOverdue(std::int64_t stamp_ms, std::size_t group) {
  for (const auto& [lane, items] : open) {
    for (const auto& [number, item] : items) {
      if (item.again_ms && *item.again_ms <= stamp_ms && item.group < group) {
        complaints_.push_back("a retry was due and a later record was written before it fired");
      }
    }
  }
}

void Feeds::HearDetails(const Seen& seen, const EventHeard* published) {
  std::set<std::string> decided;
  NoteRaises(seen);
  for (const stored::v1::Detail& detail : seen.details) {
    if (detail.has_decision()) {
      HearDecision(detail.decision(), seen.position);
      const bool first = !detail.decision().again() && !detail.decision().late();
      if (first && detail.decision().feed().empty()) decided.insert(detail.decision().post());
    }
    if (!detail.has_released()) continue;
    if (detail.released().again()) {
      HearAgain(detail.released());
    } else {
      HearRelease(detail.released(), seen.stamp_ms);
    }
  }
  taken_back_.HearDetails(seen);
  amended_now_.clear();
  CheckWhatGoesAgain();
  NoteUnread(seen);
  if (published != nullptr && decided != reading_.Decided(*published)) {
    complaints_.push_back("P3: not every post a duty names got a decision, or another did");
  }
}

void Feeds::HearDecision(const stored::v1::DecisionDetail& detail, model::Position position) {
  const auto event = events_.find(detail.event_id());
  if (event == events_.end()) {
    complaints_.push_back("P4: a decision speaks of an event that nobody published");
    return;
  }
  const Say say = reading_.Of(event->second, detail.post());
  const bool told = detail.level() == v1::LEVEL_FULL;
  if (!told && detail.level() != v1::LEVEL_WITHHELD) {
    complaints_.push_back("P4: a level that the policy never gives");
  }
  if (told != say.told || SegmentsOf(detail) != say.segments) {
    complaints_.push_back(told ? "P6: decided to tell more than the policy says"
                               : "P4: decided to tell less than the policy says");
  }
  const bool asked = !detail.feed().empty();
  const Whom whom{asked ? detail.feed() : detail.post(), detail.event_id()};
  if (asked && !detail.again() && !wishes.Wish(detail.feed(), event->second)) {
    complaints_.push_back("a decision for a subscription that does not wish for the event");
  }
  if (told && !detail.late() && !detail.again() && position > event->second.position) {
    complaints_.push_back("what was recorded before and comes by now is not marked late");
  }
  decided_[whom] = {told, SegmentsOf(detail), position};
  if (told && detail.late()) ++late;
  // What is owed goes into the inbox, whoever asked.
  if (asked && say.owed && !detail.again()) {
    decided_[{detail.post(), detail.event_id()}] = decided_[whom];
    return Expect({detail.post(), detail.event_id()}, told);
  }
  const bool parted = asked && told && !say.owed && detail.again() &&
                      wishes.IsPartedFrom(whom.first, event->second);
  if (detail.event_id() == amended_now_ || IsRaised(detail, whom)) {
    return HearAmendedDecision(detail, event->second, whom, say, parted);
  }
  const Lane lane{whom.first, event->second.lane};
  if (parted) return HearParted(lane, whom);
  // What a post that is away has not settled lies where it lay, and nothing of it goes out.
  if (!told && detail.again() && !reading_.Away(detail.post())) LeaveWindow(lane, event->first);
  if (told && detail.again() && IsOut(lane, event->first)) return;
  Expect(whom, told);
}

/// It is to be let go in that feed, or not any more.
void Feeds::Expect(const Whom& whom, bool told) {
  const auto& [feed, event_id] = whom;
  if (!told) {
    waiting_.erase(whom);
    // What it was to take the place of had been told.
    if (!reading_.Away(PostOf(feed)) && superseded_.erase(whom) != 0) {
      withdrawn_.insert(whom);
      wishes.HearTakenBack(feed, event_id);
    }
    return;
  }
  if (let_go_.contains(whom)) return;
  waiting_.insert(whom);
  if (feed != PostOf(feed)) return;
  // The inbox takes what waits in the post's subscriptions.
  const auto is_taken = [&](const Whom& each) {
    return each.second == event_id && each.first != feed && PostOf(each.first) == feed;
  };
  std::erase_if(waiting_, is_taken);
  std::erase_if(superseded_, is_taken);
}

/// What may not be told any more leaves the window, if it was let go and not settled; whoever may
/// have it is told so.
void Feeds::LeaveWindow(const Lane& lane, const std::string& event_id) {
  const auto item = std::find_if(open[lane].begin(), open[lane].end(), [&](const auto& each) {
    return each.second.event_id == event_id;
  });
  if (item == open[lane].end()) return;
  open[lane].erase(item);
  withdrawn_.emplace(lane.first, event_id);
  let_go_.erase({lane.first, event_id});
  had_before_glass_.erase({lane.first, event_id});
  wishes.HearTakenBack(lane.first, event_id);
}

void Feeds::CheckWhatGoesAgain() {
  for (const auto& [lane, number] : std::exchange(goes_out_again_, {})) {
    const auto item = open[lane].find(number);
    if (item == open[lane].end() || item->second.event_id.empty()) continue;
    const EventHeard& event = events_.at(item->second.event_id);
    const Say say = reading_.Of(event, PostOf(lane.first));
    if (!say.owed && wishes.IsPartedFrom(lane.first, event)) {
      complaints_.push_back("a subscription was told again of whom it names no more");
    }
    if (say.told && say.segments == item->second.segments) continue;
    complaints_.push_back("P6: an item goes out again as the policy does not say at that position");
  }
}

void Feeds::HearWithdrawal(const stored::v1::ReleasedDetail& detail) {
  if (events_.at(detail.withdrawn_event_id()).withdrawn) {
    return taken_back_.HearTold(detail.feed(), detail.withdrawn_event_id());
  }
  const auto taken = withdrawn_.find({detail.feed(), detail.withdrawn_event_id()});
  if (taken == withdrawn_.end()) {
    complaints_.push_back("P6: a post was told of the withdrawal of what it did not have");
    return;
  }
  withdrawn_.erase(taken);
  if (events_.at(detail.withdrawn_event_id()).lane != detail.lane()) {
    complaints_.push_back("a withdrawal went out in another lane than its event");
  }
}

void Feeds::HearRelease(const stored::v1::ReleasedDetail& detail, std::int64_t stamp_ms) {
  const Lane lane{detail.feed(), detail.lane()};
  if (detail.sequence() != ++last_[lane]) {
    complaints_.push_back("a lane's numbers do not rise by one");
    last_[lane] = detail.sequence();
  }
  if (!sessions.contains(detail.feed())) {
    complaints_.push_back("something was let go to a feed that nobody listens to");
  } else if (!open[lane].empty() && open[lane].size() >= windows_[detail.feed()]) {
    complaints_.push_back("something was let go although the window was full");
  }
  Item item;
  item.event_id = detail.event_id();
  item.withdrawn = detail.withdrawn_event_id();
  if (!item.withdrawn.empty()) HearWithdrawal(detail);
  if (!item.event_id.empty()) {
    CheckEvent(detail, item);
    CheckHeld(detail, stamp_ms);
  }
  open[lane][detail.sequence()] = item;
}

void Feeds::CheckEvent(const stored::v1::ReleasedDetail& detail, Item& item) {
  const Whom whom{detail.feed(), detail.event_id()};
  const auto decision = decided_.find(whom);
  if (decision == decided_.end() || !decision->second.told) {
    complaints_.push_back("P2: an item was let go that no record decided to tell");
    return;
  }
  item.segments = decision->second.segments;
  const EventHeard& event = events_.at(detail.event_id());
  const Say say = reading_.Of(event, PostOf(detail.feed()));
  if (!say.told) {
    complaints_.push_back("P6: an item was let go that the policy withholds at that position");
  } else if (say.segments != item.segments) {
    complaints_.push_back("P6: an item was let go with segments that the policy withholds");
  }
  if (event.lane != detail.lane()) complaints_.push_back("an event went out in another lane");
  CheckComesOnce(whom, item.segments);
  last_told_[whom] = item.segments;
  taken_back_.HearReceived(detail.feed(), detail.event_id());
  wishes.HearRelease(detail.feed(), detail.event_id());
  waiting_.erase(whom);
  superseded_.erase(whom);
  events_sent[{detail.feed(), detail.lane()}].insert(detail.sequence());
}

/// RETRY holds its nominals back, in every lane but the immediate.
void Feeds::CheckHeld(const stored::v1::ReleasedDetail& detail, std::int64_t stamp_ms) {
  if (detail.lane() == v1::URGENCY_IMMEDIATE) return;
  const auto event = events_.find(detail.event_id());
  if (event == events_.end()) return;  // Said before.
  const std::vector<std::string>& about = event->second.nominals;
  for (const v1::Urgency lane : {v1::URGENCY_URGENT, v1::URGENCY_ROUTINE}) {
    for (const auto& [number, item] : open[{detail.feed(), lane}]) {
      if (item.event_id.empty() || item.again_ms.value_or(stamp_ms) <= stamp_ms) continue;
      const std::vector<std::string>& held = events_.at(item.event_id).nominals;
      if (std::find_first_of(about.begin(), about.end(), held.begin(), held.end()) != about.end()) {
        complaints_.push_back("an item was let go although RETRY holds its nominal back");
      }
    }
  }
}

void Feeds::Look(const state::Reader& view) {
  std::size_t items = 0;
  for (const auto& [lane, heard] : open) {
    items += heard.size();
    for (const auto& [number, item] : heard) {
      const auto row = view.Find<stored::v1::ItemRow>(
          machine::LaneItem(state::Table::kReleased, lane.first, lane.second, number));
      const std::string& event_id = item.withdrawn.empty() ? item.event_id : item.withdrawn;
      // A notice may speak of one event of the post's own, and of no more (P6).
      const auto own = row ? events_.find(row->event_id()) : events_.end();
      const bool of_own = own != events_.end() && item.event_id.empty() && item.withdrawn.empty() &&
                        own->second.origin_post == PostOf(lane.first) &&
                        row->obligation_events() <= 1;
      if (!row || (row->event_id() != event_id && !of_own) ||
          !std::equal(row->segments().begin(), row->segments().end(), item.segments.begin(),
                      item.segments.end()) ||
          row->tries() != item.tries || row->not_before_ms() != item.again_ms.value_or(0)) {
        complaints_.push_back("an item in the state is not the one that was let go");
        return;
      }
    }
  }
  std::size_t shown = 0;
  for (const auto& [key, bytes] : view.Scan(state::Key(state::Table::kReleased), kAll)) {
    // What a subscription leaves behind is forgotten by and by; what is left of a withdrawn event
    // under an earlier number is taken out before it could go again.
    stored::v1::ItemRow row;
    row.ParseFromString(bytes);
    const auto event = events_.find(row.event_id());
    const bool withdrawn = row.kind() == stored::v1::ITEM_KIND_EVENT && event != events_.end() &&
                           event->second.withdrawn;
    const bool ended = wishes.ended.contains(key.substr(1, key.find('\0') - 1));
    shown += ended || withdrawn ? 0 : 1;
  }
  if (shown != items) {
    complaints_.push_back("P2: the state shows an item that no record let go");
  }
}

void Feeds::LookWhenQuiet() {
  wishes.LookWhenQuiet();
  taken_back_.LookWhenQuiet();
  for (const auto& [dead, post] : reading_.taken_up) LookAtWorkOf(dead);
  for (const auto& [feed, event] : withdrawn_) {
    if (!reading_.Stands(PostOf(feed), As::kSystem) || !sessions.contains(feed)) continue;
    complaints_.push_back("a post that listens was not told of what was taken back from it");
    return;
  }
  for (const auto& [feed, event] : waiting_) {
    if (!reading_.Stands(PostOf(feed), As::kSystem)) continue;  // Nobody can acknowledge for it.
    if (!sessions.contains(feed) || !reading_.Of(events_.at(event), PostOf(feed)).told) continue;
    complaints_.push_back("an item that is to be told waits although the post listens");
    return;
  }
}

}  // namespace tearline::simulation
