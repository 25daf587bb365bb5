#include "broker/sequencer/prepare_identifier.h"

#include <utility>
#include <vector>

#include "broker/machine/quota.h"
#include "broker/machine/resolution.h"
#include "broker/model/civil_time.h"
#include "broker/model/identifier.h"
#include "broker/sequencer/identifier_index.h"
#include "broker/sequencer/make_proposal.h"
#include "broker/sequencer/subject_keys.h"

namespace tearline::sequencer {
namespace {

using stored::v1::StoredIdentifier;

constexpr int kRegisterIdentifiersMax = 16;

/// Seals identifiers under one key of their nominal, made anew if the one of the view is gone.
///
/// `command` is told the keys that are new, and `new_keys` their ids.
template <typename Command>
Status SealUnderOneKey(const std::string& nominal_id, const Workbench& bench,
                       std::vector<IndexedIdentifier>& identifiers, Command& command,
                       std::vector<model::SubjectKeyId>& new_keys) {
  const Result<model::LedgerId> ledger_id = LedgerIdOf(bench);
  if (!ledger_id.ok()) return ledger_id.status();
  for (const bool reuse : {true, false}) {
    SubjectKeys keys(bench, reuse);
    keys.Need(0, nominal_id, stored::v1::CONTENT_CLASS_IDENTIFIER);
    TEARLINE_RETURN_IF_REFUSED(keys.Get());
    Status sealed;
    for (IndexedIdentifier& identifier : identifiers) {
      identifier.stored.clear_sealed();
      sealed.Update(SealIdentifier(*ledger_id, keys.Of(0, stored::v1::CONTENT_CLASS_IDENTIFIER),
                                   bench, identifier));
    }
    if (reuse && ReasonOf(sealed) == v1::ERROR_REASON_KEY_MISSING) continue;
    if (!sealed.ok()) return sealed;
    for (stored::v1::SubjectKeyUse& use : keys.Made()) *command.add_keys() = std::move(use);
    new_keys = keys.Keep();
    break;
  }
  return {};
}

Result<model::NominalId> ReadNominal(const std::string& text, const std::string& path) {
  const Result<model::NominalId> id = model::NominalId::Parse(text);
  if (id.ok()) return id;
  return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                "`" + path + "` must be `nom_` and 32 digits of 0-9 and a-f");
}

/// The two numbers of a request that names people by them.
template <typename Request, typename Command>
Status IndexBoth(const Request& request, const stored::v1::Actor& actor, const Workbench& bench,
                 Command& command) {
  if (!request.has_removed() || !request.has_surviving()) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                  "`removed` and `surviving` must come together, a number of each");
  }
  Result<StoredIdentifier> removed =
      IndexQuestion(request.removed(), actor.agency(), "removed", bench);
  if (!removed.ok()) return removed.status();
  Result<StoredIdentifier> surviving =
      IndexQuestion(request.surviving(), actor.agency(), "surviving", bench);
  if (!surviving.ok()) return surviving.status();
  *command.mutable_removed() = *std::move(removed);
  *command.mutable_surviving() = *std::move(surviving);
  return {};
}

Status IdsAndNumbers() {
  return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                "people must be named by their ids or by their numbers, not by both");
}

}  // namespace

Result<Proposal> PrepareRegister(const v1::RegisterNominalRequest& request,
                                 const stored::v1::Actor& actor, const Workbench& bench) {
  if (request.identifiers().empty()) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID, "`identifiers` must be 1 to 16");
  }
  if (request.identifiers_size() > kRegisterIdentifiersMax) {
    return Refuse(
        v1::ERROR_REASON_LIMIT_PASSED,
        "`identifiers` is " + std::to_string(request.identifiers_size()) + " entries; at most 16");
  }
  std::vector<IndexedIdentifier> identifiers;
  for (int i = 0; i < request.identifiers_size(); ++i) {
    Result<IndexedIdentifier> indexed = IndexIdentifier(
        request.identifiers(i), actor.agency(), "identifiers[" + std::to_string(i) + "]", bench);
    if (!indexed.ok()) return indexed.status();
    identifiers.push_back(*std::move(indexed));
  }
  TEARLINE_RETURN_IF_REFUSED(machine::CheckQuota(machine::QuotaKind::kResolve, actor,
                                                 static_cast<std::uint32_t>(identifiers.size()),
                                                 bench.now_ms, bench.view));
  stored::v1::RegisterNominal command;
  std::vector<model::SubjectKeyId> new_keys;
  TEARLINE_RETURN_IF_REFUSED(SealUnderOneKey("", bench, identifiers, command, new_keys));
  for (IndexedIdentifier& identifier : identifiers) {
    *command.add_identifiers() = std::move(identifier.stored);
  }
  Proposal proposal = MakeProposal(actor, stored::v1::COMMAND_NUMBER_REGISTER_NOMINAL, command);
  proposal.new_keys = std::move(new_keys);
  return proposal;
}

Result<Proposal> PrepareResolve(const v1::ResolveNominalRequest& request,
                                const stored::v1::Actor& actor, const Workbench& bench) {
  if (request.also_known_by_size() >= machine::kResolvedTogetherMax) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED,
                  "`also_known_by` is " + std::to_string(request.also_known_by_size()) +
                      " entries; at most " + std::to_string(machine::kResolvedTogetherMax - 1));
  }
  Result<StoredIdentifier> asked =
      IndexQuestion(request.identifier(), actor.agency(), "identifier", bench);
  if (!asked.ok()) return asked.status();
  stored::v1::ResolveNominal command;
  *command.mutable_identifier() = *std::move(asked);
  for (int i = 0; i < request.also_known_by_size(); ++i) {
    Result<StoredIdentifier> further =
        IndexQuestion(request.also_known_by(i), actor.agency(),
                      "also_known_by[" + std::to_string(i) + "]", bench);
    if (!further.ok()) return further.status();
    *command.add_also_known_by() = *std::move(further);
  }
  return MakeProposal(actor, stored::v1::COMMAND_NUMBER_RESOLVE_NOMINAL, command);
}

Result<Proposal> PrepareLink(const v1::LinkIdentifierRequest& request,
                             const stored::v1::Actor& actor, const Workbench& bench) {
  const Result<model::NominalId> nominal = ReadNominal(request.nominal_id(), "nominal_id");
  if (!nominal.ok()) return nominal.status();
  Result<IndexedIdentifier> indexed =
      IndexIdentifier(request.identifier(), actor.agency(), "identifier", bench);
  if (!indexed.ok()) return indexed.status();
  std::vector<IndexedIdentifier> identifiers;
  identifiers.push_back(*std::move(indexed));
  TEARLINE_RETURN_IF_REFUSED(
      machine::CheckQuota(machine::QuotaKind::kResolve, actor, 1, bench.now_ms, bench.view));
  if (!bench.view.Get(state::Key(state::Table::kNominal).Fixed(nominal->Bytes()))) {
    return Refuse(v1::ERROR_REASON_NOT_FOUND, "no such nominal");
  }
  stored::v1::LinkIdentifier command;
  std::vector<model::SubjectKeyId> new_keys;
  TEARLINE_RETURN_IF_REFUSED(
      SealUnderOneKey(nominal->Bytes(), bench, identifiers, command, new_keys));
  command.set_nominal_id(nominal->Bytes());
  *command.mutable_identifier() = std::move(identifiers.front().stored);
  Proposal proposal = MakeProposal(actor, stored::v1::COMMAND_NUMBER_LINK_IDENTIFIER, command);
  proposal.new_keys = std::move(new_keys);
  return proposal;
}

Result<Proposal> PrepareMerge(const v1::MergeNominalsRequest& request,
                              const stored::v1::Actor& actor, const Workbench& bench) {
  constexpr auto kNumber = stored::v1::COMMAND_NUMBER_MERGE_NOMINALS;
  stored::v1::MergeNominals command;
  if (request.has_removed() || request.has_surviving()) {
    if (!request.removed_id().empty() || !request.surviving_id().empty()) return IdsAndNumbers();
    TEARLINE_RETURN_IF_REFUSED(IndexBoth(request, actor, bench, command));
    return MakeProposal(actor, kNumber, command);
  }
  const Result<model::NominalId> removed = ReadNominal(request.removed_id(), "removed_id");
  if (!removed.ok()) return removed.status();
  const Result<model::NominalId> surviving = ReadNominal(request.surviving_id(), "surviving_id");
  if (!surviving.ok()) return surviving.status();
  command.set_removed_id(removed->Bytes());
  command.set_surviving_id(surviving->Bytes());
  return MakeProposal(actor, kNumber, command);
}

Result<Proposal> PrepareUnmerge(const v1::UnmergeNominalsRequest& request,
                                const stored::v1::Actor& actor, const Workbench& bench) {
  constexpr auto kNumber = stored::v1::COMMAND_NUMBER_UNMERGE_NOMINALS;
  stored::v1::UnmergeNominals command;
  if (request.has_removed() || request.has_surviving()) {
    if (!request.removed_id().empty()) return IdsAndNumbers();
    TEARLINE_RETURN_IF_REFUSED(IndexBoth(request, actor, bench, command));
    return MakeProposal(actor, kNumber, command);
  }
  const Result<model::NominalId> removed = ReadNominal(request.removed_id(), "removed_id");
  if (!removed.ok()) return removed.status();
  command.set_removed_id(removed->Bytes());
  return MakeProposal(actor, kNumber, command);
}

Result<Proposal> PrepareCorrection(const v1::CorrectIdentifierRequest& request,
                                   const stored::v1::Actor& actor, const Workbench& bench) {
  Result<StoredIdentifier> which =
      IndexQuestion(request.identifier(), actor.agency(), "identifier", bench);
  if (!which.ok()) return which.status();
  stored::v1::CorrectIdentifier command;
  *command.mutable_identifier() = *std::move(which);
  command.set_status(request.status());
  command.set_because(request.because());
  return MakeProposal(actor, stored::v1::COMMAND_NUMBER_CORRECT_IDENTIFIER, command);
}

v1::IdentifierReading ReadingOf(const v1::Identifier& identifier, std::int64_t now_ms) {
  const model::CanonicalIdentifier read =
      model::Canonicalise(identifier.type(), identifier.value(), model::YearOf(now_ms));
  v1::IdentifierReading reading;
  reading.set_verified(read.verified);
  for (const v1::IdentifierNote note : read.notes) reading.add_notes(note);
  return reading;
}

}  // namespace tearline::sequencer
