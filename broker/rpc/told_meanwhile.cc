#include "broker/rpc/told_meanwhile.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "broker/machine/audit_scope.h"
#include "broker/machine/feed_name.h"
#include "broker/machine/identity.h"
#include "broker/machine/judge.h"
#include "broker/machine/permission.h"
#include "broker/machine/rows.h"
#include "broker/machine/silence.h"
#include "broker/model/ids.h"
#include "broker/rpc/case_then.h"
#include "broker/rpc/event_trail.h"
#include "broker/rpc/form.h"
#include "broker/rpc/server_limits.h"
#include "broker/status/invariant.h"

namespace tearline::rpc {
namespace {

using google::protobuf::util::TimeUtil;
using state::Key;
using state::Table;
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
struct Given {
  Given(const std::string& event_id, const std::string& post) : times(event_id, post) {}

  PostTimes times;
  std::int64_t released_ms = 0;  ///< First of that time; 0 if nothing was.
  v1::Level level = v1::LEVEL_UNSPECIFIED;
};

/// The rows of one wrong merge.
class Meanwhile {
 public:
  Meanwhile(const stored::v1::Parted& parted, const state::Reader& view)
      : parted_(parted), view_(view) {}

  /// Adds who was given an event about `nominal_id`; `side` are the nominals that were that person
  /// when the two had parted.
  void Add(const std::string& event_id, const std::string& nominal_id,
           const std::set<std::string>& side, v1::ToldMeanwhileResponse& response) {
    std::map<std::string, Given> all = GivenOf(event_id);
    if (all.empty()) return;
    const auto event = view_.Find<stored::v1::EventRow>(machine::EventKey(event_id));
    TEARLINE_INVARIANT(event.has_value(), "an event that is indexed is kept");
    for (const auto& [post, given] : all) {
      if (given.released_ms == 0) continue;
      v1::ToldMeanwhileRow& row = *response.add_rows();
      row.set_event_id(model::EventId::FromBytes(event_id)->Text());
      row.set_event_type(event->publish().event_type());
      row.set_nominal_id(model::NominalId::FromBytes(nominal_id)->Text());
      row.set_post(post);
      row.set_level(given.level);
      *row.mutable_released_at() = TimeOf(given.released_ms);
      if (given.times.acknowledged_ms != 0) {
        *row.mutable_acknowledged_at() = TimeOf(given.times.acknowledged_ms);
      }
      if (given.times.read_ms != 0) *row.mutable_read_at() = TimeOf(given.times.read_ms);
      row.set_in_doubt(!IsOfCase(post, side, given.released_ms));
    }
  }

 private:
  bool IsMeanwhile(std::int64_t ms) const {
    return parted_.merged_ms() <= ms && ms <= parted_.parted_ms();
  }

  /// Whoever was let have the event at all, and may have been meanwhile.
  std::map<std::string, Given> GivenOf(const std::string& event_id) {
    constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();  // all who received it
    std::map<std::string, Given> all;
    const Key told = Key(Table::kLetGo).Fixed(event_id);
    const std::size_t name_at = told.bytes().size();
    for (const auto& [key, bytes] : view_.Scan(told, kAll)) {
      stored::v1::LetGoRow row;
      TEARLINE_INVARIANT(row.ParseFromString(bytes), "a state row parses as its message");
      if (row.first_released_ms() > parted_.parted_ms()) continue;
      const std::string post = key.substr(name_at, key.size() - name_at - 1);  // no closing zero
      all.try_emplace(post, event_id, post);
    }
    if (all.empty()) return all;
    ReadTrail(event_id, view_, [&](const auto& detail, const audit::Leaf& leaf) {
      for (auto& [post, given] : all) given.times.Visit(detail, leaf);
      const stored::v1::ReleasedDetail& released = detail.released();
      if (!detail.has_released() || released.event_id() != event_id) return;
      const auto found = all.find(machine::PostOfFeed(released.feed()));
      if (found == all.end() || !IsMeanwhile(leaf.stamp_ms)) return;
      Given& given = found->second;
      if (given.released_ms == 0) given.released_ms = leaf.stamp_ms;
      given.level = std::max(given.level, released.level());
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

  const stored::v1::Parted parted_;
  const state::Reader& view_;
};

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

/// Reads the page that begins at `place`.
void ReadPage(const std::map<std::string, std::set<std::string>>& sides, const Place& place,
              std::size_t page_size, const stored::v1::Parted& parted,
              const std::string& not_withheld_from, const state::Reader& view,
              v1::ToldMeanwhileResponse& response) {
  Meanwhile meanwhile(parted, view);
  std::size_t looked = 0;
  for (auto each = sides.lower_bound(place.nominal_id); each != sides.end(); ++each) {
    const auto& [nominal_id, side] = *each;
    const Key all = Key(Table::kEventOfNominal).Fixed(nominal_id);
    const std::string from = nominal_id == place.nominal_id ? place.position : std::string();
    for (const auto& [key, event_id] : view.Scan(all, Key(all).Fixed(from), page_size + 1)) {
      if (looked++ == page_size) {
        response.set_next_page_token(WritePageToken(nominal_id + key.substr(key.size() - 8)));
        return;
      }
      if (!not_withheld_from.empty() && machine::IsWithheld(event_id, not_withheld_from, view)) {
        continue;
      }
      meanwhile.Add(event_id, nominal_id, side, response);
    }
  }
}

}  // namespace

Result<Looked> ToldMeanwhile(const v1::ToldMeanwhileRequest& request,
                             const stored::v1::Actor& actor, const state::Reader& view,
                             v1::ToldMeanwhileResponse& response) {
  const auto removed = ReadId<model::NominalId>(request.removed_id(), "removed_id");
  if (!removed.ok()) return removed.status();
  const auto other = ReadId<model::NominalId>(request.other_id(), "other_id");
  if (!other.ok()) return other.status();
  const Result<std::size_t> page_size = ReadPageSize(request.page_size());
  if (!page_size.ok()) return page_size.status();
  const Result<Place> place = ReadPlace(request.page_token());
  if (!place.ok()) return place.status();

  const auto parted = PartingOf(removed->Bytes(), other->Bytes(), view);
  Looked looked;
  looked.consulted.set_kind(stored::v1::CONSULTATION_KIND_KNOWN_AT);
  looked.consulted.set_nominal_id(removed->Bytes());
  looked.consulted.set_at_ms(parted ? parted->parted_ms() : 1);
  TEARLINE_RETURN_IF_REFUSED(machine::CheckConsult(looked.consulted, actor, view));
  const bool auditor = machine::HasRole(actor, v1::POST_ROLE_AUDITOR, view);
  if (!parted || (auditor && !machine::MayAskOfNominal(other->Bytes(), actor, view))) {
    return Refuse(v1::ERROR_REASON_NOT_FOUND,
                  "no such two that were merged and parted, and that this post may ask about");
  }

  std::map<std::string, std::set<std::string>> sides;
  for (const std::string& id : {removed->Bytes(), other->Bytes()}) {
    const std::set<std::string> side = machine::SamePersonAt(id, parted->parted_ms(), view);
    for (const std::string& each : side) sides.emplace(each, side);
  }
  *response.mutable_merged_at() = TimeOf(parted->merged_ms());
  *response.mutable_parted_at() = TimeOf(parted->parted_ms());
  ReadPage(sides, *place, *page_size, *parted, auditor ? std::string() : actor.post(), view,
           response);
  return looked;
}

}  // namespace tearline::rpc
