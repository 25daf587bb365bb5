#include "tests/benchmark/wire.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>

namespace tearline::benchmark {
namespace {

void Need(bool good, const char* what) {
  if (!good) throw std::runtime_error(std::string("a peer's connection: ") + what);
}

}  // namespace

Wire::Wire(int port) : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int on = 1;
  Need(socket_ >= 0 &&
           connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
           setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0,
       "nobody answers");
}

Wire::~Wire() {
  SSL_free(session_);
  SSL_CTX_free(context_);
  close(socket_);
}

void Wire::Secure(const WireTls& tls) {
  if (tls.directory.empty()) return;
  const std::string own = tls.directory / tls.member;
  context_ = SSL_CTX_new(TLS_client_method());
  Need(context_ != nullptr && SSL_CTX_set_min_proto_version(context_, TLS1_3_VERSION) == 1 &&
           SSL_CTX_load_verify_locations(context_, (tls.directory / "broker-ca.pem").c_str(),
                                         nullptr) == 1 &&
           SSL_CTX_use_certificate_chain_file(context_, (own + ".pem").c_str()) == 1 &&
           SSL_CTX_use_PrivateKey_file(context_, (own + ".key").c_str(), SSL_FILETYPE_PEM) == 1,
       "its certificates do not read");
  SSL_CTX_set_verify(context_, SSL_VERIFY_PEER, nullptr);
  session_ = SSL_new(context_);
  Need(session_ != nullptr && SSL_set_fd(session_, socket_) == 1 && SSL_connect(session_) == 1,
       "no TLS comes about");
}

void Wire::Write(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto wrote = session_ != nullptr
                           ? SSL_write(session_, bytes.data(), static_cast<int>(bytes.size()))
                           : write(socket_, bytes.data(), bytes.size());
    Need(wrote > 0, "it was closed");
    bytes.remove_prefix(static_cast<std::size_t>(wrote));
  }
}

void Wire::Fill() {
  if (taken_ == buffer_.size()) {
    buffer_.clear();
    taken_ = 0;
  }
  char bytes[64 * 1024];
  const auto got = session_ != nullptr ? SSL_read(session_, bytes, sizeof bytes)
                                       : read(socket_, bytes, sizeof bytes);
  Need(got > 0, "it was closed");
  buffer_.append(bytes, static_cast<std::size_t>(got));
}

void Wire::Take(std::size_t bytes) { taken_ += bytes; }

std::string Wire::Line() {
  std::size_t end = 0;
  while ((end = Unread().find("\r\n")) == std::string_view::npos) Fill();
  const std::string line(Unread().substr(0, end));
  Take(end + 2);
  return line;
}

}  // namespace tearline::benchmark
