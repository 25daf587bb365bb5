#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "broker/machine/apply.h"
#include "broker/machine/brought_in.h"
#include "broker/machine/composite.h"
#include "broker/machine/history.h"
#include "broker/machine/identity.h"
#include "broker/machine/joined_case.h"
#include "broker/machine/judge.h"
#include "broker/machine/review_told.h"
#include "broker/machine/rows.h"
#include "broker/machine/selector.h"
#include "broker/machine/tell_originators.h"
#include "broker/model/limits.h"

namespace tearline::machine {
namespace {

using stored::v1::NominalRow;

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

/// `person` is from now on judged for `posts`, too: what is in its past comes to those who had
/// nothing to do with it before; they hear of it, and so does whoever told it, also of the agency
/// that leads the case. Who is kept out of either hears nothing. Said before they are one.
void ShowTo(const std::set<std::string>& posts, const std::string& person, const std::string& other,
            Step& step) {
  const std::set<std::string> before = PostsTold(person, step);
  for (const std::string& post : posts) {
    if (before.contains(post)) continue;
    BeginHistory(person, post, step);
    if (IsKeptOutOfPerson(post, person, step.batch) || IsKeptOutOfPerson(post, other, step.batch)) {
      continue;
    }
    TellOriginators(person, post, step);
    TellHolder(post, person, step);
  }
  if (const auto its_case = CaseOfNominal(other, step.batch)) {
    TellOriginatorsOfLead(person, its_case->case_().lead_agency(), step);
  }
}

/// Subscriptions that name one of `other`'s nominals wish for `person`, too.
void ShowToWishes(const std::string& other, const std::string& person, Step& step) {
  for (const std::string& id : SamePerson(other, step.batch)) {
    for (const std::string& feed : FeedsThatName(id, step.batch)) {
      BeginHistoryOfWish(person, feed, step);
    }
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
  if (joined.empty()) {
    OpenReviewOfTold(removed_id, other_id, v1::RULE_REASON_UNMERGED, step);
    return {};
  }
  // Each panel's own look at it names its case.
  ReopenJoined(joined, step);
  for (const auto& [id, another] :
       {std::pair(removed_id, other_id), std::pair(other_id, removed_id)}) {
    const auto with_case = NominalWithCase(id, step.batch);
    OpenReviewOfTold(id, another, v1::RULE_REASON_UNMERGED, step,
                     with_case ? with_case->case_id() : std::string());
  }
  return {};
}

}  // namespace tearline::machine
