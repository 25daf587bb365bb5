#include "broker/sequencer/past.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "broker/machine/composite_view.h"
#include "broker/machine/judge.h"
#include "broker/machine/machine.h"
#include "broker/machine/reach.h"
#include "broker/machine/rows.h"
#include "broker/policy/evaluate.h"
#include "broker/status/invariant.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::sequencer {
namespace {

using stored::v1::DecisionDetail;

/// Headers applied in one batch, in bytes, as in a replay.
constexpr std::size_t kBatchBytesMax = 4 * 1024 * 1024;

/// Whether a decision made again is the one that was recorded.
bool IsTheSame(const policy::Decision& decision, const DecisionDetail& detail) {
  return decision.level == detail.level() && decision.duty == detail.duty() &&
         decision.shortfall == detail.shortfall() &&
         std::equal(decision.segments.begin(), decision.segments.end(), detail.segments().begin(),
                    detail.segments().end()) &&
         machine::ShownAlike(machine::RowsOf(decision.members), detail.members()) &&
         std::equal(decision.rules.begin(), decision.rules.end(), detail.rules().begin(),
                    detail.rules().end());
}

/// What a policy says of a composite for a post: it is made of what that policy lets the post be
/// told of.
policy::Decision OfComposite(const policy::PolicySet& policy, const stored::v1::EventRow& event,
                             const std::string& post, const machine::RecordedAs& as,
                             const state::Reader& then) {
  if (machine::IsNone(event)) return machine::NoComposite();
  std::vector<policy::MemberShown> members = machine::MembersFor(
      event, post, as, then,
      [&policy](const policy::EventFacts& facts, const machine::Standing& standing) {
        return policy::Evaluate(policy, facts, standing.nominals, standing.recipient).level;
      });
  machine::Standing standing = machine::StandingFor(members, event, post, as, then);
  const policy::EventFacts facts = machine::FactsFor(members, event, then, standing.recipient);
  policy::Decision made = policy::Evaluate(policy, facts, standing.nominals, standing.recipient);
  machine::ShowMembers(std::move(members), made);
  return made;
}

}  // namespace

Status TellPast(const ledger::Ledger& ledger, state::Database& scratch, model::Position tip,
                const PastListener& listener) {
  const Status stopped = Refuse(v1::ERROR_REASON_UNAVAILABLE, "telling the past again was stopped");
  machine::Machine machine;
  model::Position reached = scratch.Position();
  TEARLINE_INVARIANT(reached == 0, "the past begins with nothing");
  while (reached < tip) {
    const Result<std::vector<ledger::StoredHeader>> headers =
        ledger.ReadHeaders(reached, kBatchBytesMax);
    if (!headers.ok()) return headers.status();
    const std::shared_ptr<const state::View> view = scratch.Now();
    state::Batch batch(*view);
    for (const ledger::StoredHeader& header : *headers) {
      if (header.header.position > tip) break;
      machine.Apply(header, batch);
      reached = header.header.position;
      if (!listener.record(header.header, batch)) return stopped;
    }
    TEARLINE_RETURN_IF_REFUSED(scratch.Commit(batch, reached));
    if (!listener.progress(reached)) return stopped;
  }
  return {};
}

JudgedAgain PastJudge::Judge(const DecisionDetail& decision, std::int64_t stamp_ms,
                             const state::Reader& then) {
  JudgedAgain judged;
  if (decision.shortfall() == v1::RULE_REASON_WITHDRAWN) {
    judged.because = "its originator took it back: no policy decided that";
    return judged;
  }
  const auto event = then.Find<stored::v1::EventRow>(machine::EventKey(decision.event_id()));
  const policy::PolicySet* made_by = PolicyOf(decision.policy_digest(), then);
  if (!event || made_by == nullptr) {
    judged.because = "its event or its policy is no longer in the state";
    return judged;
  }
  const policy::EventFacts facts = machine::FactsOf(*event, then);
  const auto ledger = then.See<stored::v1::LedgerRow>(state::Key(state::Table::kLedger));
  const machine::RecordedAs as = {static_cast<std::uint16_t>(ledger->behaviour_version()),
                                  stamp_ms};
  const machine::Standing standing = machine::StandingOf(*event, decision.post(), as, then);
  const auto by = [&](const policy::PolicySet& policy) {
    policy::Decision made =
        event->has_composite()
            ? OfComposite(policy, *event, decision.post(), as, then)
            : policy::Evaluate(policy, facts, standing.nominals, standing.recipient);
    if (decision.feed().empty()) machine::SayWhyOutOfReach(decision.post(), made, then);
    return made;
  };
  judged.then = by(*made_by);
  judged.as_recorded = IsTheSame(*judged.then, decision);
  if (!judged.as_recorded) {
    judged.because = "its facts changed within the record that decided";
  } else if (candidate_ != nullptr) {
    judged.candidate = by(*candidate_);
  }
  return judged;
}

const policy::PolicySet* PastJudge::PolicyOf(const std::string& digest, const state::Reader& then) {
  const auto [place, made] = policies_.try_emplace(digest);
  if (made) {
    const auto row = then.Find<stored::v1::PolicyRow>(machine::PolicyKey(digest));
    if (row) {
      Result<policy::PolicySet> parsed = policy::PolicySet::Parse(row->text());
      TEARLINE_INVARIANT(parsed.ok(), "a policy that was recorded parses");
      place->second = std::make_unique<policy::PolicySet>(*std::move(parsed));
    }
  }
  return place->second.get();
}

}  // namespace tearline::sequencer
