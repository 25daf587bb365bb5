#include "broker/rpc/case_feed.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <limits>
#include <utility>

#include "broker/machine/consultation.h"
#include "broker/machine/identity.h"
#include "broker/machine/rows.h"
#include "broker/machine/since.h"
#include "broker/machine/trail.h"
#include "broker/rpc/event_trail.h"
#include "broker/rpc/server_limits.h"
#include "broker/state/each_row.h"
#include "broker/status/invariant.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::rpc {
namespace {

using google::protobuf::util::TimeUtil;
using state::Key;

constexpr std::size_t kPositionBytes = 8;
/// Where nothing more is to be shown of an event in a stretch.
constexpr model::Position kNever = std::numeric_limits<model::Position>::max();

std::string PositionText(model::Position position) {
  return Key(state::Table::kTrailOfNominal).U64(position).bytes().substr(1);  // without the table
}

/// Where what a merge at `joined` makes the person's stands among the rows: after all else that
/// this record did, by nominal.
std::string PastOf(const std::string& nominal_id, model::Position joined) {
  return PositionText(joined) + std::string(model::EventId::kBytes, '\xff') + nominal_id;
}

}  // namespace

CaseFeed::CaseFeed(std::string post, LogStretch stretch, PassedOver before)
    : post_(std::move(post)),
      stretch_(stretch),
      place_(PositionText(stretch.after + 1)),
      passed_over_(std::move(before)) {
  for (const auto& [event_id, passed] : passed_over_) retry_.insert(event_id);
}

/// Rows of one nominal from the place on, as position and event id; of what became the person's
/// within the stretch, those from that record on.
std::vector<std::string> CaseFeed::Rows(const std::string& nominal_id, model::Position joined,
                                        const state::Reader& view, std::size_t rows_max) const {
  const Key all = machine::TrailOfNominal(nominal_id);
  const std::size_t at = all.bytes().size();
  const std::string from = std::max(place_, PositionText(joined));
  std::vector<std::string> rows;
  for (const auto& [key, nothing] : view.Scan(all, Key(all).Fixed(from), rows_max)) {
    rows.push_back(key.substr(at));
  }
  return rows;
}

/// The rows before it, each after the place at which a merge made it the person's.
std::vector<std::string> CaseFeed::Past(const std::string& nominal_id, model::Position joined,
                                        const state::Reader& view, std::size_t rows_max) const {
  const std::string past = PastOf(nominal_id, joined);
  const bool within = place_.starts_with(past);
  if (!within && place_ > past) return {};
  const Key all = machine::TrailOfNominal(nominal_id);
  const std::size_t at = all.bytes().size();
  const std::string from = within ? place_.substr(past.size()) : std::string();
  std::vector<std::string> rows;
  for (const auto& [key, nothing] : view.Scan(all, Key(all).Fixed(from), rows_max)) {
    if (state::ReadBigEndian(key, at, kPositionBytes) >= joined) break;
    rows.push_back(past + key.substr(at));
  }
  return rows;
}

std::vector<v1::CaseFeedEntry> CaseFeed::Next(const v1::Case& its_case, const state::Reader& view,
                                              std::size_t entries_max, std::size_t rows_max) {
  std::vector<v1::CaseFeedEntry> entries;
  while (!retry_.empty()) {
    if (entries.size() == entries_max) return entries;
    const std::string event_id = *retry_.begin();
    retry_.erase(retry_.begin());
    if (auto entry = LookAgain(event_id, its_case, view)) entries.push_back(*std::move(entry));
  }
  const Result<model::NominalId> nominal_id = model::NominalId::Parse(its_case.nominal_id());
  TEARLINE_INVARIANT(nominal_id.ok(), "a case's nominal has an id");
  std::map<std::string, model::Position> rows;  // with the merge that joined their nominal
  std::optional<std::string> read_until;        // beyond it some nominal's rows are not read yet
  const auto add = [&](const std::vector<std::string>& found, model::Position joined) {
    for (const std::string& row : found) {
      const auto [at, is_new] = rows.emplace(row, joined);
      if (!is_new) at->second = std::min(at->second, joined);
    }
    if (found.size() < rows_max) return;
    read_until = read_until ? std::min(*read_until, found.back()) : found.back();
  };
  for (const std::string& id : machine::SamePerson(nominal_id->Bytes(), view)) {
    const model::Position joined = machine::JoinedAt(id, nominal_id->Bytes(), view);
    const bool meanwhile = joined > stretch_.after && joined <= stretch_.until;
    add(Rows(id, meanwhile ? joined : 0, view, rows_max), meanwhile ? joined : 0);
    if (meanwhile) add(Past(id, joined, view, rows_max), joined);
  }
  for (const auto& [row, joined] : rows) {
    if (state::ReadBigEndian(row, 0, kPositionBytes) > stretch_.until) {
      done_ = true;
      return entries;
    }
    if (entries.size() == entries_max || (read_until && row > *read_until)) return entries;
    place_ = row + '\0';  // the next key there can be
    if (auto entry = Look(row, joined, its_case, view)) entries.push_back(*std::move(entry));
  }
  done_ = !read_until;
  return entries;
}

/// What a record shows of an event, if it is the first that shows anything. `joined` is the merge
/// within the stretch that made its nominal the person's, 0 for none.
std::optional<v1::CaseFeedEntry> CaseFeed::Look(const std::string& row, model::Position joined,
                                                const v1::Case& its_case,
                                                const state::Reader& view) {
  const model::Position position = state::ReadBigEndian(row, 0, kPositionBytes);
  const std::string event_id = row.substr(row.size() - model::EventId::kBytes);
  const auto known = due_.find(event_id);
  if (known != due_.end() && position < known->second) return std::nullopt;
  auto change = ReadCaseFeedEntry(event_id, post_, its_case, stretch_, view, joined);
  const bool later = change && position < change->first;
  SetDue(event_id, later ? change->first : kNever);
  if (!change || later) return std::nullopt;
  if (change->passed_over) {
    passed_over_.try_emplace(event_id, Passed{change->first, joined});
    return std::nullopt;
  }
  passed_over_.erase(event_id);
  GoOnNoLaterThanPassedOver(change->entry, view);
  return std::move(change->entry);
}

/// An event that an earlier stretch passed over, as it is now.
std::optional<v1::CaseFeedEntry> CaseFeed::LookAgain(const std::string& event_id,
                                                     const v1::Case& its_case,
                                                     const state::Reader& view) {
  const Passed passed = passed_over_.at(event_id);
  auto change = ReadCaseFeedEntry(event_id, post_, its_case, {passed.first - 1, stretch_.until},
                                  view, passed.joined);
  SetDue(event_id, kNever);  // as it is shown, or passed over, it is up to the stretch's end
  if (change && change->passed_over) return std::nullopt;
  passed_over_.erase(event_id);
  if (!change) return std::nullopt;
  GoOnNoLaterThanPassedOver(change->entry, view);
  return std::move(change->entry);
}

/// Whoever goes on after an entry comes to what was passed over before it, too.
void CaseFeed::GoOnNoLaterThanPassedOver(v1::CaseFeedEntry& entry,
                                         const state::Reader& view) const {
  std::int64_t ms = TimeUtil::TimestampToMilliseconds(entry.go_on_from());
  for (const auto& [event_id, passed] : passed_over_) {
    ms = std::min(ms, machine::StampOf(passed.first, view));
  }
  *entry.mutable_go_on_from() = TimeUtil::MillisecondsToTimestamp(ms);
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
  retry_before_ = retry_;
  passed_over_before_ = passed_over_;
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
  retry_ = retry_before_;
  passed_over_ = passed_over_before_;
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
