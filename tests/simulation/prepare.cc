#include <google/protobuf/util/time_util.h>

#include "broker/sequencer/make_proposal.h"
#include "broker/sequencer/prepare_amend.h"
#include "broker/sequencer/prepare_identifier.h"
#include "broker/sequencer/prepare_publish.h"
#include "broker/sequencer/prepare_withdraw.h"
#include "tests/population/area.h"
#include "tests/simulation/draw.h"

namespace tearline::simulation {
namespace {

using sequencer::MakeProposal;
using sequencer::Proposal;
using namespace stored::v1;  // commands and their numbers

/// The bytes of an id in text form; nothing if it is none.
template <typename Id>
std::string BytesOf(const std::string& text) {
  const Result<Id> id = Id::Parse(text);
  return id.ok() ? id->Bytes() : std::string();
}

Result<Proposal> PrepareNominal(const Intent& intent, const Actor& actor,
                                const sequencer::Workbench& bench) {
  if (intent.deed == Deed::kSupervise) {
    SetSupervisor supervise;
    supervise.set_nominal_id(BytesOf<model::NominalId>(intent.nominal));
    supervise.set_post(intent.other_post);
    return MakeProposal(actor, COMMAND_NUMBER_SET_SUPERVISOR, supervise);
  }
  if (intent.deed == Deed::kRegister) {
    v1::RegisterNominalRequest request;
    *request.add_identifiers() = population::CrnOf(intent.people.front());
    return sequencer::PrepareRegister(request, actor, bench);
  }
  if (intent.deed == Deed::kMerge) {
    MergeNominals merge;
    merge.set_removed_id(BytesOf<model::NominalId>(intent.nominal));
    merge.set_surviving_id(BytesOf<model::NominalId>(intent.surviving));
    return MakeProposal(actor, COMMAND_NUMBER_MERGE_NOMINALS, merge);
  }
  if (intent.deed == Deed::kUnmerge) {
    UnmergeNominals unmerge;
    unmerge.set_removed_id(BytesOf<model::NominalId>(intent.nominal));
    return MakeProposal(actor, COMMAND_NUMBER_UNMERGE_NOMINALS, unmerge);
  }
  v1::LinkIdentifierRequest request;
  request.set_nominal_id(intent.nominal);
  *request.mutable_identifier() = population::CrnOf(intent.people.front());
  return sequencer::PrepareLink(request, actor, bench);
}

Result<Proposal> PrepareWithdrawal(const Intent& intent, const Actor& actor,
                                   model::Position position, const sequencer::Workbench& bench) {
  v1::WithdrawEventRequest request;
  request.set_event_id(intent.id);
  request.set_reason(static_cast<v1::WithdrawalReason>(intent.amount));
  return sequencer::PrepareWithdraw(request, actor, position, bench);
}

Result<Proposal> PrepareAmendment(const Intent& intent, const Actor& actor,
                                  const sequencer::Workbench& bench) {
  v1::AmendEventRequest request;
  request.set_event_id(intent.id);
  request.mutable_amendment()->mutable_terms()->set_originator_controlled(intent.controlled);
  return sequencer::PrepareAmend(request, actor, bench);
}

Proposal PrepareGlass(const Intent& intent, const Actor& actor) {
  if (intent.deed == Deed::kReviewGlass) {
    ReviewBreakGlass review;
    review.set_break_glass_id(BytesOf<model::GlassId>(intent.id));
    review.set_finding(v1::BREAK_GLASS_FINDING_JUSTIFIED);
    return MakeProposal(actor, COMMAND_NUMBER_REVIEW_BREAK_GLASS, review);
  }
  BreakGlass glass;
  glass.set_nominal_id(BytesOf<model::NominalId>(intent.nominal));
  glass.set_reason(v1::BREAK_GLASS_REASON_THREAT_TO_LIFE);
  glass.set_because("a threat was heard");
  glass.set_lasts_ms(intent.amount);
  return MakeProposal(actor, COMMAND_NUMBER_BREAK_GLASS, glass);
}

Proposal PrepareRequest(const Intent& intent, Actor actor) {
  if (intent.deed == Deed::kAnswer) {
    AnswerForInformation answer;
    answer.set_information_request_id(BytesOf<model::InformationRequestId>(intent.id));
    answer.set_outcome(static_cast<v1::InformationOutcome>(intent.amount));
    if (answer.outcome() == v1::INFORMATION_OUTCOME_REFUSED) {
      answer.set_refusal(v1::INFORMATION_REFUSAL_NOT_PROPORTIONATE);
    }
    return MakeProposal(actor, COMMAND_NUMBER_ANSWER_FOR_INFORMATION, answer);
  }
  actor.set_legal_basis("CJA2003-325-4");
  AskForInformation ask;
  ask.set_case_id(BytesOf<model::CaseId>(intent.case_id));
  ask.set_kind(v1::INFORMATION_REQUEST_KIND_ADDRESS_CHECK);
  ask.set_answer_by_ms(intent.time_ms);
  for (const std::string& post : intent.asked) ask.add_ask()->set_post(post);
  return MakeProposal(actor, COMMAND_NUMBER_ASK_FOR_INFORMATION, ask);
}

Proposal PrepareCase(const Intent& intent, const Actor& actor) {
  if (intent.deed == Deed::kOpenCase) {
    OpenCase open;
    open.mutable_case_()->set_nominal_id(intent.nominal);
    open.mutable_case_()->set_category(intent.category);
    open.mutable_case_()->set_level(intent.level);
    open.mutable_case_()->set_lead_agency(kLeadAgency);
    open.mutable_case_()->set_area("area-" + std::to_string(intent.area));
    open.mutable_case_()->set_supervising_post(intent.supervisor);
    open.mutable_case_()->set_accountable_post(intent.other_post);
    open.set_with_history(true);
    return MakeProposal(actor, COMMAND_NUMBER_OPEN_CASE, open);
  }
  if (intent.deed == Deed::kNameAccountable) {
    NameAccountable name;
    name.set_case_id(BytesOf<model::CaseId>(intent.case_id));
    name.set_post(intent.other_post);
    name.set_with_history(true);
    return MakeProposal(actor, COMMAND_NUMBER_NAME_ACCOUNTABLE, name);
  }
  SeatPost seat;
  seat.set_case_id(BytesOf<model::CaseId>(intent.case_id));
  seat.mutable_seat()->set_post(intent.other_post);
  seat.mutable_seat()->set_kind(intent.seat);
  seat.set_leave(intent.deed == Deed::kLeave);
  seat.set_with_history(true);
  if (intent.history_from_ms != 0) {
    *seat.mutable_seat()->mutable_history_from() =
        google::protobuf::util::TimeUtil::MillisecondsToTimestamp(intent.history_from_ms);
  }
  return MakeProposal(actor, COMMAND_NUMBER_SEAT_POST, seat);
}

Proposal PrepareDirectory(const Intent& intent, const Actor& actor, const Town& town) {
  if (intent.deed == Deed::kSetHolder || intent.deed == Deed::kSetPost) {
    SetPost set;
    v1::Post& post = *set.mutable_post();
    post = town.PostHeldBy(intent.other_post, intent.holder);
    if (intent.idle) post.clear_capabilities();
    if (intent.vacant) {
      post.clear_holder();
      post.clear_deputy();
      post.clear_services();
    }
    return MakeProposal(actor, COMMAND_NUMBER_SET_POST, set);
  }
  if (intent.deed == Deed::kSayLeave) {
    SetLeave leave;
    leave.set_post(intent.other_post);
    leave.set_from_ms(intent.time_ms);
    leave.set_until_ms(intent.until_ms);
    return MakeProposal(actor, COMMAND_NUMBER_SET_LEAVE, leave);
  }
  SetSuspension suspension;
  suspension.set_agency(intent.agency);
  suspension.set_member(intent.member);
  suspension.set_suspended(intent.deed == Deed::kSuspend);
  return MakeProposal(actor, COMMAND_NUMBER_SET_SUSPENSION, suspension);
}

Proposal PreparePolicy(const Intent& intent, const Actor& actor) {
  const std::string text = PolicyText(intent.edition);
  if (intent.deed == Deed::kPropose) {
    ProposePolicy propose;
    propose.set_policy_text(text);
    return MakeProposal(actor, COMMAND_NUMBER_PROPOSE_POLICY, propose);
  }
  if (intent.deed == Deed::kSimulate) {
    NoteSimulation note;
    note.set_policy_digest(crypto::Sha256(text).Bytes());
    note.set_in_force_digest(crypto::Sha256(PolicyText(intent.against)).Bytes());
    note.set_report_digest(crypto::Sha256("report").Bytes());
    return MakeProposal(actor, COMMAND_NUMBER_NOTE_SIMULATION, note);
  }
  ApprovePolicy approve;
  approve.set_policy_digest(crypto::Sha256(text).Bytes());
  return MakeProposal(actor, COMMAND_NUMBER_APPROVE_POLICY, approve);
}

Proposal PrepareSession(const Intent& intent, const Actor& actor) {
  if (intent.deed == Deed::kLookAgain) {
    ReleaseRows release;
    release.set_feed(FeedOf(intent));
    release.set_look_again(true);
    return MakeProposal(sequencer::BrokerActor(), COMMAND_NUMBER_RELEASE, release);
  }
  if (intent.deed == Deed::kOpenSession) {
    OpenSession open;
    open.set_feed(FeedOf(intent));
    open.set_window_messages(intent.amount);
    open.set_window_bytes(16 * 1024 * 1024);
    return MakeProposal(actor, COMMAND_NUMBER_OPEN_SESSION, open);
  }
  CloseSession close;
  close.set_feed(FeedOf(intent));
  close.set_session_id(BytesOf<model::SessionId>(intent.id));
  return MakeProposal(actor, COMMAND_NUMBER_CLOSE_SESSION, close);
}

Proposal PrepareWish(const Intent& intent, const Actor& actor) {
  const std::size_t slash = intent.feed.rfind('/');
  const std::string id =
      intent.feed.empty() ? "" : BytesOf<model::SubscriptionId>(intent.feed.substr(slash + 1));
  if (intent.deed == Deed::kUnsubscribe) {
    DeleteSubscription end;
    end.set_subscription_id(id);
    return MakeProposal(actor, COMMAND_NUMBER_DELETE_SUBSCRIPTION, end);
  }
  if (intent.deed == Deed::kSeek) {
    SeekSubscription seek;
    seek.set_subscription_id(id);
    seek.set_from(intent.from);
    seek.set_time_ms(intent.time_ms);
    return MakeProposal(actor, COMMAND_NUMBER_SEEK_SUBSCRIPTION, seek);
  }
  CreateSubscription create;
  v1::Selector& selector = *create.mutable_selector();
  if (!intent.nominal.empty()) selector.add_nominal_ids(intent.nominal);
  if (!intent.agency.empty()) selector.add_agencies(intent.agency);
  if (!intent.member.empty()) selector.add_event_type_prefixes(intent.member);
  create.set_from(intent.from);
  create.set_time_ms(intent.time_ms);
  return MakeProposal(actor, COMMAND_NUMBER_CREATE_SUBSCRIPTION, create);
}

/// Fills what Retry and Park have in common.
template <typename Command>
Command OfItem(const Intent& intent) {
  Command command;
  command.set_feed(FeedOf(intent));
  command.set_session_id(BytesOf<model::SessionId>(intent.id));
  command.set_lane(intent.lane);
  command.set_sequence(intent.numbers.front());
  return command;
}

Proposal PrepareItem(const Intent& intent, const Actor& actor) {
  switch (intent.deed) {
    case Deed::kRetry: {
      Retry retry = OfItem<Retry>(intent);
      retry.set_delay_ms(intent.amount);
      return MakeProposal(actor, COMMAND_NUMBER_RETRY, retry);
    }
    case Deed::kPark:
      return MakeProposal(actor, COMMAND_NUMBER_PARK, OfItem<Park>(intent));
    case Deed::kRead: {
      ReadItem read;
      read.set_feed(FeedOf(intent));
      read.set_lane(intent.lane);
      read.set_sequence(intent.numbers.front());
      return MakeProposal(actor, COMMAND_NUMBER_READ, read);
    }
    default: {
      Acknowledge acknowledge;
      acknowledge.set_feed(FeedOf(intent));
      acknowledge.set_session_id(BytesOf<model::SessionId>(intent.id));
      acknowledge.set_lane(intent.lane);
      for (const std::uint64_t number : intent.numbers) acknowledge.add_sequences(number);
      return MakeProposal(actor, COMMAND_NUMBER_ACKNOWLEDGE, acknowledge);
    }
  }
}

Proposal PrepareOther(const Intent& intent, const Actor& actor, const Town& town,
                      std::int64_t now_ms) {
  switch (intent.deed) {
    case Deed::kSecondHand: {
      SecondHand second;
      second.set_pending_id(BytesOf<model::PendingId>(intent.id));
      return MakeProposal(actor, COMMAND_NUMBER_SECOND_HAND, second);
    }
    case Deed::kDischarge: {
      DischargeObligation discharge;
      discharge.set_obligation_id(BytesOf<model::ObligationId>(intent.id));
      discharge.set_method(static_cast<DischargeMethod>(intent.amount));
      discharge.set_review_ms(now_ms + kUnmetWithinMs);
      return MakeProposal(actor, COMMAND_NUMBER_DISCHARGE_OBLIGATION, discharge);
    }
    case Deed::kConfirmClock: {
      ConfirmClock confirm;
      confirm.set_wall_ms(now_ms);
      return MakeProposal(sequencer::BrokerActor(), COMMAND_NUMBER_CONFIRM_CLOCK, confirm);
    }
    default:
      return MakeProposal(sequencer::BrokerActor(), COMMAND_NUMBER_GENESIS, town.MakeGenesis());
  }
}

}  // namespace

bool IsMalformed(const Intent& intent) {
  const v1::Marking& marking = intent.item.event().label().marking();
  return intent.deed == Deed::kPublish &&
         (marking.tier() != v1::TIER_OFFICIAL || !marking.caveats().empty() ||
          intent.nominal == kNoNominal || intent.item.imported());
}

Result<Proposal> Prepare(const Intent& intent, const Town& town, model::Position position,
                         const sequencer::Workbench& bench) {
  const Actor actor = intent.post.empty() ? Actor() : Acting(intent.post, intent.as);
  switch (intent.deed) {
    case Deed::kPublish:
      return sequencer::PreparePublish(intent.item, actor, bench);
    case Deed::kWithdraw:
      return PrepareWithdrawal(intent, actor, position, bench);
    case Deed::kAmend:
      return PrepareAmendment(intent, actor, bench);
    case Deed::kBreakGlass:
    case Deed::kReviewGlass:
      return PrepareGlass(intent, actor);
    case Deed::kAsk:
    case Deed::kAnswer:
      return PrepareRequest(intent, actor);
    case Deed::kRegister:
    case Deed::kLink:
    case Deed::kSupervise:
    case Deed::kMerge:
    case Deed::kUnmerge:
      return PrepareNominal(intent, actor, bench);
    case Deed::kOpenCase:
    case Deed::kSeat:
    case Deed::kLeave:
    case Deed::kNameAccountable:
      return PrepareCase(intent, actor);
    case Deed::kSuspend:
    case Deed::kLift:
    case Deed::kSetHolder:
    case Deed::kSetPost:
    case Deed::kSayLeave:
      return PrepareDirectory(intent, actor, town);
    case Deed::kPropose:
    case Deed::kApprove:
    case Deed::kSimulate:
      return PreparePolicy(intent, actor);
    case Deed::kSubscribe:
    case Deed::kSeek:
    case Deed::kUnsubscribe:
      return PrepareWish(intent, actor);
    case Deed::kOpenSession:
    case Deed::kCloseSession:
    case Deed::kLookAgain:
      return PrepareSession(intent, actor);
    case Deed::kAcknowledge:
    case Deed::kRetry:
    case Deed::kPark:
    case Deed::kRead:
      return PrepareItem(intent, actor);
    default:
      return PrepareOther(intent, actor, town, bench.now_ms);
  }
}

}  // namespace tearline::simulation
