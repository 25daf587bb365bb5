#include "broker/machine/hand_over.h"

#include "broker/machine/climb.h"
#include "broker/machine/leave.h"
#include "broker/machine/obligation.h"
#include "broker/machine/obligation_row.h"
#include "broker/machine/rows.h"
#include "broker/model/limits.h"
#include "broker/status/invariant.h"

namespace tearline::machine {
namespace {

using stored::v1::ObligationRow;
using stored::v1::PostRow;

constexpr policy::OpenedObligation kTakeOver = {v1::OBLIGATION_TYPE_TAKE_OVER,
                                                model::kTakeOverWithin.count(), 24 * kHourMs};

ObligationRow HandOver(const std::string& post) {
  ObligationRow row;
  row.set_type(v1::OBLIGATION_TYPE_TAKE_OVER);
  row.set_reason(v1::RULE_REASON_HANDED_OVER);
  row.set_debtor_post(post);
  return row;
}

bool IsDead(const v1::Post& post) {
  return post.holder().empty() && post.deputy().empty() && post.services().empty();
}

/// By the directory alone: nobody acts for it, or its holder is away and nobody stands in.
bool IsLeftAlone(const PostRow& row) {
  return IsDead(row.post()) || (IsAway(row) && StandIn(row.post()).empty());
}

bool IsSuspended(const std::string& member, const std::string& post, const state::Reader& reader) {
  const auto row = reader.See<stored::v1::MemberRow>(MemberKey(AgencyOfPost(post), member));
  return row && row->suspended();
}

/// Whoever was told before has not taken over; who has charge now has not been told. From behaviour
/// version kLeaveFrom on it is chased anew: at once where nobody is there, and where all before let
/// the last step pass, in the time that whoever has charge now is given.
void GoOnWith(OpenedHandOver open, bool left_alone, Step& step) {
  const std::int64_t next_ms = open.row.next_step_ms();
  if (step.header.behaviour_version >= kStepTakenOnceFrom && next_ms != 0 &&
      next_ms <= step.now_ms()) {
    Escalate(open.id, step);  // that step was for who had charge until now
    open.row = *step.batch.Find<ObligationRow>(ObligationKey(open.id));
  }
  open.row.set_asked_position(0);
  PutObligation(open.id, open.row, step.batch);
  Tell(open.row.debtor_post(), open.id, open.row, step);
  if (step.header.behaviour_version < kLeaveFrom) return;
  if (left_alone) {
    SetNextStep(step.now_ms(), open.id, open.row, step);
  } else if (open.row.next_step_ms() == 0) {
    open.row.set_stage(0);
    open.row.set_told_post(open.row.debtor_post());
    SetNextStep(step.now_ms() + model::kTakeOverWithin.count(), open.id, open.row, step);
  }
  PutObligation(open.id, open.row, step.batch);
}

}  // namespace

bool IsDeadAddress(const std::string& post, const state::Reader& reader) {
  const auto row = reader.See<PostRow>(PostKey(post));
  return !row || IsDead(row->post()) || row->out_of_reach() != v1::RULE_REASON_UNSPECIFIED;
}

bool IsNobodyThere(const std::string& post, const state::Reader& reader) {
  if (IsDeadAddress(post, reader)) return true;
  const auto row = reader.See<PostRow>(PostKey(post));
  return IsLeftAlone(*row) || (IsAway(*row) && IsSuspended(StandIn(row->post()), post, reader));
}

std::int64_t NextStepMs(const std::string& told, std::int64_t in_its_time_ms, const Step& step) {
  const bool at_once =
      step.header.behaviour_version >= kPostsHandedOverFrom && IsNobodyThere(told, step.batch);
  return at_once ? step.now_ms() : in_its_time_ms;
}

void OpenHandOver(const PostRow& before, const PostRow& after, Step& step) {
  const bool another = !InCharge(after).empty() && InCharge(after) != InCharge(before);
  const bool died = IsLeftAlone(after) && !IsLeftAlone(before);
  if (!another && !died) return;
  const std::string& post = after.post().post();
  const bool further = HandOverOf(post, step.batch).has_value();
  OpenOrJoin(HandOver(post), kTakeOver, step);
  if (further) GoOnWith(*HandOverOf(post, step.batch), died, step);
}

void OpenHandOverOfOffice(const std::string& post, Step& step) {
  const auto row = step.batch.See<PostRow>(PostKey(post));
  TEARLINE_INVARIANT(row != nullptr, "who comes to an office is in the directory");
  const bool further = HandOverOf(post, step.batch).has_value();
  OpenOrJoin(HandOver(post), kTakeOver, step);
  if (further) GoOnWith(*HandOverOf(post, step.batch), IsLeftAlone(*row), step);
}

std::optional<OpenedHandOver> HandOverOf(const std::string& post, const state::Reader& reader) {
  const std::optional<std::string> id = reader.Get(OpenKey(HandOver(post)));
  if (!id) return std::nullopt;
  const auto row = reader.Find<ObligationRow>(ObligationKey(*id));
  TEARLINE_INVARIANT(row.has_value(), "an open obligation has its row");
  return OpenedHandOver{*id, *row};
}

void NoteHandOverAsked(Step& step) {
  const auto post = step.batch.See<PostRow>(PostKey(step.actor.post()));
  if (!post || InCharge(*post) != step.actor.member()) return;
  auto open = HandOverOf(step.actor.post(), step.batch);
  if (!open) return;
  open->row.set_asked_position(step.header.position);
  PutObligation(open->id, open->row, step.batch);
}

Status EndHandOver(const stored::v1::DischargeObligation& command, const ObligationRow& row,
                   Step& step) {
  const auto post = step.batch.Find<PostRow>(PostKey(row.debtor_post()));
  TEARLINE_INVARIANT(post.has_value(), "a post that was handed over is in the directory");
  const std::string in_charge = InCharge(*post);
  const bool vacant = post->post().holder().empty();
  const bool by_itself = step.actor.post() == row.debtor_post();
  if (vacant && !by_itself && command.method() == stored::v1::DISCHARGE_METHOD_OVERTAKEN) {
    End(command.obligation_id(), command.method(), step);
    return {};
  }
  if (command.method() != stored::v1::DISCHARGE_METHOD_TAKEN_OVER) {
    return Refuse(
        v1::ERROR_REASON_FIELD_INVALID,
        "`discharge` must be taken over; or overtaken, by a post above, while nobody holds "
        "the post");
  }
  if (!by_itself || in_charge.empty() || in_charge != step.actor.member()) {
    return Refuse(v1::ERROR_REASON_PERSON_REQUIRED,
                  "only the person who holds the post, or stands in while its holder is away, can "
                  "say that they have taken over");
  }
  if (row.asked_position() == 0) {
    return Refuse(v1::ERROR_REASON_WRONG_STATE,
                  "ask for what is handed over before you say that you have taken over");
  }
  End(command.obligation_id(), command.method(), step);
  return {};
}

}  // namespace tearline::machine
