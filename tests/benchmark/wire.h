#pragma once

#include <openssl/types.h>

#include <filesystem>
#include <string>
#include <string_view>

namespace tearline::benchmark {

/// Whose certificates a peer's client shows and believes; plain TCP if `directory` is empty.
struct WireTls {
  std::filesystem::path directory{};  ///< As make-development-certs lays it.
  std::string member{};               ///< "AGENCY/MEMBER".
};

/// A TCP connection to loopback that reads and writes bytes, for the small clients of peers.
///
/// Throws std::runtime_error.
class Wire {
 public:
  explicit Wire(int port);
  ~Wire();
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  /// From now on mutual TLS 1.3.
  void Secure(const WireTls& tls);

  void Write(std::string_view bytes);
  /// Waits for bytes and adds them to what is unread.
  void Fill();
  /// What was read and not taken.
  std::string_view Unread() const { return std::string_view(buffer_).substr(taken_); }
  void Take(std::size_t bytes);

  /// The next line, without its end.
  std::string Line();

 private:
  int socket_ = -1;
  SSL_CTX* context_ = nullptr;
  SSL* session_ = nullptr;
  std::string buffer_;
  std::size_t taken_ = 0;
};

}  // namespace tearline::benchmark
