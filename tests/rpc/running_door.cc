#include "tests/rpc/running_door.h"

#include <google/protobuf/util/time_util.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/impl/client_unary_call.h>
#include <grpcpp/security/credentials.h>
#include <openssl/bio.h>
#include <openssl/pem.h>

#include <chrono>
#include <fstream>
#include <stdexcept>
#include <vector>

#include "broker/crypto/key_file.h"
#include "broker/crypto/signer.h"
#include "broker/identity/authority.h"
#include "broker/sequencer/genesis.h"
#include "tearline/v1/publisher_service.grpc.pb.h"
#include "tearline/v1/rpc_status.pb.h"
#include "tests/doubles/run_command.h"

namespace tearline::rpc {
namespace {

using google::protobuf::util::TimeUtil;

constexpr char kPolicy[] = R"(
id: "door" version: 1 purpose: "For tests of the door."
rules { id: "G1" kind: RULE_KIND_GRANT level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW
  when { recipient { on_panel: true } } }
rules { id: "A1" kind: RULE_KIND_CAP_ABSOLUTE level: LEVEL_WITHHELD
  reason: RULE_REASON_ORIGINATOR_CONTROL
  when { event { originator_controlled: true } recipient { seat: SEAT_KIND_MEMBER } } }
rules { id: "G2" kind: RULE_KIND_GRANT level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW
  when { recipient { role: POST_ROLE_OFFENDER_MANAGER } } }
rules { id: "A2" kind: RULE_KIND_CAP_ABSOLUTE level: LEVEL_WITHHELD
  reason: RULE_REASON_ORIGINATOR_CONTROL
  when { event { originator_controlled: true } recipient { role: POST_ROLE_OFFENDER_MANAGER } } }
rules { id: "D1" kind: RULE_KIND_DUTY level: LEVEL_FULL reason: RULE_REASON_PANEL_MUST_KNOW
  when { recipient { seat: SEAT_KIND_CHAIR } }
  oblige_if_unmet { type: OBLIGATION_TYPE_SANITISE_OR_REVIEW within: "4h" } }
)";

struct PostSpec {
  const char* agency;
  const char* name;
  v1::AgencyKind kind;
  v1::PostRole role;
};

constexpr PostSpec kPosts[] = {
    {"probation", "chair", v1::AGENCY_KIND_PROBATION, v1::POST_ROLE_CHAIR},
    {"probation", "supervisor", v1::AGENCY_KIND_PROBATION, v1::POST_ROLE_OFFENDER_MANAGER},
    {"probation", "coordinator", v1::AGENCY_KIND_PROBATION, v1::POST_ROLE_COORDINATOR},
    {"police", "panel", v1::AGENCY_KIND_POLICE, v1::POST_ROLE_POLICE_OFFENDER_MANAGEMENT},
    {"police", "intel", v1::AGENCY_KIND_POLICE, v1::POST_ROLE_INTELLIGENCE},
    {"police", "coordinator", v1::AGENCY_KIND_POLICE, v1::POST_ROLE_COORDINATOR},
    {"police", "governance", v1::AGENCY_KIND_POLICE, v1::POST_ROLE_INFORMATION_GOVERNANCE},
    {"desk", "operator", v1::AGENCY_KIND_BROKER, v1::POST_ROLE_OPERATOR},
    {"desk", "auditor", v1::AGENCY_KIND_BROKER, v1::POST_ROLE_AUDITOR},
    {"desk", "author", v1::AGENCY_KIND_BROKER, v1::POST_ROLE_POLICY_AUTHOR},
    {"desk", "governance", v1::AGENCY_KIND_BROKER, v1::POST_ROLE_INFORMATION_GOVERNANCE},
};

v1::Marking Sensitive() {
  v1::Marking marking;
  marking.set_tier(v1::TIER_OFFICIAL);
  marking.set_sensitive(true);
  return marking;
}

void Need(bool happened, const std::string& what) {
  if (!happened) throw std::runtime_error(what);
}
void Need(const grpc::Status& status) { Need(status.ok(), status.error_message()); }

void Write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

void AddMember(const PostSpec& spec, const std::string& suffix, v1::MemberKind kind,
               stored::v1::Genesis& genesis) {
  v1::Member& member = *genesis.add_members();
  member.set_agency(spec.agency);
  member.set_member(spec.name + suffix);
  member.set_kind(kind);
}

void AddPost(const PostSpec& spec, stored::v1::Genesis& genesis) {
  v1::Post& post = *genesis.add_posts();
  post.set_post(std::string(spec.agency) + "/" + spec.name);
  post.add_roles(spec.role);
  post.set_holder(std::string(spec.name) + "-holder");
  post.add_services(std::string(spec.name) + "-system");
  *post.mutable_clearance() = Sensitive();
}

/// Valid now, unlike what the workshop makes by itself.
identity::Order Current(identity::Order order) {
  const std::int64_t now_s = clock::SystemClock().WallMs() / 1000;
  order.not_before_s = now_s - 3600;
  order.not_after_s = now_s + 24 * 3600;
  return order;
}

settings::v1::Admin WithAdmin() {
  settings::v1::Admin admin;
  admin.set_address("127.0.0.1:0");
  return admin;
}

std::string AgencyOf(const std::string& post) { return post.substr(0, post.find('/')); }
std::string NameOf(const std::string& post) { return post.substr(post.find('/') + 1); }

}  // namespace

RunningDoor::RunningDoor(const Between& between)
    : broker_authority_(
          identity::SelfIssued(Current(identity::AuthorityOrder("broker authority")))),
      signer_(crypto::MakeSignerFromSeed(std::string(32, 's'))) {
  for (const PostSpec& spec : kPosts) {
    if (authorities_.contains(spec.agency)) continue;
    authorities_.emplace(spec.agency, identity::SelfIssued(Current(identity::AuthorityOrder(
                                          std::string(spec.agency) + " authority"))));
  }
  const std::filesystem::path kek = home_.path() / "kek";
  Need(crypto::WriteNewKeyFile(kek, std::string(32, 'k')).ok(), "the key file is written");
  vault_ = vault::Vault::Open(home_.path() / "vault", kek).value();
  if (between.vault) vault_ = between.vault(std::move(vault_));
  database_ = state::Database::Open(home_.path() / "state").value();
  RecordGenesis();
  checkpoints_ = sequencer::CheckpointKeeper::Open(home_.path() / "checkpoints", *signer_).value();
  writer_ = sequencer::Sequencer::Start(
      ledger_, *database_, clock_, [](const std::string& why) { throw std::runtime_error(why); });
  const auto view = [this] { return writer_->View(); };
  key_warden_ = std::make_unique<sequencer::KeyWarden>(*writer_, *vault_, view);
  if (between.proposer) between_ = between.proposer(*key_warden_);
  dispatcher_ = std::make_unique<delivery::Dispatcher>();
  writer_->Listen([this](const std::set<std::string>& feeds, machine::Change change) {
    dispatcher_->Applied(feeds, change);
  });
  WriteCertificates();
  Result<std::unique_ptr<Server>> server =
      Server::Start(listen_,
                    {.proposer = between_ ? *between_ : *key_warden_,
                     .view = view,
                     .ledger = ledger_,
                     .vault = *vault_,
                     .clock = clock_,
                     .dispatcher = *dispatcher_,
                     .checkpoint = [this] { return checkpoints_->Latest(); },
                     .state_directory = home_.path() / "state",
                     .examine = [this] { return Examine(); }},
                    WithAdmin());
  Need(server.ok(), server.ok() ? "" : SentenceOf(server.status()));
  server_ = *std::move(server);
}

RunningDoor::~RunningDoor() {
  server_.reset();
  writer_->Listen({});
  writer_->Drain();
  key_warden_->Stop();
}

void RunningDoor::RecordGenesis() {
  stored::v1::Genesis genesis;
  genesis.set_log_origin("tearline.example/audit");
  genesis.set_trust_domain("tearline.example");
  genesis.set_audit_public_key(signer_->PublicKey());
  *genesis.mutable_accreditation() = Sensitive();
  genesis.set_policy_text(kPolicy);
  std::map<std::string, v1::AgencyKind> kinds;
  for (const PostSpec& spec : kPosts) {
    kinds[spec.agency] = spec.kind;
    AddMember(spec, "-holder", v1::MEMBER_KIND_PERSON, genesis);
    AddMember(spec, "-system", v1::MEMBER_KIND_SERVICE, genesis);
    AddPost(spec, genesis);
  }
  for (const auto& [name, issued] : authorities_) {
    v1::Agency& agency = *genesis.add_agencies();
    agency.set_agency(name);
    agency.set_kind(kinds[name]);
    agency.set_authority_certificate(issued.der);
    agency.set_authority_spki_digest(
        identity::Authority::Read(issued.der).value().SpkiDigest().Bytes());
  }
  const auto applied = sequencer::RecordGenesis(ledger_, *database_, clock_, genesis);
  Need(applied.ok(), applied.ok() ? "" : SentenceOf(applied.status()));
}

void RunningDoor::WriteCertificates() {
  listen_.set_address("127.0.0.1:0");
  listen_.set_certificate_file(home_.path() / "broker.pem");
  listen_.set_key_file(home_.path() / "broker.key");
  listen_.set_agency_authorities_file(home_.path() / "agencies.pem");
  listen_.add_revocation_lists(home_.path() / "revoked.pem");
  std::string bundle;
  for (const auto& [name, issued] : authorities_) bundle += issued.pem;
  Write(listen_.agency_authorities_file(), bundle);
  RenewBroker();
  HandInList({});
}

void RunningDoor::RenewBroker() {
  identity::Order order = Current(identity::Order());
  order.common_name = "broker";
  order.uris.clear();
  order.dns_names = {"localhost"};
  order.extended_key_usage = "serverAuth";
  const Pass broker = PassOf(identity::IssuedBy(broker_authority_, order));
  std::filesystem::remove(listen_.key_file());
  Need(crypto::WriteNewKeyFile(listen_.key_file(), broker.key_pem).ok(), "the key is written");
  Write(listen_.certificate_file(), broker.certificate_pem);
}

void RunningDoor::HandInList(const std::vector<std::string>& serials_hex) {
  const std::int64_t now_s = clock_.WallMs() / 1000;
  const identity::ListOrder order{.serials_hex = serials_hex,
                                  .this_update_s = now_s - 3600 + lists_++,
                                  .next_update_s = now_s + 24 * 3600};
  Write(home_.path() / "revoked.new", identity::ListBy(authorities_.at("police"), order).pem);
  std::filesystem::rename(home_.path() / "revoked.new", home_.path() / "revoked.pem");
}

std::string RunningDoor::ShownCertificate() const {
  const Pass pass = Issue("police", OrderFor("police", "intel-system"));
  Write(home_.path() / "looker.pem", pass.certificate_pem);
  Write(home_.path() / "looker.key", pass.key_pem);
  const doubles::CommandOutcome outcome = doubles::RunCommand(
      {"openssl", "s_client", "-connect", Address(), "-cert", home_.path() / "looker.pem", "-key",
       home_.path() / "looker.key", "-alpn", "h2", "-tls1_3"});
  const std::size_t begin = outcome.output.find("-----BEGIN CERTIFICATE-----");
  const std::string last = "-----END CERTIFICATE-----\n";
  const std::size_t end = outcome.output.find(last);
  if (begin == std::string::npos || end == std::string::npos) return "";
  return outcome.output.substr(begin, end + last.size() - begin);
}

std::vector<Part> RunningDoor::Examine() const { return {{"machine", machine_stands_.load()}}; }

int RunningDoor::HealthOf(const std::shared_ptr<grpc::Channel>& channel, const std::string& part) {
  // grpc.health.v1.HealthCheckRequest { string service = 1 }, as it lies on the wire.
  std::string bytes;
  if (!part.empty()) bytes = std::string("\x0a") + static_cast<char>(part.size()) + part;
  const grpc::Slice slice(bytes);
  const grpc::ByteBuffer request(&slice, 1);
  grpc::ByteBuffer answer;
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  const grpc::internal::RpcMethod method("/grpc.health.v1.Health/Check",
                                         grpc::internal::RpcMethod::NORMAL_RPC);
  const grpc::Status status = grpc::internal::BlockingUnaryCall<grpc::ByteBuffer, grpc::ByteBuffer>(
      channel.get(), method, &context, request, &answer);
  if (!status.ok()) return -static_cast<int>(status.error_code());
  grpc::Slice whole;
  if (!answer.DumpToSingleSlice(&whole).ok() || whole.size() != 2) return 0;
  return whole.begin()[1];  // HealthCheckResponse { ServingStatus status = 1 }
}

Pass RunningDoor::PassOf(const identity::Issued& issued) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> sink(BIO_new(BIO_s_mem()), BIO_free);
  Need(PEM_write_bio_PKCS8PrivateKey(sink.get(), issued.key.get(), nullptr, nullptr, 0, nullptr,
                                     nullptr) == 1,
       "a key is written as PEM");
  char* text = nullptr;
  const long length = BIO_get_mem_data(sink.get(), &text);
  return {issued.pem, std::string(text, static_cast<std::size_t>(length))};
}

identity::Order RunningDoor::OrderFor(const std::string& agency, const std::string& member) {
  identity::Order order = Current(identity::Order());
  order.common_name = member;
  order.uris = {"spiffe://tearline.example/agency/" + agency + "/member/" + member};
  return order;
}

Pass RunningDoor::Issue(const std::string& agency, const identity::Order& order) const {
  return PassOf(identity::IssuedBy(authorities_.at(agency), order));
}

std::shared_ptr<grpc::Channel> RunningDoor::Connect(const Pass& pass) const {
  return ConnectTo(Address(), pass);
}

std::shared_ptr<grpc::Channel> RunningDoor::ConnectTo(const std::string& address,
                                                      const Pass& pass) const {
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = broker_authority_.pem;
  options.pem_private_key = pass.key_pem;
  options.pem_cert_chain = pass.certificate_pem;
  grpc::ChannelArguments arguments;
  arguments.SetSslTargetNameOverride("localhost");
  return grpc::CreateCustomChannel(address, grpc::SslCredentials(options), arguments);
}

std::shared_ptr<grpc::Channel> RunningDoor::SystemOf(const std::string& post) {
  std::shared_ptr<grpc::Channel>& channel = channels_[post + "-system"];
  if (!channel) {
    const std::string agency = AgencyOf(post);
    channel = Connect(Issue(agency, OrderFor(agency, NameOf(post) + "-system")));
  }
  return channel;
}

std::shared_ptr<grpc::Channel> RunningDoor::HolderOf(const std::string& post) {
  std::shared_ptr<grpc::Channel>& channel = channels_[post + "-holder"];
  if (!channel) {
    const std::string agency = AgencyOf(post);
    channel = Connect(Issue(agency, OrderFor(agency, NameOf(post) + "-holder")));
  }
  return channel;
}

v1::Acting RunningDoor::As(const std::string& post) {
  v1::Acting acting;
  acting.set_post(post);
  acting.set_purpose("public-protection");
  return acting;
}

v1::PublishItem RunningDoor::ItemAbout(const std::string& nominal_id, const std::string& request_id,
                                       const std::string& content) {
  v1::PublishItem item;
  item.set_request_id(request_id);
  v1::Event& event = *item.mutable_event();
  event.set_event_type("intelligence.report.submitted");
  *event.mutable_occurred_at() = TimeUtil::SecondsToTimestamp(1'750'000'000);
  event.set_urgency(v1::URGENCY_URGENT);
  *event.mutable_label()->mutable_marking() = Sensitive();
  event.add_nominals()->set_nominal_id(nominal_id);
  v1::Segment& segment = *event.add_segments();
  segment.add_nominal_indexes(0);
  segment.set_media_type("text/plain");
  segment.set_content(content);
  return item;
}

std::string RunningDoor::Publish(const std::string& nominal_id, const std::string& request_id,
                                 const std::string& content) {
  v1::PublishRequest request;
  *request.mutable_acting() = As("police/intel");
  *request.add_items() = ItemAbout(nominal_id, request_id, content);
  v1::PublishResponse response;
  grpc::ClientContext context;
  Need(v1::PublisherService::NewStub(SystemOf("police/intel"))
           ->Publish(&context, request, &response));
  Need(response.results_size() == 1, "one answer for each item");
  Need(response.results(0).refusal_reason().empty(), response.results(0).refusal_sentence());
  return response.results(0).event_id();
}

v1::ErrorReason ReasonIn(const grpc::Status& status) {
  v1::RpcStatus details;
  v1::RpcErrorInfo error;
  v1::ErrorReason reason = v1::ERROR_REASON_UNSPECIFIED;
  if (!details.ParseFromString(status.error_details()) || details.details_size() == 0 ||
      !error.ParseFromString(details.details(0).value()) ||
      !v1::ErrorReason_Parse("ERROR_REASON_" + error.reason(), &reason)) {
    return v1::ERROR_REASON_UNSPECIFIED;
  }
  return reason;
}

}  // namespace tearline::rpc
