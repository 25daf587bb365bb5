#include "tests/hostile/raw_http2.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>

namespace tearline::hostile {
namespace {

void Need(bool done, const char* what) {
  if (!done) throw std::runtime_error(what);
}

std::string BigEndian(std::uint32_t number, int bytes) {
  std::string text;
  for (int i = bytes - 1; i >= 0; --i) text += static_cast<char>(number >> (8 * i) & 0xff);
  return text;
}

/// RFC 7541, section 5.1, for a prefix of 7 bits, and the string itself, not Huffman coded.
std::string HpackString(std::string_view text) {
  std::string bytes;
  std::size_t left = text.size();
  if (left < 127) {
    bytes += static_cast<char>(left);
  } else {
    bytes += '\x7f';
    for (left -= 127; left >= 128; left /= 128) bytes += static_cast<char>(left % 128 + 128);
    bytes += static_cast<char>(left);
  }
  return bytes.append(text);
}

void UsePass(SSL_CTX* context, const Pass& pass) {
  const auto source = [](const std::string& text) {
    return std::unique_ptr<BIO, decltype(&BIO_free)>(
        BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free);
  };
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(
      PEM_read_bio_X509(source(pass.certificate_pem).get(), nullptr, nullptr, nullptr), X509_free);
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      PEM_read_bio_PrivateKey(source(pass.key_pem).get(), nullptr, nullptr, nullptr),
      EVP_PKEY_free);
  Need(SSL_CTX_use_certificate(context, certificate.get()) == 1 &&
           SSL_CTX_use_PrivateKey(context, key.get()) == 1,
       "the pass does not read");
}

}  // namespace

int ConnectTcp(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  sockaddr_in place{};
  place.sin_family = AF_INET;
  place.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1))));
  inet_pton(AF_INET, address.substr(0, colon).c_str(), &place.sin_addr);
  const int number = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{20, 0};
  setsockopt(number, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(number, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  if (number >= 0 && connect(number, reinterpret_cast<sockaddr*>(&place), sizeof place) == 0) {
    return number;
  }
  if (number >= 0) close(number);
  return -1;
}

RawConnection::RawConnection(const std::string& address, const Pass& pass)
    : socket_(ConnectTcp(address)), context_(SSL_CTX_new(TLS_client_method()), SSL_CTX_free) {
  signal(SIGPIPE, SIG_IGN);
  Need(socket_ >= 0, "no connection");
  SSL_CTX_set_min_proto_version(context_.get(), TLS1_3_VERSION);
  UsePass(context_.get(), pass);
  tls_.reset(SSL_new(context_.get()), SSL_free);
  constexpr unsigned char kH2[] = {2, 'h', '2'};
  SSL_set_alpn_protos(tls_.get(), kH2, sizeof kH2);
  SSL_set_tlsext_host_name(tls_.get(), "localhost");
  SSL_set_fd(tls_.get(), socket_);
  Need(SSL_connect(tls_.get()) == 1, "no handshake");
}

RawConnection::~RawConnection() {
  if (socket_ >= 0) close(socket_);
}

bool RawConnection::Send(std::string_view bytes) {
  return SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size())) > 0;
}

bool RawConnection::Drain() {
  char buffer[16 * 1024];
  const int before = fcntl(socket_, F_GETFL);
  fcntl(socket_, F_SETFL, before | O_NONBLOCK);
  int got = 0;
  do {
    got = SSL_read(tls_.get(), buffer, sizeof buffer);
    if (got > 0) heard_.append(buffer, static_cast<std::size_t>(got));
  } while (got > 0);
  const bool open = SSL_get_error(tls_.get(), got) == SSL_ERROR_WANT_READ;
  fcntl(socket_, F_SETFL, before);
  return open;
}

std::string Frame(std::uint8_t type, std::uint8_t flags, std::uint32_t stream,
                  std::string_view payload) {
  std::string bytes = BigEndian(static_cast<std::uint32_t>(payload.size()), 3);
  bytes += static_cast<char>(type);
  bytes += static_cast<char>(flags);
  return bytes.append(BigEndian(stream, 4)).append(payload);
}

std::string Preface() {
  return "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + Frame(kFrameSettings, 0, 0, "");
}

std::string Header(std::string_view name, std::string_view value, bool indexed) {
  return std::string(1, indexed ? '\x40' : '\0') + HpackString(name) + HpackString(value);
}

std::string CallHeaders(std::string_view path) {
  return Header(":method", "POST") + Header(":scheme", "https") +
         Header(":authority", "localhost") + Header(":path", path) + Header("te", "trailers") +
         Header("content-type", "application/grpc");
}

}  // namespace tearline::hostile
