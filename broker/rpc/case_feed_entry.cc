#include "broker/rpc/case_feed_entry.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "broker/delivery/build_delivery.h"
#include "broker/machine/case_row.h"
#include "broker/machine/event_terms.h"
#include "broker/machine/feed_name.h"
#include "broker/machine/identity.h"
#include "broker/machine/moved_booking.h"
#include "broker/machine/rows.h"
#include "broker/machine/since.h"
#include "broker/rpc/event_trail.h"
#include "broker/rpc/explain.h"
#include "broker/status/invariant.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::rpc {
namespace {

using google::protobuf::util::TimeUtil;
using stored::v1::EventRow;
using stored::v1::LetGoRow;

/// The posts of the panel but one: its seats, its accountable and its supervising post.
std::set<std::string> OthersOf(const v1::Case& its_case, const std::string& post) {
  std::set<std::string> others = {its_case.accountable_post(), its_case.supervising_post()};
  for (const v1::Seat& seat : its_case.seats()) others.insert(seat.post());
  others.erase("");
  others.erase(post);
  return others;
}

/// When an event became the person's by a merge, if it did: what happened before is shown from then
/// on.
struct Joined {
  model::Position position = 0;
  std::int64_t ms = 0;
};

/// Whom a case is about, by every nominal.
using Person = std::set<std::string>;

/// What the leaves of an event's trail say to one post, up to the end of a stretch; and whether any
/// of it was said within the stretch. What happens while the event is moved away to somebody else
/// is that one's; but that the post is told of it anew, or no more, takes it back from this person.
class Story {
 public:
  Story(const EventRow& event, const std::string& post, const Person& person,
        const LogStretch& stretch, const Joined& joined)
      : event_id_(event.publish().event_id()),
        stretch_(stretch),
        joined_(joined),
        post_(post),
        person_(person),
        own_(event_id_, post) {
    away_ = event.nominal_ids_size() > 0;
    for (int place = 0; place < event.nominal_ids_size(); ++place) {
      away_ = away_ && !person.contains(machine::RecordedAt(event, place));
    }
  }
  void FollowOthers(const std::set<std::string>& others) {
    for (const std::string& other : others) others_.try_emplace(other, event_id_, other);
  }

  void Visit(const stored::v1::Detail& detail, const audit::Leaf& leaf) {
    if (leaf.position > stretch_.until) return;
    if (detail.has_event_moved() && detail.event_moved().event_id() == event_id_) {
      Move(detail.event_moved());
    }
    const stored::v1::ReleasedDetail& released = detail.released();
    if (detail.has_released() && machine::PostOfFeed(released.feed()) == post_) {
      if (released.event_id() == event_id_) {
        Told(leaf);
      } else if (released.withdrawn_event_id() == event_id_) {
        TakenBack(leaf);
      }
    }
    FollowOwn(detail, leaf);
    for (auto& [post, times] : others_) Follow(times, detail, leaf);
  }

  /// The first record within the stretch that changed anything; 0 if none did.
  model::Position first_within() const { return first_within_; }
  std::int64_t first_within_ms() const { return first_within_ms_; }
  std::int64_t changed_ms() const { return changed_ms_; }
  std::int64_t taken_back_ms() const { return taken_back_ms_; }
  const PostTimes& own() const { return own_; }
  const std::map<std::string, PostTimes>& others() const { return others_; }

 private:
  /// What became of it as the post has it now.
  void FollowOwn(const stored::v1::Detail& detail, const audit::Leaf& leaf) {
    const PostTimes::LettingGo before = own_.last();
    own_.Visit(detail, leaf);
    const PostTimes::LettingGo& after = own_.last();
    const bool settled =
        before.acknowledged_ms != after.acknowledged_ms || before.read_ms != after.read_ms;
    if (!away_ && settled) Changed(leaf);
  }
  /// Of others, whatever they were let have: that it was let go to them anew is not for here.
  void Follow(PostTimes& times, const stored::v1::Detail& detail, const audit::Leaf& leaf) {
    const auto before = std::pair(times.acknowledged_ms, times.read_ms);
    times.Visit(detail, leaf);
    if (!away_ && before != std::pair(times.acknowledged_ms, times.read_ms)) Changed(leaf);
  }
  void Move(const stored::v1::EventMovedDetail& move) {
    const bool was = person_.contains(move.from_id());
    const bool is = person_.contains(move.to_id());
    if (was && !is) {
      away_ = true;
      had_ = own_.released_ms != 0 && taken_back_ms_ == 0;
    }
    if (is) away_ = false;
  }
  void Told(const audit::Leaf& leaf) {
    if (away_) return TakenBack(leaf);  // as somebody else's
    taken_back_ms_ = 0;
    Changed(leaf);
  }
  void TakenBack(const audit::Leaf& leaf) {
    if (away_ && (!had_ || taken_back_ms_ != 0)) return;
    taken_back_ms_ = leaf.stamp_ms;
    Changed(leaf);
  }
  void Changed(const audit::Leaf& leaf) {
    const bool early = leaf.position < joined_.position;
    const model::Position position = early ? joined_.position : leaf.position;
    changed_ms_ = early ? joined_.ms : leaf.stamp_ms;
    if (first_within_ != 0 || position <= stretch_.after) return;
    first_within_ = position;
    first_within_ms_ = changed_ms_;
  }

  const std::string event_id_;
  const LogStretch stretch_;
  const Joined joined_;
  const std::string post_;
  const Person& person_;
  PostTimes own_;
  std::map<std::string, PostTimes> others_;
  model::Position first_within_ = 0;
  std::int64_t first_within_ms_ = 0;
  std::int64_t changed_ms_ = 0;
  std::int64_t taken_back_ms_ = 0;
  bool away_ = false;  ///< Somebody else's, as the trail has come.
  bool had_ = false;   ///< The post had it as this person's when it moved away.
};

Person PersonOf(const v1::Case& its_case, const state::Reader& view) {
  const Result<model::NominalId> nominal_id = model::NominalId::Parse(its_case.nominal_id());
  TEARLINE_INVARIANT(nominal_id.ok(), "a case's nominal has an id");
  const std::vector<std::string> ids = machine::SamePerson(nominal_id->Bytes(), view);
  return Person(ids.begin(), ids.end());
}

bool IsOf(const EventRow& event, const Person& person) {
  const auto& ids = event.nominal_ids();
  return ids.empty() || std::any_of(ids.begin(), ids.end(), [&person](const std::string& id) {
           return person.contains(id);
         });
}

void SetTime(std::int64_t ms, google::protobuf::Timestamp* time) {
  *time = TimeUtil::MillisecondsToTimestamp(ms);
}

/// What the post was told last, as the machine keeps it, and nothing of the content.
v1::DeliveredEvent ShowEvent(const EventRow& event, const LetGoRow& let_go,
                             const state::Reader& view) {
  stored::v1::ItemRow told;
  told.set_level(let_go.level());
  if (let_go.has_tear_line()) told.set_tear_line(let_go.tear_line());
  told.set_late(let_go.late());
  const std::vector<std::string> nominals = delivery::NominalsKnownTo(let_go.feed(), event, view);
  if (!event.has_composite()) return delivery::BuildEvent(told, event, {}, nominals);
  *told.mutable_members() = let_go.members();
  return delivery::BuildComposite(told, event, nominals, view);
}

void ShowPanel(const Story& story, v1::CaseFeedEntry& entry) {
  for (const auto& [post, times] : story.others()) {
    if (times.acknowledged_ms == 0 && times.read_ms == 0) continue;
    v1::PanelWord& word = *entry.add_panel();
    word.set_post(post);
    if (times.acknowledged_ms != 0) {
      SetTime(times.acknowledged_ms, word.mutable_acknowledged_at());
    }
    if (times.read_ms != 0) SetTime(times.read_ms, word.mutable_read_at());
  }
}

void ShowCircumstances(const EventRow& event, const Story& story, v1::CaseFeedEntry& entry) {
  entry.set_urgency(event.publish().urgency());
  const bool pointer = entry.event().level() == v1::LEVEL_POINTER;
  if (!pointer && event.publish().published_ms() != 0) {
    SetTime(event.publish().published_ms(), entry.mutable_published_at());
  }
  const PostTimes::LettingGo& own = story.own().last();
  if (own.acknowledged_ms != 0) SetTime(own.acknowledged_ms, entry.mutable_acknowledged_at());
  if (own.read_ms != 0) SetTime(own.read_ms, entry.mutable_read_at());
}

}  // namespace

std::optional<CaseFeedChange> ReadCaseFeedEntry(const std::string& event_id,
                                                const std::string& post, const v1::Case& its_case,
                                                const LogStretch& stretch,
                                                const state::Reader& view, model::Position joined) {
  const auto let_go = view.See<LetGoRow>(machine::LetGoKey(post, event_id));
  const auto event = view.See<EventRow>(machine::EventKey(event_id));
  if (let_go == nullptr || event == nullptr) return std::nullopt;
  const Person person = PersonOf(its_case, view);
  const bool ended = let_go->ended() || machine::IsWithdrawn(*event) || !IsOf(*event, person);
  const bool names_others =
      !ended && machine::IsChair(its_case, post) &&
      (let_go->level() == v1::LEVEL_FULL || let_go->level() == v1::LEVEL_TEAR_LINE);
  Story story(*event, post, person, stretch,
              {joined, joined == 0 ? 0 : machine::StampOf(joined, view)});
  if (names_others) story.FollowOthers(OthersOf(its_case, post));
  ReadTrail(event_id, view,
            [&story](const auto& detail, const auto& leaf) { story.Visit(detail, leaf); });
  if (story.first_within() == 0) return std::nullopt;
  CaseFeedChange change{{}, story.first_within()};
  if (!ended && !MaySpeakOf(*let_go, post, event_id, view)) {
    change.passed_over = true;
    return change;
  }
  // Until the post has been told that it is over, that is not for here to say.
  if (ended != (story.taken_back_ms() != 0)) return std::nullopt;

  v1::CaseFeedEntry& entry = change.entry;
  SetTime(story.changed_ms(), entry.mutable_changed_at());
  SetTime(story.first_within_ms(), entry.mutable_go_on_from());
  SetTime(let_go->first_released_ms(), entry.mutable_released_at());
  if (ended) {
    entry.mutable_event()->set_event_id(model::EventId::FromBytes(event_id)->Text());
    SetTime(story.taken_back_ms(), entry.mutable_taken_back_at());
    return change;
  }
  *entry.mutable_event() = ShowEvent(*event, *let_go, view);
  entry.mutable_event()->clear_signature();  // Nothing it could be held against is told here.
  ShowCircumstances(*event, story, entry);
  ShowPanel(story, entry);
  return change;
}

}  // namespace tearline::rpc
