#include "tests/cosign/running_witness.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sys/stat.h>

#include <cstdio>
#include <filesystem>
#include <stdexcept>

#include "clients/witness/kept_checkpoint.h"

namespace tearline::cosign {
namespace {

void WriteKey(const std::string& path, const std::string& name) {
  const verifier::Hash seed = verifier::Sha256(name);
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()),
      EVP_PKEY_free);
  const std::unique_ptr<std::FILE, decltype(&std::fclose)> file(std::fopen(path.c_str(), "w"),
                                                                &std::fclose);
  PEM_write_PrivateKey(file.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  chmod(path.c_str(), S_IRUSR | S_IWUSR);
}

}  // namespace

RunningWitness::RunningWitness(const std::string& name, const std::string& log_key)
    : name_(name), log_key_(*verifier::ReadVerifierKey(log_key)) {
  WriteKey(workplace_.Path("key.pem"), name);
  Start();
}

RunningWitness::~RunningWitness() { Stop(); }

void RunningWitness::Start() {
  witness::Cosigner cosigner = *witness::Cosigner::Open(name_, workplace_.Path("key.pem"));
  key_ = cosigner.Key();
  witness_ = *witness::Witness::Open(workplace_.Path(""), {log_key_}, std::move(cosigner),
                                     [] { return std::uint64_t{1'900'000'000}; });
  witness::Listen listen;
  listen.port = port_;
  auto bound = witness::Server::Bind(*witness_, listen);
  if (!bound.ok()) throw std::runtime_error(std::string(bound.status().message()));
  server_ = *std::move(bound);
  port_ = server_->Port();
  thread_ = std::thread([this] { server_->Serve(); });
}

void RunningWitness::Stop() {
  if (!thread_.joinable()) return;
  server_->Stop();
  thread_.join();
  server_.reset();
  witness_.reset();
}

void RunningWitness::Forget() {
  Stop();
  std::filesystem::remove_all(workplace_.Path(witness::PlaceOf(log_key_.name)));
  Start();
}

std::string RunningWitness::Address() const { return "http://127.0.0.1:" + std::to_string(port_); }

}  // namespace tearline::cosign
