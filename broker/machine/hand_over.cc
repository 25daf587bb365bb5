#include "broker/machine/hand_over.h"

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

/// Nobody reads what comes: nobody is there, or the one who should is away.
bool IsDead(const PostRow& row) {
  const v1::Post& post = row.post();
  if (!post.deputy().empty()) return false;
  return IsAway(row) || (post.holder().empty() && post.services().empty());
}

/// The one before has not taken over, and was told; this one has not been.
void TellFurtherPerson(OpenedHandOver open, Step& step) {
  open.row.set_asked_position(0);
  step.batch.PutRow(ObligationKey(open.id), open.row);
  Tell(open.row.debtor_post(), open.id, open.row, step);
}

}  // namespace

bool IsDeadAddress(const std::string& post, const state::Reader& reader) {
  const auto row = reader.See<PostRow>(PostKey(post));
  return !row || IsDead(*row) || row->out_of_reach() != v1::RULE_REASON_UNSPECIFIED;
}

std::int64_t NextStepMs(const std::string& told, std::int64_t in_its_time_ms, const Step& step) {
  const bool at_once =
      step.header.behaviour_version >= kPostsHandedOverFrom && IsDeadAddress(told, step.batch);
  return at_once ? step.now_ms() : in_its_time_ms;
}

void OpenHandOver(const PostRow& before, const PostRow& after, Step& step) {
  const bool another = !InCharge(after).empty() && InCharge(after) != InCharge(before);
  const bool died = IsDead(after) && !IsDead(before);
  if (!another && !died) return;
  const std::string& post = after.post().post();
  const bool further = HandOverOf(post, step.batch).has_value();
  OpenOrJoin(HandOver(post), kTakeOver, step);
  if (further) TellFurtherPerson(*HandOverOf(post, step.batch), step);
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
  step.batch.PutRow(ObligationKey(open->id), open->row);
}

Status EndHandOver(const stored::v1::DischargeObligation& command, const ObligationRow& row,
                   Step& step) {
  const auto post = step.batch.Find<PostRow>(PostKey(row.debtor_post()));
  TEARLINE_INVARIANT(post.has_value(), "a post that was handed over is in the directory");
  const std::string& in_charge = InCharge(*post);
  const bool by_itself = step.actor.post() == row.debtor_post();
  const bool overtaken = command.method() == stored::v1::DISCHARGE_METHOD_OVERTAKEN;
  if (in_charge.empty() && !by_itself && overtaken) {
    End(command.obligation_id(), command.method(), step);
    return {};
  }
  if (command.method() != stored::v1::DISCHARGE_METHOD_TAKEN_OVER) {
    return Refuse(
        v1::ERROR_REASON_FIELD_INVALID,
        "`discharge` must be taken over; or overtaken, by a post above, while nobody has charge "
        "of the post");
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
