#include "broker/rpc/known_at.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "broker/machine/feed_name.h"
#include "broker/machine/identity.h"
#include "broker/machine/moved_booking.h"
#include "broker/machine/rows.h"
#include "broker/model/ids.h"
#include "broker/model/name.h"
#include "broker/rpc/case_then.h"
#include "broker/rpc/event_trail.h"
#include "broker/rpc/form.h"
#include "broker/rpc/known_words.h"
#include "broker/rpc/server_limits.h"
#include "broker/status/invariant.h"

namespace tearline::rpc {
namespace {

using google::protobuf::util::TimeUtil;
using state::Key;
using state::Table;
using stored::v1::CaseRow;
using stored::v1::EventRow;

/// Whom the question is about.
struct Whom {
  std::set<std::string> posts;  ///< These, judged for or not.
  std::string agency;           ///< And every post of this agency that was judged for; "" for none.
};

google::protobuf::Timestamp TimeOf(std::int64_t ms) {
  return TimeUtil::MillisecondsToTimestamp(ms);
}

/// Who sat on the person's panel, and who was answerable that it was told.
std::set<std::string> PanelThen(const std::set<std::string>& nominals, std::int64_t at_ms,
                                const state::Reader& view) {
  std::set<std::string> posts;
  for (const std::string& id : nominals) {
    const std::string case_id = CaseIdThen(id, at_ms, view);
    if (case_id.empty()) continue;
    const std::optional<CaseRow> then = CaseThen(case_id, at_ms, view);
    if (!then || then->ended_ms() != 0) continue;
    for (const v1::Seat& seat : then->case_().seats()) posts.insert(seat.post());
    if (!then->case_().accountable_post().empty()) posts.insert(then->case_().accountable_post());
  }
  return posts;
}

/// What the leaves up to some time say of one event, post by post.
class Known {
 public:
  Known(std::string event_id, const Whom& whom, std::int64_t at_ms)
      : event_id_(std::move(event_id)), whom_(whom), at_ms_(at_ms) {
    for (const std::string& post : whom.posts) At(post);
  }

  void Visit(const stored::v1::Detail& detail, const audit::Leaf& leaf) {
    if (leaf.stamp_ms > at_ms_) return;
    const stored::v1::DecisionDetail& decision = detail.decision();
    if (decision.event_id() == event_id_ && IsAskedAbout(decision.post())) {
      v1::KnownTo& row = At(decision.post()).row;
      row.set_decided(decision.level());
      row.set_duty(decision.duty());
      row.set_shortfall(decision.shortfall());
      *row.mutable_decided_at() = TimeOf(leaf.stamp_ms);
    }
    for (auto& [name, each] : posts_) each.times.Visit(detail, leaf);
  }

  void Fill(v1::KnownEvent& event) && {
    for (auto& [post, each] : posts_) {
      const PostTimes& times = each.times;
      if (times.released_ms != 0) *each.row.mutable_released_at() = TimeOf(times.released_ms);
      if (times.anew_ms() != 0) *each.row.mutable_released_anew_at() = TimeOf(times.anew_ms());
      if (times.last().acknowledged_ms != 0) {
        *each.row.mutable_acknowledged_at() = TimeOf(times.last().acknowledged_ms);
      }
      if (times.last().read_ms != 0) *each.row.mutable_read_at() = TimeOf(times.last().read_ms);
      if (times.read_before_ms() != 0) {
        *each.row.mutable_read_before_at() = TimeOf(times.read_before_ms());
      }
      each.row.set_level(times.last().level);
      each.row.set_sentence(KnownToSentence(each.row, times.taken_back_ms() != 0));
      *event.add_known_to() = std::move(each.row);
    }
  }

 private:
  struct Post {
    v1::KnownTo row;
    PostTimes times;
  };

  bool IsAskedAbout(const std::string& post) const {
    return whom_.posts.contains(post) ||
           (!post.empty() && machine::AgencyOfPost(post) == whom_.agency);
  }
  Post& At(const std::string& post) {
    auto [found, made] = posts_.try_emplace(post, Post{{}, PostTimes(event_id_, post)});
    if (made) found->second.row.set_post(post);
    return found->second;
  }

  const std::string event_id_;
  const Whom& whom_;
  const std::int64_t at_ms_;
  std::map<std::string, Post> posts_;
};

/// Whether an event was one of these nominals' then: a booking that was moved since had not been.
bool WasAbout(const EventRow& event, const std::set<std::string>& nominals, std::int64_t at_ms) {
  const std::vector<std::string> then = machine::NominalsAt(event, at_ms);
  return std::any_of(then.begin(), then.end(),
                     [&nominals](const std::string& id) { return nominals.contains(id); });
}

/// An event about the person; nothing if it had not occurred by then, or was another's.
std::optional<v1::KnownEvent> KnownOf(const std::string& event_id,
                                      const std::set<std::string>& nominals, const Whom& whom,
                                      std::int64_t at_ms, const state::Reader& view) {
  const auto row = view.Find<EventRow>(machine::EventKey(event_id));
  TEARLINE_INVARIANT(row.has_value(), "an event that is indexed is kept");
  if (row->accepted_ms() > at_ms && row->publish().occurred_ms() > at_ms) return std::nullopt;
  if (!WasAbout(*row, nominals, at_ms)) return std::nullopt;
  v1::KnownEvent event;
  event.set_event_id(model::EventId::FromBytes(event_id)->Text());
  event.set_event_type(row->publish().event_type());
  event.set_originating_agency(row->publish().originating_agency());
  event.set_answering_post(row->answering_post());
  *event.mutable_occurred_at() = TimeOf(row->publish().occurred_ms());
  if (row->publish().published_ms() != 0) {
    *event.mutable_published_at() = TimeOf(row->publish().published_ms());
  }
  *event.mutable_accepted_at() = TimeOf(row->accepted_ms());
  event.set_sentence(KnownEventSentence(event, row->accepted_ms() > at_ms));
  if (row->accepted_ms() > at_ms) return event;
  Known known(event_id, whom, at_ms);
  ReadTrail(event_id, view,
            [&](const auto& detail, const auto& leaf) { known.Visit(detail, leaf); });
  std::move(known).Fill(event);
  return event;
}

/// Reads the page that begins at the place of `token`: of the nominals that were the person then,
/// in the order of the ledger.
Status ReadPage(const v1::KnownAtRequest& request, const std::set<std::string>& nominals,
                const Whom& whom, std::int64_t at_ms, const state::Reader& view,
                v1::KnownAtResponse& response) {
  const Result<std::size_t> page_size = ReadPageSize(request.page_size());
  if (!page_size.ok()) return page_size.status();
  const Result<std::string> place = ReadPageToken(request.page_token());
  if (!place.ok()) return place.status();
  std::map<std::string, std::string> events;  // by position, 8 bytes
  for (const std::string& id : nominals) {
    const Key all = Key(Table::kEventOfNominal).Fixed(id);
    for (const auto& [key, event_id] : view.Scan(all, Key(all).Fixed(*place), kPageRowsMax + 1)) {
      events.emplace(key.substr(key.size() - 8), event_id);
    }
  }
  std::size_t looked = 0;
  for (const auto& [position, event_id] : events) {
    if (looked++ == kPageRowsMax ||
        static_cast<std::size_t>(response.events_size()) == *page_size) {
      response.set_next_page_token(WritePageToken(position));
      return {};
    }
    if (auto event = KnownOf(event_id, nominals, whom, at_ms, view)) {
      *response.add_events() = *std::move(event);
    }
  }
  return {};
}

}  // namespace

Result<Looked> KnownAt(const v1::KnownAtRequest& request, const stored::v1::Actor& actor,
                       const state::Reader& view, std::int64_t now_ms,
                       v1::KnownAtResponse& response) {
  const auto nominal_id = ReadId<model::NominalId>(request.nominal_id(), "nominal_id");
  if (!nominal_id.ok()) return nominal_id.status();
  const Result<std::int64_t> at_ms = ReadPastTime(request.at(), "at", now_ms);
  if (!at_ms.ok()) return at_ms.status();
  Looked looked;
  looked.consulted.set_kind(stored::v1::CONSULTATION_KIND_KNOWN_AT);
  looked.consulted.set_nominal_id(nominal_id->Bytes());
  looked.consulted.set_at_ms(*at_ms);
  Whom whom;
  if (request.who_case() == v1::KnownAtRequest::kPost) {
    TEARLINE_RETURN_IF_REFUSED(model::CheckPostName(request.post(), "post"));
    looked.consulted.set_post(request.post());
    whom.posts.insert(request.post());
  } else if (request.who_case() == v1::KnownAtRequest::kAgency) {
    TEARLINE_RETURN_IF_REFUSED(model::CheckName(request.agency(), "agency"));
    looked.consulted.set_agency(request.agency());
    whom.agency = request.agency();
  } else if (!request.panel()) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                  "one of `panel`, `post` and `agency` must say who is asked about");
  }
  TEARLINE_RETURN_IF_REFUSED(machine::CheckConsult(looked.consulted, actor, view));
  const std::set<std::string> nominals = machine::SamePersonAt(nominal_id->Bytes(), *at_ms, view);
  if (request.panel()) {
    whom.posts = PanelThen(nominals, *at_ms, view);
    for (const std::string& post : whom.posts) response.add_panel_posts(post);
  }
  TEARLINE_RETURN_IF_REFUSED(ReadPage(request, nominals, whom, *at_ms, view, response));
  return looked;
}

}  // namespace tearline::rpc
