#include "tests/hostile/arena.h"

#include <grpcpp/grpcpp.h>
#include <openssl/pem.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "tearline/v1/directory_service.grpc.pb.h"
#include "tearline/v1/rpc_status.pb.h"

namespace tearline::hostile {
namespace {

namespace fs = std::filesystem;

std::string ReadFile(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

identity::Order Current(identity::Order order) {
  order.not_before_s = std::time(nullptr) - 3600;
  order.not_after_s = std::time(nullptr) + 24 * 3600;
  return order;
}

std::unique_ptr<BIO, decltype(&BIO_free)> Source(const std::string& text) {
  return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free};
}

void Need(bool done, const char* what) {
  if (!done) throw std::runtime_error(what);
}

}  // namespace

void Arena::SetUp() {
  stage_ = std::make_unique<end_to_end::Stage>(end_to_end::StagePlace{
      .broker = TEARLINE_BINARY_DIR "/bin/tearlined",
      .certificates = TEARLINE_SOURCE_DIR "/deploy/certs/make-development-certs",
      .policy = TEARLINE_SOURCE_DIR "/config/policies/public_protection.textproto",
      .directory = directory_.path()});
  bystanders_ = std::make_unique<Bystanders>(*stage_);
  ExpectTheHonestAreServed();
}

void Arena::TearDown() {
  if (bystanders_) ExpectTheHonestAreServed();
  if (stage_->process() > 0) {
    EXPECT_EQ(kill(stage_->process(), 0), 0) << "the broker died";
  }
  const std::string log = Log();
  for (const char* fault : {"stopped:", "Sanitizer", "terminate called", "SIG"}) {
    EXPECT_EQ(log.find(fault), std::string::npos) << log;
  }
}

Pass Arena::PassOf(const std::string& member) const {
  const fs::path certs = stage_->directory() / "certs";
  return {ReadFile(certs / (member + ".pem")), ReadFile(certs / (member + ".key"))};
}

identity::Issued Arena::AuthorityOf(const std::string& agency) const {
  const fs::path certs = stage_->directory() / "certs" / agency;
  identity::Issued authority;
  authority.pem = ReadFile(certs / "ca.pem");
  const std::string key = ReadFile(certs / "ca.key");
  authority.certificate.reset(
      PEM_read_bio_X509(Source(authority.pem).get(), nullptr, nullptr, nullptr), X509_free);
  authority.key.reset(PEM_read_bio_PrivateKey(Source(key).get(), nullptr, nullptr, nullptr),
                      EVP_PKEY_free);
  Need(authority.certificate && authority.key, "the stage's authority does not read");
  return authority;
}

identity::Order Arena::OrderFor(const std::string& agency, const std::string& member) {
  identity::Order order = Current({});
  order.common_name = member;
  order.uris = {"spiffe://tearline.example/agency/" + agency + "/member/" + member};
  return order;
}

identity::Order Arena::CurrentAuthority(const std::string& name) {
  return Current(identity::AuthorityOrder(name));
}

Pass Arena::PassFrom(const identity::Issued& issued) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> sink(BIO_new(BIO_s_mem()), BIO_free);
  Need(PEM_write_bio_PKCS8PrivateKey(sink.get(), issued.key.get(), nullptr, nullptr, 0, nullptr,
                                     nullptr) == 1,
       "a key is not written");
  char* text = nullptr;
  const long length = BIO_get_mem_data(sink.get(), &text);
  return {issued.pem, std::string(text, static_cast<std::size_t>(length))};
}

std::shared_ptr<grpc::Channel> Arena::Connect(const Pass& pass) const {
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = ReadFile(stage_->directory() / "certs/broker-ca.pem");
  options.pem_cert_chain = pass.certificate_pem;
  options.pem_private_key = pass.key_pem;
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(stage_->address(), grpc::SslCredentials(options), arguments);
}

grpc::Status Arena::Knock(const std::shared_ptr<grpc::Channel>& channel) const {
  v1::ListDirectoryRequest request;
  *request.mutable_acting() = As("police/intelligence");
  v1::ListDirectoryResponse response;
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
  return v1::DirectoryService::NewStub(channel)->ListDirectory(&context, request, &response);
}

std::string Arena::Log() const { return ReadFile(stage_->directory() / "log"); }

std::size_t Arena::BrokerBytes() const {
  std::ifstream statm("/proc/" + std::to_string(stage_->process()) + "/statm");
  std::size_t all = 0;
  std::size_t resident = 0;
  statm >> all >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

bool Arena::LiesOnDisk(const std::string& bytes) const {
  for (const char* name : {"ledger", "state", "vault", "checkpoints"}) {
    for (const auto& entry : fs::recursive_directory_iterator(stage_->directory() / name)) {
      if (entry.is_regular_file() && ReadFile(entry.path()).find(bytes) != std::string::npos) {
        return true;
      }
    }
  }
  return false;
}

v1::Acting Arena::As(const std::string& post) {
  v1::Acting acting;
  acting.set_post(post);
  return acting;
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

}  // namespace tearline::hostile
