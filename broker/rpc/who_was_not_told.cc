#include "broker/rpc/who_was_not_told.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "broker/model/ids.h"
#include "broker/rpc/event_trail.h"
#include "broker/rpc/explain.h"
#include "broker/rpc/explain_words.h"
#include "broker/rpc/form.h"

namespace tearline::rpc {
namespace {

using google::protobuf::util::TimeUtil;
using stored::v1::DecisionDetail;

google::protobuf::Timestamp TimeOf(std::int64_t ms) {
  return TimeUtil::MillisecondsToTimestamp(ms);
}

/// What the trail says of one post: the decision made last, what was let go, and its obligations in
/// order.
struct Standing {
  Standing(const std::string& event_id, const std::string& post) : times(event_id, post) {}

  DecisionDetail decision;
  audit::Leaf leaf;
  PostTimes times;
  std::vector<std::string> obligations;
};

/// By the decision less than was owed, or nothing. At full, something falls short of what was owed
/// about one nominal.
bool IsTooLittle(const DecisionDetail& decision) {
  return decision.level() == v1::LEVEL_WITHHELD || decision.level() < decision.duty() ||
         (decision.level() == v1::LEVEL_FULL &&
          decision.shortfall() != v1::RULE_REASON_UNSPECIFIED);
}

bool WasNotTold(const Standing& standing) {
  const DecisionDetail& decision = standing.decision;
  const bool had = standing.times.released_ms != 0 && decision.duty() == v1::LEVEL_UNSPECIFIED;
  return (IsTooLittle(decision) && !had) || standing.times.holds() < decision.duty();
}

class NotTold {
 public:
  NotTold(std::string event_id, const state::Reader& view)
      : event_id_(std::move(event_id)), view_(view) {}

  void Visit(const stored::v1::Detail& detail, const audit::Leaf& leaf) {
    if (detail.has_decision() && detail.decision().event_id() == event_id_) {
      Standing& standing = At(detail.decision().post());
      standing.decision = detail.decision();
      standing.leaf = leaf;
    }
    for (auto& [post, standing] : posts_) standing.times.Visit(detail, leaf);
    const stored::v1::ObligationDetail& owed = detail.obligation();
    if (owed.event_id() != event_id_ || owed.owed_post().empty()) return;
    std::vector<std::string>& ids = At(owed.owed_post()).obligations;
    if (std::find(ids.begin(), ids.end(), owed.obligation_id()) == ids.end()) {
      ids.push_back(owed.obligation_id());
    }
  }

  void Fill(v1::WhoWasNotToldResponse& response) const {
    for (const auto& [post, standing] : posts_) {
      if (WasNotTold(standing)) FillRow(post, standing, *response.add_rows());
    }
  }

 private:
  Standing& At(const std::string& post) {
    return posts_.try_emplace(post, event_id_, post).first->second;
  }

  void FillRow(const std::string& post, const Standing& standing, v1::NotToldRow& row) const {
    v1::ExplainedDecision explained = ExplainRecorded(standing.decision, standing.leaf, view_);
    row.set_post(post);
    row.set_level(explained.level());
    row.set_duty(explained.duty());
    row.set_wished(!standing.decision.feed().empty());
    row.set_shortfall(explained.shortfall());
    *row.mutable_rules() = std::move(*explained.mutable_rules());
    *row.mutable_decided_at() = explained.decided_at();
    row.set_policy_digest(explained.policy_digest());
    row.set_leaf_index(explained.leaf_index());
    *row.mutable_sentences() = std::move(*explained.mutable_sentences());
    const PostTimes& times = standing.times;
    row.set_given(times.last().level);
    if (times.released_ms != 0) *row.mutable_released_at() = TimeOf(times.last().released_ms);
    if (times.taken_back_ms() != 0) *row.mutable_taken_back_at() = TimeOf(times.taken_back_ms());
    row.set_waits(WaitsFor(post, event_id_, view_));
    AddSentences(row);
    for (const std::string& id : standing.obligations) {
      v1::ExplainedObligation& obligation = *row.add_obligations();
      obligation = ExplainObligation(id, view_);
      row.add_sentences(ObligationSentence(obligation));
    }
    if (explained.duty() != v1::LEVEL_UNSPECIFIED && IsTooLittle(standing.decision) &&
        standing.obligations.empty()) {
      row.add_sentences("No obligation was opened for " + post + " about it.");
    }
  }

  const std::string event_id_;
  const state::Reader& view_;
  std::map<std::string, Standing> posts_;
};

}  // namespace

Result<Looked> WhoWasNotTold(const v1::WhoWasNotToldRequest& request,
                             const stored::v1::Actor& actor, const state::Reader& view,
                             v1::WhoWasNotToldResponse& response) {
  const Result<model::EventId> id = ReadId<model::EventId>(request.event_id(), "event_id");
  if (!id.ok()) return id.status();
  Looked looked;
  looked.consulted.set_kind(stored::v1::CONSULTATION_KIND_WHO_WAS_NOT_TOLD);
  looked.consulted.set_event_id(id->Bytes());
  TEARLINE_RETURN_IF_REFUSED(machine::CheckConsult(looked.consulted, actor, view));
  NotTold not_told(id->Bytes(), view);
  ReadTrail(id->Bytes(), view,
            [&not_told](const auto& detail, const auto& leaf) { not_told.Visit(detail, leaf); });
  not_told.Fill(response);
  return looked;
}

}  // namespace tearline::rpc
