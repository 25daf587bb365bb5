#include "broker/machine/leave.h"

#include "broker/machine/apply.h"
#include "broker/machine/hand_over.h"
#include "broker/machine/permission.h"
#include "broker/machine/rows.h"
#include "broker/model/limits.h"
#include "broker/status/invariant.h"

namespace tearline::machine {
namespace {

using stored::v1::LeaveRow;
using stored::v1::PostRow;

/// When it begins or, once it has, ends.
state::Key NextOf(const PostRow& row) {
  const LeaveRow& leave = row.leave();
  return DeadlineKey(leave.begun() ? leave.until_ms() : leave.from_ms(), DeadlineKind::kLeave,
                     row.post().post());
}

/// Writes what became of a leave, and has what waits taken over by whoever has charge of the post
/// now.
void Write(const PostRow& before, PostRow after, Step& step) {
  const std::string& post = after.post().post();
  if (after.has_leave()) step.batch.Put(NextOf(after), "");
  after.set_changed_position(step.header.position);
  step.batch.PutRow(PostKey(post), after);
  if (IsAway(after) == IsAway(before)) {
    step.AddChanged(after.has_leave() ? "leave-planned" : "leave-dropped", post);
    return;
  }
  step.AddChanged(IsAway(after) ? "leave-begun" : "leave-ended", post);
  OpenHandOver(before, after, step);
}

Status CheckTimes(const stored::v1::SetLeave& command, const Step& step) {
  if (command.until_ms() <= command.from_ms() || command.until_ms() <= step.now_ms()) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                  "`until` must lie ahead, and after `from` where that is given");
  }
  if (command.until_ms() - step.now_ms() > model::kLeaveMax.count()) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                  "`until` must be at most 366 days ahead: for longer, give the post to somebody");
  }
  return {};
}

/// Of one's own post, or one that climbs to it.
bool MaySay(const PostRow& row, const Step& step) {
  return row.post().post() == step.actor.post() || row.post().escalates_to() == step.actor.post() ||
         HasRole(step.actor, v1::POST_ROLE_OPERATOR, step.batch);
}

}  // namespace

std::string StandIn(const v1::Post& post) {
  return post.deputy() == post.holder() ? std::string() : post.deputy();
}

std::string InCharge(const PostRow& row) {
  return IsAway(row) ? StandIn(row.post()) : row.post().holder();
}

bool IsStoodInForSince(const PostRow& row, std::int64_t since_ms) {
  return IsAway(row) && row.leave().from_ms() <= since_ms && !StandIn(row.post()).empty();
}

Status ApplySetLeave(const stored::v1::SetLeave& command, Step& step) {
  const auto row = step.batch.Find<PostRow>(PostKey(command.post()));
  if (!row || !MaySay(*row, step)) {
    return Refuse(v1::ERROR_REASON_NOT_FOUND,
                  "`post` must be your own post, or one that climbs to it; an operator says it of "
                  "any that the directory knows");
  }
  PostRow after = *row;
  DropLeave(after, step);
  if (command.until_ms() == 0) {
    if (!row->has_leave()) {
      return Refuse(v1::ERROR_REASON_WRONG_STATE,
                    "the holder of the post is not away, and no leave is planned");
    }
    Write(*row, std::move(after), step);
    return {};
  }
  TEARLINE_RETURN_IF_REFUSED(CheckTimes(command, step));
  if (row->post().holder().empty()) {
    return Refuse(v1::ERROR_REASON_WRONG_STATE, "nobody holds the post, so nobody can be away");
  }
  LeaveRow& leave = *after.mutable_leave();
  leave.set_begun(command.from_ms() <= step.now_ms());
  leave.set_from_ms(leave.begun() ? step.now_ms() : command.from_ms());
  if (leave.begun() && IsAway(*row)) leave.set_from_ms(row->leave().from_ms());
  leave.set_until_ms(command.until_ms());
  Write(*row, std::move(after), step);
  return {};
}

void FireLeave(const std::string& post, std::int64_t due_ms, Step& step) {
  const state::Key due = DeadlineKey(due_ms, DeadlineKind::kLeave, post);
  if (!step.batch.Get(due)) return;  // what fired before it may have ended it
  const auto row = step.batch.Find<PostRow>(PostKey(post));
  TEARLINE_INVARIANT(row && row->has_leave(), "a leave's deadline ends with it");
  step.batch.Erase(due);
  PostRow after = *row;
  if (IsAway(*row)) {
    after.clear_leave();
  } else {
    after.mutable_leave()->set_begun(true);
  }
  Write(*row, std::move(after), step);
}

void DropLeave(PostRow& row, Step& step) {
  if (!row.has_leave()) return;
  step.batch.Erase(NextOf(row));
  row.clear_leave();
}

}  // namespace tearline::machine
