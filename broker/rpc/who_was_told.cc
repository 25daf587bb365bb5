#include "broker/rpc/who_was_told.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "broker/machine/feed_name.h"
#include "broker/machine/rows.h"
#include "broker/model/ids.h"
#include "broker/rpc/event_trail.h"
#include "broker/rpc/form.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::rpc {
namespace {

using google::protobuf::util::TimeUtil;

/// The feed a detail speaks of; "" if none.
std::string FeedOf(const stored::v1::Detail& detail) {
  if (detail.has_released()) return detail.released().feed();
  if (detail.has_settled()) return detail.settled().feed();
  return detail.has_read() ? detail.read().feed() : "";
}

/// What the log says of one event, gathered record by record, oldest first.
class Told {
 public:
  Told(std::string event_id, std::uint32_t segments)
      : event_id_(std::move(event_id)), segments_(segments) {}

  void Visit(const stored::v1::Detail& detail, const audit::Leaf& leaf) {
    if (detail.has_decision() && detail.decision().event_id() == event_id_) {
      VisitDecision(detail.decision(), leaf);
    }
    if (detail.has_disclosure() && RestsOnIt(detail.disclosure())) {
      VisitDisclosure(detail.disclosure(), leaf);
    }
    const std::string post = machine::PostOfFeed(FeedOf(detail));
    if (!post.empty()) times_.try_emplace(post, event_id_, post).first->second.Visit(detail, leaf);
    if (detail.has_released() && detail.released().event_id() == event_id_) {
      *RowOf(post).mutable_masked_segments() = masked_[post];
    }
  }

  void Fill(v1::WhoWasToldResponse& response) && {
    for (const auto& [post, times] : times_) {
      if (times.released_ms == 0) continue;
      v1::ToldRow& row = RowOf(post);
      row.set_given(times.last().level);
      row.set_most_given(times.most());
      Set(times.released_ms, &v1::ToldRow::mutable_released_at, row);
      Set(times.anew_ms(), &v1::ToldRow::mutable_released_anew_at, row);
      Set(times.last().acknowledged_ms, &v1::ToldRow::mutable_acknowledged_at, row);
      Set(times.last().read_ms, &v1::ToldRow::mutable_read_at, row);
      Set(times.read_before_ms(), &v1::ToldRow::mutable_read_before_at, row);
      Set(times.taken_back_ms(), &v1::ToldRow::mutable_taken_back_at, row);
      Set(times.replayed_ms, &v1::ToldRow::mutable_replayed_at, row);
    }
    for (auto& [post, row] : rows_) *response.add_rows() = std::move(row);
    for (v1::ThirdPartyRow& row : third_parties_) *response.add_third_parties() = std::move(row);
  }

 private:
  static void Set(std::int64_t ms, google::protobuf::Timestamp* (v1::ToldRow::*time)(),
                  v1::ToldRow& row) {
    if (ms != 0) *(row.*time)() = TimeUtil::MillisecondsToTimestamp(ms);
  }

  bool RestsOnIt(const stored::v1::DisclosureDetail& disclosure) const {
    const auto& ids = disclosure.event_ids();
    return std::find(ids.begin(), ids.end(), event_id_) != ids.end();
  }

  void VisitDisclosure(const stored::v1::DisclosureDetail& disclosure, const audit::Leaf& leaf) {
    v1::ThirdPartyRow& row = third_parties_.emplace_back();
    row.set_third_party(disclosure.third_party());
    row.set_decision(disclosure.decision());
    *row.mutable_matters() = disclosure.matters();
    row.set_legal_basis(disclosure.legal_basis());
    row.set_decided_by(disclosure.decided_by());
    row.set_approved_by(disclosure.approved_by());
    *row.mutable_decided_at() = TimeUtil::MillisecondsToTimestamp(leaf.stamp_ms);
    row.set_leaf_index(leaf.position - 1);
  }

  void VisitDecision(const stored::v1::DecisionDetail& decision, const audit::Leaf& leaf) {
    v1::ToldRow& row = RowOf(decision.post());
    row.set_level(decision.level());
    *row.mutable_rules() = decision.rules();
    row.set_duty(decision.duty());
    row.set_shortfall(decision.shortfall());
    *row.mutable_decided_at() = TimeUtil::MillisecondsToTimestamp(leaf.stamp_ms);
    row.set_policy_digest(decision.policy_digest());
    row.set_leaf_index(leaf.position - 1);

    google::protobuf::RepeatedField<std::uint32_t>& masked = masked_[decision.post()];
    masked.Clear();
    if (decision.level() != v1::LEVEL_FULL) return;
    const auto& left = decision.segments();
    for (std::uint32_t place = 0; place < segments_; ++place) {
      if (std::find(left.begin(), left.end(), place) == left.end()) masked.Add(place);
    }
  }

  v1::ToldRow& RowOf(const std::string& post) {
    v1::ToldRow& row = rows_[post];
    row.set_post(post);
    return row;
  }

  const std::string event_id_;
  const std::uint32_t segments_;
  std::map<std::string, v1::ToldRow> rows_;
  /// By post: what the decision made last leaves out.
  std::map<std::string, google::protobuf::RepeatedField<std::uint32_t>> masked_;
  std::vector<v1::ThirdPartyRow> third_parties_;
  std::map<std::string, PostTimes> times_;  ///< By post.
};

}  // namespace

Result<Looked> WhoWasTold(const v1::WhoWasToldRequest& request, const stored::v1::Actor& actor,
                          const state::Reader& view, v1::WhoWasToldResponse& response) {
  const Result<model::EventId> id = ReadId<model::EventId>(request.event_id(), "event_id");
  if (!id.ok()) return id.status();
  Looked looked;
  looked.consulted.set_kind(stored::v1::CONSULTATION_KIND_WHO_WAS_TOLD);
  looked.consulted.set_event_id(id->Bytes());
  TEARLINE_RETURN_IF_REFUSED(machine::CheckConsult(looked.consulted, actor, view));
  const auto event = view.Find<stored::v1::EventRow>(machine::EventKey(id->Bytes()));
  Told told(id->Bytes(),
            event ? static_cast<std::uint32_t>(event->publish().segments_size()) : 0);
  ReadTrail(id->Bytes(), view,
            [&told](const auto& detail, const auto& leaf) { told.Visit(detail, leaf); });
  std::move(told).Fill(response);
  return looked;
}

}  // namespace tearline::rpc
