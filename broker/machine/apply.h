#pragma once

#include "broker/machine/step.h"
#include "broker/status/status.h"
#include "tearline/stored/v1/command.pb.h"

namespace tearline::machine {

/// One function per command: what it does to the state, and what its leaf remembers. Each keeps one
/// shape: all branches first, in an order fixed for ever (law 10); all effects after the last
/// branch.
///
/// A refusal is an outcome like any other: what was written by then is taken back, and the leaf
/// says refused. UNAPPLIABLE says that the record should never have been written.
///
/// Permission to ask at all was checked before (permission.h).

// apply_genesis.cc
Status ApplyGenesis(const stored::v1::Genesis& command, Step& step);

// apply_directory.cc
Status ApplyAdmitAgency(const stored::v1::AdmitAgency& command, Step& step);
Status ApplyAdmitMember(const stored::v1::AdmitMember& command, Step& step);
Status ApplySetPost(const stored::v1::SetPost& command, Step& step);
Status ApplySetSuspension(const stored::v1::SetSuspension& command, Step& step);

// apply_signing_key.cc
Status ApplyEnrolSigningKey(const stored::v1::EnrolSigningKey& command, Step& step);
Status ApplyRevokeSigningKey(const stored::v1::RevokeSigningKey& command, Step& step);

// apply_nominal.cc
Status ApplyRegisterNominal(const stored::v1::RegisterNominal& command, Step& step);
Status ApplyResolveNominal(const stored::v1::ResolveNominal& command, Step& step);
Status ApplyLinkIdentifier(const stored::v1::LinkIdentifier& command, Step& step);

// apply_identifier.cc
Status ApplyCorrectIdentifier(const stored::v1::CorrectIdentifier& command, Step& step);

// apply_merge.cc
Status ApplyMergeNominals(const stored::v1::MergeNominals& command, Step& step);
Status ApplyUnmergeNominals(const stored::v1::UnmergeNominals& command, Step& step);

// apply_access.cc
Status ApplyLimitAccess(const stored::v1::LimitAccess& command, Step& step);
Status ApplyDeclareConflict(const stored::v1::DeclareConflict& command, Step& step);

// apply_case.cc
Status ApplyOpenCase(const stored::v1::OpenCase& command, Step& step);
Status ApplySeatPost(const stored::v1::SeatPost& command, Step& step);
Status ApplyNamePost(const stored::v1::NamePost& command, Step& step);
Status ApplyNameAccountable(const stored::v1::NameAccountable& command, Step& step);

// commission.cc
Status ApplyCommissionReport(const stored::v1::CommissionReport& command, Step& step);

// apply_level.cc
Status ApplySetLevel(const stored::v1::SetLevel& command, Step& step);
Status ApplyEndCase(const stored::v1::EndCase& command, Step& step);

// apply_action.cc
Status ApplyAddAction(const stored::v1::AddAction& command, Step& step);
Status ApplyEndAction(const stored::v1::EndAction& command, Step& step);

// apply_supervisor.cc
Status ApplySetSupervisor(const stored::v1::SetSupervisor& command, Step& step);

// leave.cc
Status ApplySetLeave(const stored::v1::SetLeave& command, Step& step);

// apply_glass.cc
Status ApplyBreakGlass(const stored::v1::BreakGlass& command, Step& step);
Status ApplyReviewBreakGlass(const stored::v1::ReviewBreakGlass& command, Step& step);

// apply_change_case.cc
Status ApplyChangeCase(const stored::v1::ChangeCase& command, Step& step);

// apply_disclosure.cc
Status ApplyDecideDisclosure(const stored::v1::DecideDisclosure& command, Step& step);

// apply_policy.cc
Status ApplyProposePolicy(const stored::v1::ProposePolicy& command, Step& step);
Status ApplyApprovePolicy(const stored::v1::ApprovePolicy& command, Step& step);
Status ApplyNoteSimulation(const stored::v1::NoteSimulation& command, Step& step);

// apply_publish.cc
Status ApplyPublish(const stored::v1::Publish& command, Step& step);

// apply_withdraw.cc
Status ApplyWithdrawEvent(const stored::v1::WithdrawEvent& command, Step& step);

// apply_amend.cc
Status ApplyAmendEvent(const stored::v1::AmendEvent& command, Step& step);

// apply_session.cc
Status ApplyOpenSession(const stored::v1::OpenSession& command, Step& step);
Status ApplyCloseSession(const stored::v1::CloseSession& command, Step& step);

// apply_release.cc
Status ApplyReleaseRows(const stored::v1::ReleaseRows& command, Step& step);

// apply_acknowledge.cc
Status ApplyAcknowledge(const stored::v1::Acknowledge& command, Step& step);
Status ApplyRetry(const stored::v1::Retry& command, Step& step);
Status ApplyPark(const stored::v1::Park& command, Step& step);

// apply_read.cc
Status ApplyReadItem(const stored::v1::ReadItem& command, Step& step);

// apply_subscription.cc
Status ApplyCreateSubscription(const stored::v1::CreateSubscription& command, Step& step);
Status ApplySeekSubscription(const stored::v1::SeekSubscription& command, Step& step);
Status ApplyDeleteSubscription(const stored::v1::DeleteSubscription& command, Step& step);

// apply_obligation.cc
Status ApplyDischargeObligation(const stored::v1::DischargeObligation& command, Step& step);
Status ApplyEscalateObligation(const stored::v1::EscalateObligation& command, Step& step);

// apply_consult.cc
Status ApplyConsult(const stored::v1::Consult& command, Step& step);

// apply_clock.cc
Status ApplyConfirmClock(const stored::v1::ConfirmClock& command, Step& step);

// apply_erase.cc
Status ApplyEraseNominal(const stored::v1::EraseNominal& command, Step& step);
Status ApplyAcceptLostKeys(const stored::v1::AcceptLostKeys& command, Step& step);

// apply_pulse.cc
Status ApplyPulse(const stored::v1::Pulse& command, Step& step);
Status ApplyNoteRefusals(const stored::v1::NoteRefusals& command, Step& step);
Status ApplyNoteWitnesses(const stored::v1::NoteWitnesses& command, Step& step);

}  // namespace tearline::machine
