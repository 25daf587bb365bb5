#include "broker/machine/obligation_row.h"

#include <algorithm>
#include <set>
#include <utility>

#include "broker/machine/lane.h"
#include "broker/machine/rows.h"
#include "broker/model/ids.h"
#include "broker/model/limits.h"
#include "broker/state/each_row.h"
#include "broker/status/invariant.h"

namespace tearline::machine {
namespace {

using stored::v1::ObligationRow;
using Names = google::protobuf::RepeatedPtrField<std::string>;

/// An id as a fixed part of a key; sixteen zero bytes stand for none.
std::string Whole(const std::string& id) {
  return id.empty() ? std::string(model::NominalId::kBytes, '\0') : id;
}

bool Lists(const Names& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

ObligationState StateOf(const ObligationRow& row) {
  return row.ended_ms() == 0 ? ObligationState::kOpen : ObligationState::kEnded;
}

/// Who finds an obligation: whom it concerns, and who is asked in it.
std::set<std::string> WhoFinds(const std::string& id, const ObligationRow& row,
                               const state::Reader& reader) {
  std::set<std::string> posts = {row.debtor_post(), row.told_post(), row.accountable_post()};
  posts.erase("");
  if (!IsOfUnmetDuty(row.type())) return posts;
  const state::Key asked = MoreKey(id, More::kAsked, "");
  state::ForEachRow(reader, asked, [&](const std::string& key, const std::string&) {
    const std::size_t begin = asked.bytes().size();
    posts.insert(key.substr(begin, key.find('\0', begin) - begin));
    return true;
  });
  return posts;
}

}  // namespace

state::Key ObligationsOf(const std::string& post, ObligationState state) {
  return MoreKey(Whole(""), More::kFound, "").Name(post).U8(static_cast<std::uint8_t>(state));
}

void PutObligation(const std::string& id, const ObligationRow& row, state::Batch& batch) {
  const auto before = batch.See<ObligationRow>(ObligationKey(id));
  const bool same = before && StateOf(*before) == StateOf(row) &&
                    before->debtor_post() == row.debtor_post() &&
                    before->told_post() == row.told_post() &&
                    before->accountable_post() == row.accountable_post();
  if (!same) {
    const std::set<std::string> after = WhoFinds(id, row, batch);
    if (before) {
      for (const std::string& post : WhoFinds(id, *before, batch)) {
        if (StateOf(*before) == StateOf(row) && after.contains(post)) continue;
        batch.Erase(ObligationsOf(post, StateOf(*before)).Fixed(id));
      }
    }
    for (const std::string& post : after) {
      batch.Put(ObligationsOf(post, StateOf(row)).Fixed(id), "");
    }
  }
  batch.PutRow(ObligationKey(id), row);
}

void FindAsAsked(const std::string& post, const std::string& id, state::Batch& batch) {
  batch.Put(ObligationsOf(post, ObligationState::kOpen).Fixed(id), "");
}

bool IsOfOneEvent(v1::ObligationType type) {
  return type == v1::OBLIGATION_TYPE_READ || type == v1::OBLIGATION_TYPE_CONFIRM_DELETION ||
         type == v1::OBLIGATION_TYPE_REPORT_BREACH;
}

bool IsOfUnmetDuty(v1::ObligationType type) {
  return type == v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW ||
         type == v1::OBLIGATION_TYPE_JUDGING_FAILED;
}

state::Key OpenKey(const ObligationRow& row) {
  const bool alone = IsOfOneEvent(row.type());
  const bool is_glass = row.type() == v1::OBLIGATION_TYPE_REVIEW_BREAK_GLASS;
  const bool is_action = row.type() == v1::OBLIGATION_TYPE_COMPLETE_ACTION;
  const bool is_answer = row.type() == v1::OBLIGATION_TYPE_ANSWER_PROPOSAL;
  const bool is_minutes = row.type() == v1::OBLIGATION_TYPE_RECORD_MINUTES;
  return OpenAbout(alone ? std::string() : row.nominal_id())
      .Fixed(Whole(alone ? std::string() : row.case_id()))
      .U8(static_cast<std::uint8_t>(row.type()))
      .U16(static_cast<std::uint16_t>(row.reason()))
      .Name(row.debtor_post())
      .Fixed(alone        ? row.event_ids(0)
             : is_glass   ? row.feed()
             : is_action  ? row.action_ids(0)
             : is_answer  ? row.proposal_id()
             : is_minutes ? row.meeting_id()
                          : row.information_request_id());
}

state::Key OpenAbout(const std::string& nominal_id) {
  return state::Key(state::Table::kObligationOpen).Fixed(Whole(nominal_id));
}

state::Key MoreKey(const std::string& id, More kind, const std::string& name) {
  return state::Key(state::Table::kObligationMore)
      .Fixed(id)
      .U8(static_cast<std::uint8_t>(kind))
      .Fixed(name);
}

bool AddEvent(const std::string& id, const std::string& event_id, ObligationRow& open, Step& step) {
  if (!event_id.empty()) {
    if (HoldsEvent(id, open, event_id, step.batch)) return false;
    if (open.event_ids_size() < model::kObligationEventsMax) {
      open.add_event_ids(event_id);
    } else {
      step.batch.Put(MoreKey(id, More::kEvent, event_id), "");
    }
  }
  open.set_count(open.count() + 1);
  return true;
}

bool HoldsEvent(const std::string& id, const ObligationRow& row, const std::string& event_id,
                const state::Reader& reader) {
  return Lists(row.event_ids(), event_id) ||
         reader.Get(MoreKey(id, More::kEvent, event_id)).has_value();
}

void TakeEvent(const std::string& id, const std::string& event_id, ObligationRow& open,
               Step& step) {
  auto& listed = *open.mutable_event_ids();
  const auto found = std::find(listed.begin(), listed.end(), event_id);
  if (found != listed.end()) {
    listed.erase(found);
  } else {
    step.batch.Erase(MoreKey(id, More::kEvent, event_id));
  }
  TEARLINE_INVARIANT(open.count() > 0, "an event that is held is counted");
  open.set_count(open.count() - 1);
}

bool AddOwed(const std::string& id, const std::string& post, ObligationRow& open, Step& step) {
  if (post.empty() || IsOwedTo(id, open, post, step.batch)) return false;
  if (open.owed_posts_size() < model::kObligationPostsMax) {
    open.add_owed_posts(post);
  } else {
    step.batch.Put(MoreKey(id, More::kPost, post), "");
    open.set_owed_more(open.owed_more() + 1);
  }
  return true;
}

bool IsOwedTo(const std::string& id, const ObligationRow& row, const std::string& post,
              const state::Reader& reader) {
  return Lists(row.owed_posts(), post) || reader.Get(MoreKey(id, More::kPost, post)).has_value();
}

void Remember(const std::string& id, const ObligationRow& row, stored::v1::ObligationChange change,
              const std::string& event_id, const std::string& owed_post, Step& step) {
  stored::v1::ObligationDetail& detail = *step.AddDetail().mutable_obligation();
  detail.set_obligation_id(id);
  detail.set_change(change);
  detail.set_type(row.type());
  detail.set_reason(row.reason());
  detail.set_debtor_post(row.debtor_post());
  detail.set_told_post(row.told_post());
  detail.set_nominal_id(row.nominal_id());
  detail.set_case_id(row.case_id());
  detail.set_event_id(event_id);
  detail.set_due_ms(row.due_ms());
  detail.set_stage(row.stage());
  detail.set_owed_post(owed_post);
  step.batch.Put(ObligationTrailKey(id).U64(step.header.position), "");
}

void Tell(const std::string& post, const std::string& id, const ObligationRow& row, Step& step) {
  if (!step.batch.Get(PostKey(post))) return;
  stored::v1::ItemRow item;
  item.set_kind(stored::v1::ITEM_KIND_OBLIGATION);
  item.set_obligation_id(id);
  item.set_stage(row.stage());
  item.set_nominal_id(row.nominal_id());
  Enqueue(post, v1::URGENCY_URGENT, std::move(item), step);
}

void SetNextStep(std::int64_t next_ms, const std::string& id, ObligationRow& row, Step& step) {
  if (row.next_step_ms() != 0) {
    step.batch.Erase(DeadlineKey(row.next_step_ms(), DeadlineKind::kObligation, id));
  }
  row.set_next_step_ms(next_ms);
  if (next_ms != 0) step.batch.Put(DeadlineKey(next_ms, DeadlineKind::kObligation, id), "");
}

}  // namespace tearline::machine
