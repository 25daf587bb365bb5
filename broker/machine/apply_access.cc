#include <algorithm>
#include <set>
#include <string>

#include "broker/machine/access_limit.h"
#include "broker/machine/apply.h"
#include "broker/machine/identity.h"
#include "broker/machine/judge.h"
#include "broker/machine/permission.h"
#include "broker/machine/rows.h"
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

/// The posts that events about a nominal are judged for.
std::set<std::string> PostsJudged(const std::string& nominal_id, const state::Reader& reader) {
  const auto its_case = CaseOfNominal(nominal_id, reader);
  return its_case ? PostsOfCase(*its_case) : std::set<std::string>();
}

/// Writes whom a nominal's information may not reach, and that what was judged is to be judged
/// again.
void WriteLimits(const std::string& nominal_id, NominalRow& nominal, Step& step) {
  nominal.set_changed_position(step.header.position);
  step.batch.PutRow(NominalKey(nominal_id), nominal);
}

bool MayDeclareForOthers(const Step& step) {
  const auto post = step.batch.Find<stored::v1::PostRow>(PostKey(step.actor.post()));
  return post && (HasRole(post->post(), v1::POST_ROLE_COORDINATOR) ||
                  HasRole(post->post(), v1::POST_ROLE_CHAIR));
}

}  // namespace

Status ApplyLimitAccess(const stored::v1::LimitAccess& command, Step& step) {
  const auto before = step.batch.Find<NominalRow>(NominalKey(command.nominal_id()));
  if (!before) return Refuse(v1::ERROR_REASON_NOT_FOUND, "no such nominal");
  TEARLINE_RETURN_IF_REFUSED(CheckNames(command.excluded(), "excluded", step.batch));
  TEARLINE_RETURN_IF_REFUSED(CheckNames(command.only(), "only", step.batch));

  NominalRow after = *before;
  *after.mutable_excluded() = command.excluded();
  *after.mutable_only() = command.only();
  WriteLimits(command.nominal_id(), after, step);
  const std::string id = model::NominalId::FromBytes(command.nominal_id())->Text();
  step.AddChanged("access-limited", id);
  for (const std::string& name : command.excluded()) step.AddChanged("excluded", id, name);
  for (const std::string& name : command.only()) step.AddChanged("only", id, name);
  for (const std::string& post : PostsJudged(command.nominal_id(), step.batch)) {
    if (IsKeptOut(post, *before) && !IsKeptOutOfPerson(post, command.nominal_id(), step.batch)) {
      TellOriginators(command.nominal_id(), post, step);
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
  if (command.post() != step.actor.post() && !MayDeclareForOthers(step)) {
    return Refuse(v1::ERROR_REASON_NOT_PERMITTED,
                  "only a co-ordinator or a chair declares for another post than their own");
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

  if (command.withdrawn()) {
    declared.erase(place);
  } else {
    *declared.Add() = command.post();
    std::sort(declared.begin(), declared.end());
  }
  WriteLimits(command.nominal_id(), *nominal, step);
  step.AddChanged(command.withdrawn() ? "conflict-withdrawn" : "conflict-declared",
                  model::NominalId::FromBytes(command.nominal_id())->Text(), command.post());
  if (command.withdrawn()) TellOriginators(command.nominal_id(), command.post(), step);
  return {};
}

}  // namespace tearline::machine
