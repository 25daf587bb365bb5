#include <string>

#include "broker/machine/apply.h"
#include "broker/machine/consultation.h"
#include "broker/machine/identifiers.h"
#include "broker/machine/identity.h"
#include "broker/machine/numbers.h"
#include "broker/machine/numbers_disagree.h"
#include "broker/machine/quota.h"
#include "broker/machine/rows.h"
#include "broker/machine/subject_key.h"
#include "broker/machine/tell_originators.h"
#include "broker/model/limits.h"
#include "broker/model/vocabulary.h"

namespace tearline::machine {
namespace {

using stored::v1::IdentifierRow;
using stored::v1::NominalRow;

constexpr int kRegisterIdentifiersMax = 16;

std::string TextOf(const std::string& nominal_id) {
  const Result<model::NominalId> id = model::NominalId::FromBytes(nominal_id);
  return id.ok() ? id->Text() : std::string();
}

google::protobuf::RepeatedPtrField<std::string> Only(const std::string& nominal_id) {
  google::protobuf::RepeatedPtrField<std::string> ids;
  ids.Add(std::string(nominal_id));
  return ids;
}

Status IdentifierTaken() {
  return Refuse(
      v1::ERROR_REASON_IDENTIFIER_TAKEN,
      "the identifier belongs to another nominal already; nothing was linked. If both are "
      "one person, MergeNominals says so");
}

/// What it came to, in one word for the leaf.
std::string WordOf(const Resolution& came) {
  if (came.disagree) return "disagree";
  return model::CodeOf(v1::ResolutionOutcome_Name(came.outcome), "RESOLUTION_OUTCOME_");
}

/// From kResolutionsSaidFrom on: of one number or several, and it is said what it came to.
Status ResolveTogether(const stored::v1::ResolveNominal& command, Step& step) {
  if (command.also_known_by_size() >= kResolvedTogetherMax) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED, "`also_known_by` must be at most 8");
  }
  for (const stored::v1::StoredIdentifier& further : command.also_known_by()) {
    TEARLINE_RETURN_IF_REFUSED(CheckIdentifier(further));
  }
  const auto count = static_cast<std::uint32_t>(1 + command.also_known_by_size());
  TEARLINE_RETURN_IF_REFUSED(AskAbout(QuotaKind::kResolve, count, step));
  const std::string found = FindByNumbers(command, step);
  step.applied.made_id = found.empty() ? std::string() : TextOf(found);
  step.AddChanged("nominal-resolved", step.applied.made_id, WordOf(step.applied.resolution));
  return {};
}

}  // namespace

Status ApplyRegisterNominal(const stored::v1::RegisterNominal& command, Step& step) {
  if (command.identifiers().empty() || command.identifiers_size() > kRegisterIdentifiersMax) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED, "`identifiers` must be 1 to 16");
  }
  for (const stored::v1::StoredIdentifier& identifier : command.identifiers()) {
    TEARLINE_RETURN_IF_REFUSED(CheckIdentifier(identifier));
  }
  TEARLINE_RETURN_IF_REFUSED(
      AskAbout(QuotaKind::kResolve, static_cast<std::uint32_t>(command.identifiers_size()), step));
  for (const stored::v1::StoredIdentifier& identifier : command.identifiers()) {
    if (step.batch.Get(IdentifierKey(identifier.type(), identifier.index()))) {
      return IdentifierTaken();
    }
  }

  const model::NominalId id = step.MakeId<model::NominalId>(model::NominalTag{});
  for (const stored::v1::StoredIdentifier& identifier : command.identifiers()) {
    WriteIdentifier(id.Bytes(), identifier, step.actor.agency(), step);
  }
  TEARLINE_RETURN_IF_REFUSED(WriteSubjectKeys(command.keys(), Only(id.Bytes()), step));
  NominalRow row;
  row.set_changed_position(step.header.position);
  row.set_identifiers(static_cast<std::uint32_t>(command.identifiers_size()));
  step.batch.PutRow(NominalKey(id.Bytes()), row);
  step.AddChanged("nominal-registered", id.Text());
  step.applied.made_id = id.Text();
  return {};
}

Status ApplyResolveNominal(const stored::v1::ResolveNominal& command, Step& step) {
  TEARLINE_RETURN_IF_REFUSED(CheckIdentifier(command.identifier()));
  if (step.header.behaviour_version >= kResolutionsSaidFrom) return ResolveTogether(command, step);
  TEARLINE_RETURN_IF_REFUSED(AskAbout(QuotaKind::kResolve, 1, step));

  const auto found = step.batch.Find<IdentifierRow>(
      IdentifierKey(command.identifier().type(), command.identifier().index()));
  const std::string answer =
      found ? TextOf(NameFor(step.actor.post(), found->nominal_id(), step.batch)) : std::string();
  if (found) IndexLook(found->nominal_id(), step);
  step.AddChanged("nominal-resolved", answer);
  step.applied.made_id = answer;
  return {};
}

Status ApplyLinkIdentifier(const stored::v1::LinkIdentifier& command, Step& step) {
  TEARLINE_RETURN_IF_REFUSED(CheckIdentifier(command.identifier()));
  TEARLINE_RETURN_IF_REFUSED(AskAbout(QuotaKind::kResolve, 1, step));
  auto nominal = step.batch.Find<NominalRow>(NominalKey(command.nominal_id()));
  if (!nominal) return Refuse(v1::ERROR_REASON_NOT_FOUND, "no such nominal");
  const auto found = step.batch.Find<IdentifierRow>(
      IdentifierKey(command.identifier().type(), command.identifier().index()));
  const std::string& post = step.actor.post();
  if (found && NameFor(post, found->nominal_id(), step.batch) !=
                   NameFor(post, command.nominal_id(), step.batch)) {
    return IdentifierTaken();
  }
  if (found) {  // said before, or by a merge: nothing changes but for when it holds
    if (KeepValidity(command.identifier(), *found, step)) {
      ForgetOutOfItsTime(found->nominal_id(), step);
      step.AddChanged("identifier-linked", TextOf(found->nominal_id()));
    }
    return {};
  }
  TEARLINE_RETURN_IF_REFUSED(CheckKeysStand(command, step.batch));
  if (nominal->identifiers() >= model::kNominalIdentifiersMax) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED, "a nominal has at most 64 identifiers");
  }

  WriteIdentifier(command.nominal_id(), command.identifier(), step.actor.agency(), step);
  TEARLINE_RETURN_IF_REFUSED(WriteSubjectKeys(command.keys(), Only(command.nominal_id()), step));
  nominal->set_identifiers(nominal->identifiers() + 1);
  nominal->set_changed_position(step.header.position);
  step.batch.PutRow(NominalKey(command.nominal_id()), *nominal);
  step.applied.telling_changed = true;
  step.AddChanged("identifier-linked", TextOf(command.nominal_id()));
  // From now on the posts of its case see what is told under this number, too.
  if (NominalWithCase(command.nominal_id(), step.batch)) {
    TellOriginators(command.nominal_id(), step.actor.post(), step);
  }
  return {};
}

}  // namespace tearline::machine
