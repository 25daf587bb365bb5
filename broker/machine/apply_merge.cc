#include <algorithm>
#include <cstdint>
#include <iterator>
#include <limits>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "broker/machine/apply.h"
#include "broker/machine/brought_in.h"
#include "broker/machine/composite.h"
#include "broker/machine/feed_name.h"
#include "broker/machine/history.h"
#include "broker/machine/identity.h"
#include "broker/machine/joined_case.h"
#include "broker/machine/judge.h"
#include "broker/machine/look_again.h"
#include "broker/machine/review_told.h"
#include "broker/machine/rows.h"
#include "broker/machine/selector.h"
#include "broker/machine/silence.h"
#include "broker/machine/supervisor.h"
#include "broker/machine/tell_originators.h"
#include "broker/model/limits.h"

namespace tearline::machine {
namespace {

using stored::v1::NominalRow;

/// The version from which one record looks at so many events for who was told of one of two that
/// became one.
constexpr std::uint16_t kMergesBoundedFrom = 7;
/// As many as there are events about one person.
constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

Status WrongState(const std::string& sentence) {
  return Refuse(v1::ERROR_REASON_WRONG_STATE, sentence);
}

Status NoSuchNominal() { return Refuse(v1::ERROR_REASON_NOT_FOUND, "no such nominal"); }

std::string TextOf(const std::string& nominal_id) {
  return model::NominalId::FromBytes(nominal_id)->Text();
}

std::set<std::string> PostsTold(const std::string& nominal_id, const Step& step) {
  return PostsOfPerson(nominal_id, step.now_ms(), step.batch);
}

bool WereParted(const std::vector<std::string>& some, const std::vector<std::string>& others,
                const Step& step) {
  return std::any_of(some.begin(), some.end(), [&](const std::string& id) {
    const auto row = step.batch.Find<NominalRow>(NominalKey(id));
    const auto& parted = row->parted();
    return std::any_of(parted.begin(), parted.end(), [&others](const stored::v1::Parted& each) {
      return std::find(others.begin(), others.end(), each.nominal_id()) != others.end();
    });
  });
}

/// What is against taking `removed` and `surviving`, each a nominal of a person, for one.
Status CheckMerge(const std::string& removed, const std::string& surviving, const Step& step) {
  const std::vector<std::string> ones = SamePerson(removed, step.batch);
  const std::vector<std::string> others = SamePerson(surviving, step.batch);
  if (WereParted(ones, others, step)) {
    return Refuse(v1::ERROR_REASON_NOT_ONE_PERSON,
                  "the two must not have been merged and parted before: they stay two people");
  }
  if (ones.size() + others.size() > static_cast<std::size_t>(model::kSamePersonMax)) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED, "one person has at most 64 nominals");
  }
  if (const Result<TwoCases> cases = CasesOf(removed, surviving, step); !cases.ok()) {
    return cases.status();
  }
  const auto provisional = [&step](const std::string& id) {
    return step.batch.Find<NominalRow>(NominalKey(SurvivorOf(id, step.batch)))->provisional();
  };
  if (provisional(surviving) && !provisional(removed)) {
    return WrongState("a provisional nominal must be the removed one: name them the other way");
  }
  return {};
}

/// A post hears that its own access to the person has changed, under each id.
void TellHolder(const std::string& post, const std::string& person, Step& step) {
  for (const std::string& id : SamePerson(person, step.batch)) TellOfAccess(post, post, id, step);
}

bool IsKeptOutOfEither(const std::string& post, const std::string& person, const std::string& other,
                       const Step& step) {
  return IsKeptOutOfPerson(post, person, step.batch) || IsKeptOutOfPerson(post, other, step.batch);
}

/// `person` is from now on judged for `posts`, too: what is in its past comes to those who had
/// nothing to do with it before; they hear of it, and so does whoever told it, also of the agency
/// that leads the case. Who had to do with both hears that they are one (from kBothToldFrom on).
/// Who is kept out of either hears nothing. Said before they are one.
void ShowTo(const std::set<std::string>& posts, const std::string& person, const std::string& other,
            Step& step) {
  const std::set<std::string> before = PostsTold(person, step);
  for (const std::string& post : posts) {
    const bool both = before.contains(post);
    if (both && step.header.behaviour_version < kBothToldFrom) continue;
    if (!both) BeginHistory(person, post, step);
    if (IsKeptOutOfEither(post, person, other, step)) continue;
    if (!both) TellOriginators(person, post, step);
    TellHolder(post, person, step);
  }
  if (const auto its_case = CaseOfNominal(other, step.batch)) {
    TellOriginatorsOfLead(person, its_case->case_().lead_agency(), step);
  }
}

/// Those of `posts` that were told something about one of these, and still are. So many events are
/// looked at for some post (kLookedAtRowsMax, from kMergesBoundedFrom on); where more may lie
/// beyond them, who was not found by then is taken to have been told: each has a wish about one of
/// the two.
std::set<std::string> WhoWasTold(std::set<std::string> posts, const std::vector<std::string>& ids,
                                 const Step& step) {
  const bool bounded = step.header.behaviour_version >= kMergesBoundedFrom;
  std::size_t looks = bounded ? static_cast<std::size_t>(model::kLookedAtRowsMax) : kAll;
  std::set<std::string> told;
  for (const std::string& id : ids) {
    const state::Key events = state::Key(state::Table::kEventOfNominal).Fixed(id);
    for (const auto& [key, event_id] : step.batch.Scan(events, looks)) {
      for (auto post = posts.begin(); post != posts.end() && looks > 0; --looks) {
        const bool knows = KnowsOf(event_id, *post, step.batch);
        if (knows) told.insert(*post);
        post = knows ? posts.erase(post) : std::next(post);
      }
      if (posts.empty()) return told;
      if (looks == 0) break;
    }
    if (looks == 0) {
      told.merge(posts);
      break;
    }
  }
  return told;
}

/// Subscriptions that name one of `other`'s nominals wish for `person`, too. Whose they are, if it
/// was told something of `other`, hears of it (from kBothToldFrom on): a wish alone gives nobody
/// the right to learn that two are one (P6).
void ShowToWishes(const std::string& other, const std::string& person, Step& step) {
  const std::vector<std::string> ids = SamePerson(other, step.batch);
  std::set<std::string> owners;
  for (const std::string& id : ids) {
    for (const std::string& feed : FeedsThatName(id, step.batch)) {
      BeginHistoryOfWish(person, feed, step);
      owners.insert(PostOfFeed(feed));
    }
  }
  if (step.header.behaviour_version < kBothToldFrom) return;
  std::set<std::string> brought_in = PostsTold(other, step);  // who heard of it above
  brought_in.merge(PostsTold(person, step));
  std::erase_if(owners, [&](const std::string& post) {
    return brought_in.contains(post) || IsKeptOutOfEither(post, person, other, step);
  });
  for (const std::string& post : WhoWasTold(std::move(owners), ids, step)) {
    TellHolder(post, person, step);
  }
}

/// What a wrong merge kept from a post of the person's own, by limits that were the other's, comes
/// to it late; who the merge brought in hears that it is out again. Said after they are two.
/// `kept_out` are the posts that were kept out while they were one.
void RestoreTo(const std::string& person, const std::set<std::string>& posts,
               const std::set<std::string>& kept_out, Step& step) {
  const std::set<std::string> own = PostsTold(person, step);
  for (const std::string& post : posts) {
    if (IsKeptOutOfPerson(post, person, step.batch)) continue;
    if (!own.contains(post)) {
      if (!kept_out.contains(post)) TellHolder(post, person, step);
    } else if (kept_out.contains(post)) {
      BeginHistory(person, post, step);
      TellOriginators(person, post, step);
    }
  }
}

/// Who was named for one of two, and did not supervise while the other's case named another, does
/// so again: what was recorded meanwhile comes late; it hears of that, and so does whoever told it,
/// unless it was one of `posts`, who had to do with them anyhow. `before` are the posts that were to,
/// said before they were two; a case that was opened again may name its own.
void BringBackSupervisors(const std::set<std::string>& before, const std::set<std::string>& posts,
                          const std::string& person, Step& step) {
  if (step.header.behaviour_version < kPartedSupervisedFrom) return;
  for (const std::string& post : SupervisorsWithoutCase(person, step.batch)) {
    if (!before.contains(post)) continue;
    BeginHistory(person, post, step);
    if (posts.contains(post) || IsKeptOutOfPerson(post, person, step.batch)) continue;
    TellOriginators(person, post, step);
    TellHolder(post, person, step);
  }
}

/// What is out, by subscriptions that name a person, is looked at again: it may be of the other's.
void LookAgainAtWishes(const std::string& person, Step& step) {
  if (step.header.behaviour_version < kPartedUnwishedFrom) return;
  for (const std::string& id : SamePerson(person, step.batch)) {
    for (const std::string& feed : FeedsThatName(id, step.batch)) BeginLookingAgain(feed, step);
  }
}

void RememberParted(NominalRow& row, const std::string& other, std::int64_t merged_ms,
                    const Step& step) {
  stored::v1::Parted& parted = *row.add_parted();
  parted.set_nominal_id(other);
  parted.set_merged_ms(merged_ms);
  parted.set_parted_ms(step.now_ms());
}

}  // namespace

Status ApplyMergeNominals(const stored::v1::MergeNominals& command, Step& step) {
  const std::string& removed_id = command.removed_id();
  const std::string& surviving_id = command.surviving_id();
  auto removed = step.batch.Find<NominalRow>(NominalKey(removed_id));
  if (!removed || !step.batch.Get(NominalKey(surviving_id))) return NoSuchNominal();
  if (SurvivorOf(surviving_id, step.batch) == SurvivorOf(removed_id, step.batch)) {
    return WrongState("the two must not be one person already");
  }
  if (!removed->surviving_id().empty()) {
    return WrongState("the removed nominal must not have been merged before; name what it became");
  }
  TEARLINE_RETURN_IF_REFUSED(CheckMerge(removed_id, surviving_id, step));

  const TwoCases cases = *CasesOf(removed_id, surviving_id, step);
  std::set<std::string> had_access = PostsTold(surviving_id, step);
  had_access.merge(PostsTold(removed_id, step));
  if (!cases.joined.empty()) {
    EndJoined(cases, step);
    removed = step.batch.Find<NominalRow>(NominalKey(removed_id));
    removed->set_joined_case_id(cases.joined);
  }
  const std::set<std::string> of_removed = PostsTold(removed_id, step);
  ShowTo(PostsTold(surviving_id, step), removed_id, surviving_id, step);
  ShowTo(of_removed, surviving_id, removed_id, step);
  ShowToWishes(surviving_id, removed_id, step);
  ShowToWishes(removed_id, surviving_id, step);
  removed->set_surviving_id(surviving_id);
  removed->set_merged_ms(step.now_ms());
  removed->set_merged_position(step.header.position);
  step.batch.PutRow(NominalKey(removed_id), *removed);
  auto surviving = step.batch.Find<NominalRow>(NominalKey(surviving_id));
  surviving->add_merged_ids(removed_id);
  step.batch.PutRow(NominalKey(surviving_id), *surviving);
  step.AddChanged("combination", TextOf(removed_id), TextOf(surviving_id));
  if (cases.joined.empty()) {
    RejudgePerson(surviving_id, PostsTold(surviving_id, step), step);
  } else {
    RejudgePerson(surviving_id, had_access, step);
    TellOfJoined(cases, step);
  }
  CallForComposites(surviving_id, step);
  return {};
}

Status ApplyUnmergeNominals(const stored::v1::UnmergeNominals& command, Step& step) {
  const std::string& removed_id = command.removed_id();
  auto removed = step.batch.Find<NominalRow>(NominalKey(removed_id));
  if (!removed) return NoSuchNominal();
  if (removed->surviving_id().empty()) {
    return WrongState("the nominal must have been merged into another");
  }
  const std::string other_id = removed->surviving_id();
  auto other = step.batch.Find<NominalRow>(NominalKey(other_id));
  if (removed->parted_size() >= model::kSamePersonMax ||
      other->parted_size() >= model::kSamePersonMax) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED, "a nominal is parted from at most 64 others");
  }

  const std::set<std::string> posts = PostsTold(other_id, step);
  std::set<std::string> kept_out;
  for (const std::string& post : posts) {
    if (IsKeptOutOfPerson(post, other_id, step.batch)) kept_out.insert(post);
  }
  const std::set<std::string> supervise_again = SupervisorsIfParted(removed_id, step.batch);
  const std::int64_t merged_ms = removed->merged_ms();
  RememberParted(*removed, other_id, merged_ms, step);
  RememberParted(*other, removed_id, merged_ms, step);
  removed->clear_surviving_id();
  removed->clear_merged_ms();
  removed->clear_merged_position();
  const std::vector<JoinedBy> joined = JoinedCasesParted(removed_id, step);
  removed->clear_joined_case_id();
  auto& merged = *other->mutable_merged_ids();
  merged.erase(std::remove(merged.begin(), merged.end(), removed_id), merged.end());
  step.batch.PutRow(NominalKey(removed_id), *removed);
  step.batch.PutRow(NominalKey(other_id), *other);
  step.AddChanged("separation", TextOf(removed_id), TextOf(other_id));
  RejudgePerson(removed_id, posts, step);
  RejudgePerson(other_id, posts, step);
  RestoreTo(removed_id, posts, kept_out, step);
  RestoreTo(other_id, posts, kept_out, step);
  for (const std::string& each : {removed_id, other_id}) PartComposites(each, step);
  ReopenJoined(joined, step);
  for (const std::string& each : {removed_id, other_id}) {
    BringBackSupervisors(supervise_again, posts, each, step);
    LookAgainAtWishes(each, step);
  }
  if (joined.empty()) {
    OpenReviewOfTold(removed_id, other_id, v1::RULE_REASON_UNMERGED, step);
    return {};
  }
  // Each panel's own look at it names its case.
  for (const auto& [id, another] :
       {std::pair(removed_id, other_id), std::pair(other_id, removed_id)}) {
    const auto with_case = NominalWithCase(id, step.batch);
    OpenReviewOfTold(id, another, v1::RULE_REASON_UNMERGED, step,
                     with_case ? with_case->case_id() : std::string());
  }
  return {};
}

}  // namespace tearline::machine
