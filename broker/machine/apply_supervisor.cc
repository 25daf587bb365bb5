#include <string>

#include "broker/machine/apply.h"
#include "broker/machine/history.h"
#include "broker/machine/rows.h"
#include "broker/machine/supervisor.h"
#include "broker/machine/tell_originators.h"

namespace tearline::machine {

using stored::v1::NominalRow;

/// Names who supervises a person without a case. It counts from this record on for what is judged;
/// what was recorded before is judged for the post late, as for a new seat. While the person's case
/// names a supervising post the command is kept, and brings nobody in until the case does so no
/// more.
Status ApplySetSupervisor(const stored::v1::SetSupervisor& command, Step& step) {
  auto nominal = step.batch.Find<NominalRow>(NominalKey(command.nominal_id()));
  if (!nominal) return Refuse(v1::ERROR_REASON_NOT_FOUND, "no such nominal");
  const std::string& post = command.post();
  if (!post.empty() && !step.batch.Get(PostKey(post))) {
    return Refuse(v1::ERROR_REASON_NOT_FOUND, "`post` must be a post the directory knows");
  }
  if (post == nominal->supervising_post()) {
    return Refuse(v1::ERROR_REASON_ALREADY_EXISTS, post.empty()
                                                       ? "no post supervises the nominal as it is"
                                                       : "the post supervises the nominal already");
  }

  const std::string before = nominal->supervising_post();
  if (!before.empty()) step.batch.Erase(SupervisedKey(before, command.nominal_id()));
  if (!post.empty()) step.batch.Put(SupervisedKey(post, command.nominal_id()), "");
  nominal->set_supervising_post(post);
  nominal->set_changed_position(step.header.position);
  step.batch.PutRow(NominalKey(command.nominal_id()), *nominal);
  step.applied.telling_changed = true;
  step.AddChanged(post.empty() ? "supervisor-left" : "supervisor-named",
                  model::NominalId::FromBytes(command.nominal_id())->Text(),
                  post.empty() ? before : post);
  if (!SupervisesWithoutCase(post, command.nominal_id(), step.batch)) return {};
  TellOriginators(command.nominal_id(), post, step);
  BeginHistory(command.nominal_id(), post, step);
  return {};
}

}  // namespace tearline::machine
