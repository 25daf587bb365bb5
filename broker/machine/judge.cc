#include "broker/machine/judge.h"

#include <algorithm>
#include <vector>

#include "broker/machine/rows.h"
#include "broker/policy/evaluate.h"
#include "broker/status/invariant.h"

namespace tearline::machine {
namespace {

policy::RecipientFacts RecipientOf(const std::string& post, const state::Reader& reader) {
  policy::RecipientFacts recipient;
  recipient.post = post;
  recipient.agency = AgencyOfPost(post);
  const auto post_row = reader.Find<stored::v1::PostRow>(PostKey(post));
  const auto agency_row = reader.Find<stored::v1::AgencyRow>(AgencyKey(recipient.agency));
  if (!post_row || !agency_row) {
    recipient.suspended = true;  // nobody there: nothing may be told, and a duty is unmet
    return recipient;
  }
  recipient.agency_kind = agency_row->agency().kind();
  recipient.suspended = agency_row->suspended();
  recipient.clearance = post_row->post().clearance();
  for (const int role : post_row->post().roles()) {
    recipient.roles.push_back(static_cast<v1::PostRole>(role));
  }
  return recipient;
}

policy::NominalFacts NominalOf(const std::string& nominal_id, const std::string& post,
                               const state::Reader& reader) {
  policy::NominalFacts facts;
  const auto row = CaseOfNominal(nominal_id, reader);
  if (!row) return facts;
  const v1::Case& its_case = row->case_();
  facts.has_case = true;
  facts.category = its_case.category();  // "not known" among them: policy tells it from "none"
  facts.level = its_case.level();
  facts.lead_agency = its_case.lead_agency();
  facts.accountable_officer = its_case.accountable_post() == post;
  facts.supervising = its_case.supervising_post() == post;
  for (const v1::Seat& seat : its_case.seats()) {
    if (seat.post() == post) facts.seat = seat.kind();
  }
  return facts;
}

void Remember(const policy::Decision& decision, const stored::v1::EventRow& event,
              const std::string& post, bool again, Step& step) {
  stored::v1::DecisionDetail& detail = *step.AddDetail().mutable_decision();
  detail.set_event_id(event.publish().event_id());
  detail.set_post(post);
  detail.set_level(decision.level);
  detail.mutable_segments()->Add(decision.segments.begin(), decision.segments.end());
  for (const std::string& rule : decision.rules) detail.add_rules(rule);
  detail.set_duty(decision.duty);
  detail.set_shortfall(decision.shortfall);
  detail.set_policy_digest(step.ledger.policy_digest());
  if (decision.tear_line) detail.set_tear_line(*decision.tear_line);
  detail.set_again(again);
  Judged& judged = step.applied.judged;
  ++judged.by_level.at(static_cast<std::size_t>(decision.level));
  judged.duties_unmet += decision.duty_unmet ? 1 : 0;
}

}  // namespace

policy::EventFacts FactsOf(const stored::v1::EventRow& event, const state::Reader& reader) {
  const stored::v1::Publish& publish = event.publish();
  policy::EventFacts facts;
  facts.event_type = publish.event_type();
  facts.originating_agency = publish.originating_agency();
  if (const auto agency =
          reader.Find<stored::v1::AgencyRow>(AgencyKey(publish.originating_agency()))) {
    facts.originator_kind = agency->agency().kind();
  }
  facts.urgency = publish.urgency();
  facts.label = publish.label();
  facts.facts = publish.facts();
  for (const stored::v1::SealedSegment& segment : publish.segments()) {
    policy::EventFacts::Segment& each = facts.segments.emplace_back();
    for (const int flag : segment.flags()) {
      each.flags.push_back(static_cast<v1::ContentFlag>(flag));
    }
    each.nominals.assign(segment.nominal_indexes().begin(), segment.nominal_indexes().end());
  }
  for (const stored::v1::SealedTearLine& tear_line : publish.tear_lines()) {
    facts.tear_lines.push_back({tear_line.marking(), tear_line.audience()});
  }
  return facts;
}

std::set<std::string> PostsOfCase(const stored::v1::CaseRow& row) {
  std::set<std::string> posts;
  for (const v1::Seat& seat : row.case_().seats()) posts.insert(seat.post());
  posts.insert(row.case_().accountable_post());
  posts.insert(row.case_().supervising_post());
  posts.erase("");
  return posts;
}

std::set<std::string> PostsToJudge(const stored::v1::EventRow& event, const state::Reader& reader) {
  std::set<std::string> posts;
  for (const std::string& nominal_id : event.nominal_ids()) {
    if (const auto row = CaseOfNominal(nominal_id, reader)) posts.merge(PostsOfCase(*row));
  }
  posts.erase(event.publish().originating_post());
  return posts;
}

policy::Decision Judge(const stored::v1::EventRow& event, const policy::EventFacts& facts,
                       const std::string& post, bool again, Step& step) {
  TEARLINE_INVARIANT(step.policy != nullptr, "events are judged under a policy");
  std::vector<policy::NominalFacts> nominals;
  for (const std::string& nominal_id : event.nominal_ids()) {
    nominals.push_back(NominalOf(nominal_id, post, step.batch));
  }
  const policy::Decision decision =
      policy::Evaluate(*step.policy, facts, nominals, RecipientOf(post, step.batch));
  Remember(decision, event, post, again, step);
  return decision;
}

model::Position LastChange(const stored::v1::EventRow& event, const std::string& post,
                           const stored::v1::LedgerRow& ledger, const state::Reader& reader) {
  model::Position last = ledger.policy_position();
  for (const std::string& nominal_id : event.nominal_ids()) {
    if (const auto nominal = reader.Find<stored::v1::NominalRow>(NominalKey(nominal_id))) {
      last = std::max(last, nominal->changed_position());
    }
  }
  if (const auto row = reader.Find<stored::v1::PostRow>(PostKey(post))) {
    last = std::max(last, row->changed_position());
  }
  for (const std::string& agency : {AgencyOfPost(post), event.publish().originating_agency()}) {
    if (const auto row = reader.Find<stored::v1::AgencyRow>(AgencyKey(agency))) {
      last = std::max(last, row->changed_position());
    }
  }
  return last;
}

}  // namespace tearline::machine
