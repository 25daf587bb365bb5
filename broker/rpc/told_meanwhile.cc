#include "broker/rpc/told_meanwhile.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "broker/machine/audit_scope.h"
#include "broker/machine/feed_name.h"
#include "broker/machine/identity.h"
#include "broker/machine/judge.h"
#include "broker/machine/moved_booking.h"
#include "broker/machine/obligation_row.h"
#include "broker/machine/permission.h"
#include "broker/machine/rows.h"
#include "broker/machine/silence.h"
#include "broker/model/ids.h"
#include "broker/rpc/case_then.h"
#include "broker/rpc/event_trail.h"
#include "broker/rpc/form.h"
#include "broker/rpc/server_limits.h"
#include "broker/state/each_row.h"
#include "broker/status/invariant.h"

namespace tearline::rpc {
namespace {

using google::protobuf::util::TimeUtil;
using state::Key;
using state::Table;
using stored::v1::EventRow;
using stored::v1::NominalRow;

google::protobuf::Timestamp TimeOf(std::int64_t ms) {
  return TimeUtil::MillisecondsToTimestamp(ms);
}

/// The parting of two nominals, as `nominal_id` remembers it.
std::optional<stored::v1::Parted> PartingOf(const std::string& nominal_id,
                                            const std::string& other_id,
                                            const state::Reader& view) {
  const auto row = view.Find<NominalRow>(machine::NominalKey(nominal_id));
  if (!row) return std::nullopt;
  const auto& all = row->parted();
  const auto found = std::find_if(all.begin(), all.end(), [&other_id](const auto& each) {
    return each.nominal_id() == other_id;
  });
  return found == all.end() ? std::nullopt : std::optional(*found);
}

/// What one post was given of one event between two times, as the event's trail is read.
class Given {
 public:
  Given(const std::string& event_id, const std::string& post) : times_(event_id, post) {}

  void Visit(const stored::v1::Detail& detail, const audit::Leaf& leaf) {
    times_.Visit(detail, leaf);
  }
  /// It was let go within that time. To be called after Visit.
  void LetGo(v1::Level let_go, std::int64_t ms) {
    if (released_ms == 0) released_ms = ms;
    level = std::max(level, let_go);
    first_ms_.try_emplace(times_.all().size() - 1, ms);
  }
  /// When it was acknowledged, or read, first: of what was let go within that time, not of what had
  /// been before, nor of what was let go in its place later.
  std::int64_t AcknowledgedMs() const { return First(&PostTimes::LettingGo::acknowledged_ms); }
  std::int64_t ReadMs() const { return First(&PostTimes::LettingGo::read_ms); }

  std::int64_t released_ms = 0;  ///< First of that time; 0 if nothing was.
  v1::Level level = v1::LEVEL_UNSPECIFIED;

 private:
  std::int64_t First(std::int64_t PostTimes::LettingGo::*time) const {
    std::int64_t first = 0;
    for (const auto& [place, from_ms] : first_ms_) {
      const std::int64_t ms = times_.all()[place].*time;
      if (ms >= from_ms && (first == 0 || ms < first)) first = ms;
    }
    return first;
  }

  PostTimes times_;
  /// When each was let go within that time first, by place in PostTimes::all.
  std::map<std::size_t, std::int64_t> first_ms_;
};

/// From when and until when something was told by mistake, both included; ms since 1970.
struct Span {
  std::int64_t from_ms = 0;
  std::int64_t until_ms = 0;
};

/// The rows of one wrong merge, or of what was moved from one nominal to another.
class Meanwhile {
 public:
  explicit Meanwhile(const state::Reader& view) : view_(view) {}

  /// Adds who was given an event about `nominal_id` in a span; `side` are the nominals that are
  /// that person. `moved_ms` is when it became that one's; 0 if it always was.
  void Add(const EventRow& event, const std::string& nominal_id, const std::set<std::string>& side,
           const Span& span, std::int64_t moved_ms, v1::ToldMeanwhileResponse& response) {
    const std::string& event_id = event.publish().event_id();
    for (const auto& [post, given] : GivenOf(event_id, span)) {
      if (given.released_ms == 0) continue;
      v1::ToldMeanwhileRow& row = *response.add_rows();
      row.set_event_id(model::EventId::FromBytes(event_id)->Text());
      row.set_event_type(event.publish().event_type());
      row.set_nominal_id(model::NominalId::FromBytes(nominal_id)->Text());
      row.set_post(post);
      row.set_level(given.level);
      *row.mutable_released_at() = TimeOf(given.released_ms);
      const std::int64_t acknowledged_ms = given.AcknowledgedMs();
      if (acknowledged_ms != 0) *row.mutable_acknowledged_at() = TimeOf(acknowledged_ms);
      const std::int64_t read_ms = given.ReadMs();
      if (read_ms != 0) *row.mutable_read_at() = TimeOf(read_ms);
      row.set_in_doubt(!IsOfCase(post, side, given.released_ms));
      if (moved_ms != 0) *row.mutable_moved_at() = TimeOf(moved_ms);
    }
  }

 private:
  /// Whoever was let have the event at all, and may have been in the span.
  std::map<std::string, Given> GivenOf(const std::string& event_id, const Span& span) {
    constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();  // all who received it
    std::map<std::string, Given> all;
    const Key told = Key(Table::kLetGo).Fixed(event_id);
    const std::size_t name_at = told.bytes().size();
    for (const auto& [key, bytes] : view_.Scan(told, kAll)) {
      stored::v1::LetGoRow row;
      TEARLINE_INVARIANT(row.ParseFromString(bytes), "a state row parses as its message");
      if (row.first_released_ms() > span.until_ms) continue;
      const std::string post = key.substr(name_at, key.size() - name_at - 1);  // no closing zero
      all.try_emplace(post, event_id, post);
    }
    if (all.empty()) return all;
    ReadTrail(event_id, view_, [&](const auto& detail, const audit::Leaf& leaf) {
      for (auto& [post, given] : all) given.Visit(detail, leaf);
      const stored::v1::ReleasedDetail& released = detail.released();
      if (!detail.has_released() || released.event_id() != event_id) return;
      const auto found = all.find(machine::PostOfFeed(released.feed()));
      if (found == all.end() || leaf.stamp_ms < span.from_ms || leaf.stamp_ms > span.until_ms) {
        return;
      }
      found->second.LetGo(released.level(), leaf.stamp_ms);
    });
    return all;
  }

  bool IsOfCase(const std::string& post, const std::set<std::string>& side, std::int64_t at_ms) {
    return std::any_of(side.begin(), side.end(), [&](const std::string& id) {
      const std::string case_id = CaseIdThen(id, at_ms, view_);
      if (case_id.empty()) return false;
      const auto then = CaseThen(case_id, at_ms, view_);
      return then && machine::PostsOfCase(*then).contains(post);
    });
  }

  const state::Reader& view_;
};

/// The records that moved something from a nominal of which a post owes the review. Where a booking
/// went that another reviews is not for it to know.
std::set<model::Position> MovesToReview(const std::string& from_id, const std::string& post,
                                        const state::Reader& view) {
  std::set<model::Position> records;
  state::ForEachRow(view, machine::OpenAbout(from_id), [&](const auto&, const auto& id) {
    const auto open = view.Find<stored::v1::ObligationRow>(machine::ObligationKey(id));
    if (!open || open->type() != v1::OBLIGATION_TYPE_REVIEW_UNMERGE ||
        open->reason() != v1::RULE_REASON_BOOKING_MOVED || open->debtor_post() != post) {
      return true;
    }
    state::ForEachRow(view, machine::ObligationTrailKey(id), [&](const auto& key, const auto&) {
      records.insert(state::ReadBigEndian(key, key.size() - 8, 8));
      return true;
    });
    return true;
  });
  return records;
}

/// When an event was moved last from the one nominal to the other, ms; 0 if it never was. By one of
/// these records, unless null.
std::int64_t MovedMs(const EventRow& event, const std::string& from_id, const std::string& to_id,
                     const std::set<model::Position>* records) {
  std::int64_t moved_ms = 0;
  for (const stored::v1::EventMove& move : event.moves()) {
    if (records != nullptr && !records->contains(move.position())) continue;
    const std::vector<std::string> then = machine::NominalsAt(event, move.moved_ms());
    if (move.from_id() == from_id && then.at(move.place()) == to_id) moved_ms = move.moved_ms();
  }
  return moved_ms;
}

/// Where a page goes on: a nominal, 16 bytes, and a position, 8.
struct Place {
  std::string nominal_id;
  std::string position;
};

Result<Place> ReadPlace(const std::string& token) {
  const Result<std::string> place = ReadPageToken(token);
  if (!place.ok()) return place.status();
  const std::size_t split = std::min(place->size(), model::NominalId::kBytes);
  return Place{place->substr(0, split), place->substr(split)};
}

/// What is asked, and of whom it is shown.
struct Asked {
  Place place;
  std::size_t page_size = 0;
  std::string debtor;  ///< A post that must review it: shown no more than that; "" for all.
};

/// Visits the events of the nominals' indexes from a place on, a page of them; `visit` may add
/// rows.
template <typename Nominals, typename Visit>
void ReadPage(const Nominals& nominals, const Asked& asked, const state::Reader& view, Visit visit,
              v1::ToldMeanwhileResponse& response) {
  std::size_t looked = 0;
  for (auto each = nominals.lower_bound(asked.place.nominal_id); each != nominals.end(); ++each) {
    const std::string& nominal_id = each->first;
    const Key all = Key(Table::kEventOfNominal).Fixed(nominal_id);
    const std::string from =
        nominal_id == asked.place.nominal_id ? asked.place.position : std::string();
    for (const auto& [key, event_id] : view.Scan(all, Key(all).Fixed(from), asked.page_size + 1)) {
      if (looked++ == asked.page_size) {
        response.set_next_page_token(WritePageToken(nominal_id + key.substr(key.size() - 8)));
        return;
      }
      if (!asked.debtor.empty() && machine::IsWithheld(event_id, asked.debtor, view)) continue;
      const auto event = view.Find<EventRow>(machine::EventKey(event_id));
      TEARLINE_INVARIANT(event.has_value(), "an event that is indexed is kept");
      visit(*event, nominal_id, each->second);
    }
  }
}

/// Nominals, and those that are the same person as each.
using Sides = std::map<std::string, std::set<std::string>>;

void ReadMerged(const std::string& removed, const std::string& other,
                const stored::v1::Parted& parted, const Asked& asked, const state::Reader& view,
                v1::ToldMeanwhileResponse& response) {
  Sides sides;
  for (const std::string& id : {removed, other}) {
    const std::set<std::string> side = machine::SamePersonAt(id, parted.parted_ms(), view);
    for (const std::string& each : side) sides.emplace(each, side);
  }
  *response.mutable_merged_at() = TimeOf(parted.merged_ms());
  *response.mutable_parted_at() = TimeOf(parted.parted_ms());
  Meanwhile meanwhile(view);
  const auto add = [&](const EventRow& event, const std::string& id, const auto& side) {
    const std::vector<std::string> then = machine::NominalsAt(event, parted.parted_ms());
    if (std::find(then.begin(), then.end(), id) == then.end()) return;  // moved elsewhere
    meanwhile.Add(event, id, side, {parted.merged_ms(), parted.parted_ms()}, 0, response);
  };
  ReadPage(sides, asked, view, add, response);
}

void ReadMoved(const std::string& from_id, const std::string& to_id, const Asked& asked,
               const state::Reader& view, v1::ToldMeanwhileResponse& response) {
  const bool debtor = !asked.debtor.empty();
  if (debtor && machine::IsKeptOutOfPerson(asked.debtor, to_id, view)) return;
  std::set<model::Position> records;
  if (debtor) records = MovesToReview(from_id, asked.debtor, view);
  Meanwhile meanwhile(view);
  const auto add = [&](const EventRow& event, const std::string&, const auto&) {
    const std::int64_t moved_ms = MovedMs(event, from_id, to_id, debtor ? &records : nullptr);
    if (moved_ms == 0) return;
    const std::set<std::string> side = machine::SamePersonAt(to_id, moved_ms, view);
    meanwhile.Add(event, to_id, side, {event.accepted_ms(), moved_ms}, moved_ms, response);
  };
  ReadPage(Sides{{from_id, {from_id}}}, asked, view, add, response);
}

/// The two that are asked about.
struct Two {
  std::string first;   ///< Removed, or left by a booking.
  std::string second;  ///< What it was merged into, or the booking moved to.
  bool moved = false;
};

Result<Two> ReadTwo(const v1::ToldMeanwhileRequest& request) {
  const bool moved = !request.moved_from_id().empty() || !request.moved_to_id().empty();
  if (moved && (!request.removed_id().empty() || !request.other_id().empty())) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                  "either two that were merged, or two of which a booking was moved");
  }
  const auto first = moved ? ReadId<model::NominalId>(request.moved_from_id(), "moved_from_id")
                           : ReadId<model::NominalId>(request.removed_id(), "removed_id");
  if (!first.ok()) return first.status();
  const auto second = moved ? ReadId<model::NominalId>(request.moved_to_id(), "moved_to_id")
                            : ReadId<model::NominalId>(request.other_id(), "other_id");
  if (!second.ok()) return second.status();
  return Two{first->Bytes(), second->Bytes(), moved};
}

}  // namespace

Result<Looked> ToldMeanwhile(const v1::ToldMeanwhileRequest& request,
                             const stored::v1::Actor& actor, const state::Reader& view,
                             v1::ToldMeanwhileResponse& response) {
  const Result<Two> two = ReadTwo(request);
  if (!two.ok()) return two.status();
  const Result<std::size_t> page_size = ReadPageSize(request.page_size());
  if (!page_size.ok()) return page_size.status();
  const Result<Place> place = ReadPlace(request.page_token());
  if (!place.ok()) return place.status();

  const auto parted = PartingOf(two->first, two->second, view);
  Looked looked;
  looked.consulted.set_kind(stored::v1::CONSULTATION_KIND_KNOWN_AT);
  looked.consulted.set_nominal_id(two->first);
  looked.consulted.set_at_ms(parted && !two->moved ? parted->parted_ms() : machine::kOfMovesMs);
  TEARLINE_RETURN_IF_REFUSED(machine::CheckConsult(looked.consulted, actor, view));
  const bool auditor = machine::HasRole(actor, v1::POST_ROLE_AUDITOR, view);
  if ((!two->moved && !parted) ||
      (auditor && !machine::MayAskOfNominal(two->second, actor, view))) {
    return Refuse(v1::ERROR_REASON_NOT_FOUND,
                  "no such two that were merged and parted, and that this post may ask about");
  }
  const Asked asked{*place, *page_size, auditor ? std::string() : actor.post()};
  if (two->moved) {
    ReadMoved(two->first, two->second, asked, view, response);
  } else {
    ReadMerged(two->first, two->second, *parted, asked, view, response);
  }
  return looked;
}

}  // namespace tearline::rpc
