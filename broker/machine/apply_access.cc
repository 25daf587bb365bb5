#include <algorithm>
#include <set>
#include <string>

#include "broker/machine/access_limit.h"
#include "broker/machine/apply.h"
#include "broker/machine/brought_in.h"
#include "broker/machine/case_row.h"
#include "broker/machine/feed_name.h"
#include "broker/machine/history.h"
#include "broker/machine/identity.h"
#include "broker/machine/judge.h"
#include "broker/machine/look_again.h"
#include "broker/machine/permission.h"
#include "broker/machine/rows.h"
#include "broker/machine/selector.h"
#include "broker/machine/taken_up.h"
#include "broker/machine/tell_originators.h"
#include "broker/model/limits.h"
#include "broker/model/name.h"

namespace tearline::machine {
namespace {

using Names = google::protobuf::RepeatedPtrField<std::string>;
using stored::v1::NominalRow;

/// Posts and agencies the directory knows, in byte order, each once.
Status CheckNames(const Names& names, const std::string& path, const state::Reader& reader) {
  if (static_cast<std::size_t>(names.size()) > model::kAccessLimitsMax) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED,
                  "`" + path + "` has " + std::to_string(names.size()) + " entries; at most " +
                      std::to_string(model::kAccessLimitsMax));
  }
  for (int i = 0; i < names.size(); ++i) {
    const std::string place = path + "[" + std::to_string(i) + "]";
    const bool is_post = names[i].find('/') != std::string::npos;
    TEARLINE_RETURN_IF_REFUSED(is_post ? model::CheckPostName(names[i], place)
                                       : model::CheckName(names[i], place));
    if (i > 0 && names[i - 1] >= names[i]) {
      return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                    "`" + path + "` must be in byte order, each name once");
    }
    if (!reader.Get(is_post ? PostKey(names[i]) : AgencyKey(names[i]))) {
      return Refuse(v1::ERROR_REASON_NOT_FOUND,
                    "`" + place + "` must be a post or an agency the directory knows");
    }
  }
  return {};
}

/// The posts that events about a nominal are judged for, and those that do the work of any.
std::set<std::string> PostsJudged(const std::string& nominal_id, const Step& step) {
  if (step.header.behaviour_version >= kRaisesReachFrom) {
    std::set<std::string> posts = PostsOfPerson(nominal_id, step.now_ms(), step.batch);
    std::set<std::string> others;
    for (const std::string& post : posts) others.insert(WhoDoesTheWorkOf(post, step.batch));
    others.erase("");
    posts.merge(others);
    return posts;
  }
  const auto its_case = CaseOfNominal(nominal_id, step.batch);
  return its_case ? PostsOfCase(*its_case) : std::set<std::string>();
}

/// Who is kept out of a person's information, of those it is judged for and those who wish for it.
class KeptOut {
 public:
  KeptOut(const std::string& nominal_id, const Step& step) : nominal_id_(nominal_id) {
    if (step.header.behaviour_version < kRaisesReachFrom) return;
    posts_ = PostsJudged(nominal_id, step);
    for (const std::string& id : SamePerson(nominal_id, step.batch)) {
      for (const std::string& feed : FeedsThatName(id, step.batch)) {
        wishes_.insert(feed);
      }
    }
    for (const std::string& post : posts_) Note(post, step, out_);
    for (const std::string& feed : wishes_) Note(PostOfFeed(feed), step, out_);
  }

  /// Writes whom a nominal's information may not reach from now on. What was judged is stale: what
  /// lies unsettled with whoever is kept out now is looked at again, and whoever is kept out no
  /// more is told what they were not.
  void Write(NominalRow& nominal, Step& step) const {
    nominal.set_changed_position(step.header.position);
    step.batch.PutRow(NominalKey(nominal_id_), nominal);
    step.applied.telling_changed = true;
    std::set<std::string> now;
    for (const std::string& post : posts_) {
      Note(post, step, now);
      if (out_.contains(post) && !now.contains(post)) BeginHistory(nominal_id_, post, step);
    }
    for (const std::string& feed : wishes_) {
      const std::string post = PostOfFeed(feed);
      Note(post, step, now);
      if (out_.contains(post) && !now.contains(post)) BeginHistoryOfWish(nominal_id_, feed, step);
    }
    for (const std::string& post : now) {
      if (!out_.contains(post)) BeginLookingAgainFor(post, step);
    }
  }

 private:
  void Note(const std::string& post, const Step& step, std::set<std::string>& out) const {
    if (IsKeptOutOfPerson(post, nominal_id_, step.batch)) out.insert(post);
  }

  const std::string& nominal_id_;
  std::set<std::string> posts_;
  std::set<std::string> wishes_;
  std::set<std::string> out_;
};

/// Co-ordinators and chairs; of somebody with an open case those who speak for its panel. Nobody
/// who is kept out of the person: by what others are refused they could tell that there is a case.
bool MayDeclareForOthers(const std::string& nominal_id, const Step& step) {
  if (step.header.behaviour_version >= kRefusedAlikeFrom &&
      IsKeptOutOfPerson(step.actor.post(), nominal_id, step.batch)) {
    return false;
  }
  const auto post = step.batch.Find<stored::v1::PostRow>(PostKey(step.actor.post()));
  if (step.header.behaviour_version >= kDisclosersHeldFrom) {
    const auto its_case = CaseOfNominal(nominal_id, step.batch);
    if (its_case) return SpeaksForPanel(its_case->case_(), step.actor, step.batch);
  }
  return post && (HasRole(post->post(), v1::POST_ROLE_COORDINATOR) ||
                  HasRole(post->post(), v1::POST_ROLE_CHAIR));
}

}  // namespace

Status ApplyLimitAccess(const stored::v1::LimitAccess& command, Step& step) {
  const auto before = step.batch.Find<NominalRow>(NominalKey(command.nominal_id()));
  if (!before) return Refuse(v1::ERROR_REASON_NOT_FOUND, "no such nominal");
  TEARLINE_RETURN_IF_REFUSED(CheckNames(command.excluded(), "excluded", step.batch));
  TEARLINE_RETURN_IF_REFUSED(CheckNames(command.only(), "only", step.batch));

  const KeptOut kept_out(command.nominal_id(), step);
  NominalRow after = *before;
  *after.mutable_excluded() = command.excluded();
  *after.mutable_only() = command.only();
  kept_out.Write(after, step);
  const std::string id = model::NominalId::FromBytes(command.nominal_id())->Text();
  step.AddChanged("access-limited", id);
  for (const std::string& name : command.excluded()) step.AddChanged("excluded", id, name);
  for (const std::string& name : command.only()) step.AddChanged("only", id, name);
  for (const std::string& post : PostsJudged(command.nominal_id(), step)) {
    if (IsKeptOut(post, *before) && !IsKeptOutOfPerson(post, command.nominal_id(), step.batch)) {
      TellOriginatorsOfOne(command.nominal_id(), post, step);
    }
  }
  return {};
}

Status ApplyDeclareConflict(const stored::v1::DeclareConflict& command, Step& step) {
  auto nominal = step.batch.Find<NominalRow>(NominalKey(command.nominal_id()));
  if (!nominal) return Refuse(v1::ERROR_REASON_NOT_FOUND, "no such nominal");
  if (!step.batch.Get(PostKey(command.post()))) {
    return Refuse(v1::ERROR_REASON_NOT_FOUND, "`post` must be a post the directory knows");
  }
  if (command.post() != step.actor.post() && !MayDeclareForOthers(command.nominal_id(), step)) {
    return Refuse(v1::ERROR_REASON_NOT_PERMITTED,
                  "only a co-ordinator or a chair, of the person's case if there is one, declares "
                  "for another post than their own");
  }
  auto& declared = *nominal->mutable_in_conflict();
  const auto place = std::lower_bound(declared.begin(), declared.end(), command.post());
  const bool is_declared = place != declared.end() && *place == command.post();
  if (is_declared != command.withdrawn()) {
    return Refuse(v1::ERROR_REASON_WRONG_STATE,
                  command.withdrawn() ? "the post must be in conflict for that to be taken back"
                                      : "the post is declared in conflict already");
  }
  if (!command.withdrawn() && static_cast<std::size_t>(declared.size()) >= model::kConflictsMax) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED, "a nominal has at most 64 posts in conflict");
  }

  const KeptOut kept_out(command.nominal_id(), step);
  if (command.withdrawn()) {
    declared.erase(place);
  } else {
    *declared.Add() = command.post();
    std::sort(declared.begin(), declared.end());
  }
  kept_out.Write(*nominal, step);
  step.AddChanged(command.withdrawn() ? "conflict-withdrawn" : "conflict-declared",
                  model::NominalId::FromBytes(command.nominal_id())->Text(), command.post());
  if (command.withdrawn()) TellOriginatorsOfOne(command.nominal_id(), command.post(), step);
  return {};
}

}  // namespace tearline::machine
