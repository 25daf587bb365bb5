#include "broker/machine/consultation.h"

#include <algorithm>
#include <functional>
#include <optional>

#include "broker/machine/audit_scope.h"
#include "broker/machine/case_row.h"
#include "broker/machine/event_terms.h"
#include "broker/machine/moved_booking.h"
#include "broker/machine/numbers.h"
#include "broker/machine/obligation_row.h"
#include "broker/machine/origin.h"
#include "broker/machine/permission.h"
#include "broker/machine/rows.h"
#include "broker/model/ids.h"
#include "broker/model/limits.h"
#include "broker/model/name.h"
#include "broker/state/each_row.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::machine {
namespace {

using stored::v1::Actor;
using stored::v1::CaseRow;
using stored::v1::Consult;
using stored::v1::EventRow;
using stored::v1::NominalRow;

/// Whom a row of kConsultation is about. Numbers lie in keys and never change.
enum class Subject : std::uint8_t { kNominal = 1, kEvent = 2, kEverybody = 3 };

state::Key Looked(Subject subject) {
  return state::Key(state::Table::kConsultation).U8(static_cast<std::uint8_t>(subject));
}

Status Malformed() {
  return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                "a consultation names what its kind is about, and nothing else");
}

/// What a kind of question names.
struct Parts {
  bool event = false;
  bool nominal = false;
  bool its_case = false;
  bool post = false;
  bool at = false;
  bool obligation = false;
};

std::optional<Parts> PartsOf(const Consult& command) {
  switch (command.kind()) {
    case stored::v1::CONSULTATION_KIND_WHO_WAS_TOLD:
    case stored::v1::CONSULTATION_KIND_WHO_WAS_NOT_TOLD:
    case stored::v1::CONSULTATION_KIND_ITEM:
    case stored::v1::CONSULTATION_KIND_RECEIVERS:
    case stored::v1::CONSULTATION_KIND_LEVEL_FACT:
      return Parts{.event = true};
    case stored::v1::CONSULTATION_KIND_RECEIPTS:
      return Parts{.event = !command.event_id().empty(),
                   .obligation = !command.obligation_id().empty()};
    case stored::v1::CONSULTATION_KIND_DECISION:
      return Parts{.event = true, .post = true};
    case stored::v1::CONSULTATION_KIND_CASE:
    case stored::v1::CONSULTATION_KIND_CASE_FEED:
    case stored::v1::CONSULTATION_KIND_CASE_PACK:
      return Parts{.nominal = true, .its_case = true};
    case stored::v1::CONSULTATION_KIND_KNOWN_AT:
      return Parts{.nominal = true, .post = !command.post().empty(), .at = true};
    case stored::v1::CONSULTATION_KIND_WHO_LOOKED:
    case stored::v1::CONSULTATION_KIND_NOMINAL:
      return Parts{.nominal = true};
    case stored::v1::CONSULTATION_KIND_REPLAY:
      return Parts{.nominal = !command.nominal_id().empty()};
    case stored::v1::CONSULTATION_KIND_OPEN_OBLIGATIONS:
      return Parts{.at = true};
    case stored::v1::CONSULTATION_KIND_WITHHELD:
    case stored::v1::CONSULTATION_KIND_LEAVES:
    case stored::v1::CONSULTATION_KIND_BREAK_GLASS:
    case stored::v1::CONSULTATION_KIND_THEMES:
    case stored::v1::CONSULTATION_KIND_HAND_OVER:
    case stored::v1::CONSULTATION_KIND_INFORMATION_REQUESTS:
    case stored::v1::CONSULTATION_KIND_POSTS:
    case stored::v1::CONSULTATION_KIND_PENDING:
      return Parts{};
    default:
      return std::nullopt;
  }
}

/// The range of leaves has the form its kind needs.
bool HasItsLeaves(const Consult& command) {
  if (command.kind() == stored::v1::CONSULTATION_KIND_LEAVES ||
      command.kind() == stored::v1::CONSULTATION_KIND_CASE_FEED ||
      command.kind() == stored::v1::CONSULTATION_KIND_CASE_PACK ||
      command.kind() == stored::v1::CONSULTATION_KIND_REPLAY) {
    return command.first_leaf() <= command.end_leaf();
  }
  if (command.kind() == stored::v1::CONSULTATION_KIND_RECEIPTS && command.event_id().empty() &&
      command.obligation_id().empty()) {
    return command.first_leaf() + 1 == command.end_leaf();
  }
  return command.first_leaf() == 0 && command.end_leaf() == 0;
}

/// An agency is named in two kinds alone, and beside no post.
bool HasItsAgency(const Consult& command) {
  if (command.agency().empty()) return true;
  return (command.kind() == stored::v1::CONSULTATION_KIND_KNOWN_AT ||
          command.kind() == stored::v1::CONSULTATION_KIND_REPLAY) &&
         command.post().empty() && model::CheckName(command.agency(), "agency").ok();
}

/// A question of what is the post's own, or waits for it, says whom the answer was about, each
/// once; no other does.
bool HasItsNominals(const Consult& command) {
  const auto& ids = command.nominal_ids();
  if (!SaysWhomItIsAbout(command.kind())) return ids.empty();
  return ids.size() <= static_cast<int>(model::kHandOverNominalsMax) &&
         std::adjacent_find(ids.begin(), ids.end(), std::greater_equal<>()) == ids.end() &&
         std::all_of(ids.begin(), ids.end(),
                     [](const std::string& id) { return id.size() == model::NominalId::kBytes; });
}

/// Exactly the parts that the kind names are there, with the length of an id.
bool IsWellFormed(const Consult& command) {
  const std::optional<Parts> parts = PartsOf(command);
  return parts && command.event_id().size() == (parts->event ? model::EventId::kBytes : 0) &&
         command.case_id().size() == (parts->its_case ? model::CaseId::kBytes : 0) &&
         command.nominal_id().size() == (parts->nominal ? model::NominalId::kBytes : 0) &&
         command.obligation_id().size() == (parts->obligation ? model::ObligationId::kBytes : 0) &&
         !(parts->event && parts->obligation) &&
         (parts->post ? model::CheckPostName(command.post(), "post").ok()
                      : command.post().empty()) &&
         (parts->at ? command.at_ms() > 0 : command.at_ms() == 0) && HasItsLeaves(command) &&
         HasItsAgency(command) && HasItsNominals(command);
}

/// For auditors; and a decision for the post that answers for its event.
Status CheckEvent(const Consult& command, bool auditor, const Actor& actor,
                  const state::Reader& reader) {
  const auto event = reader.Find<EventRow>(EventKey(command.event_id()));
  const bool as_auditor = event && auditor && MayAskOfEvent(*event, actor, reader);
  const bool as_answering = event && event->answering_post() == actor.post() &&
                            command.kind() == stored::v1::CONSULTATION_KIND_DECISION;
  if (as_auditor || as_answering) return {};
  return Refuse(v1::ERROR_REASON_NOT_FOUND, "no such event that this post may ask about");
}

/// For auditors; and for whoever may withdraw the event.
Status CheckReceivers(const Consult& command, bool auditor, const Actor& actor,
                      const state::Reader& reader) {
  const auto event = reader.Find<EventRow>(EventKey(command.event_id()));
  if (event && ((auditor && MayAskOfEvent(*event, actor, reader)) ||
                MayWithdraw(*event, actor.post(), reader)))
    return {};
  return Refuse(v1::ERROR_REASON_NOT_FOUND, "no such event that this post may ask about");
}

/// For a feed, of what it may speak for.
Status CheckFact(const Consult& command, const Actor& actor, const state::Reader& reader) {
  const auto event = reader.See<EventRow>(EventKey(command.event_id()));
  if (event && HasRole(actor, v1::POST_ROLE_INTAKE, reader) &&
      CheckMaySpeakFor(event->publish().originating_agency(), actor, reader).ok()) {
    return {};
  }
  return Refuse(v1::ERROR_REASON_NOT_FOUND, "no such event that this post may ask about");
}

Status CheckNominal(const Consult& command, const Actor& actor, const state::Reader& reader) {
  if (reader.Get(NominalKey(command.nominal_id())) &&
      MayAskOfNominal(command.nominal_id(), actor, reader)) {
    return {};
  }
  return Refuse(v1::ERROR_REASON_NOT_FOUND, "no such nominal that this post may ask about");
}

Status CheckObligation(const Consult& command, const Actor& actor, const state::Reader& reader) {
  const auto row = reader.Find<stored::v1::ObligationRow>(ObligationKey(command.obligation_id()));
  if (row && MayAskOfNominal(row->nominal_id(), actor, reader)) return {};
  return Refuse(v1::ERROR_REASON_NOT_FOUND, "no such obligation that this post may ask about");
}

Status CheckCase(const Consult& command, const Actor& actor, const state::Reader& reader) {
  const auto row = reader.Find<CaseRow>(CaseKey(command.case_id()));
  if (!row || !MaySeeCase(*row, actor, reader)) {
    return Refuse(v1::ERROR_REASON_NOT_FOUND, "no such case that this post may see");
  }
  const auto nominal_id = model::NominalId::Parse(row->case_().nominal_id());
  return nominal_id.ok() && nominal_id->Bytes() == command.nominal_id() ? Status() : Malformed();
}

/// For whoever may see a number of it: as of the last record, by whose stamp glass lasts.
Status CheckNumbers(const Consult& command, const Actor& actor, const state::Reader& reader) {
  const auto ledger = reader.See<stored::v1::LedgerRow>(state::Key(state::Table::kLedger));
  if (ledger && MaySeeNumbers(command.nominal_id(), actor, ledger->last_stamp_ms(), reader)) {
    return {};
  }
  return Refuse(v1::ERROR_REASON_NOT_FOUND, "no such nominal that this post may ask about");
}

/// What was told while two people were taken for one, or before a booking was moved, asked by the
/// post that must review it. Of a booking there is no one time: each event was moved at its own.
bool OwesReview(const Consult& command, const Actor& actor, const state::Reader& reader) {
  const auto row = reader.Find<NominalRow>(NominalKey(command.nominal_id()));
  if (!row || !command.post().empty() || !command.agency().empty()) return false;
  const bool moved = command.at_ms() == kOfMovesMs;
  const bool parted =
      std::any_of(row->parted().begin(), row->parted().end(),
                  [&](const auto& each) { return each.parted_ms() == command.at_ms(); });
  if (!moved && !parted) return false;
  bool owes = false;
  state::ForEachRow(reader, OpenAbout(command.nominal_id()), [&](const auto&, const auto& id) {
    const auto open = reader.Find<stored::v1::ObligationRow>(ObligationKey(id));
    owes = open && open->type() == v1::OBLIGATION_TYPE_REVIEW_UNMERGE &&
           (open->reason() == v1::RULE_REASON_BOOKING_MOVED) == moved &&
           open->debtor_post() == actor.post();
    return !owes;
  });
  return owes;
}

}  // namespace

bool SaysWhomItIsAbout(stored::v1::ConsultationKind kind) {
  return kind == stored::v1::CONSULTATION_KIND_HAND_OVER ||
         kind == stored::v1::CONSULTATION_KIND_INFORMATION_REQUESTS ||
         kind == stored::v1::CONSULTATION_KIND_PENDING;
}

Status CheckConsult(const Consult& command, const Actor& actor, const state::Reader& reader) {
  if (!IsWellFormed(command)) return Malformed();
  const bool auditor = HasRole(actor, v1::POST_ROLE_AUDITOR, reader);
  switch (command.kind()) {
    case stored::v1::CONSULTATION_KIND_ITEM:
    case stored::v1::CONSULTATION_KIND_HAND_OVER:
    case stored::v1::CONSULTATION_KIND_INFORMATION_REQUESTS:
    case stored::v1::CONSULTATION_KIND_PENDING:
      return {};
    case stored::v1::CONSULTATION_KIND_POSTS:
      if (HasRole(actor, v1::POST_ROLE_OPERATOR, reader)) return {};
      break;
    case stored::v1::CONSULTATION_KIND_CASE:
    case stored::v1::CONSULTATION_KIND_CASE_FEED:
    case stored::v1::CONSULTATION_KIND_CASE_PACK:
      return CheckCase(command, actor, reader);
    case stored::v1::CONSULTATION_KIND_NOMINAL:
      return CheckNumbers(command, actor, reader);
    case stored::v1::CONSULTATION_KIND_LEVEL_FACT:
      return CheckFact(command, actor, reader);
    case stored::v1::CONSULTATION_KIND_DECISION:
      return CheckEvent(command, auditor, actor, reader);
    case stored::v1::CONSULTATION_KIND_RECEIVERS:
      return CheckReceivers(command, auditor, actor, reader);
    case stored::v1::CONSULTATION_KIND_BREAK_GLASS:
      if (HasRole(actor, v1::POST_ROLE_INFORMATION_GOVERNANCE, reader)) return {};
      break;
    case stored::v1::CONSULTATION_KIND_KNOWN_AT:
      if (OwesReview(command, actor, reader)) return {};
      break;
    default:
      break;
  }
  if (!auditor) {
    return Refuse(v1::ERROR_REASON_NOT_PERMITTED, "the post's roles do not allow this");
  }
  if (!command.event_id().empty()) return CheckEvent(command, auditor, actor, reader);
  if (!command.nominal_id().empty()) return CheckNominal(command, actor, reader);
  if (!command.obligation_id().empty()) return CheckObligation(command, actor, reader);
  // Leaves are of everybody at once: nothing of them lies in an area.
  const bool of_leaves =
      command.end_leaf() != 0 || command.kind() == stored::v1::CONSULTATION_KIND_REPLAY;
  if (of_leaves && IsBoundToAreas(actor, reader)) {
    return Refuse(v1::ERROR_REASON_NOT_PERMITTED,
                  "the whole log is for auditors who are bound to no area");
  }
  return {};
}

state::Key NominalLooked(const std::string& nominal_id) {
  return Looked(Subject::kNominal).Fixed(nominal_id);
}

state::Key EventLooked(const std::string& event_id) {
  return Looked(Subject::kEvent).Fixed(event_id);
}

state::Key EverybodyLooked() { return Looked(Subject::kEverybody); }

void IndexLook(const std::string& nominal_id, Step& step) {
  step.batch.Put(NominalLooked(nominal_id).U64(step.header.position), "");
}

}  // namespace tearline::machine
