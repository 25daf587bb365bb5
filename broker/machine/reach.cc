#include "broker/machine/reach.h"

#include <algorithm>
#include <limits>

#include "broker/machine/board.h"
#include "broker/machine/certificate_end.h"
#include "broker/machine/hand_over.h"
#include "broker/machine/identity.h"
#include "broker/machine/judge.h"
#include "broker/machine/missed.h"
#include "broker/machine/obligation.h"
#include "broker/machine/obligation_row.h"
#include "broker/machine/permission.h"
#include "broker/machine/rows.h"
#include "broker/machine/silence.h"
#include "broker/machine/supervisor.h"
#include "broker/machine/taken_up.h"
#include "broker/model/limits.h"
#include "broker/status/invariant.h"

namespace tearline::machine {
namespace {

using state::Key;
using state::Table;
using stored::v1::AgencyRow;
using stored::v1::PostRow;
using stored::v1::ReachRow;

/// When the authority's certificate ends, ms since 1970; 0 if that is not known.
std::int64_t AuthorityEndMs(const v1::Agency& agency) {
  if (!agency.has_authority_valid_until()) return 0;
  const google::protobuf::Timestamp& until = agency.authority_valid_until();
  // A certificate says whole seconds, to the end of the year 9999.
  return std::max<std::int64_t>(until.seconds(), 1) * 1000;
}

/// Whether somebody is named to act for the post, and `may_not` is true of everybody who is.
template <typename MayNot>
bool NobodyMayAct(const v1::Post& post, const state::Reader& reader, MayNot may_not) {
  const std::string agency = AgencyOfPost(post.post());
  std::set<std::string> acting(post.services().begin(), post.services().end());
  acting.insert(post.holder());
  acting.insert(post.deputy());
  acting.erase("");
  return !acting.empty() &&
         std::all_of(acting.begin(), acting.end(), [&](const std::string& member) {
           const auto row = reader.See<stored::v1::MemberRow>(MemberKey(agency, member));
           return row && may_not(*row);
         });
}

bool AllSuspended(const v1::Post& post, const state::Reader& reader) {
  return NobodyMayAct(post, reader,
                      [](const stored::v1::MemberRow& member) { return member.suspended(); });
}

/// The same of suspended members and those whose certificates have ended.
bool AllSuspendedOrUncertified(const v1::Post& post, const Step& step) {
  return NobodyMayAct(post, step.batch, [&step](const stored::v1::MemberRow& member) {
    return member.suspended() || IsUncertified(member, step.now_ms());
  });
}

v1::RuleReason WhyOutOfReach(const v1::Post& post, const Step& step) {
  const auto agency = step.batch.See<AgencyRow>(AgencyKey(AgencyOfPost(post.post())));
  TEARLINE_INVARIANT(agency != nullptr, "a post's agency is in the directory");
  if (agency->suspended() || AllSuspended(post, step.batch)) {
    return v1::RULE_REASON_RECIPIENT_SUSPENDED;
  }
  const std::int64_t end_ms = AuthorityEndMs(agency->agency());
  const bool authority_ended = end_ms != 0 && end_ms <= step.now_ms();
  return authority_ended || AllSuspendedOrUncertified(post, step)
             ? v1::RULE_REASON_RECIPIENT_UNCERTIFIED
             : v1::RULE_REASON_UNSPECIFIED;
}

void Look(PostRow row, Step& step) {
  const std::string post = row.post().post();
  const v1::RuleReason before = row.out_of_reach();
  const v1::RuleReason now = WhyOutOfReach(row.post(), step);
  if (now == before) return;
  row.set_out_of_reach(now);
  row.set_changed_position(step.header.position);
  step.batch.PutRow(PostKey(post), row);
  const bool out = now != v1::RULE_REASON_UNSPECIFIED;
  if (out && before != v1::RULE_REASON_UNSPECIFIED) return;  // for another reason than before
  TEARLINE_INVARIANT(out || step.ledger.posts_out_of_reach() > 0, "a post out of reach is counted");
  const std::uint64_t others = step.ledger.posts_out_of_reach() - (out ? 0 : 1);
  step.ledger.set_posts_out_of_reach(others + (out ? 1 : 0));
  // Whoever stands in is judged as something else from now on.
  step.ledger.set_reach_position(step.header.position);
  BeginReach(post, /*back=*/!out, step);
  if (out) return;
  EndWork(post, step);
  // What came for these while it was out of reach comes to it now.
  for (const std::string& dead : WhoseWorkItDoes(post, step.batch)) {
    BeginReach(dead, /*back=*/false, step);
  }
}

/// The first up the post's line that is in reach; "" if there is none.
std::string FirstUpTheLine(const std::string& post, const state::Reader& reader) {
  std::string next = post;
  for (std::uint32_t steps = 0; steps < kStagesMax; ++steps) {
    const auto row = reader.See<PostRow>(PostKey(next));
    next = row ? row->post().escalates_to() : std::string();
    if (next.empty() || !IsDeadAddress(next, reader)) return next;
  }
  return {};
}

/// Posts that stand in: those named for it or that do its work, and those that are next up a line.
struct StandIns {
  std::set<std::string> substitutes;
  std::set<std::string> up_the_line;

  /// Whoever does the work of the post, and is kept out of the person, does not do it there.
  void Add(const std::string& post, const std::string& substitute, const std::string& nominal_id,
           const state::Reader& reader) {
    std::string does_its_work = WhoDoesTheWorkOf(post, reader);
    if (!does_its_work.empty() && IsKeptOutOfPerson(does_its_work, nominal_id, reader)) {
      does_its_work.clear();
    }
    if (!does_its_work.empty()) substitutes.insert(does_its_work);
    if (!IsOutOfReach(post, reader)) return;
    if (!substitute.empty() && !IsDeadAddress(substitute, reader)) {
      substitutes.insert(substitute);
    } else if (does_its_work.empty()) {
      up_the_line.insert(FirstUpTheLine(post, reader));
    }
  }
};

void AddStandInsFor(const std::string& nominal_id, const state::Reader& reader, StandIns& all) {
  if (const auto row = CaseOfNominal(nominal_id, reader)) {
    std::set<std::string> others = PostsOfCase(*row);
    for (const v1::Seat& seat : row->case_().seats()) {
      others.erase(seat.post());
      all.Add(seat.post(), seat.substitute_post(), nominal_id, reader);
    }
    for (const std::string& post : others) all.Add(post, "", nominal_id, reader);
  }
  for (const std::string& post : SupervisorsWithoutCase(nominal_id, reader)) {
    all.Add(post, "", nominal_id, reader);
  }
  all.up_the_line.erase("");
}

StandIns AllStandInsFor(const stored::v1::EventRow& event, const state::Reader& reader) {
  StandIns all;
  for (const std::string& nominal_id : event.nominal_ids()) {
    AddStandInsFor(nominal_id, reader, all);
  }
  return all;
}

/// The chairs of a case's panel, and its accountable post.
std::set<std::string> CoordinatorsOfCase(const v1::Case& its_case) {
  std::set<std::string> posts = {its_case.accountable_post()};
  for (const v1::Seat& seat : its_case.seats()) {
    if (seat.kind() == v1::SEAT_KIND_CHAIR) posts.insert(seat.post());
  }
  posts.erase("");
  return posts;
}

/// The co-ordinators of the agency that leads a case, where somebody is there and the agency works
/// in the case's area.
void AddLeadCoordinators(const v1::Case& its_case, const state::Reader& reader,
                         std::set<std::string>& posts) {
  const std::string& lead = its_case.lead_agency();
  const auto agency = reader.See<AgencyRow>(AgencyKey(lead));
  if (!agency) return;
  const std::string& area = agency->agency().area();
  if (!area.empty() && area != its_case.area()) return;
  const Key all = Key(Table::kPost).Fixed(lead + "/");
  reader.SeeEach<PostRow>(all, model::kReviewersLookedAtMax, [&](const PostRow& row) {
    const std::string& post = row.post().post();
    if (HasRole(row.post(), v1::POST_ROLE_COORDINATOR) && !IsNobodyThere(post, reader)) {
      posts.insert(post);
    }
    return true;
  });
}

}  // namespace

v1::RuleReason OutOfReach(const std::string& post, const state::Reader& reader) {
  const auto row = reader.See<PostRow>(PostKey(post));
  return row ? row->out_of_reach() : v1::RULE_REASON_UNSPECIFIED;
}

bool IsCutOff(const std::string& post, const state::Reader& reader) {
  return IsCutOff(reader.See<PostRow>(PostKey(post)).get(),
                  reader.See<AgencyRow>(AgencyKey(AgencyOfPost(post))).get());
}

bool SayWhyOutOfReach(const std::string& post, policy::Decision& decision,
                      const state::Reader& reader) {
  if (decision.shortfall != v1::RULE_REASON_RECIPIENT_SUSPENDED) return false;
  const v1::RuleReason why = OutOfReach(post, reader);
  if (why == v1::RULE_REASON_UNSPECIFIED) return false;
  decision.shortfall = why;
  return true;
}

std::set<std::string> StandInsFor(const stored::v1::EventRow& event, const state::Reader& reader) {
  StandIns all = AllStandInsFor(event, reader);
  all.substitutes.merge(all.up_the_line);
  return std::move(all.substitutes);
}

bool StandsInForPerson(const std::string& nominal_id, const std::string& post,
                       const state::Reader& reader) {
  StandIns all;
  AddStandInsFor(nominal_id, reader, all);
  return all.substitutes.contains(post) || all.up_the_line.contains(post);
}

std::set<std::string> SubstitutesNamedFor(const stored::v1::EventRow& event,
                                          const state::Reader& reader) {
  std::set<std::string> posts;
  for (const std::string& nominal_id : event.nominal_ids()) {
    const auto row = CaseOfNominal(nominal_id, reader);
    if (!row) continue;
    for (const v1::Seat& seat : row->case_().seats()) posts.insert(seat.substitute_post());
  }
  posts.erase("");
  return posts;
}

bool StandsInByLine(const stored::v1::EventRow& event, const std::string& post,
                    const state::Reader& reader) {
  const StandIns all = AllStandInsFor(event, reader);
  return all.up_the_line.contains(post) && !all.substitutes.contains(post);
}

std::set<std::string> CoordinatorsOf(const stored::v1::EventRow& event,
                                     const state::Reader& reader) {
  std::set<std::string> posts;
  for (const std::string& nominal_id : event.nominal_ids()) {
    if (const auto row = CaseOfNominal(nominal_id, reader)) {
      posts.merge(CoordinatorsOfCase(row->case_()));
    }
  }
  return posts;
}

std::set<std::string> LeadCoordinatorsOf(const stored::v1::EventRow& event,
                                         const state::Reader& reader) {
  std::set<std::string> posts;
  for (const std::string& nominal_id : event.nominal_ids()) {
    const auto row = CaseOfNominal(nominal_id, reader);
    if (!row) continue;
    const std::set<std::string> own = CoordinatorsOfCase(row->case_());
    const bool is_anybody_there = std::any_of(own.begin(), own.end(), [&](const std::string& post) {
      return !IsNobodyThere(post, reader);
    });
    if (!is_anybody_there) AddLeadCoordinators(row->case_(), reader, posts);
  }
  return posts;
}

void TellCoordinators(const stored::v1::EventRow& event, const std::string& id,
                      const stored::v1::ObligationRow& row, Step& step) {
  std::set<std::string> posts = CoordinatorsOf(event, step.batch);
  if (step.header.behaviour_version >= kDutiesKeptFrom) {
    posts.merge(LeadCoordinatorsOf(event, step.batch));
  }
  for (const std::string& post : posts) {
    const bool told = post == row.debtor_post() || post == event.answering_post();
    if (told || IsPassedOver(post, row.nominal_id(), step)) continue;
    if (MayHearOf(id, row, post, step.batch)) Tell(post, id, row, step);
  }
}

void LookAtReach(const std::string& post, Step& step) {
  if (step.header.behaviour_version < kReachFrom) return;
  const auto row = step.batch.Find<PostRow>(PostKey(post));
  TEARLINE_INVARIANT(row.has_value(), "a post that was set is in the directory");
  Look(*row, step);
}

void LookAtReachOfAgency(const std::string& agency, const std::string& member, Step& step) {
  if (step.header.behaviour_version < kReachFrom) return;
  constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();  // an agency's posts
  for (const auto& [key, bytes] : step.batch.Scan(Key(Table::kPost).Fixed(agency + "/"), kAll)) {
    PostRow row;
    TEARLINE_INVARIANT(row.ParseFromString(bytes), "a post's row parses");
    if (member.empty() || ActsFor(row.post(), member)) Look(std::move(row), step);
  }
}

void SetAuthorityEnd(const v1::Agency& before, const v1::Agency& after, Step& step) {
  if (step.header.behaviour_version < kReachFrom) return;
  const std::int64_t stood_ms = AuthorityEndMs(before);
  const std::int64_t end_ms = AuthorityEndMs(after);
  if (stood_ms != 0) {
    const Key stood = DeadlineKey(stood_ms, DeadlineKind::kAuthority, after.agency());
    if (step.batch.Get(stood)) step.batch.Erase(stood);
  }
  if (end_ms > step.now_ms()) {
    step.batch.Put(DeadlineKey(end_ms, DeadlineKind::kAuthority, after.agency()), "");
  }
}

void EndAuthority(const std::string& id, std::int64_t due_ms, Step& step) {
  step.batch.Erase(DeadlineKey(due_ms, DeadlineKind::kAuthority, id));
  auto agency = step.batch.Find<AgencyRow>(AgencyKey(id));
  TEARLINE_INVARIANT(agency.has_value(), "an authority ends with its agency in the directory");
  agency->set_changed_position(step.header.position);
  step.batch.PutRow(AgencyKey(id), *agency);
  step.AddChanged("authority-ended", id);
  LookAtReachOfAgency(id, /*member=*/"", step);
  step.applied.access_changed = true;
}

}  // namespace tearline::machine
