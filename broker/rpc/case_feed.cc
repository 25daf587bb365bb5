#include "broker/rpc/case_feed.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <chrono>
#include <map>
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

  bool changed_within() const { return changed_within_; }
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
    changed_within_ = changed_within_ || leaf.position > stretch_.after;
  }

  const std::string event_id_;
  const LogStretch stretch_;
  const std::string post_;
  PostTimes own_;
  std::map<std::string, PostTimes> others_;
  bool changed_within_ = false;
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

std::optional<v1::CaseFeedEntry> ReadCaseFeedEntry(const std::string& event_id,
                                                   const std::string& post,
                                                   const v1::Case& its_case,
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
  if (!story.changed_within() || ended != (story.taken_back_ms() != 0)) return std::nullopt;

  v1::CaseFeedEntry entry;
  SetTime(story.changed_ms(), entry.mutable_changed_at());
  SetTime(let_go->first_released_ms(), entry.mutable_released_at());
  if (ended) {
    entry.mutable_event()->set_event_id(model::EventId::FromBytes(event_id)->Text());
    SetTime(story.taken_back_ms(), entry.mutable_taken_back_at());
    return entry;
  }
  *entry.mutable_event() = ShowEvent(*event, *let_go, view);
  entry.mutable_event()->clear_signature();  // Nothing it could be held against is told here.
  ShowCircumstances(*event, story, entry);
  ShowPanel(story, entry);
  return entry;
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
  began_at_ = place_;
  shown_last_.clear();
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
    std::string event_id = row.substr(kPositionBytes);
    if (shown_.count(event_id) != 0) continue;
    if (auto entry = ReadCaseFeedEntry(event_id, post_, its_case, stretch_, view)) {
      entries.push_back(*std::move(entry));
    }
    shown_.insert(event_id);
    shown_last_.push_back(std::move(event_id));
  }
  done_ = !read_until;
  return entries;
}

void CaseFeed::TakeBack() {
  place_ = began_at_;
  done_ = false;
  for (const std::string& event_id : shown_last_) shown_.erase(event_id);
  shown_last_.clear();
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
  std::vector<model::Position> looks;
  for (const auto& [key, nothing] : view.Scan(looked, Key(looked).U64(from), kPageRowsMax)) {
    looks.push_back(state::ReadBigEndian(key, key.size() - kPositionBytes, kPositionBytes));
  }
  const std::size_t oldest = looks.size() - std::min(looks.size(), kLastPackLooksMax);
  for (std::size_t i = looks.size(); i > oldest; --i) {
    bool its_post = false;
    std::int64_t pack_ms = 0;
    ReadDetails(looks[i - 1], view, [&](const stored::v1::Detail& detail, const audit::Leaf& leaf) {
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
