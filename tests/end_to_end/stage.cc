#include "tests/end_to_end/stage.h"

#include <fcntl.h>
#include <grpcpp/grpcpp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <stdexcept>
#include <utility>
#include <vector>

#include "tearline/v1/case_service.grpc.pb.h"
#include "tearline/v1/nominal_service.grpc.pb.h"

namespace tearline::end_to_end {
namespace {

namespace fs = std::filesystem;

constexpr char kAnyPort[] = "127.0.0.1:0";

constexpr char kBrokerFile[] = R"(
listen { address: "127.0.0.1:0" certificate_file: "@/certs/broker.pem"
         key_file: "@/certs/broker.key" agency_authorities_file: "@/certs/agencies.pem"
         revocation_lists: "@/certs/revoked.pem" }
admin { address: "127.0.0.1:0" }
ledger { rocksdb { directory: "@/ledger" } }
state { directory: "@/state" }
vault { directory: "@/vault" key_encryption_key_file: "@/keys/key-encryption.key" }
audit { signing_key_file: "@/keys/audit.pem" checkpoint_directory: "@/checkpoints" }
)";

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
posts { post: "probation/supervisor" roles: POST_ROLE_OFFENDER_MANAGER
        clearance { tier: TIER_OFFICIAL sensitive: true } }
posts { post: "prison/security" roles: POST_ROLE_PRISON_SECURITY services: "feeder"
        clearance { tier: TIER_OFFICIAL sensitive: true } }
posts { post: "probation/guest" roles: POST_ROLE_PRACTITIONER clearance { tier: TIER_OFFICIAL } }
)";

/// `text` with each @ replaced.
void WriteFile(const fs::path& path, std::string text, const std::string& at) {
  for (std::size_t i = text.find('@'); i != std::string::npos; i = text.find('@', i + at.size())) {
    text.replace(i, 1, at);
  }
  std::ofstream(path) << text;
}

std::string ReadFile(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// Starts a program with its standard output in a pipe, its standard error in a file.
std::pair<pid_t, int> Spawn(const std::vector<std::string>& words, const fs::path& log) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  const pid_t child = fork();
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);  // a test that dies leaves no broker behind
    const int errors = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    dup2(ends[1], STDOUT_FILENO);
    dup2(errors, STDERR_FILENO);
    execv(arguments[0], arguments.data());
    _exit(127);
  }
  close(ends[1]);
  return {child, ends[0]};
}

void RunProgram(const std::vector<std::string>& words, const fs::path& log) {
  const auto [child, output] = Spawn(words, log);
  char heard[4096];
  while (read(output, heard, sizeof heard) > 0) {
  }
  close(output);
  int status = 0;
  waitpid(child, &status, 0);
  if (status != 0) throw std::runtime_error(words[0] + " failed: " + ReadFile(log));
}

/// The rest of the next line of `output`, if it begins with `word`; "" otherwise.
std::string SaidAfter(const std::string& word, int output) {
  std::string said;
  char byte = 0;
  while (read(output, &byte, 1) == 1 && byte != '\n') said += byte;
  return said.starts_with(word) ? said.substr(word.size()) : "";
}

void MustBeOk(const grpc::Status& status, const char* what) {
  if (!status.ok()) throw std::runtime_error(std::string(what) + ": " + status.error_message());
}

}  // namespace

Stage::Stage(StagePlace place) : place_(std::move(place)) {
  place_.directory = fs::absolute(place_.directory) / "stage";
  MakeMaterial();
  Start();
  SetScene();
}

Stage::~Stage() { Stop(); }

void Stage::Kill() {
  kill(broker_, SIGKILL);
  int status = 0;
  waitpid(broker_, &status, 0);
  broker_ = -1;
}

void Stage::Stop() {
  if (broker_ < 0) return;
  kill(broker_, SIGTERM);
  int status = 0;
  waitpid(broker_, &status, 0);
  broker_ = -1;
}

void Stage::Run(const std::vector<std::string>& words) const {
  std::vector<std::string> command = {fs::absolute(place_.broker)};
  command.insert(command.end(), words.begin(), words.end());
  command.push_back(place_.directory / "broker.textproto");
  RunProgram(command, place_.directory / "log");
}

void Stage::MakeMaterial() const {
  const fs::path& top = place_.directory;
  fs::remove_all(top);
  fs::create_directories(top / "keys");
  fs::permissions(top / "keys", fs::perms::owner_all);
  const fs::path log = top / "log";
  RunProgram({fs::absolute(place_.certificates), top / "certs", "--member", "office/clerk",
              "office/keeper", "office/warden", "office/drafter", "office/governor",
              "police/feeder", "police/officer", "police/checker", "prison/feeder",
              "probation/reader", "inspectorate/auditor"},
             log);
  RunProgram({"/usr/bin/openssl", "rand", "-out", top / "keys/key-encryption.key", "32"}, log);
  RunProgram(
      {"/usr/bin/openssl", "genpkey", "-algorithm", "ed25519", "-out", top / "keys/audit.pem"},
      log);
  for (const char* key : {"keys/key-encryption.key", "keys/audit.pem"}) {
    fs::permissions(top / key, fs::perms::owner_read | fs::perms::owner_write);
  }
  WriteFile(top / "broker.textproto", kBrokerFile, top);
  WriteFile(top / "directory.textproto", kDirectoryFile, top);
  RunProgram({fs::absolute(place_.broker), "--genesis", top / "directory.textproto", "--policy",
              fs::absolute(place_.policy), top / "broker.textproto"},
             log);
}

void Stage::Start() {
  const fs::path log = place_.directory / "log";
  const auto [child, output] =
      Spawn({fs::absolute(place_.broker), place_.directory / "broker.textproto"}, log);
  broker_ = child;
  const bool first = address_.empty();
  admin_address_ = SaidAfter("operators ", output);
  address_ = SaidAfter("ready ", output);
  close(output);
  if (address_.empty()) throw std::runtime_error("the broker did not start: " + ReadFile(log));

  // From now on at the same address, so that whoever was connected finds it again.
  if (!first) return;
  const fs::path config = place_.directory / "broker.textproto";
  std::string text = ReadFile(config);
  if (const std::size_t at = text.find(kAnyPort); at != std::string::npos) {
    text.replace(at, sizeof kAnyPort - 1, address_);
    std::ofstream(config) << text;
  }
}

void Stage::Revoke(const std::string& member) {
  RunProgram({fs::absolute(place_.certificates), place_.directory / "certs", "--revoke", member},
             place_.directory / "log");
  kill(broker_, SIGHUP);
}

std::shared_ptr<grpc::Channel> Stage::ChannelOf(const std::string& member) const {
  return Connect(member, address_);
}

std::shared_ptr<grpc::Channel> Stage::OperatorsChannelOf(const std::string& member) const {
  return Connect(member, admin_address_);
}

std::shared_ptr<grpc::Channel> Stage::Connect(const std::string& member,
                                              const std::string& address) const {
  const fs::path certs = place_.directory / "certs";
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = ReadFile(certs / "broker-ca.pem");
  options.pem_cert_chain = ReadFile(certs / (member + ".pem"));
  options.pem_private_key = ReadFile(certs / (member + ".key"));
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(address, grpc::SslCredentials(options), arguments);
}

fs::path Stage::ProfileOf(const std::string& member, const std::string& post) const {
  std::string name = member + "-for-" + post;
  std::replace(name.begin(), name.end(), '/', '-');
  const fs::path certs = place_.directory / "certs";
  const fs::path path = place_.directory / (name + ".profile");
  std::ofstream(path) << "server=" << address_ << "\nca=" << (certs / "broker-ca.pem").string()
                      << "\ncert=" << (certs / (member + ".pem")).string()
                      << "\nkey=" << (certs / (member + ".key")).string() << "\nas=" << post
                      << '\n';
  return path;
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
