#include "broker/rpc/report_posts.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "broker/machine/audit_scope.h"
#include "broker/machine/hand_over.h"
#include "broker/machine/identity.h"
#include "broker/machine/judge.h"
#include "broker/machine/leave.h"
#include "broker/machine/obligation.h"
#include "broker/machine/permission.h"
#include "broker/machine/rows.h"
#include "broker/machine/selector.h"
#include "broker/machine/supervisor.h"
#include "broker/model/ids.h"
#include "broker/rpc/form.h"
#include "broker/rpc/report_subscription.h"
#include "broker/rpc/server_limits.h"
#include "broker/state/each_row.h"
#include "broker/status/invariant.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::rpc {
namespace {

using google::protobuf::util::TimeUtil;
using state::Key;
using state::Table;

/// Whether what a post leaves undone has somewhere to go: a strategic board is where lines end.
bool HasALine(const v1::Post& post, const state::Reader& view) {
  if (machine::HasRole(post, v1::POST_ROLE_STRATEGIC_BOARD)) return true;
  std::string next = post.escalates_to();
  if (next.empty()) return false;
  for (std::uint32_t steps = 0; steps < machine::kStagesMax; ++steps) {
    const auto row = view.See<stored::v1::PostRow>(machine::PostKey(next));
    if (!row || row->post().escalates_to().empty()) return row != nullptr;
    next = row->post().escalates_to();
  }
  return false;  // a circle
}

v1::ReportedPost Reported(const stored::v1::PostRow& row, std::int64_t now_ms,
                          const state::Reader& view) {
  const v1::Post& post = row.post();
  v1::ReportedPost shown;
  shown.set_post(post.post());
  shown.set_no_holder(post.holder().empty());
  shown.set_no_deputy(machine::StandIn(post).empty());
  shown.set_dead(machine::IsNobodyThere(post.post(), view));
  shown.set_no_line(!HasALine(post, view));
  if (const auto open = machine::HandOverOf(post.post(), view)) {
    *shown.mutable_handed_over_at() = TimeUtil::MillisecondsToTimestamp(open->row.opened_ms());
    shown.set_holders(open->row.count());
    shown.set_past_due(open->row.due_ms() <= now_ms);
  }
  if (row.has_leave()) {
    *shown.mutable_away_from() = TimeUtil::MillisecondsToTimestamp(row.leave().from_ms());
    *shown.mutable_away_until() = TimeUtil::MillisecondsToTimestamp(row.leave().until_ms());
  }
  return shown;
}

bool WantsSomething(const v1::ReportedPost& post) {
  return post.no_holder() || post.no_deputy() || post.no_line() || post.dead() ||
         post.has_handed_over_at() || post.has_away_from();
}

/// Whether some post hears of what is published about a nominal that nobody supervises.
bool IsWatched(const std::string& nominal_id, const state::Reader& view) {
  const auto its_case = machine::CaseOfNominal(nominal_id, view);
  const std::vector<std::string> person = machine::SamePerson(nominal_id, view);
  return (its_case && !machine::PostsOfCase(*its_case).empty()) ||
         std::any_of(person.begin(), person.end(),
                     [&view](const std::string& id) { return machine::IsWishedFor(id, view); });
}

/// Since when a subscription must have been quiet to be reported, ms.
Result<std::int64_t> QuietSince(const v1::ReportPostsRequest& request, std::int64_t now_ms) {
  const std::uint32_t days = request.quiet_days() == 0 ? kQuietDays : request.quiet_days();
  if (days > kQuietDaysMax) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                  "`quiet_days` must be 1 to " + std::to_string(kQuietDaysMax));
  }
  return now_ms - static_cast<std::int64_t>(days) * 24 * 3'600'000;
}

/// One page: posts by name, nominals by id, subscriptions by post and id. Where it ended is the key
/// of the first row that is not on it.
class Page {
 public:
  Page(std::size_t size, std::int64_t now_ms, ReportFor report, bool shows_ids,
       const state::Reader& view, v1::ReportPostsResponse& response)
      : size_(size),
        now_ms_(now_ms),
        report_(std::move(report)),
        shows_ids_(shows_ids),
        view_(view),
        response_(response) {}

  /// Fills it; the place to go on at, "" at the end.
  std::string Fill(std::string place) {
    for (const Table table : {Table::kPost, Table::kNominal, Table::kSubscription}) {
      if (!place.empty() && place.front() != TableByte(table)) continue;
      const std::string next = Walk(table, place);
      if (!next.empty()) return next;
      place.clear();
    }
    return "";
  }

 private:
  static char TableByte(Table table) { return static_cast<char>(table); }

  std::string Walk(Table table, const std::string& place) {
    std::string next;
    const Key from = place.empty() ? Key(table) : Key(table).Fixed(place.substr(1));
    state::ForEachRow(view_, Key(table), from,
                      [&](const std::string& key, const std::string& bytes) {
                        if (++looked_at_ <= kPageRowsMax && Add(table, key, bytes)) return true;
                        next = key;
                        return false;
                      });
    return next;
  }

  bool Add(Table table, const std::string& key, const std::string& bytes) {
    if (table == Table::kPost) return AddPost(bytes);
    return table == Table::kNominal ? AddNominal(key.substr(1), bytes) : AddWish(key, bytes);
  }

  bool IsFull() const {
    return static_cast<std::size_t>(
               response_.posts_size() + response_.unwatched_nominal_ids_size() +
               response_.unsupervised_nominal_ids_size() + response_.subscriptions_size()) == size_;
  }

  /// False if it is to be on a page and this one is full.
  bool AddPost(const std::string& bytes) {
    stored::v1::PostRow row;
    TEARLINE_INVARIANT(row.ParseFromString(bytes), "a post's row parses");
    const v1::ReportedPost shown = Reported(row, now_ms_, view_);
    if (!WantsSomething(shown)) return true;
    if (IsFull()) return false;
    *response_.add_posts() = shown;
    return true;
  }

  bool AddNominal(const std::string& id, const std::string& bytes) {
    stored::v1::NominalRow row;
    TEARLINE_INVARIANT(row.ParseFromString(bytes), "a nominal's row parses");
    if (!row.surviving_id().empty()) return true;  // that one's posts do
    if (!machine::SupervisorOf(id, view_).empty()) return true;
    if (shows_ids_ && IsFull()) return false;
    const bool watched = IsWatched(id, view_);
    response_.set_unsupervised(response_.unsupervised() + 1);
    if (!watched) response_.set_unwatched(response_.unwatched() + 1);
    if (shows_ids_) {
      (watched ? response_.add_unsupervised_nominal_ids() : response_.add_unwatched_nominal_ids())
          ->assign(model::NominalId::FromBytes(id)->Text());
    }
    return true;
  }

  bool AddWish(const std::string& key, const std::string& bytes) {
    stored::v1::SubscriptionRow row;
    TEARLINE_INVARIANT(row.ParseFromString(bytes), "a subscription's row parses");
    const std::string id = key.substr(key.size() - model::SubscriptionId::kBytes);
    const std::string post = key.substr(1, key.size() - id.size() - 2);
    auto shown = ReportSubscription(post, id, row, report_, view_, looked_at_);
    if (!shown) return true;
    if (IsFull()) return false;
    *response_.add_subscriptions() = *std::move(shown);
    return true;
  }

  const std::size_t size_;
  const std::int64_t now_ms_;
  const ReportFor report_;
  const bool shows_ids_;
  const state::Reader& view_;
  v1::ReportPostsResponse& response_;
  std::size_t looked_at_ = 0;
};

}  // namespace

Result<Looked> ReportPosts(const v1::ReportPostsRequest& request, const stored::v1::Actor& actor,
                           const state::Reader& view, std::int64_t now_ms, const PageSeal& seal,
                           v1::ReportPostsResponse& response) {
  Looked looked;
  looked.consulted.set_kind(stored::v1::CONSULTATION_KIND_POSTS);
  TEARLINE_RETURN_IF_REFUSED(machine::CheckConsult(looked.consulted, actor, view));
  const Result<std::size_t> page_size = ReadPageSize(request.page_size());
  if (!page_size.ok()) return page_size.status();
  const Result<std::string> place = seal.Read(request.page_token(), actor);
  if (!place.ok()) return place.status();
  const bool shows_ids =
      machine::HasRole(actor, v1::POST_ROLE_AUDITOR, view) && !machine::IsBoundToAreas(actor, view);
  const Result<std::int64_t> quiet_since_ms = QuietSince(request, now_ms);
  if (!quiet_since_ms.ok()) return quiet_since_ms.status();
  Page page(*page_size, now_ms, {actor.agency(), *quiet_since_ms}, shows_ids, view, response);
  const std::string next = page.Fill(*place);
  if (!next.empty()) response.set_next_page_token(seal.Write(next, actor));
  return looked;
}

}  // namespace tearline::rpc
