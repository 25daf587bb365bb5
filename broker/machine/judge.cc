#include "broker/machine/judge.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "broker/machine/access_limit.h"
#include "broker/machine/brought_in.h"
#include "broker/machine/commission.h"
#include "broker/machine/composite_view.h"
#include "broker/machine/event_terms.h"
#include "broker/machine/feed_name.h"
#include "broker/machine/glass.h"
#include "broker/machine/identity.h"
#include "broker/machine/missed.h"
#include "broker/machine/reach.h"
#include "broker/machine/rows.h"
#include "broker/machine/silence.h"
#include "broker/machine/supervisor.h"
#include "broker/machine/taken_up.h"
#include "broker/policy/hearing.h"
#include "broker/status/invariant.h"

namespace tearline::machine {
namespace {

policy::RecipientFacts RecipientOf(const std::string& post, const state::Reader& reader) {
  policy::RecipientFacts recipient;
  recipient.post = post;
  recipient.agency = AgencyOfPost(post);
  const auto post_row = reader.See<stored::v1::PostRow>(PostKey(post));
  const auto agency_row = reader.See<stored::v1::AgencyRow>(AgencyKey(recipient.agency));
  recipient.suspended = IsCutOff(post_row.get(), agency_row.get());  // a duty is then unmet
  if (!post_row || !agency_row) return recipient;
  recipient.agency_kind = agency_row->agency().kind();
  recipient.area = agency_row->agency().area();
  recipient.clearance = post_row->post().clearance();
  for (const int role : post_row->post().roles()) {
    recipient.roles.push_back(static_cast<v1::PostRole>(role));
  }
  return recipient;
}

/// Whether a seat's history holds what was recorded then.
bool ReachesBack(const v1::Seat& seat, std::int64_t accepted_ms) {
  const google::protobuf::Timestamp& from = seat.history_from();
  return !seat.has_history_from() ||
         from.seconds() * 1000 + from.nanos() / 1'000'000 <= accepted_ms;
}

/// The post's seat, for what was recorded then: its own; if it has none, one whose post is out of
/// reach and which names it as the substitute.
std::optional<v1::SeatKind> SeatOf(const v1::Case& its_case, const std::string& post,
                                   std::int64_t accepted_ms, const state::Reader& reader) {
  std::optional<v1::SeatKind> held;
  for (const v1::Seat& seat : its_case.seats()) {
    if (seat.post() == post) {
      return ReachesBack(seat, accepted_ms) ? std::optional(seat.kind()) : std::nullopt;
    }
    if (!held && !post.empty() && seat.substitute_post() == post &&
        IsOutOfReach(seat.post(), reader) && ReachesBack(seat, accepted_ms)) {
      held = seat.kind();
    }
  }
  return held;
}

/// What a post is to an event's nominal by the case of that.
policy::NominalFacts InCase(const v1::Case& its_case, const std::string& post,
                            const stored::v1::EventRow& event, std::int64_t now_ms,
                            const state::Reader& reader) {
  policy::NominalFacts facts = policy::StandingIn(its_case, post);
  facts.seat = SeatOf(its_case, post, event.accepted_ms(), reader);
  if (!IsCommissioned(its_case, post, event.publish().occurred_ms(), now_ms)) {
    std::erase(facts.functions, v1::CASE_FUNCTION_REPORT_WRITER);
  }
  return facts;
}

/// Adds what another is by the same case. Of two seats the chair's counts, else a member's.
void Add(const policy::NominalFacts& other, policy::NominalFacts& facts) {
  facts.accountable_officer = facts.accountable_officer || other.accountable_officer;
  facts.supervising = facts.supervising || other.supervising;
  if (!facts.seat || (other.seat && *other.seat < *facts.seat)) facts.seat = other.seat;
  facts.functions.insert(facts.functions.end(), other.functions.begin(), other.functions.end());
}

policy::NominalFacts NominalOf(const std::string& nominal_id, const std::string& post,
                               const stored::v1::EventRow& event, const RecordedAs& as,
                               const state::Reader& reader) {
  policy::NominalFacts limits;
  bool is_named = false;  // for the person, as who supervises
  std::shared_ptr<const stored::v1::CaseRow> row;
  for (const std::string& id : SamePerson(nominal_id, reader)) {
    const auto nominal = reader.See<stored::v1::NominalRow>(NominalKey(id));
    if (!nominal) continue;
    const std::string& named = nominal->supervising_post();
    is_named = is_named || (!post.empty() && (named == post || DoesTheWorkOf(named, post, reader)));
    limits.access_limited = limits.access_limited || IsLimited(*nominal);
    limits.excluded = limits.excluded || IsKeptOut(post, *nominal);
    limits.in_conflict = limits.in_conflict || IsInConflict(post, *nominal);
    if (const auto* glass = GlassOf(post, *nominal); glass && glass->until_ms() > as.stamp_ms) {
      limits.glass = GlassText(*glass);
    }
    if (!nominal->case_id().empty()) {
      row = reader.See<stored::v1::CaseRow>(CaseKey(nominal->case_id()));
    }
  }
  policy::NominalFacts facts;
  if (row) {
    const std::vector<std::string> stands_as =
        StandsAs(row->case_(), post, as.behaviour_version, reader);
    facts = InCase(row->case_(), stands_as.front(), event, as.stamp_ms, reader);
    for (std::size_t i = 1; i < stands_as.size(); ++i) {
      Add(InCase(row->case_(), stands_as[i], event, as.stamp_ms, reader), facts);
    }
    if (!facts.seat && stands_as.front() != post) {
      facts.seat = SeatOf(row->case_(), post, event.accepted_ms(), reader);
    }
  }
  if (!row || row->case_().supervising_post().empty()) facts.supervising = is_named;
  facts.access_limited = limits.access_limited;
  facts.excluded = limits.excluded;
  facts.in_conflict = limits.in_conflict;
  facts.glass = limits.glass;
  return facts;
}

/// What is withdrawn is told to nobody, whatever the rules say, and owed to nobody. Who was not
/// told of it before stays on record as it was (silence.h).
policy::Decision Withdrawn() {
  policy::Decision decision;
  decision.shortfall = v1::RULE_REASON_WITHDRAWN;
  return decision;
}

policy::Decision RuleOn(const stored::v1::EventRow& event, const policy::EventFacts& facts,
                        const std::string& post, Step& step) {
  const Standing standing = StandingOf(event, post, step.as(), step.batch);
  if (step.heard == event.position()) {
    step.policy->GoOn(facts);  // Within one record an event's facts do not change.
  } else {
    step.policy->Open(facts);
    step.heard = event.position();
  }
  const policy::Ruling& ruling = step.policy->Hear(standing.nominals, standing.recipient);
  return policy::DecisionOf(ruling, step.policy->policy(), standing.nominals);
}

/// The same of a composite: to each post it is made of what the post may be told of.
policy::Decision RuleOnComposite(const stored::v1::EventRow& event, const std::string& post,
                                 Step& step) {
  const LevelOf level_of = [&step](const policy::EventFacts& facts, const Standing& standing) {
    step.policy->Open(facts);
    return step.policy->Hear(standing.nominals, standing.recipient).level;
  };
  std::vector<policy::MemberShown> members =
      MembersFor(event, post, step.as(), step.batch, level_of);
  Standing standing = StandingFor(members, event, post, step.as(), step.batch);
  const policy::EventFacts facts = FactsFor(members, event, step.batch, standing.recipient);
  step.heard.reset();  // no event is open any more that another post could go on with
  step.policy->Open(facts);
  const policy::Ruling& ruling = step.policy->Hear(standing.nominals, standing.recipient);
  policy::Decision decision = policy::DecisionOf(ruling, step.policy->policy(), standing.nominals);
  ShowMembers(std::move(members), decision);
  return decision;
}

/// Posts that a nominal's case, supervision or glass brings in.
std::set<std::string> PostsBroughtIn(const stored::v1::EventRow& event, std::int64_t now_ms,
                                     const state::Reader& reader) {
  std::set<std::string> posts;
  for (const std::string& nominal_id : event.nominal_ids()) {
    posts.merge(PostsOfPerson(nominal_id, now_ms, reader));
  }
  return posts;
}

/// Whether a post is kept out of one of an event's persons, by name or for a conflict.
bool IsKeptOutOf(const stored::v1::EventRow& event, const std::string& post,
                 const state::Reader& reader) {
  const auto& ids = event.nominal_ids();
  return std::any_of(ids.begin(), ids.end(), [&](const std::string& nominal_id) {
    return IsKeptOutOfPerson(post, nominal_id, reader);
  });
}

/// Whether nothing came of it that a post was judged for one below it on its line. It was told
/// nothing, and hears of what is owed as if it had not been judged: it may be the last that does.
/// Not so where it is kept out of the person, or was judged otherwise before.
bool AskedInVain(const stored::v1::EventRow& event, const std::string& post,
                 const policy::Decision& decision, const Step& step) {
  const std::string& event_id = event.publish().event_id();
  return step.ledger.posts_out_of_reach() != 0 && decision.level == v1::LEVEL_WITHHELD &&
         !decision.duty_unmet && !IsToldLess(event_id, post, step.batch) &&
         !step.batch.Get(LetGoKey(post, event_id)) && !IsKeptOutOf(event, post, step.batch) &&
         StandsInByLine(event, post, step.batch) &&
         !PostsBroughtIn(event, step.now_ms(), step.batch).contains(post);
}

/// The last change of event, nominals, recipient or agencies that could alter a judgement.
model::Position LastChangeOf(const stored::v1::EventRow& event, const std::string& post,
                             const stored::v1::LedgerRow& ledger, const state::Reader& reader) {
  model::Position last = event.changed_position();
  for (const std::string& nominal_id : event.nominal_ids()) {
    for (const std::string& id : SamePerson(nominal_id, reader)) {
      const auto nominal = reader.See<stored::v1::NominalRow>(NominalKey(id));
      if (!nominal) continue;
      last = std::max(last, nominal->changed_position());
      const auto* glass = GlassOf(post, *nominal);
      if ((glass && glass->until_ms() <= ledger.last_stamp_ms()) ||
          HasRunOut(post, *nominal, ledger.last_stamp_ms(), reader)) {
        return std::numeric_limits<model::Position>::max();
      }
    }
  }
  if (const auto row = reader.See<stored::v1::PostRow>(PostKey(post))) {
    last = std::max(last, row->changed_position());
  }
  for (const std::string& agency : {AgencyOfPost(post), event.publish().originating_agency()}) {
    if (const auto row = reader.See<stored::v1::AgencyRow>(AgencyKey(agency))) {
      last = std::max(last, row->changed_position());
    }
  }
  return last;
}

/// Remembers of what was weighed for a feed that it is less than all that could be owed, and says
/// why a post out of reach is told nothing.
void Note(const stored::v1::EventRow& event, const std::string& feed, policy::Decision& decision,
          Step& step) {
  // What a post asks for beside its inbox says nothing of what it is owed.
  if (IsWithdrawn(event) || !IsInbox(feed)) return;
  const std::string& event_id = event.publish().event_id();
  if (IsNone(event)) {  // it is told to nobody, and what was owed of it is owed no more
    NoteDecision(event_id, feed, decision, step);
    return;
  }
  if (SayWhyOutOfReach(feed, decision, step.batch)) NoteMissed(event, feed, step);
  if (!AskedInVain(event, feed, decision, step)) NoteDecision(event_id, feed, decision, step);
}

}  // namespace

void RememberDecision(const policy::Decision& decision, const stored::v1::EventRow& event,
                      const std::string& feed, Judging judging, Step& step) {
  stored::v1::DecisionDetail& detail = *step.AddDetail().mutable_decision();
  detail.set_event_id(event.publish().event_id());
  detail.set_post(PostOfFeed(feed));
  if (!IsInbox(feed)) detail.set_feed(feed);
  detail.set_level(decision.level);
  detail.mutable_segments()->Add(decision.segments.begin(), decision.segments.end());
  for (const std::string& rule : decision.rules) detail.add_rules(rule);
  detail.set_duty(decision.duty);
  detail.set_shortfall(decision.shortfall);
  detail.set_policy_digest(step.ledger.policy_digest());
  if (decision.tear_line) detail.set_tear_line(*decision.tear_line);
  detail.set_again(judging == Judging::kAgain);
  detail.set_late(judging == Judging::kLate);
  *detail.mutable_members() = RowsOf(decision.members);
  Judged& judged = step.applied.judged;
  ++judged.by_level.at(static_cast<std::size_t>(decision.level));
  judged.duties_unmet += decision.duty_unmet ? 1 : 0;
}

policy::EventFacts FactsOf(const stored::v1::EventRow& event, const state::Reader& reader) {
  const stored::v1::Publish& publish = event.publish();
  policy::EventFacts facts;
  facts.event_type = publish.event_type();
  facts.originating_agency = publish.originating_agency();
  if (const auto agency =
          reader.See<stored::v1::AgencyRow>(AgencyKey(publish.originating_agency()))) {
    facts.originator_kind = agency->agency().kind();
  }
  facts.urgency = publish.urgency();
  facts.label = LabelOf(event);
  facts.facts = publish.facts();
  facts.purpose = event.purpose();
  facts.legal_basis = event.legal_basis();
  for (const stored::v1::SealedSegment& segment : publish.segments()) {
    policy::EventFacts::Segment& each = facts.segments.emplace_back();
    for (const int flag : segment.flags()) {
      each.flags.push_back(static_cast<v1::ContentFlag>(flag));
    }
    each.nominals.assign(segment.nominal_indexes().begin(), segment.nominal_indexes().end());
    if (segment.has_grading()) each.grading = segment.grading();
  }
  // A composite has nothing to hide but that it is: one portion, about its person.
  if (event.has_composite()) facts.segments.push_back({{}, {0}});
  for (std::uint32_t place = 0; place < TearLinesOf(event); ++place) {
    const stored::v1::SealedTearLine& tear_line = TearLineAt(event, place);
    // A retired one keeps its place, and nobody is its audience.
    facts.tear_lines.push_back(
        {tear_line.marking(), IsRetired(event, place) ? v1::Audience() : tear_line.audience()});
  }
  return facts;
}

std::set<std::string> PostsOfCase(const stored::v1::CaseRow& row) {
  std::set<std::string> posts;
  if (row.ended_ms() != 0) return posts;
  for (const v1::Seat& seat : row.case_().seats()) posts.insert(seat.post());
  for (const v1::CasePost& named : row.case_().named_posts()) posts.insert(named.post());
  posts.insert(row.case_().accountable_post());
  posts.insert(row.case_().supervising_post());
  posts.erase("");
  return posts;
}

std::set<std::string> AgenciesOfCase(const stored::v1::CaseRow& row) {
  std::set<std::string> agencies = {row.case_().lead_agency()};
  for (const std::string& post : PostsOfCase(row)) agencies.insert(AgencyOfPost(post));
  return agencies;
}

std::set<std::string> PostsToJudge(const stored::v1::EventRow& event, std::int64_t now_ms,
                                   const state::Reader& reader) {
  std::set<std::string> posts = PostsBroughtIn(event, now_ms, reader);
  posts.merge(StandInsFor(event, reader));
  posts.erase("");
  posts.erase(event.publish().originating_post());
  return posts;
}

Standing StandingOf(const stored::v1::EventRow& event, const std::string& post,
                    const RecordedAs& as, const state::Reader& reader) {
  Standing standing;
  for (const std::string& nominal_id : event.nominal_ids()) {
    standing.nominals.push_back(NominalOf(nominal_id, post, event, as, reader));
  }
  standing.recipient = RecipientOf(post, reader);
  return standing;
}

policy::Decision Weigh(const stored::v1::EventRow& event, const policy::EventFacts& facts,
                       const std::string& feed, Step& step) {
  TEARLINE_INVARIANT(step.policy != nullptr, "events are judged under a policy");
  const Watched watched(step.watch, Phase::kJudge);
  if (IsWithdrawn(event)) return Withdrawn();
  if (IsNone(event)) return NoComposite();
  const std::string post = PostOfFeed(feed);
  return event.has_composite() ? RuleOnComposite(event, post, step)
                               : RuleOn(event, facts, post, step);
}

policy::Decision Decide(const stored::v1::EventRow& event, const policy::EventFacts& facts,
                        const std::string& feed, Step& step) {
  policy::Decision decision = Weigh(event, facts, feed, step);
  Note(event, feed, decision, step);
  return decision;
}

policy::Decision SayOfComposite(stored::v1::EventRow event,
                                const stored::v1::CompositeRow& composite, const std::string& post,
                                Step& step) {
  const Watched watched(step.watch, Phase::kJudge);
  *event.mutable_composite() = composite;
  return RuleOnComposite(event, post, step);
}

policy::Decision JudgeAs(policy::Decision weighed, const stored::v1::EventRow& event,
                         const std::string& feed, Judging judging, Step& step) {
  Note(event, feed, weighed, step);
  RememberDecision(weighed, event, feed, judging, step);
  return weighed;
}

policy::Decision Judge(const stored::v1::EventRow& event, const policy::EventFacts& facts,
                       const std::string& feed, Judging judging, Step& step) {
  return JudgeAs(Weigh(event, facts, feed, step), event, feed, judging, step);
}

model::Position LastChange(const stored::v1::EventRow& event, const std::string& post,
                           const stored::v1::LedgerRow& ledger, const state::Reader& reader) {
  model::Position last =
      std::max<model::Position>({ledger.policy_position(), ledger.reach_position(),
                                 LastChangeOf(event, post, ledger, reader)});
  for (const stored::v1::CompositeMember& each : event.composite().members()) {
    const auto member = reader.See<stored::v1::EventRow>(EventKey(each.event_id()));
    TEARLINE_INVARIANT(member != nullptr, "a member of a composite is kept");
    last = std::max(last, LastChangeOf(*member, post, ledger, reader));
  }
  return last;
}

}  // namespace tearline::machine
