#include "broker/rpc/replay_decisions.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <utility>

#include "broker/audit/audit_log.h"
#include "broker/machine/audit_scope.h"
#include "broker/machine/consultation.h"
#include "broker/machine/feed_name.h"
#include "broker/machine/identity.h"
#include "broker/machine/rows.h"
#include "broker/machine/since.h"
#include "broker/model/event_type.h"
#include "broker/model/ids.h"
#include "broker/model/name.h"
#include "broker/policy/compare.h"
#include "broker/rpc/event_trail.h"
#include "broker/rpc/examine_policy.h"
#include "broker/rpc/form.h"
#include "broker/status/invariant.h"
#include "tearline/stored/v1/leaf.pb.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::rpc {
namespace {

using google::protobuf::util::TimeUtil;
using stored::v1::DecisionDetail;
using stored::v1::EventRow;

/// Progress is told at least this often.
constexpr std::uint64_t kLeavesBetweenProgress = 10'000;
constexpr std::uint64_t kDecisionsBetweenProgress = 256;

/// Reads which leaves: those of the period, less what an interrupted replay was told already.
Status ReadLeaves(const v1::ReplayDecisionsRequest& request, const state::Reader& view,
                  ReplayPlan& plan) {
  const std::uint64_t size = audit::AuditTree(view).Size();
  plan.end = size;
  const Result<std::int64_t> from_ms = ReadTime(request.from(), "from");
  if (!from_ms.ok()) return from_ms.status();
  const Result<std::int64_t> to_ms = ReadTime(request.to(), "to");
  if (!to_ms.ok()) return to_ms.status();
  if (request.has_from() && request.has_to() && *to_ms <= *from_ms) {
    return Refuse(v1::ERROR_REASON_TIME_INVALID, "`to` must be after `from`");
  }
  if (request.has_from()) {
    plan.first = machine::FirstSince(*from_ms, size, view) - 1;  // leaf 0 is of position 1
  }
  if (request.has_to()) plan.end = machine::FirstSince(*to_ms, size, view) - 1;
  if (request.first_index() > size || request.end_index() > size) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED,
                  "`first_index` and `end_index` are at most the number of leaves");
  }
  if (request.end_index() != 0) plan.end = std::min(plan.end, request.end_index());
  plan.first = std::min(std::max(plan.first, request.first_index()), plan.end);
  return {};
}

bool LiesBelow(const std::string& type, const std::string& prefix) {
  return type.starts_with(prefix) && (type.size() == prefix.size() || type[prefix.size()] == '.');
}

class Replay {
 public:
  Replay(const ReplayPlan& plan, const state::Reader& view,
         const std::function<bool(v1::ReplayDecisionsResponse)>& tell)
      : plan_(plan), view_(view), tell_(tell), judge_(plan.now ? &*plan.now : nullptr) {}

  /// Tells the decisions of one leaf of the plan. `then` is null where nothing is judged again.
  /// False to stop.
  bool Visit(std::uint64_t index, const state::Reader* then) {
    if (index < plan_.first || index >= plan_.end) return true;
    const stored::v1::LeafRow row = audit::LeafRowAt(index + 1, view_);
    std::int64_t stamp_ms = 0;
    for (const stored::v1::Detail& detail : audit::DetailsOf(row)) {
      if (!detail.has_decision()) continue;
      const auto event = view_.Find<EventRow>(machine::EventKey(detail.decision().event_id()));
      if (!event || !IsAskedFor(detail.decision(), *event)) continue;
      if (stamp_ms == 0) stamp_ms = machine::StampOf(index + 1, view_);
      v1::ReplayDecisionsResponse frame;
      *frame.mutable_decision() = AsRecorded(index, stamp_ms, detail.decision(), *event);
      if (then != nullptr) {
        JudgeAgain(detail.decision(), stamp_ms, *then, *frame.mutable_decision());
      }
      summary_.set_decisions(summary_.decisions() + 1);
      ++told_;
      if (!tell_(std::move(frame))) return false;
    }
    return SayProgress(index + 1);
  }

  /// While the past before the plan's first leaf is told again, and after its last.
  bool SayFar(std::uint64_t reached) {
    if (reached > plan_.first && reached < plan_.end) return true;
    return TellProgress(std::clamp(reached, plan_.first, plan_.end));
  }

  void Finish() {
    summary_.set_end_index(plan_.end);
    v1::ReplayDecisionsResponse frame;
    *frame.mutable_summary() = summary_;
    tell_(std::move(frame));
  }

 private:
  bool IsAskedFor(const DecisionDetail& decision, const EventRow& event) const {
    const stored::v1::Publish& publish = event.publish();
    if (!plan_.event_type.empty() && !LiesBelow(publish.event_type(), plan_.event_type)) {
      return false;
    }
    if (!plan_.agency.empty() && publish.originating_agency() != plan_.agency &&
        machine::AgencyOfPost(decision.post()) != plan_.agency) {
      return false;
    }
    if (!plan_.nominal_id.empty() && !machine::IsAbout(event, plan_.nominal_id, view_)) {
      return false;
    }
    return machine::MayAskOfEvent(event, plan_.actor, view_);
  }

  static v1::ReplayedDecision AsRecorded(std::uint64_t index, std::int64_t stamp_ms,
                                         const DecisionDetail& decision, const EventRow& event) {
    v1::ReplayedDecision told;
    told.set_leaf_index(index);
    *told.mutable_decided_at() = TimeUtil::MillisecondsToTimestamp(stamp_ms);
    told.set_event_id(model::EventId::FromBytes(decision.event_id())->Text());
    told.set_event_type(event.publish().event_type());
    told.set_originating_agency(event.publish().originating_agency());
    told.set_post(decision.post());
    told.set_level(decision.level());
    told.set_duty(decision.duty());
    told.set_shortfall(decision.shortfall());
    *told.mutable_rules() = decision.rules();
    told.set_policy_digest(decision.policy_digest());
    told.set_again(decision.again());
    return told;
  }

  void JudgeAgain(const DecisionDetail& decision, std::int64_t stamp_ms, const state::Reader& then,
                  v1::ReplayedDecision& told) {
    const sequencer::JudgedAgain judged = judge_.Judge(decision, stamp_ms, then);
    const bool by_now = plan_.policy == v1::REPLAY_POLICY_AS_NOW;
    const std::optional<policy::Decision>& shown = by_now ? judged.candidate : judged.then;
    if (!shown) {
      told.set_because(judged.because);
      return summary_.set_not_replayed(summary_.not_replayed() + 1);
    }
    v1::ReplayedJudgement& judgement = *told.mutable_judged();
    judgement.set_level(shown->level);
    judgement.set_duty(shown->duty);
    judgement.set_shortfall(shown->shortfall);
    for (const std::string& rule : shown->rules) judgement.add_rules(rule);
    judgement.set_policy_digest(by_now ? plan_.now->digest().Bytes() : decision.policy_digest());
    const bool same = by_now ? IsTheSameBut(*judged.then, *shown) : judged.as_recorded;
    judgement.set_same(same);
    if (by_now) {
      const policy::Difference difference = policy::Compare(*judged.then, *shown);
      judgement.set_raised(difference.raised);
      judgement.set_newly_unmet(difference.newly_unmet);
      summary_.set_raised(summary_.raised() + (difference.raised ? 1 : 0));
      summary_.set_newly_unmet(summary_.newly_unmet() + (difference.newly_unmet ? 1 : 0));
    }
    if (same) {
      summary_.set_same(summary_.same() + 1);
    } else {
      summary_.set_different(summary_.different() + 1);
    }
  }

  /// The same in all that a decision records.
  static bool IsTheSameBut(const policy::Decision& then, const policy::Decision& now) {
    return then.level == now.level && then.duty == now.duty && then.shortfall == now.shortfall &&
           then.segments == now.segments && then.tear_line == now.tear_line &&
           then.rules == now.rules;
  }

  bool SayProgress(std::uint64_t next) {
    if (next != plan_.end && told_ < kDecisionsBetweenProgress &&
        next - progress_at_ < kLeavesBetweenProgress) {
      return true;
    }
    return TellProgress(next);
  }

  bool TellProgress(std::uint64_t next) {
    told_ = 0;
    progress_at_ = next;
    v1::ReplayDecisionsResponse frame;
    frame.mutable_progress()->set_next_index(next);
    frame.mutable_progress()->set_end_index(plan_.end);
    return tell_(std::move(frame));
  }

  const ReplayPlan& plan_;
  const state::Reader& view_;
  const std::function<bool(v1::ReplayDecisionsResponse)>& tell_;
  sequencer::PastJudge judge_;
  v1::ReplaySummary summary_;
  std::uint64_t told_ = 0;         ///< Decisions since progress was told last.
  std::uint64_t progress_at_ = 0;  ///< What was told then.
};

}  // namespace

stored::v1::Consult ReplayPlan::Consulted() const {
  stored::v1::Consult consulted;
  consulted.set_kind(stored::v1::CONSULTATION_KIND_REPLAY);
  consulted.set_nominal_id(nominal_id);
  consulted.set_agency(agency);
  consulted.set_first_leaf(first);
  consulted.set_end_leaf(end);
  return consulted;
}

Result<ReplayPlan> ReadReplay(const v1::ReplayDecisionsRequest& request,
                              const stored::v1::Actor& actor, const state::Reader& view) {
  ReplayPlan plan;
  plan.actor = actor;
  if (!v1::ReplayPolicy_IsValid(request.policy())) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID, "`policy` must be as then, as now or left out");
  }
  plan.policy = request.policy();
  if (!request.nominal_id().empty()) {
    const auto id = ReadId<model::NominalId>(request.nominal_id(), "nominal_id");
    if (!id.ok()) return id.status();
    plan.nominal_id = id->Bytes();
  }
  if (!request.agency().empty()) {
    TEARLINE_RETURN_IF_REFUSED(model::CheckName(request.agency(), "agency"));
    plan.agency = request.agency();
  }
  if (!request.event_type().empty()) {
    const Result<model::EventType> type = model::EventType::Parse(request.event_type());
    if (!type.ok()) return type.status();
    plan.event_type = type->text();
  }
  TEARLINE_RETURN_IF_REFUSED(ReadLeaves(request, view, plan));
  TEARLINE_RETURN_IF_REFUSED(machine::CheckConsult(plan.Consulted(), actor, view));
  if (plan.policy == v1::REPLAY_POLICY_AS_NOW) {
    Result<policy::PolicySet> now = policy::PolicySet::Parse(TextInForce(view));
    TEARLINE_INVARIANT(now.ok(), "the policy in force parses");
    plan.now = *std::move(now);
  }
  return plan;
}

Status ReplayDecisions(const ReplayPlan& plan, const ledger::Ledger& ledger,
                       const state::Reader& view,
                       const std::function<Result<state::Database*>()>& scratch,
                       const std::function<bool(v1::ReplayDecisionsResponse)>& tell) {
  Replay replay(plan, view, tell);
  if (plan.policy == v1::REPLAY_POLICY_UNSPECIFIED) {
    for (std::uint64_t index = plan.first; index < plan.end; ++index) {
      if (!replay.Visit(index, nullptr)) {
        return Refuse(v1::ERROR_REASON_UNAVAILABLE, "the replay was stopped");
      }
    }
  } else {
    const Result<state::Database*> database = scratch();
    if (!database.ok()) return database.status();
    TEARLINE_RETURN_IF_REFUSED(sequencer::TellPast(
        ledger, **database, plan.end,
        {.record =
             [&replay](const ledger::Header& header, const state::Reader& then) {
               return replay.Visit(header.position - 1, &then);
             },
         .progress = [&replay](model::Position reached) { return replay.SayFar(reached); }}));
  }
  replay.Finish();
  return {};
}

}  // namespace tearline::rpc
