#include <string>

#include "broker/machine/apply.h"
#include "broker/machine/consultation.h"
#include "broker/machine/identifiers.h"
#include "broker/machine/numbers.h"
#include "broker/machine/numbers_disagree.h"
#include "broker/machine/quota.h"
#include "broker/machine/review_told.h"
#include "broker/machine/rows.h"
#include "broker/model/vocabulary.h"

namespace tearline::machine {
namespace {

using stored::v1::IdentifierRow;
using stored::v1::NominalRow;

Status CheckCorrection(const stored::v1::CorrectIdentifier& command) {
  if (!v1::IdentifierStatus_IsValid(command.status()) ||
      command.status() == v1::IDENTIFIER_STATUS_UNSPECIFIED) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                  "`status` must be in-error, superseded, verified or unverified");
  }
  if (!v1::IdentifierCorrection_IsValid(command.because()) ||
      command.because() == v1::IDENTIFIER_CORRECTION_UNSPECIFIED) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID, "`because` must say why, by a known reason");
  }
  return {};
}

/// The number is nobody's from now on; the nominal it was recorded of remembers it.
void SetAside(const stored::v1::StoredIdentifier& identifier, const IdentifierRow& row,
              Step& step) {
  step.batch.Erase(IdentifierKey(identifier.type(), identifier.index()));
  step.batch.PutRow(NumberOfKey(row.nominal_id(), identifier.type(), identifier.index()),
                    row);
}

}  // namespace

Status ApplyCorrectIdentifier(const stored::v1::CorrectIdentifier& command, Step& step) {
  const stored::v1::StoredIdentifier& identifier = command.identifier();
  TEARLINE_RETURN_IF_REFUSED(CheckIdentifier(identifier));
  TEARLINE_RETURN_IF_REFUSED(CheckCorrection(command));
  TEARLINE_RETURN_IF_REFUSED(AskAbout(QuotaKind::kResolve, 1, step));
  const state::Key key = IdentifierKey(identifier.type(), identifier.index());
  auto row = step.batch.Find<IdentifierRow>(key);
  if (!row || row->asserted_by() != step.actor.agency()) {
    return Refuse(v1::ERROR_REASON_NOT_FOUND, "no such number that this agency asserted");
  }
  IndexLook(row->nominal_id(), step);
  if (StatusOf(*row) == command.status()) return {};  // said before
  const bool as_its_rule = command.status() == v1::IDENTIFIER_STATUS_VERIFIED ||
                           command.status() == v1::IDENTIFIER_STATUS_UNVERIFIED;
  if (as_its_rule && row->verified() != (command.status() == v1::IDENTIFIER_STATUS_VERIFIED)) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                  "`status` must be verified or unverified as the rule of its type says");
  }

  row->set_status(command.status());
  row->set_because(command.because());
  row->set_corrected_ms(step.now_ms());
  if (command.status() == v1::IDENTIFIER_STATUS_IN_ERROR) {
    SetAside(identifier, *row, step);
  } else {
    step.batch.PutRow(key, *row);
  }
  auto nominal = step.batch.Find<NominalRow>(NominalKey(row->nominal_id()));
  if (command.status() == v1::IDENTIFIER_STATUS_IN_ERROR && nominal->identifiers() > 0) {
    nominal->set_identifiers(nominal->identifiers() - 1);
  }
  nominal->set_changed_position(step.header.position);
  step.batch.PutRow(NominalKey(row->nominal_id()), *nominal);
  ForgetOutOfItsTime(row->nominal_id(), step);
  step.AddChanged("identifier-corrected", model::NominalId::FromBytes(row->nominal_id())->Text(),
                  model::CodeOf(v1::IdentifierStatus_Name(command.status()), "IDENTIFIER_STATUS_"));
  if (command.status() == v1::IDENTIFIER_STATUS_IN_ERROR) {
    OpenReviewOfNumberInError(row->nominal_id(), step);
  }
  return {};
}

}  // namespace tearline::machine
