#include "broker/machine/command_table.h"

#include <algorithm>

#include "broker/machine/apply.h"
#include "broker/machine/apply_information_request.h"
#include "broker/machine/apply_meeting.h"
#include "broker/machine/apply_move.h"
#include "broker/machine/apply_proposal.h"
#include "broker/machine/by_number.h"
#include "broker/machine/identifiers.h"
#include "broker/machine/permission.h"
#include "broker/machine/rows.h"
#include "broker/machine/second_hand.h"
#include "broker/policy/code_list.h"
#include "broker/status/invariant.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;  // the table below is read by people: number, how

using Run = Status (*)(CommandNumber number, const std::string& bytes, Step& step);

Status Unappliable(const char* sentence) { return Refuse(v1::ERROR_REASON_UNAPPLIABLE, sentence); }

/// Reads the command and applies it.
template <typename Command, Status (*kApply)(const Command&, Step&)>
Status RunPlain(CommandNumber, const std::string& bytes, Step& step) {
  Command command;
  if (!command.ParseFromString(bytes)) return Unappliable("the command's bytes do not read");
  return kApply(command, step);
}

/// The keys that a command which waits has brought into use: they lie in the vault already, and
/// state must know whose they are whether or not the second hand is given.
template <typename Command>
Status KeepKeys(const Command&, Step&) {
  return {};
}
Status KeepKeys(const LinkIdentifier& command, Step& step) {
  google::protobuf::RepeatedPtrField<std::string> owner;
  *owner.Add() = command.nominal_id();
  return WriteSubjectKeys(command.keys(), owner, step);
}

/// Applies a command, of these bytes; one that widens its author's access waits for its second
/// hand.
template <typename Command, Status (*kApply)(const Command&, Step&)>
Status ApplyOrKeep(CommandNumber number, const Command& command, const std::string& bytes,
                   Step& step) {
  if (step.confirmed || !Widens(command, step)) return kApply(command, step);

  // Tried first, so that what would be refused is refused now and not by the second hand.
  Step trial{.header = step.header,
             .batch = step.batch,
             .actor = step.actor,
             .ledger = step.ledger,
             .policy = step.policy,
             .watch = step.watch};
  const Status tried = kApply(command, trial);
  step.asked_about = trial.asked_about;
  if (!tried.ok()) return tried;
  step.batch.RollBack();
  TEARLINE_RETURN_IF_REFUSED(KeepForSecondHand(number, bytes, step));
  return KeepKeys(command, step);
}

/// The same as RunPlain, but it may wait.
template <typename Command, Status (*kApply)(const Command&, Step&)>
Status RunWidening(CommandNumber number, const std::string& bytes, Step& step) {
  Command command;
  if (!command.ParseFromString(bytes)) return Unappliable("the command's bytes do not read");
  return ApplyOrKeep<Command, kApply>(number, command, bytes, step);
}

/// What waits for its second hand, of a command that reads from `bytes`. The keys of a moved
/// booking are brought by that hand: what is sealed meanwhile moves, too.
template <typename Command>
std::string WhatWaits(const Command&, std::string bytes) {
  return bytes;
}
std::string WhatWaits(MoveBooking command, const std::string&) {
  command.clear_keys();
  return command.SerializeAsString();
}

/// The same of a command that may name people by their numbers: what waits names them by their ids.
template <typename Command, Status (*kApply)(const Command&, Step&)>
Status RunWideningByNumber(CommandNumber number, const std::string& bytes, Step& step) {
  Command command;
  if (!command.ParseFromString(bytes)) return Unappliable("the command's bytes do not read");
  if (!IsByNumber(command)) {
    return ApplyOrKeep<Command, kApply>(number, command, WhatWaits(command, bytes), step);
  }
  Looked looked;
  TEARLINE_RETURN_IF_REFUSED(NameByNumber(command, looked, step));
  const std::uint32_t asked_about = step.asked_about;
  const Status status = ApplyOrKeep<Command, kApply>(
      number, command, WhatWaits(command, command.SerializeAsString()), step);
  step.asked_about = asked_about;
  if (status.ok()) IndexLooks(looked, step);
  return status;
}

Status GiveSecondHand(CommandNumber, const std::string& bytes, Step& step);

/// How a command runs, and whether it may wait for a second hand.
struct How {
  Run run;
  bool may_wait;
};

template <typename Command, Status (*kApply)(const Command&, Step&)>
constexpr How Plain{RunPlain<Command, kApply>, false};
template <typename Command, Status (*kApply)(const Command&, Step&)>
constexpr How Widening{RunWidening<Command, kApply>, true};
template <typename Command, Status (*kApply)(const Command&, Step&)>
constexpr How WideningByNumber{RunWideningByNumber<Command, kApply>, true};

struct Row {
  CommandNumber number;
  How how;
};

constexpr Row kRows[] = {
    {COMMAND_NUMBER_GENESIS, Plain<Genesis, ApplyGenesis>},
    {COMMAND_NUMBER_ADMIT_AGENCY, Widening<AdmitAgency, ApplyAdmitAgency>},
    {COMMAND_NUMBER_ADMIT_MEMBER, Plain<AdmitMember, ApplyAdmitMember>},
    {COMMAND_NUMBER_SET_POST, Widening<SetPost, ApplySetPost>},
    {COMMAND_NUMBER_SET_SUSPENSION, Widening<SetSuspension, ApplySetSuspension>},
    {COMMAND_NUMBER_SECOND_HAND, {GiveSecondHand, false}},
    {COMMAND_NUMBER_ENROL_SIGNING_KEY, Widening<EnrolSigningKey, ApplyEnrolSigningKey>},
    {COMMAND_NUMBER_REVOKE_SIGNING_KEY, Plain<RevokeSigningKey, ApplyRevokeSigningKey>},
    {COMMAND_NUMBER_REGISTER_NOMINAL, Plain<RegisterNominal, ApplyRegisterNominal>},
    {COMMAND_NUMBER_RESOLVE_NOMINAL, Plain<ResolveNominal, ApplyResolveNominal>},
    {COMMAND_NUMBER_LINK_IDENTIFIER, Widening<LinkIdentifier, ApplyLinkIdentifier>},
    {COMMAND_NUMBER_LIMIT_ACCESS, Widening<LimitAccess, ApplyLimitAccess>},
    {COMMAND_NUMBER_DECLARE_CONFLICT, Widening<DeclareConflict, ApplyDeclareConflict>},
    {COMMAND_NUMBER_ERASE_NOMINAL, Widening<EraseNominal, ApplyEraseNominal>},
    {COMMAND_NUMBER_MERGE_NOMINALS, WideningByNumber<MergeNominals, ApplyMergeNominals>},
    {COMMAND_NUMBER_UNMERGE_NOMINALS, WideningByNumber<UnmergeNominals, ApplyUnmergeNominals>},
    {COMMAND_NUMBER_SET_SUPERVISOR, Widening<SetSupervisor, ApplySetSupervisor>},
    {COMMAND_NUMBER_SET_LEAVE, Plain<SetLeave, ApplySetLeave>},
    {COMMAND_NUMBER_OPEN_CASE, Widening<OpenCase, ApplyOpenCase>},
    {COMMAND_NUMBER_SEAT_POST, Widening<SeatPost, ApplySeatPost>},
    {COMMAND_NUMBER_NAME_ACCOUNTABLE, Widening<NameAccountable, ApplyNameAccountable>},
    {COMMAND_NUMBER_DECIDE_DISCLOSURE, Widening<DecideDisclosure, ApplyDecideDisclosure>},
    {COMMAND_NUMBER_NAME_POST, Widening<NamePost, ApplyNamePost>},
    {COMMAND_NUMBER_BREAK_GLASS, Plain<BreakGlass, ApplyBreakGlass>},
    {COMMAND_NUMBER_REVIEW_BREAK_GLASS, Plain<ReviewBreakGlass, ApplyReviewBreakGlass>},
    {COMMAND_NUMBER_SET_LEVEL, Widening<SetLevel, ApplySetLevel>},
    {COMMAND_NUMBER_END_CASE, Widening<EndCase, ApplyEndCase>},
    {COMMAND_NUMBER_COMMISSION_REPORT, Widening<CommissionReport, ApplyCommissionReport>},
    {COMMAND_NUMBER_CORRECT_IDENTIFIER, Plain<CorrectIdentifier, ApplyCorrectIdentifier>},
    {COMMAND_NUMBER_CHANGE_CASE, Widening<ChangeCase, ApplyChangeCase>},
    {COMMAND_NUMBER_PROPOSE_POLICY, Plain<ProposePolicy, ApplyProposePolicy>},
    {COMMAND_NUMBER_APPROVE_POLICY, Plain<ApprovePolicy, ApplyApprovePolicy>},
    {COMMAND_NUMBER_NOTE_SIMULATION, Plain<NoteSimulation, ApplyNoteSimulation>},
    {COMMAND_NUMBER_PUBLISH, Plain<Publish, ApplyPublish>},
    {COMMAND_NUMBER_WITHDRAW_EVENT, Plain<WithdrawEvent, ApplyWithdrawEvent>},
    {COMMAND_NUMBER_AMEND_EVENT, Plain<AmendEvent, ApplyAmendEvent>},
    {COMMAND_NUMBER_MOVE_BOOKING, WideningByNumber<MoveBooking, ApplyMoveBooking>},
    {COMMAND_NUMBER_OPEN_SESSION, Plain<OpenSession, ApplyOpenSession>},
    {COMMAND_NUMBER_CLOSE_SESSION, Plain<CloseSession, ApplyCloseSession>},
    {COMMAND_NUMBER_RELEASE, Plain<ReleaseRows, ApplyReleaseRows>},
    {COMMAND_NUMBER_ACKNOWLEDGE, Plain<Acknowledge, ApplyAcknowledge>},
    {COMMAND_NUMBER_RETRY, Plain<Retry, ApplyRetry>},
    {COMMAND_NUMBER_PARK, Plain<Park, ApplyPark>},
    {COMMAND_NUMBER_READ, Plain<ReadItem, ApplyReadItem>},
    {COMMAND_NUMBER_CREATE_SUBSCRIPTION, Plain<CreateSubscription, ApplyCreateSubscription>},
    {COMMAND_NUMBER_SEEK_SUBSCRIPTION, Plain<SeekSubscription, ApplySeekSubscription>},
    {COMMAND_NUMBER_DELETE_SUBSCRIPTION, Plain<DeleteSubscription, ApplyDeleteSubscription>},
    {COMMAND_NUMBER_DISCHARGE_OBLIGATION, Plain<DischargeObligation, ApplyDischargeObligation>},
    {COMMAND_NUMBER_ESCALATE_OBLIGATION, Plain<EscalateObligation, ApplyEscalateObligation>},
    {COMMAND_NUMBER_PULSE, Plain<Pulse, ApplyPulse>},
    {COMMAND_NUMBER_CONFIRM_CLOCK, Plain<ConfirmClock, ApplyConfirmClock>},
    {COMMAND_NUMBER_NOTE_REFUSALS, Plain<NoteRefusals, ApplyNoteRefusals>},
    {COMMAND_NUMBER_ACCEPT_LOST_KEYS, Plain<AcceptLostKeys, ApplyAcceptLostKeys>},
    {COMMAND_NUMBER_NOTE_WITNESSES, Plain<NoteWitnesses, ApplyNoteWitnesses>},
    {COMMAND_NUMBER_CONSULT, Plain<Consult, ApplyConsult>},
    {COMMAND_NUMBER_ADD_ACTION, Plain<AddAction, ApplyAddAction>},
    {COMMAND_NUMBER_END_ACTION, Plain<EndAction, ApplyEndAction>},
    {COMMAND_NUMBER_MAKE_PROPOSAL, Plain<MakeProposal, ApplyMakeProposal>},
    {COMMAND_NUMBER_ANSWER_PROPOSAL, Plain<AnswerProposal, ApplyAnswerProposal>},
    {COMMAND_NUMBER_ASK_FOR_INFORMATION, Plain<AskForInformation, ApplyAskForInformation>},
    {COMMAND_NUMBER_ANSWER_FOR_INFORMATION, Plain<AnswerForInformation, ApplyAnswerForInformation>},
    {COMMAND_NUMBER_PLAN_MEETING, Plain<PlanMeeting, ApplyPlanMeeting>},
    {COMMAND_NUMBER_END_MEETING, Plain<EndMeeting, ApplyEndMeeting>},
    {COMMAND_NUMBER_RECORD_MINUTES, Plain<RecordMinutes, ApplyRecordMinutes>},
};

/// Whether purpose and legal basis are such as the policy in force lists. What waited for its
/// second hand keeps those that it was asked for with.
Status CheckCodes(const Step& step) {
  const bool held = step.header.behaviour_version >= kCodesListedFrom && step.policy != nullptr &&
                    !step.confirmed && !IsBroker(step.actor);
  if (!held) return {};
  return policy::CheckGiven(step.policy->written(), step.actor.purpose(), step.actor.legal_basis());
}

Status RunPermitted(CommandNumber number, const std::string& bytes, Step& step) {
  TEARLINE_RETURN_IF_REFUSED(CheckPermission(number, step.actor, step.batch));
  TEARLINE_RETURN_IF_REFUSED(CheckCodes(step));
  const auto* row = std::find_if(std::begin(kRows), std::end(kRows),
                                 [number](const Row& each) { return each.number == number; });
  if (row == std::end(kRows)) return Unappliable("no command has this number");
  return row->how.run(number, bytes, step);
}

/// The command that waited, with what its second hand brings for it.
std::string WhatRuns(const PendingRow& pending, const SecondHand& second) {
  if (pending.command() != COMMAND_NUMBER_MOVE_BOOKING) return pending.command_bytes();
  MoveBooking move;
  TEARLINE_INVARIANT(move.ParseFromString(pending.command_bytes()), "what waits was read once");
  *move.mutable_keys() = second.moved_keys();
  return move.SerializeAsString();
}

/// The second hand: nobody who may be the first, and who could have asked the same.
/// The command then runs as its author's, whose standing is looked at again.
Status GiveSecondHand(CommandNumber, const std::string& bytes, Step& step) {
  SecondHand command;
  if (!command.ParseFromString(bytes)) return Unappliable("the command's bytes do not read");
  const auto pending = step.batch.Find<PendingRow>(PendingKey(command.pending_id()));
  if (!pending || LapsesMs(*pending) <= step.now_ms()) {
    return Refuse(v1::ERROR_REASON_NOT_FOUND, "nothing by that id waits for a second hand");
  }
  const Actor& author = pending->author();
  if (IsSameHand(author, step.actor)) {
    return Refuse(v1::ERROR_REASON_SECOND_HAND_REQUIRED,
                  "the second hand must be another post, another member, another certificate and "
                  "another user acted for than the first");
  }
  const auto number = static_cast<CommandNumber>(pending->command());
  TEARLINE_RETURN_IF_REFUSED(CheckPermission(number, step.actor, step.batch));

  ForgetPending(command.pending_id(), *pending, step);
  const std::string id = model::PendingId::FromBytes(command.pending_id())->Text();
  step.AddChanged("second-hand-given", id, author.post());
  step.confirmed = true;
  step.actor = author;
  TEARLINE_RETURN_IF_REFUSED(RunPermitted(number, WhatRuns(*pending, command), step));
  TellFirstHand(command.pending_id(), *pending, PENDING_END_CONFIRMED, step);
  return {};
}

}  // namespace

Status RunCommand(CommandNumber number, const std::string& bytes, Step& step) {
  if (!CommandNumber_IsValid(number) || number == COMMAND_NUMBER_UNSPECIFIED) {
    return Unappliable("no command has this number");
  }
  const bool is_genesis = number == COMMAND_NUMBER_GENESIS;
  if (step.policy == nullptr && !is_genesis) {
    return Unappliable("nothing can be said before genesis");
  }
  return RunPermitted(number, bytes, step);
}

std::vector<CommandNumber> RunnableCommands() {
  std::vector<CommandNumber> numbers;
  for (const Row& row : kRows) numbers.push_back(row.number);
  return numbers;
}

std::vector<CommandNumber> CommandsThatMayWait() {
  std::vector<CommandNumber> numbers;
  for (const Row& row : kRows) {
    if (row.how.may_wait) numbers.push_back(row.number);
  }
  return numbers;
}

}  // namespace tearline::machine
