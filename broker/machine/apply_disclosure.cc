#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "broker/machine/access_limit.h"
#include "broker/machine/apply.h"
#include "broker/machine/case_row.h"
#include "broker/machine/event_terms.h"
#include "broker/machine/identity.h"
#include "broker/machine/lane.h"
#include "broker/machine/rows.h"
#include "broker/machine/silence.h"
#include "broker/model/limits.h"

namespace tearline::machine {
namespace {

using stored::v1::CaseRow;
using stored::v1::DecideDisclosure;

Status FieldInvalid(const std::string& sentence) {
  return Refuse(v1::ERROR_REASON_FIELD_INVALID, sentence);
}

/// Whether the decision says all that a decision about a third party must say, and no more.
Status CheckForm(const DecideDisclosure& command, const stored::v1::Actor& actor) {
  if (actor.legal_basis().empty()) return FieldInvalid("`acting.legal_basis` is required for this");
  if (!v1::ThirdParty_IsValid(command.third_party()) ||
      command.third_party() == v1::THIRD_PARTY_UNSPECIFIED) {
    return FieldInvalid("`third_party` must be a known kind of third party");
  }
  if (command.decision() != v1::DISCLOSURE_DECISION_DISCLOSE &&
      command.decision() != v1::DISCLOSURE_DECISION_DECLINE) {
    return FieldInvalid("`decision` must be to disclose or to decline");
  }
  const bool discloses = command.decision() == v1::DISCLOSURE_DECISION_DISCLOSE;
  if (discloses == command.matters().empty()) {
    return FieldInvalid("`matters` goes with a decision to disclose, and only with that");
  }
  int last = v1::DISCLOSED_MATTER_UNSPECIFIED;
  for (const int matter : command.matters()) {
    if (matter <= last || !v1::DisclosedMatter_IsValid(matter)) {
      return FieldInvalid("`matters` must be known, in rising order, each once");
    }
    last = matter;
  }
  return {};
}

/// Whether the actor decides for the case: speaks for its panel, and is not kept out of the person.
bool DecidesFor(const CaseRow& row, const stored::v1::Actor& actor, const Step& step) {
  return SpeaksForPanel(row.case_(), actor, step.batch) &&
         !IsKeptOutOfPerson(actor.post(), NominalOf(row), step.batch);
}

/// Whether both hands do. Before kDisclosersHeldFrom any chair and any co-ordinator did.
bool BothDecideFor(const CaseRow& row, const Step& step) {
  if (step.header.behaviour_version < kDisclosersHeldFrom) return true;
  stored::v1::Actor second;
  return DecidesFor(row, step.actor, step) &&
         (!step.confirmed ||
          (second.ParseFromString(step.header.actor) && DecidesFor(row, second, step)));
}

/// The open case that both hands decide for. To others there is none, nor was there ever (before
/// kRefusedAlikeFrom they could tell by the refusal that one had ended).
Result<CaseRow> FindDecided(const std::string& case_id, const Step& step) {
  const auto row = step.batch.See<CaseRow>(CaseKey(case_id));
  Result<CaseRow> open = FindOpenCase(case_id, step.batch);
  if (step.header.behaviour_version < kRefusedAlikeFrom && !open.ok()) return open;
  if (row && BothDecideFor(*row, step)) return open;
  return Refuse(v1::ERROR_REASON_NOT_FOUND,
                "no such case for whose panel this post speaks: its chair, or a co-ordinator of "
                "its area, who is not kept out of the person");
}

/// Whether whoever decides knows of an event, or did until it was withdrawn.
bool Knew(const std::string& event_id, const std::optional<stored::v1::EventRow>& event,
          const Step& step) {
  const std::string& post = step.actor.post();
  return step.header.behaviour_version < kDisclosersHeldFrom ||
         KnowsOf(event_id, post, step.batch) ||
         (event && IsWithdrawn(*event) && step.batch.Get(LetGoKey(post, event_id)));
}

/// Whether each event it rests on is there, once, about the nominal, and known to whoever decides.
Status CheckEvents(const DecideDisclosure& command, const std::string& nominal_id,
                   const Step& step) {
  const state::Reader& reader = step.batch;
  if (static_cast<std::size_t>(command.event_ids_size()) > model::kDisclosureEventsMax) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED, "`event_ids` must be at most 16");
  }
  std::set<std::string> seen;
  for (const std::string& event_id : command.event_ids()) {
    if (!seen.insert(event_id).second) return FieldInvalid("`event_ids` must name each event once");
    const auto event = reader.Find<stored::v1::EventRow>(EventKey(event_id));
    const auto is_it = [&nominal_id](const std::string& id) { return id == nominal_id; };
    if (!event || !Knew(event_id, event, step) ||
        std::none_of(event->nominal_ids().begin(), event->nominal_ids().end(), is_it)) {
      return Refuse(v1::ERROR_REASON_NOT_FOUND, "no such event about the case's nominal");
    }
    if (IsWithdrawn(*event)) {
      return Refuse(v1::ERROR_REASON_EVENT_WITHDRAWN,
                    "`event_ids` must not name what was withdrawn");
    }
  }
  return {};
}

/// The events a decision rests on, in the command's order: in place of a composite, for which
/// nobody answers, those it is made of.
std::vector<std::string> RestsOn(const DecideDisclosure& command, const Step& step) {
  std::vector<std::string> ids;
  for (const std::string& event_id : command.event_ids()) {
    const auto event = step.batch.See<stored::v1::EventRow>(EventKey(event_id));
    if (event == nullptr || !event->has_composite()) {
      ids.push_back(event_id);
      continue;
    }
    for (const stored::v1::CompositeMember& each : event->composite().members()) {
      if (!each.left()) ids.push_back(each.event_id());
    }
  }
  return ids;
}

/// Whoever answers for an event hears that a third party is told something by it, once for each.
void TellWhoeverAnswers(const DecideDisclosure& command, const std::string& nominal_id,
                        Step& step) {
  if (step.header.behaviour_version < kDisclosuresToldFrom ||
      command.decision() != v1::DISCLOSURE_DECISION_DISCLOSE) {
    return;
  }
  for (const std::string& event_id : RestsOn(command, step)) {
    const auto event = step.batch.Find<stored::v1::EventRow>(EventKey(event_id));
    if (!event || event->answering_post() == step.actor.post()) continue;
    stored::v1::ItemRow item;
    item.set_kind(stored::v1::ITEM_KIND_DISCLOSED);
    item.set_event_id(event_id);
    item.set_nominal_id(nominal_id);
    item.set_third_party(command.third_party());
    item.set_other_post(step.actor.post());
    Enqueue(event->answering_post(), v1::URGENCY_ROUTINE, std::move(item), step);
  }
}

/// The second hand's post, where one was given: then the record is the second hand's, and the
/// step's actor the first.
std::string ApprovedBy(const Step& step) {
  if (!step.confirmed) return "";
  stored::v1::Actor second;
  return second.ParseFromString(step.header.actor) ? second.post() : "";
}

}  // namespace

Status ApplyDecideDisclosure(const DecideDisclosure& command, Step& step) {
  TEARLINE_RETURN_IF_REFUSED(CheckForm(command, step.actor));
  const Result<CaseRow> row = FindDecided(command.case_id(), step);
  if (!row.ok()) return row.status();
  const std::string nominal_id = NominalOf(*row);
  TEARLINE_RETURN_IF_REFUSED(CheckEvents(command, nominal_id, step));

  stored::v1::DisclosureDetail& detail = *step.AddDetail().mutable_disclosure();
  detail.set_case_id(command.case_id());
  detail.set_nominal_id(nominal_id);
  detail.set_third_party(command.third_party());
  detail.set_decision(command.decision());
  *detail.mutable_matters() = command.matters();
  *detail.mutable_event_ids() = command.event_ids();
  detail.set_legal_basis(step.actor.legal_basis());
  detail.set_decided_by(step.actor.post());
  detail.set_approved_by(ApprovedBy(step));
  TellWhoeverAnswers(command, nominal_id, step);
  step.trail.insert(command.event_ids().begin(), command.event_ids().end());
  return {};
}

}  // namespace tearline::machine
