#include <string>
#include <utility>

#include "broker/machine/apply.h"
#include "broker/machine/board.h"
#include "broker/machine/glass.h"
#include "broker/machine/identity.h"
#include "broker/machine/lane.h"
#include "broker/machine/obligation.h"
#include "broker/machine/obligation_row.h"
#include "broker/machine/rows.h"
#include "broker/machine/second_hand.h"
#include "broker/machine/silence.h"
#include "broker/machine/tell_originators.h"
#include "broker/model/limits.h"
#include "broker/model/utf8.h"

namespace tearline::machine {
namespace {

using stored::v1::GlassRow;
using stored::v1::NominalRow;

/// A review is due within 72 hours, then every day.
constexpr policy::OpenedObligation kReview = {v1::OBLIGATION_TYPE_REVIEW_BREAK_GLASS, 72 * kHourMs,
                                              24 * kHourMs};

Status FieldInvalid(const std::string& sentence) {
  return Refuse(v1::ERROR_REASON_FIELD_INVALID, sentence);
}

Status CheckForm(const stored::v1::BreakGlass& command) {
  if (!v1::BreakGlassReason_IsValid(command.reason()) ||
      command.reason() == v1::BREAK_GLASS_REASON_UNSPECIFIED) {
    return FieldInvalid("`reason` must be a known reason for breaking the glass");
  }
  if (command.because().empty() || command.because().size() > model::kBecauseBytesMax ||
      !model::IsUtf8(command.because())) {
    return FieldInvalid("`because` must be 1 to " + std::to_string(model::kBecauseBytesMax) +
                        " bytes of UTF-8");
  }
  if (command.lasts_ms() <= 0 || command.lasts_ms() > model::kGlassLastsMax.count()) {
    return Refuse(v1::ERROR_REASON_TIME_INVALID, "`lasts` must be more than 0, and at most 4 h");
  }
  return {};
}

/// Until a use is reviewed, it lies under the post and under the person: neither begins another.
state::Key UnreviewedOfPost(const stored::v1::Actor& author) {
  return state::Key(state::Table::kGlassUnreviewed).Name(author.post());
}
state::Key UnreviewedOfPerson(const stored::v1::Actor& author) {
  const bool for_user = !author.on_behalf_of_user().empty();
  return state::Key(state::Table::kGlassUnreviewed)
      .Name(author.agency() + "//" + (for_user ? author.on_behalf_of_user() : author.member()));
}

/// Whoever reviews it: nobody who is kept out of the person, unless nobody else could.
std::string ReviewerOf(const std::string& nominal_id, const Step& step) {
  const std::string reviewer = ReviewerFor(step.actor, step.batch, [&](const std::string& post) {
    return IsPassedOver(post, nominal_id, step);
  });
  return reviewer.empty() ? ReviewerFor(step.actor, step.batch) : reviewer;
}

/// Opens the obligation to review a use, and has somebody above the author hear of it at once.
/// Returns its id.
std::string OpenReview(const std::string& nominal_id, const std::string& case_id, Step& step) {
  const std::string& post = step.actor.post();
  stored::v1::ObligationRow row;
  row.set_type(v1::OBLIGATION_TYPE_REVIEW_BREAK_GLASS);
  row.set_reason(v1::RULE_REASON_GLASS_BROKEN);
  row.set_nominal_id(nominal_id);
  row.set_case_id(case_id);
  row.set_debtor_post(ReviewerOf(nominal_id, step));
  row.set_feed(post);
  const state::Key open_key = OpenKey(row);
  OpenOrJoin(std::move(row), kReview, step);
  std::string id = *step.batch.Get(open_key);
  KeepFrom(id, post, step);
  const std::string above = HearsAtOnce(post, nominal_id, step);
  if (!above.empty() && step.batch.Get(PostKey(above))) {
    stored::v1::ItemRow notice;
    notice.set_kind(stored::v1::ITEM_KIND_OBLIGATION);
    notice.set_obligation_id(id);
    notice.set_nominal_id(nominal_id);
    Enqueue(above, v1::URGENCY_URGENT, std::move(notice), step);
  }
  return id;
}

void Remember(const std::string& id, const GlassRow& row, Step& step) {
  stored::v1::BreakGlassDetail& detail = *step.AddDetail().mutable_break_glass();
  detail.set_break_glass_id(id);
  detail.set_nominal_id(row.nominal_id());
  detail.set_post(row.author().post());
  detail.set_reason(row.reason());
  detail.set_until_ms(row.until_ms());
  detail.set_finding(row.finding());
  detail.set_reviewed_by(row.reviewed_by().post());
}

}  // namespace

Status ApplyBreakGlass(const stored::v1::BreakGlass& command, Step& step) {
  TEARLINE_RETURN_IF_REFUSED(CheckForm(command));
  const auto nominal = step.batch.Find<NominalRow>(NominalKey(command.nominal_id()));
  if (!nominal) return Refuse(v1::ERROR_REASON_NOT_FOUND, "no such nominal");
  if (step.batch.Get(UnreviewedOfPost(step.actor)) ||
      step.batch.Get(UnreviewedOfPerson(step.actor))) {
    return Refuse(v1::ERROR_REASON_GLASS_UNREVIEWED,
                  "the last use by this post or person must be reviewed before the next");
  }
  if (nominal->open_glass_size() >= model::kOpenGlassMax) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED, "a nominal is open to at most 64 posts at once");
  }
  if (ReviewerFor(step.actor, step.batch).empty()) {
    return Refuse(v1::ERROR_REASON_NO_REVIEWER,
                  "the directory must know a post for information governance outside your line");
  }
  // Whoever is kept out of the person counts here, too: a refusal would tell that there are limits.
  if (step.header.behaviour_version >= kDutiesKeptFrom &&
      HearsAtOnce(step.actor.post(), /*nominal_id=*/"", step).empty()) {
    return Refuse(v1::ERROR_REASON_NO_REVIEWER,
                  "the directory must know a post above yours where somebody is, or a strategic "
                  "board, to be told at once");
  }

  const auto id = step.MakeId<model::GlassId>(model::GlassTag{});
  GlassRow row;
  row.set_nominal_id(command.nominal_id());
  *row.mutable_author() = step.actor;
  row.set_reason(command.reason());
  row.set_because(command.because());
  row.set_from_ms(step.now_ms());
  row.set_until_ms(step.now_ms() + command.lasts_ms());
  Remember(id.Bytes(), row, step);
  const auto managed = NominalWithCase(command.nominal_id(), step.batch);
  row.set_obligation_id(
      OpenReview(command.nominal_id(), managed ? managed->case_id() : std::string(), step));
  step.batch.PutRow(GlassKey(id.Bytes()), row);
  step.batch.Put(UnreviewedOfPost(step.actor), id.Bytes());
  step.batch.Put(UnreviewedOfPerson(step.actor), id.Bytes());
  stored::v1::OpenGlass glass;
  glass.set_break_glass_id(id.Bytes());
  glass.set_post(step.actor.post());
  glass.set_until_ms(row.until_ms());
  BeginGlass(command.nominal_id(), glass, step);
  TellOriginators(command.nominal_id(), step.actor.post(), step);
  step.applied.made_id = id.Text();
  return {};
}

Status ApplyReviewBreakGlass(const stored::v1::ReviewBreakGlass& command, Step& step) {
  if (!v1::BreakGlassFinding_IsValid(command.finding()) ||
      command.finding() == v1::BREAK_GLASS_FINDING_UNSPECIFIED) {
    return FieldInvalid("`finding` must be justified or not justified");
  }
  auto row = step.batch.Find<GlassRow>(GlassKey(command.break_glass_id()));
  if (!row) return Refuse(v1::ERROR_REASON_NOT_FOUND, "no such use of break-glass");
  const auto post = step.batch.Find<stored::v1::PostRow>(PostKey(step.actor.post()));
  if (IsSameHand(row->author(), step.actor) ||
      !IsOutsideLine(post->post(), row->author(), step.batch)) {
    return Refuse(v1::ERROR_REASON_REVIEWER_IN_LINE,
                  "a review must be another person's, of a post outside the line of the one that "
                  "broke the glass");
  }
  if (row->reviewed_ms() != 0) {
    return Refuse(v1::ERROR_REASON_WRONG_STATE, "the use has been reviewed");
  }
  if (row->until_ms() > step.now_ms()) {
    return Refuse(v1::ERROR_REASON_WRONG_STATE, "the use must have ended before it is reviewed");
  }

  row->set_finding(command.finding());
  row->set_reviewed_ms(step.now_ms());
  *row->mutable_reviewed_by() = step.actor;
  step.batch.PutRow(GlassKey(command.break_glass_id()), *row);
  step.batch.Erase(UnreviewedOfPost(row->author()));
  step.batch.Erase(UnreviewedOfPerson(row->author()));
  Remember(command.break_glass_id(), *row, step);
  End(row->obligation_id(), stored::v1::DISCHARGE_METHOD_REVIEWED, step);
  return {};
}

}  // namespace tearline::machine
