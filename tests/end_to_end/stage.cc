#include "tests/end_to_end/stage.h"

#include <grpcpp/grpcpp.h>

#include <initializer_list>
#include <stdexcept>
#include <utility>
#include <vector>

#include "tearline/v1/case_service.grpc.pb.h"
#include "tearline/v1/nominal_service.grpc.pb.h"

namespace tearline::end_to_end {
namespace {

constexpr char kDirectoryFile[] = R"(
trust_domain: "tearline.example"
log_origin: "tearline.example/stage"
accreditation { tier: TIER_OFFICIAL sensitive: true }
agencies { agency: "office" kind: AGENCY_KIND_BROKER
           authority_certificate_file: "@/certs/office/ca.pem" }
agencies { agency: "police" kind: AGENCY_KIND_POLICE
           authority_certificate_file: "@/certs/police/ca.pem" }
agencies { agency: "probation" kind: AGENCY_KIND_PROBATION
           authority_certificate_file: "@/certs/probation/ca.pem" }
agencies { agency: "prison" kind: AGENCY_KIND_PRISON
           authority_certificate_file: "@/certs/prison/ca.pem" }
agencies { agency: "inspectorate" kind: AGENCY_KIND_INSPECTORATE
           authority_certificate_file: "@/certs/inspectorate/ca.pem" }
members { agency: "office" member: "clerk" kind: MEMBER_KIND_SERVICE }
members { agency: "office" member: "keeper" kind: MEMBER_KIND_SERVICE }
members { agency: "office" member: "warden" kind: MEMBER_KIND_SERVICE }
members { agency: "office" member: "drafter" kind: MEMBER_KIND_SERVICE }
members { agency: "office" member: "governor" kind: MEMBER_KIND_SERVICE }
members { agency: "police" member: "feeder" kind: MEMBER_KIND_SERVICE }
members { agency: "police" member: "officer" kind: MEMBER_KIND_SERVICE }
members { agency: "police" member: "checker" kind: MEMBER_KIND_PERSON }
members { agency: "probation" member: "reader" kind: MEMBER_KIND_SERVICE }
members { agency: "prison" member: "feeder" kind: MEMBER_KIND_SERVICE }
members { agency: "inspectorate" member: "auditor" kind: MEMBER_KIND_SERVICE }
posts { post: "inspectorate/auditor" roles: POST_ROLE_AUDITOR services: "auditor"
        clearance { tier: TIER_OFFICIAL sensitive: true } }
posts { post: "inspectorate/south" roles: POST_ROLE_AUDITOR services: "auditor" areas: "south"
        clearance { tier: TIER_OFFICIAL sensitive: true } }
posts { post: "office/coordinator" roles: POST_ROLE_COORDINATOR services: "clerk"
        clearance { tier: TIER_OFFICIAL sensitive: true } }
posts { post: "office/operator" roles: POST_ROLE_OPERATOR services: "keeper"
        clearance { tier: TIER_OFFICIAL } }
posts { post: "office/second-operator" roles: POST_ROLE_OPERATOR services: "warden"
        clearance { tier: TIER_OFFICIAL } }
posts { post: "office/author" roles: POST_ROLE_POLICY_AUTHOR services: "drafter"
        clearance { tier: TIER_OFFICIAL } }
posts { post: "office/governance" roles: POST_ROLE_INFORMATION_GOVERNANCE services: "governor"
        clearance { tier: TIER_OFFICIAL } }
posts { post: "police/intelligence" roles: POST_ROLE_INTELLIGENCE services: "feeder"
        clearance { tier: TIER_OFFICIAL sensitive: true } }
posts { post: "police/accountable" roles: POST_ROLE_ACCOUNTABLE_OFFICER services: "officer"
        clearance { tier: TIER_OFFICIAL sensitive: true } }
posts { post: "police/checks" roles: POST_ROLE_PRACTITIONER holder: "checker"
        capabilities: CAPABILITY_ENQUIRIES capabilities: CAPABILITY_DOMESTIC_ABUSE_CHECKS
        escalates_to: "police/accountable" clearance { tier: TIER_OFFICIAL sensitive: true } }
posts { post: "probation/chair" roles: POST_ROLE_CHAIR services: "reader"
        clearance { tier: TIER_OFFICIAL sensitive: true } }
posts { post: "probation/manager" roles: POST_ROLE_OFFENDER_MANAGER services: "reader"
        clearance { tier: TIER_OFFICIAL sensitive: true } }
posts { post: "probation/supervisor" roles: POST_ROLE_OFFENDER_MANAGER services: "reader"
        clearance { tier: TIER_OFFICIAL sensitive: true } }
posts { post: "prison/security" roles: POST_ROLE_PRISON_SECURITY services: "feeder"
        clearance { tier: TIER_OFFICIAL sensitive: true } }
posts { post: "probation/guest" roles: POST_ROLE_PRACTITIONER services: "reader"
        clearance { tier: TIER_OFFICIAL } }
)";

const std::vector<std::string> kMembers = {
    "office/clerk",    "office/keeper",    "office/warden",       "office/drafter",
    "office/governor", "police/feeder",    "police/officer",      "police/checker",
    "prison/feeder",   "probation/reader", "inspectorate/auditor"};

void MustBeOk(const grpc::Status& status, const char* what) {
  if (!status.ok()) throw std::runtime_error(std::string(what) + ": " + status.error_message());
}

}  // namespace

Stage::Stage(StagePlace place, std::vector<std::string> environment)
    : RunningBroker(std::move(place), {.directory_text = kDirectoryFile, .members = kMembers},
                    std::move(environment)) {
  SetScene();
}

/// One nominal, its case and its panel. The coordinator belongs to neither agency, so that no
/// second hand is needed.
void Stage::SetScene() {
  const std::shared_ptr<grpc::Channel> channel = ChannelOf("office/clerk");
  v1::Acting acting;
  acting.set_post("office/coordinator");
  acting.set_purpose("public-protection");

  v1::RegisterNominalRequest person;
  *person.mutable_acting() = acting;
  v1::Identifier& number = *person.add_identifiers();
  number.set_type(v1::IDENTIFIER_TYPE_NOMS);
  number.set_value("A1234BC");
  v1::RegisterNominalResponse registered;
  grpc::ClientContext first;
  MustBeOk(v1::NominalService::NewStub(channel)->RegisterNominal(&first, person, &registered),
           "registering the nominal");
  nominal_id_ = registered.recorded().made_id();

  const std::unique_ptr<v1::CaseService::Stub> cases = v1::CaseService::NewStub(channel);
  v1::OpenCaseRequest open;
  *open.mutable_acting() = acting;
  v1::Case& opened = *open.mutable_case_();
  opened.set_nominal_id(nominal_id_);
  opened.set_category(v1::MAPPA_CATEGORY_2);
  opened.set_level(v1::MAPPA_LEVEL_2);
  opened.set_lead_agency("probation");
  opened.set_area("north");
  opened.set_accountable_post("police/accountable");
  v1::OpenCaseResponse answer;
  grpc::ClientContext second;
  MustBeOk(cases->OpenCase(&second, open, &answer), "opening the case");

  for (const auto& [post, kind] : std::initializer_list<std::pair<const char*, v1::SeatKind>>{
           {"probation/chair", v1::SEAT_KIND_CHAIR},
           {"probation/manager", v1::SEAT_KIND_MEMBER},
           {"probation/guest", v1::SEAT_KIND_GUEST}}) {
    v1::SeatPostRequest seat;
    *seat.mutable_acting() = acting;
    seat.set_case_id(answer.recorded().made_id());
    seat.mutable_seat()->set_post(post);
    seat.mutable_seat()->set_kind(kind);
    v1::SeatPostResponse seated;
    grpc::ClientContext context;
    MustBeOk(cases->SeatPost(&context, seat, &seated), "seating a post");
  }
}

}  // namespace tearline::end_to_end
