#include "broker/rpc/case_feed.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include "broker/delivery/build_delivery.h"
#include "broker/machine/case_row.h"
#include "broker/machine/consultation.h"
#include "broker/machine/event_terms.h"
#include "broker/machine/feed_name.h"
#include "broker/machine/identity.h"
#include "broker/machine/rows.h"
#include "broker/machine/since.h"
#include "broker/machine/trail.h"
#include "broker/rpc/event_trail.h"
#include "broker/rpc/explain.h"
#include "broker/rpc/server_limits.h"
#include "broker/state/each_row.h"
#include "broker/status/invariant.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::rpc {
namespace {

using google::protobuf::util::TimeUtil;
using state::Key;
using stored::v1::EventRow;
using stored::v1::LetGoRow;

constexpr std::size_t kPositionBytes = 8;
/// Where nothing more is to be shown of an event in a stretch.
constexpr model::Position kNever = std::numeric_limits<model::Position>::max();

/// The posts of the panel but one: its seats, its accountable and its supervising post.
std::set<std::string> OthersOf(const v1::Case& its_case, const std::string& post) {
  std::set<std::string> others = {its_case.accountable_post(), its_case.supervising_post()};
  for (const v1::Seat& seat : its_case.seats()) others.insert(seat.post());
  others.erase("");
  others.erase(post);
  return others;
}

/// What the leaves of an event's trail say to one post, up to the end of a stretch; and whether any
/// of it was said within the stretch.
class Story {
 public:
  Story(std::string event_id, const std::string& post, const std::set<std::string>& others,
        const LogStretch& stretch)
      : event_id_(std::move(event_id)), stretch_(stretch), post_(post), own_(event_id_, post) {
    for (const std::string& other : others) others_.try_emplace(other, event_id_, other);
  }

  void Visit(const stored::v1::Detail& detail, const audit::Leaf& leaf) {
    if (leaf.position > stretch_.until) return;
    const stored::v1::ReleasedDetail& released = detail.released();
    if (detail.has_released() && machine::PostOfFeed(released.feed()) == post_) {
      if (released.event_id() == event_id_) {
        taken_back_ms_ = 0;
        Changed(leaf);
      } else if (released.withdrawn_event_id() == event_id_) {
        taken_back_ms_ = leaf.stamp_ms;
        Changed(leaf);
      }
    }
    Follow(own_, detail, leaf);
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
  void Follow(PostTimes& times, const stored::v1::Detail& detail, const audit::Leaf& leaf) {
    const auto before = std::pair(times.acknowledged_ms, times.read_ms);
    times.Visit(detail, leaf);
    if (before != std::pair(times.acknowledged_ms, times.read_ms)) Changed(leaf);
  }
  void Changed(const audit::Leaf& leaf) {
    changed_ms_ = leaf.stamp_ms;
    if (first_within_ != 0 || leaf.position <= stretch_.after) return;
    first_within_ = leaf.position;
    first_within_ms_ = leaf.stamp_ms;
  }

  const std::string event_id_;
  const LogStretch stretch_;
  const std::string post_;
  PostTimes own_;
  std::map<std::string, PostTimes> others_;
  model::Position first_within_ = 0;
  std::int64_t first_within_ms_ = 0;
  std::int64_t changed_ms_ = 0;
  std::int64_t taken_back_ms_ = 0;
};

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
  return delivery::BuildEvent(told, event, {},
                              delivery::NominalsKnownTo(let_go.feed(), event, view));
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
  if (story.own().acknowledged_ms != 0) {
    SetTime(story.own().acknowledged_ms, entry.mutable_acknowledged_at());
  }
  if (story.own().read_ms != 0) SetTime(story.own().read_ms, entry.mutable_read_at());
}

}  // namespace

std::optional<CaseFeedChange> ReadCaseFeedEntry(const std::string& event_id,
                                                const std::string& post, const v1::Case& its_case,
                                                const LogStretch& stretch,
                                                const state::Reader& view) {
  const auto let_go = view.See<LetGoRow>(machine::LetGoKey(post, event_id));
  const auto event = view.See<EventRow>(machine::EventKey(event_id));
  if (let_go == nullptr || event == nullptr) return std::nullopt;
  const bool ended = let_go->ended() || machine::IsWithdrawn(*event);
  if (!ended && !MaySpeakOf(*let_go, post, event_id, view)) return std::nullopt;

  const bool names_others =
      !ended && machine::IsChair(its_case, post) &&
      (let_go->level() == v1::LEVEL_FULL || let_go->level() == v1::LEVEL_TEAR_LINE);
  Story story(event_id, post, names_others ? OthersOf(its_case, post) : std::set<std::string>(),
              stretch);
  ReadTrail(event_id, view,
            [&story](const auto& detail, const auto& leaf) { story.Visit(detail, leaf); });
  // Until the post has been told that it is over, that is not for here to say.
  if (story.first_within() == 0 || ended != (story.taken_back_ms() != 0)) return std::nullopt;

  CaseFeedChange change{{}, story.first_within()};
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

CaseFeed::CaseFeed(std::string post, LogStretch stretch)
    : post_(std::move(post)),
      stretch_(stretch),
      // A key's first byte is its table.
      place_(Key(state::Table::kTrailOfNominal).U64(stretch.after + 1).bytes().substr(1)) {}

/// Rows of one nominal from the place on, as position and event id.
std::vector<std::string> CaseFeed::Rows(const std::string& nominal_id, const state::Reader& view,
                                        std::size_t rows_max) {
  const Key all = machine::TrailOfNominal(nominal_id);
  const std::size_t at = all.bytes().size();
  std::vector<std::string> rows;
  for (const auto& [key, nothing] : view.Scan(all, Key(all).Fixed(place_), rows_max)) {
    rows.push_back(key.substr(at));
  }
  return rows;
}

std::vector<v1::CaseFeedEntry> CaseFeed::Next(const v1::Case& its_case, const state::Reader& view,
                                              std::size_t entries_max, std::size_t rows_max) {
  const Result<model::NominalId> nominal_id = model::NominalId::Parse(its_case.nominal_id());
  TEARLINE_INVARIANT(nominal_id.ok(), "a case's nominal has an id");
  std::set<std::string> rows;
  std::optional<std::string> read_until;  // beyond it some nominal's rows are not read yet
  for (const std::string& id : machine::SamePerson(nominal_id->Bytes(), view)) {
    const std::vector<std::string> found = Rows(id, view, rows_max);
    rows.insert(found.begin(), found.end());
    if (found.size() < rows_max) continue;
    read_until = read_until ? std::min(*read_until, found.back()) : found.back();
  }
  std::vector<v1::CaseFeedEntry> entries;
  for (const std::string& row : rows) {
    if (state::ReadBigEndian(row, 0, kPositionBytes) > stretch_.until) {
      done_ = true;
      return entries;
    }
    if (entries.size() == entries_max || (read_until && row > *read_until)) return entries;
    place_ = row + '\0';  // the next key there can be
    const model::Position position = state::ReadBigEndian(row, 0, kPositionBytes);
    if (auto entry = Look(row.substr(kPositionBytes), position, its_case, view)) {
      entries.push_back(*std::move(entry));
    }
  }
  done_ = !read_until;
  return entries;
}

/// What a record at `position` shows of an event, if it is the first that shows anything.
std::optional<v1::CaseFeedEntry> CaseFeed::Look(const std::string& event_id,
                                                model::Position position, const v1::Case& its_case,
                                                const state::Reader& view) {
  const auto known = due_.find(event_id);
  if (known != due_.end() && position < known->second) return std::nullopt;
  auto change = ReadCaseFeedEntry(event_id, post_, its_case, stretch_, view);
  const bool later = change && position < change->first;
  SetDue(event_id, later ? change->first : kNever);
  if (!change || later) return std::nullopt;
  return std::move(change->entry);
}

void CaseFeed::SetDue(const std::string& event_id, model::Position position) {
  const auto known = due_.find(event_id);
  due_before_.try_emplace(event_id,
                          known == due_.end() ? std::nullopt : std::optional(known->second));
  due_[event_id] = position;
}

std::vector<v1::CaseFeedEntry> CaseFeed::NextFrame(const v1::Case& its_case,
                                                   const state::Reader& view,
                                                   std::size_t entries_max, std::size_t rows_max,
                                                   const std::function<bool()>& go_on) {
  began_at_ = place_;
  due_before_.clear();
  std::vector<v1::CaseFeedEntry> frame;
  while (!done_ && frame.size() < entries_max && go_on()) {
    for (v1::CaseFeedEntry& entry : Next(its_case, view, entries_max - frame.size(), rows_max)) {
      frame.push_back(std::move(entry));
    }
  }
  return frame;
}

void CaseFeed::TakeBack() {
  place_ = began_at_;
  done_ = false;
  for (const auto& [event_id, before] : due_before_) {
    if (before) {
      due_[event_id] = *before;
    } else {
      due_.erase(event_id);
    }
  }
  due_before_.clear();
}

model::Position CaseFeed::LookedUntil() const {
  return done_ ? stretch_.until : state::ReadBigEndian(place_, 0, kPositionBytes) - 1;
}

std::int64_t LastPackMs(const v1::Case& its_case, const std::string& post, std::int64_t now_ms,
                        model::Position tip, const state::Reader& view) {
  constexpr std::chrono::milliseconds kYear = std::chrono::hours(366 * 24);
  const Result<model::CaseId> case_id = model::CaseId::Parse(its_case.case_id());
  const Result<model::NominalId> nominal_id = model::NominalId::Parse(its_case.nominal_id());
  TEARLINE_INVARIANT(case_id.ok() && nominal_id.ok(), "a case and its nominal have ids");
  const Key looked = machine::NominalLooked(nominal_id->Bytes());
  const model::Position from = machine::FirstSince(now_ms - kYear.count(), tip, view);
  std::deque<model::Position> looks;
  state::ForEachRow(
      view, looked, Key(looked).U64(from),
      [&looks](const std::string& key, const std::string& /*nothing*/) {
        looks.push_back(state::ReadBigEndian(key, key.size() - kPositionBytes, kPositionBytes));
        if (looks.size() > kLastPackLooksMax) looks.pop_front();
        return true;
      });
  for (auto look = looks.rbegin(); look != looks.rend(); ++look) {
    bool its_post = false;
    std::int64_t pack_ms = 0;
    ReadDetails(*look, view, [&](const stored::v1::Detail& detail, const audit::Leaf& leaf) {
      its_post = its_post || (detail.has_actor() && detail.actor().post() == post);
      if (detail.has_consulted() && detail.consulted().case_id() == case_id->Bytes() &&
          detail.consulted().kind() == stored::v1::CONSULTATION_KIND_CASE_PACK) {
        pack_ms = leaf.stamp_ms;
      }
    });
    if (its_post && pack_ms != 0) return pack_ms;
  }
  return 0;
}

}  // namespace tearline::rpc
