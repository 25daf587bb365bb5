#include "tests/simulation/wishes.h"

#include <algorithm>

#include "broker/model/ids.h"

namespace tearline::simulation {
namespace {

/// The id of the first thing a record makes, as text.
std::string MadeBy(const std::string& seed, const char* prefix) {
  const std::string bytes =
      crypto::Sha256({"tearline id", prefix, seed, std::string_view("\0\0\0\0", 4)})
          .Bytes()
          .substr(0, 16);
  return model::SubscriptionId::FromBytes(bytes)->Text();
}

}  // namespace

std::string Wishes::Hear(const Seen& seen, const Intent& intent) {
  const std::string feed =
      intent.deed == Deed::kSubscribe ? intent.post + "/" + MadeBy(seen.seed, "sub") : intent.feed;
  if (intent.deed == Deed::kUnsubscribe) {
    if (standing.erase(feed) == 0) complaints_.push_back("a subscription ended that nobody had");
    ended.insert(feed);
    return feed;
  }
  if (intent.deed == Deed::kSeek && !standing.contains(feed)) {
    complaints_.push_back("a subscription was moved that nobody had");
    return feed;
  }
  Wished& wished = standing[feed];
  wished.gained.clear();
  if (intent.deed == Deed::kSubscribe) {
    wished.made = seen.position;
    if (!intent.nominal.empty()) {
      wished.nominals.push_back(model::NominalId::Parse(intent.nominal)->Bytes());
    }
    wished.agency = intent.agency;
    wished.prefix = intent.member;
  }
  wished.moved = seen.position;
  wished.from = intent.from;
  wished.time_ms = intent.time_ms;
  wished.had.clear();
  return feed;
}

void Wishes::HearMerge(const Seen& seen, const std::string& one, const std::string& other) {
  for (auto& [feed, wished] : standing) {
    if (wished.nominals.empty()) continue;
    const std::string& named = wished.nominals.front();
    const bool of_one = reading_.persons.AreOne(named, one);
    if (!of_one && !reading_.persons.AreOne(named, other)) continue;
    for (const std::string& each : reading_.persons.Of(of_one ? other : one)) {
      wished.gained[each] = seen.position;
    }
  }
}

/// Whether it wishes for the event by a merge alone.
bool Wishes::IsGainedAlone(const Wished& wished, const EventHeard& event) const {
  return !wished.gained.empty() &&
         std::all_of(event.nominals.begin(), event.nominals.end(), [&](const std::string& each) {
           return wished.gained.contains(each) ||
                  !reading_.persons.AreOne(each, wished.nominals.front());
         });
}

bool Wishes::Reaches(const Wished& wished, const EventHeard& event) const {
  if (event.position > wished.moved) return true;
  if (wished.from == v1::START_FROM_BEGINNING) return true;
  return wished.from == v1::START_FROM_TIME && event.stamp_ms >= wished.time_ms;
}

bool Wishes::Wish(const std::string& feed, const EventHeard& event) const {
  const auto found = standing.find(feed);
  if (found == standing.end()) return false;
  const Wished& wished = found->second;
  const bool by_nominal =
      wished.nominals.empty() || reading_.IsAbout(event, wished.nominals.front());
  const bool by_agency = wished.agency.empty() || AgencyOf(event.origin_post) == wished.agency;
  const bool by_type = wished.prefix.empty() || event.type == wished.prefix ||
                       event.type.starts_with(wished.prefix + ".");
  return by_nominal && by_agency && by_type && event.origin_post != PostOf(feed);
}

void Wishes::HearRelease(const std::string& feed, const std::string& event_id) {
  const std::string post = PostOf(feed);
  if (feed == post) return;
  const EventHeard& event = events_.at(event_id);
  const auto found = standing.find(feed);
  // An amended event is offered to whoever wishes for it then, however old it is.
  const bool gained = found != standing.end() && event.position > found->second.made &&
                      IsGainedAlone(found->second, event);
  const bool reached = found != standing.end() &&
                       (Reaches(found->second, event) || gained ||
                        event.amended > found->second.moved || parted_.contains({post, event_id}));
  if (!reached || !Wish(feed, event)) {
    complaints_.push_back("a subscription got an event that nobody wished for");
    return;
  }
  found->second.ever_had.insert(event_id);
  if (!found->second.had.insert(event_id).second) {
    complaints_.push_back("a subscription got an event twice");
  }
  if (let_go_.contains({post, event_id})) {
    complaints_.push_back("what was in the inbox came through a subscription, too");
  }
  for (const auto& [other, wished] : standing) {
    if (other == feed || PostOf(other) != post || !wished.had.contains(event_id)) continue;
    complaints_.push_back("one post got an event through two subscriptions");
  }
}

void Wishes::HearTakenBack(const std::string& feed, const std::string& event_id) {
  const auto found = standing.find(feed);
  if (found == standing.end()) return;
  found->second.had.erase(event_id);
  found->second.ever_had.erase(event_id);
}

void Wishes::HearParted(const std::string& feed, const std::string& event_id) {
  HearTakenBack(feed, event_id);
  parted_.emplace(PostOf(feed), event_id);
}

/// What a subscription may have done with an event it wishes for: had it, or passed it by with a
/// decision not to tell, or because its post has it or had its decision elsewhere.
bool Wishes::IsAccountedFor(const std::string& feed, const Wished& wished,
                            const EventHeard& event) const {
  const std::string post = PostOf(feed);
  if (wished.had.contains(event.id)) return true;
  if (decided_.contains({post, event.id})) return true;  // The inbox has it, or it was withheld.
  const auto own = decided_.find({feed, event.id});
  const bool anew = own != decided_.end() &&
                    (own->second.position >= wished.moved || event.position > wished.moved);
  if (anew && !own->second.told && !own->second.parted) return true;
  for (auto each = decided_.lower_bound({post + "/", ""});
       each != decided_.end() && each->first.first.starts_with(post + "/"); ++each) {
    const auto& [other, decision] = *each;
    if (other.first != feed && other.second == event.id && !decision.parted) return true;
  }
  return false;
}

void Wishes::LookWhenQuiet() const {
  for (const auto& [feed, wished] : standing) {
    if (!reading_.Stands(PostOf(feed), As::kSystem)) continue;  // Nobody can acknowledge for it.
    for (const auto& [id, event] : events_) {
      if (event.withdrawn || !Wish(feed, event)) continue;
      // Of the past it gets what was recorded of the other since it was made, and it never had.
      const bool reached = IsGainedAlone(wished, event)
                               ? event.position > wished.made && !wished.ever_had.contains(id)
                               : Reaches(wished, event);
      if (!reached) continue;
      if (IsAccountedFor(feed, wished, event)) continue;
      complaints_.push_back("a subscription never got an event it wished for");
      return;
    }
  }
  LookAtHistory();
}

/// P3. Whoever a case brings in had a decision on everything about its nominal, old or new.
void Wishes::LookAtHistory() const {
  for (const auto& [id, event] : events_) {
    for (const std::string& post : reading_.Concerned(event)) {
      const auto of_post = decided_.lower_bound({post, ""});
      const bool decided = std::any_of(of_post, decided_.end(), [&](const auto& each) {
        return PostOf(each.first.first) == post && each.first.second == id;
      });
      if (decided) continue;
      complaints_.push_back(
          "P3: what was recorded about somebody was never decided for a post "
          "that their case brings in");
      return;
    }
  }
}

}  // namespace tearline::simulation
