// What is said in a story, each at the public service that takes it.
#include <functional>
#include <map>
#include <stdexcept>

#include "tearline/v1/action_service.grpc.pb.h"
#include "tearline/v1/audit_service.grpc.pb.h"
#include "tearline/v1/case_service.grpc.pb.h"
#include "tearline/v1/directory_service.grpc.pb.h"
#include "tearline/v1/meeting_service.grpc.pb.h"
#include "tearline/v1/nominal_service.grpc.pb.h"
#include "tearline/v1/post_service.grpc.pb.h"
#include "tearline/v1/proposal_service.grpc.pb.h"
#include "tearline/v1/publisher_service.grpc.pb.h"
#include "tearline/v1/request_service.grpc.pb.h"
#include "tearline/v1/subscriber_service.grpc.pb.h"
#include "tests/end_to_end/public_form.h"
#include "tests/end_to_end/wire_calls.h"
#include "tests/end_to_end/wire_player.h"

namespace tearline::end_to_end {

using google::protobuf::Message;
using scenarios::Said;
using namespace stored::v1;

namespace {

using Deed = std::function<Said(WirePlayer&, const Actor&, const Message&)>;

/// The request for a command. Of what the command says, only `left` need have no place in it.
template <typename Request>
Request RequestFor(const Message& command, const std::vector<std::string>& left = {}) {
  Request request;
  if (Translate(command, request) != left) {
    throw std::logic_error(std::string(command.GetTypeName()) + " is not what the door takes");
  }
  return request;
}

/// Says a command at a service's method.
template <typename Stub, typename Request, typename Response>
Deed By(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
        const std::vector<std::string>& left = {}) {
  return [method, left](WirePlayer& player, const Actor& actor, const Message& command) {
    Request request = RequestFor<Request>(command, left);
    Response response;
    return player.Call(method, actor, request, response);
  };
}

const std::map<CommandNumber, Deed>& Deeds() {
  static const std::map<CommandNumber, Deed> kDeeds = {
      {COMMAND_NUMBER_REGISTER_NOMINAL, std::mem_fn(&WirePlayer::Register)},
      {COMMAND_NUMBER_MERGE_NOMINALS, By(&v1::NominalService::Stub::MergeNominals)},
      {COMMAND_NUMBER_UNMERGE_NOMINALS, By(&v1::NominalService::Stub::UnmergeNominals)},
      {COMMAND_NUMBER_MOVE_BOOKING, By(&v1::NominalService::Stub::MoveBooking)},
      {COMMAND_NUMBER_BREAK_GLASS, By(&v1::NominalService::Stub::BreakGlass)},
      {COMMAND_NUMBER_OPEN_CASE, By(&v1::CaseService::Stub::OpenCase)},
      {COMMAND_NUMBER_SEAT_POST, By(&v1::CaseService::Stub::SeatPost)},
      {COMMAND_NUMBER_NAME_POST, By(&v1::CaseService::Stub::NamePost)},
      {COMMAND_NUMBER_COMMISSION_REPORT, By(&v1::CaseService::Stub::CommissionReport)},
      {COMMAND_NUMBER_DISCHARGE_OBLIGATION, std::mem_fn(&WirePlayer::Discharge)},
      {COMMAND_NUMBER_SET_LEVEL, By(&v1::ActionService::Stub::SetLevel)},
      {COMMAND_NUMBER_END_CASE, By(&v1::ActionService::Stub::EndCase)},
      {COMMAND_NUMBER_ADD_ACTION, By(&v1::ActionService::Stub::AddAction)},
      {COMMAND_NUMBER_END_ACTION, By(&v1::ActionService::Stub::EndAction)},
      {COMMAND_NUMBER_MAKE_PROPOSAL, By(&v1::ProposalService::Stub::MakeProposal)},
      {COMMAND_NUMBER_ANSWER_PROPOSAL, By(&v1::ProposalService::Stub::AnswerProposal)},
      {COMMAND_NUMBER_ASK_FOR_INFORMATION, By(&v1::RequestService::Stub::AskForInformation)},
      {COMMAND_NUMBER_ANSWER_FOR_INFORMATION, By(&v1::RequestService::Stub::AnswerForInformation)},
      {COMMAND_NUMBER_PLAN_MEETING, By(&v1::MeetingService::Stub::PlanMeeting)},
      {COMMAND_NUMBER_END_MEETING, By(&v1::MeetingService::Stub::EndMeeting)},
      {COMMAND_NUMBER_RECORD_MINUTES, By(&v1::MeetingService::Stub::RecordMinutes)},
      {COMMAND_NUMBER_SET_POST, By(&v1::DirectoryService::Stub::SetPost)},
      {COMMAND_NUMBER_SET_SUSPENSION, By(&v1::DirectoryService::Stub::SetSuspension)},
      {COMMAND_NUMBER_SET_SUPERVISOR, By(&v1::PostService::Stub::SetSupervisor)},
      {COMMAND_NUMBER_SET_LEAVE, By(&v1::PostService::Stub::SetLeave)},
      {COMMAND_NUMBER_CONSULT, By(&v1::PostService::Stub::GetHandOver, {"kind"})},
      {COMMAND_NUMBER_PUBLISH, std::mem_fn(&WirePlayer::Publish)},
      {COMMAND_NUMBER_WITHDRAW_EVENT, By(&v1::PublisherService::Stub::WithdrawEvent)},
      {COMMAND_NUMBER_AMEND_EVENT, std::mem_fn(&WirePlayer::Amend)},
      {COMMAND_NUMBER_READ, By(&v1::SubscriberService::Stub::ReadItem, {"feed"})}};
  return kDeeds;
}

}  // namespace

Said WirePlayer::Say(const Actor& actor, CommandNumber number, const Message& command) {
  const auto deed = Deeds().find(number);
  if (deed == Deeds().end()) {
    throw std::logic_error("nobody knows where " + CommandNumber_Name(number) + " is said");
  }
  const Said said = deed->second(*this, actor, command);
  if (number == COMMAND_NUMBER_ASK_FOR_INFORMATION) askers_[IdBytes(said.made_id)] = actor;
  return said;
}

Said WirePlayer::Register(const Actor& actor, const Message& /*command*/) {
  v1::RegisterNominalRequest request;
  v1::Identifier& number = *request.add_identifiers();
  number.set_type(v1::IDENTIFIER_TYPE_NOMS);
  number.set_value("A" + std::to_string(1000 + ++registered_) + "AA");
  v1::RegisterNominalResponse response;
  return Call(&v1::NominalService::Stub::RegisterNominal, actor, request, response);
}

Said WirePlayer::Publish(const Actor& actor, const Message& command) {
  v1::PublishRequest request;
  v1::PublishItem& item = *request.add_items();
  item.set_request_id(static_cast<const stored::v1::Publish&>(command).request_id());
  *item.mutable_event() = RequestFor<v1::Event>(command, {"request_id"});
  for (int i = 0; i < item.event().segments_size(); ++i) {
    item.mutable_event()->mutable_segments(i)->set_content("segment " + std::to_string(i));
  }
  for (int i = 0; i < item.event().tear_lines_size(); ++i) {
    item.mutable_event()->mutable_tear_lines(i)->set_text("tear-line " + std::to_string(i));
  }
  v1::PublishResponse response;
  Said said = Call(&v1::PublisherService::Stub::Publish, actor, request, response);
  if (!said.done) return said;
  const v1::PublishResult& result = response.results(0);
  said.made_id = result.event_id();
  said.sentence = result.refusal_sentence();
  if (!result.refusal_reason().empty()) {
    said.done = false;
    v1::ErrorReason_Parse("ERROR_REASON_" + result.refusal_reason(), &said.reason);
  }
  tear_lines_[IdBytes(said.made_id)] = static_cast<std::uint32_t>(item.event().tear_lines_size());
  return said;
}

Said WirePlayer::Amend(const Actor& actor, const Message& command) {
  const auto& amend = static_cast<const AmendEvent&>(command);
  v1::AmendEventRequest request;
  request.set_event_id(model::EventId::FromBytes(amend.event_id())->Text());
  *request.mutable_amendment() = RequestFor<v1::EventAmendment>(command, {"event_id"});
  std::uint32_t& place = tear_lines_[amend.event_id()];
  for (v1::TearLine& tear_line : *request.mutable_amendment()->mutable_tear_lines()) {
    tear_line.set_text("tear-line " + std::to_string(place++));
  }
  v1::AmendEventResponse response;
  return Call(&v1::PublisherService::Stub::AmendEvent, actor, request, response);
}

/// The door has numbers of its own for how an obligation ends.
Said WirePlayer::Discharge(const Actor& actor, const Message& command) {
  v1::DischargeObligationRequest request =
      RequestFor<v1::DischargeObligationRequest>(command, {"method"});
  const std::string method =
      DischargeMethod_Name(static_cast<const DischargeObligation&>(command).method());
  v1::Discharge discharge = v1::DISCHARGE_UNSPECIFIED;
  v1::Discharge_Parse("DISCHARGE_" + method.substr(std::string("DISCHARGE_METHOD_").size()),
                      &discharge);
  request.set_discharge(discharge);
  v1::DischargeObligationResponse response;
  return Call(&v1::CaseService::Stub::DischargeObligation, actor, request, response);
}

bool WirePlayer::Ask(Message& question, Message& answer) {
  WaitForCheckpoint(Records());  // what is asked of then is asked of leaves that are signed
  const auto of =
      [&]<typename Request, typename Response>(grpc::Status (v1::AuditService::Stub::*method)(
          grpc::ClientContext*, const Request&, Response*)) {
        auto* asked = dynamic_cast<Request*>(&question);
        if (asked == nullptr) return false;
        MustBeDone(Call(method, Auditor(), *asked, dynamic_cast<Response&>(answer)));
        return true;
      };
  return of(&v1::AuditService::Stub::ListWithheld) || of(&v1::AuditService::Stub::KnownAt) ||
         of(&v1::AuditService::Stub::WhoWasNotTold) || of(&v1::AuditService::Stub::ToldMeanwhile);
}

}  // namespace tearline::end_to_end
