#include <stdexcept>
#include <string>

#include "tearline/v1/case_service.grpc.pb.h"
#include "tearline/v1/nominal_service.grpc.pb.h"
#include "tearline/v1/subscriber_service.grpc.pb.h"
#include "tests/rpc/running_door.h"

// Whom a test of the door is about, and who wishes to hear of them.

namespace tearline::rpc {
namespace {

void Need(const grpc::Status& status) {
  if (!status.ok()) throw std::runtime_error(status.error_message());
}

}  // namespace

std::string RunningDoor::NominalWithCase(const std::string& number, const std::string& area) {
  const auto nominals = v1::NominalService::NewStub(SystemOf("police/intel"));
  v1::RegisterNominalRequest nominal;
  *nominal.mutable_acting() = As("police/intel");
  nominal.add_identifiers()->set_type(v1::IDENTIFIER_TYPE_OTHER);
  nominal.mutable_identifiers(0)->set_value(number);
  v1::RegisterNominalResponse registered;
  grpc::ClientContext first;
  Need(nominals->RegisterNominal(&first, nominal, &registered));

  const auto cases = v1::CaseService::NewStub(SystemOf("police/coordinator"));
  v1::OpenCaseRequest open;
  *open.mutable_acting() = As("police/coordinator");
  open.mutable_case_()->set_nominal_id(registered.recorded().made_id());
  open.mutable_case_()->set_category(v1::MAPPA_CATEGORY_2);
  open.mutable_case_()->set_level(v1::MAPPA_LEVEL_2);
  open.mutable_case_()->set_lead_agency("probation");
  open.mutable_case_()->set_area(area);
  v1::OpenCaseResponse opened;
  grpc::ClientContext second;
  Need(cases->OpenCase(&second, open, &opened));

  const auto others = v1::CaseService::NewStub(SystemOf("probation/coordinator"));
  for (const char* post : {"probation/chair", "police/panel"}) {
    // Each agency is seated by the other's coordinator: nobody widens their own access (P10).
    const bool police = std::string(post).starts_with("police/");
    v1::SeatPostRequest seat;
    *seat.mutable_acting() = As(police ? "probation/coordinator" : "police/coordinator");
    seat.set_case_id(opened.recorded().made_id());
    seat.mutable_seat()->set_post(post);
    seat.mutable_seat()->set_kind(police ? v1::SEAT_KIND_MEMBER : v1::SEAT_KIND_CHAIR);
    v1::SeatPostResponse seated;
    grpc::ClientContext third;
    Need((police ? others : cases)->SeatPost(&third, seat, &seated));
    if (seated.recorded().awaits_second_hand()) throw std::runtime_error("a seat is awaited");
  }
  return registered.recorded().made_id();
}

std::string RunningDoor::Subscribe(const std::string& post, const std::string& nominal_id,
                                   v1::StartFrom from) {
  v1::CreateSubscriptionRequest request;
  *request.mutable_acting() = As(post);
  request.mutable_selector()->add_nominal_ids(nominal_id);
  request.mutable_start()->set_from(from);
  v1::CreateSubscriptionResponse response;
  grpc::ClientContext context;
  const grpc::Status status = v1::SubscriberService::NewStub(SystemOf(post))
                                  ->CreateSubscription(&context, request, &response);
  Need(status);
  return response.recorded().made_id();
}

}  // namespace tearline::rpc
