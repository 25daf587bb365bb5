#include "broker/rpc/explain.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "broker/machine/judge.h"
#include "broker/machine/lane.h"
#include "broker/machine/permission.h"
#include "broker/machine/rows.h"
#include "broker/model/ids.h"
#include "broker/model/name.h"
#include "broker/policy/explain.h"
#include "broker/policy/policy_set.h"
#include "broker/rpc/event_trail.h"
#include "broker/rpc/explain_words.h"
#include "broker/rpc/form.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::rpc {
namespace {

using google::protobuf::util::TimeUtil;
using stored::v1::LetGoRow;

/// A recorded decision as policy knows it.
policy::Decision DecisionOf(const stored::v1::DecisionDetail& detail) {
  policy::Decision decision;
  decision.level = detail.level();
  decision.segments.assign(detail.segments().begin(), detail.segments().end());
  decision.rules.assign(detail.rules().begin(), detail.rules().end());
  decision.duty = detail.duty();
  decision.shortfall = detail.shortfall();
  // At full, something falls short only of what was owed about one of the nominals.
  decision.duty_unmet =
      detail.duty() > detail.level() ||
      (detail.level() == v1::LEVEL_FULL && detail.shortfall() != v1::RULE_REASON_UNSPECIFIED);
  return decision;
}

/// The policy that judged: kept for as long as anything was judged by it.
policy::PolicySet PolicyOf(const std::string& digest, const state::Reader& view) {
  const auto row = view.Find<stored::v1::PolicyRow>(machine::PolicyKey(digest));
  TEARLINE_INVARIANT(row.has_value(), "a policy that judged is kept");
  Result<policy::PolicySet> policy = policy::PolicySet::Parse(row->text());
  TEARLINE_INVARIANT(policy.ok(), "a policy that was recorded parses");
  return *std::move(policy);
}

std::size_t SegmentsOf(const std::string& event_id, const state::Reader& view) {
  const auto event = view.Find<stored::v1::EventRow>(machine::EventKey(event_id));
  return event ? static_cast<std::size_t>(event->publish().segments_size()) : 0;
}

/// What an event's trail says of one post.
class Explanation {
 public:
  /// `whole` also tells by which correlation id somebody else asked for what decided it.
  Explanation(std::string event_id, std::string post, bool whole, const state::Reader& view)
      : event_id_(std::move(event_id)), post_(std::move(post)), whole_(whole), view_(view) {}

  void Visit(const stored::v1::Detail& detail, const audit::Leaf& leaf) {
    times_.Visit(detail, leaf);
    // Who asked comes before what came of it.
    if (detail.has_actor() && whole_) correlation_id_ = detail.actor().correlation_id();
    if (detail.has_decision() && detail.decision().event_id() == event_id_ &&
        detail.decision().post() == post_) {
      v1::ExplainedDecision& decision = *response_.add_decisions();
      decision = ExplainRecorded(detail.decision(), leaf, view_);
      decision.set_correlation_id(correlation_id_);
    }
    if (detail.has_obligation() && detail.obligation().event_id() == event_id_) {
      VisitObligation(detail.obligation());
    }
  }

  v1::ExplainDecisionResponse Response() && {
    response_.set_given(times_.last().level);
    response_.set_waits(WaitsFor(post_, event_id_, view_));
    Set(times_.released_ms, &v1::ExplainDecisionResponse::mutable_released_at);
    Set(times_.anew_ms(), &v1::ExplainDecisionResponse::mutable_released_anew_at);
    Set(times_.last().acknowledged_ms, &v1::ExplainDecisionResponse::mutable_acknowledged_at);
    Set(times_.last().read_ms, &v1::ExplainDecisionResponse::mutable_read_at);
    Set(times_.read_before_ms(), &v1::ExplainDecisionResponse::mutable_read_before_at);
    Set(times_.taken_back_ms(), &v1::ExplainDecisionResponse::mutable_taken_back_at);
    for (const std::string& id : obligations_) {
      *response_.add_obligations() = ExplainObligation(id, view_);
    }
    AddSentences(post_, response_);
    return std::move(response_);
  }

 private:
  using TimeOf = google::protobuf::Timestamp* (v1::ExplainDecisionResponse::*)();

  void Set(std::int64_t ms, TimeOf time) {
    if (ms != 0) *(response_.*time)() = TimeUtil::MillisecondsToTimestamp(ms);
  }
  void VisitObligation(const stored::v1::ObligationDetail& detail) {
    if (detail.owed_post() != post_ && detail.debtor_post() != post_) return;
    const std::string& id = detail.obligation_id();
    if (std::find(obligations_.begin(), obligations_.end(), id) == obligations_.end()) {
      obligations_.push_back(id);
    }
  }

  const std::string event_id_;
  const std::string post_;
  const bool whole_;
  const state::Reader& view_;
  PostTimes times_{event_id_, post_};
  std::string correlation_id_;  ///< Of the record that is being read.
  std::vector<std::string> obligations_;  ///< By id, in order of opening.
  v1::ExplainDecisionResponse response_;
};

/// What a delivery says, in words: what was given and by which rules. Not how much there was, nor
/// what was owed.
void TellWhatWasTold(const stored::v1::DecisionDetail& detail, const state::Reader& view,
                     v1::ExplainItemResponse& response) {
  policy::Decision told;
  told.level = detail.level();
  told.segments.assign(detail.segments().begin(), detail.segments().end());
  told.rules.assign(detail.rules().begin(), detail.rules().end());
  for (std::string& sentence : policy::ExplainDecision(PolicyOf(detail.policy_digest(), view), told,
                                                       detail.post(), told.segments.size())) {
    response.add_sentences(std::move(sentence));
  }
}

}  // namespace

bool MaySpeakOf(const LetGoRow& row, const std::string& post, const std::string& event_id,
                const state::Reader& view) {
  const auto item =
      view.Get(machine::LaneItem(state::Table::kReleased, row.feed(), row.lane(), row.sequence()));
  if (!item) return true;
  const auto event = view.Find<stored::v1::EventRow>(machine::EventKey(event_id));
  const auto ledger = view.Find<stored::v1::LedgerRow>(state::Key(state::Table::kLedger));
  TEARLINE_INVARIANT(event && ledger, "a released item's event is kept");
  return row.judged_position() >= machine::LastChange(*event, post, *ledger, view);
}

v1::ExplainedDecision ExplainRecorded(const stored::v1::DecisionDetail& detail,
                                      const audit::Leaf& leaf, const state::Reader& view) {
  v1::ExplainedDecision explained;
  explained.set_level(detail.level());
  *explained.mutable_rules() = detail.rules();
  for (std::string& sentence :
       policy::ExplainDecision(PolicyOf(detail.policy_digest(), view), DecisionOf(detail),
                               detail.post(), SegmentsOf(detail.event_id(), view))) {
    explained.add_sentences(std::move(sentence));
  }
  explained.set_duty(detail.duty());
  explained.set_shortfall(detail.shortfall());
  *explained.mutable_decided_at() = TimeUtil::MillisecondsToTimestamp(leaf.stamp_ms);
  explained.set_policy_digest(detail.policy_digest());
  explained.set_leaf_index(leaf.position - 1);
  explained.set_again(detail.again());
  return explained;
}

bool WaitsFor(const std::string& post, const std::string& event_id, const state::Reader& view) {
  const auto entry = machine::EntryOf(post, event_id, view);
  return entry && view.Get(machine::LaneItem(state::Table::kWaiting, entry->feed, entry->lane,
                                             entry->place));
}

v1::ExplainedObligation ExplainObligation(const std::string& id, const state::Reader& view) {
  const auto row = view.Find<stored::v1::ObligationRow>(machine::ObligationKey(id));
  TEARLINE_INVARIANT(row.has_value(), "an obligation that the log speaks of is kept");
  v1::ExplainedObligation explained;
  explained.set_obligation_id(model::ObligationId::FromBytes(id)->Text());
  explained.set_type(row->type());
  explained.set_reason(row->reason());
  explained.set_debtor_post(row->debtor_post());
  explained.set_told_post(row->told_post());
  *explained.mutable_due_at() = TimeUtil::MillisecondsToTimestamp(row->due_ms());
  explained.set_stage(row->stage());
  explained.set_open(row->ended_ms() == 0);
  return explained;
}

Result<Looked> ExplainDecision(const v1::ExplainDecisionRequest& request,
                               const stored::v1::Actor& actor, const state::Reader& view,
                               v1::ExplainDecisionResponse& response) {
  const auto id = ReadId<model::EventId>(request.event_id(), "event_id");
  if (!id.ok()) return id.status();
  TEARLINE_RETURN_IF_REFUSED(model::CheckPostName(request.post(), "post"));
  Looked looked;
  looked.consulted.set_kind(stored::v1::CONSULTATION_KIND_DECISION);
  looked.consulted.set_event_id(id->Bytes());
  looked.consulted.set_post(request.post());
  TEARLINE_RETURN_IF_REFUSED(machine::CheckConsult(looked.consulted, actor, view));
  Explanation explanation(id->Bytes(), request.post(),
                          machine::HasRole(actor, v1::POST_ROLE_AUDITOR, view), view);
  ReadTrail(id->Bytes(), view, [&explanation](const auto& detail, const auto& leaf) {
    explanation.Visit(detail, leaf);
  });
  response = std::move(explanation).Response();
  return looked;
}

Result<Looked> ExplainItem(const v1::ExplainItemRequest& request, const stored::v1::Actor& actor,
                           const state::Reader& view, v1::ExplainItemResponse& response) {
  const auto id = ReadId<model::EventId>(request.event_id(), "event_id");
  if (!id.ok()) return id.status();
  Looked looked;
  looked.consulted.set_kind(stored::v1::CONSULTATION_KIND_ITEM);
  looked.consulted.set_event_id(id->Bytes());
  const std::string& post = actor.post();
  const auto place = view.Find<LetGoRow>(machine::LetGoKey(post, id->Bytes()));
  if (!place || place->ended() || !MaySpeakOf(*place, post, id->Bytes(), view)) {
    looked.answer =
        Refuse(v1::ERROR_REASON_NOT_FOUND, "no event by that id was let go to this post");
    return looked;
  }
  response.set_lane(place->lane());
  response.set_sequence(place->sequence());
  *response.mutable_released_at() = TimeUtil::MillisecondsToTimestamp(place->released_ms());
  ReadDetails(place->judged_position(), view, [&](const auto& detail, const auto&) {
    const stored::v1::DecisionDetail& decision = detail.decision();
    if (decision.post() != post || decision.event_id() != id->Bytes()) return;
    response.set_level(decision.level());
    *response.mutable_rules() = decision.rules();
    response.set_policy_digest(decision.policy_digest());
    TellWhatWasTold(decision, view, response);
  });
  return looked;
}

}  // namespace tearline::rpc
