#include "broker/rpc/tls.h"

#include <grpc/grpc.h>
#include <grpc/grpc_security.h>
#include <grpc/grpc_security_constants.h>

#include <cstdlib>
#include <mutex>
#include <string>
#include <type_traits>
#include <utility>

#include "broker/crypto/secret.h"
#include "broker/rpc/grpc_status.h"
#include "broker/status/invariant.h"

namespace tearline::rpc {
namespace {

/// What `Foreign`, gRPC's credentials of a server, holds of the C core; taken over, and released
/// when it ends. A later gRPC does so itself.
template <class Foreign = grpc::ServerCredentials, bool kLeavesItToUs = std::is_abstract_v<Foreign>>
class HeldCredentials : public Foreign {
 protected:
  using Foreign::Foreign;
};

/// gRPC 1.51 leaves it, and the listening, to whoever derives from it.
template <class Foreign>
class HeldCredentials<Foreign, true> : public Foreign {
 protected:
  explicit HeldCredentials(grpc_server_credentials* held) : held_(held) {}
  ~HeldCredentials() override { grpc_server_credentials_release(held_); }
  grpc_server_credentials* c_creds() const { return held_; }

 private:
  int AddPortToServer(const std::string& address, grpc_server* server) override {
    return grpc_server_add_http2_port(server, address.c_str(), held_);
  }

  grpc_server_credentials* const held_;
};

/// gRPC's own TLS, asked for its certificates at each handshake.
class ReloadingCredentials final : public HeldCredentials<> {
 public:
  ReloadingCredentials(CredentialSource source, Admit admit)
      : HeldCredentials(FetchingFor(this)), source_(std::move(source)), admit_(std::move(admit)) {
    if (!admit_) return;
    grpc_server_credentials_set_auth_metadata_processor(
        c_creds(), {.process = &Judge, .destroy = nullptr, .state = this});
  }
  ReloadingCredentials(const ReloadingCredentials&) = delete;
  ReloadingCredentials& operator=(const ReloadingCredentials&) = delete;

  void SetAuthMetadataProcessor(const std::shared_ptr<grpc::AuthMetadataProcessor>&) override {
    TEARLINE_INVARIANT(false, "who may call is judged from the certificate alone");
  }

 private:
  /// Asks `self` when it listens and at each handshake, not before.
  static grpc_server_credentials* FetchingFor(ReloadingCredentials* self) {
    grpc_server_credentials* const held =
        grpc_ssl_server_credentials_create_with_options(  // takes the options over
            grpc_ssl_server_credentials_create_options_using_config_fetcher(
                GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY, &Fetch, self));
    TEARLINE_INVARIANT(held != nullptr, "gRPC makes credentials");
    return held;
  }

  static grpc_ssl_certificate_config_reload_status Fetch(
      void* self, grpc_ssl_server_certificate_config** config) {
    return static_cast<ReloadingCredentials*>(self)->FetchNewer(config);
  }

  grpc_ssl_certificate_config_reload_status FetchNewer(
      grpc_ssl_server_certificate_config** config) {
    std::shared_ptr<const Credentials> now = source_();
    const std::lock_guard<std::mutex> lock(mutex_);
    if (now == served_) return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_UNCHANGED;
    std::string key(now->key.View());
    const grpc_ssl_pem_key_cert_pair pair{key.c_str(), now->certificate_pem.c_str()};
    *config = grpc_ssl_server_certificate_config_create(now->authorities_pem.c_str(), &pair, 1);
    crypto::WipeBytes(key);
    served_ = std::move(now);
    return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_NEW;
  }

  static void Judge(void* self, grpc_auth_context* context, const grpc_metadata*, std::size_t,
                    grpc_process_auth_metadata_done_cb done, void* of_call) {
    const Status status = static_cast<ReloadingCredentials*>(self)->admit_(LeafOf(context));
    const grpc::Status told = ToGrpc(status);
    done(of_call, nullptr, 0, nullptr, 0, static_cast<grpc_status_code>(told.error_code()),
         status.ok() ? nullptr : told.error_message().c_str());
  }

  static std::string LeafOf(const grpc_auth_context* context) {
    grpc_auth_property_iterator found =
        grpc_auth_context_find_properties_by_name(context, GRPC_X509_PEM_CERT_PROPERTY_NAME);
    const grpc_auth_property* const leaf = grpc_auth_property_iterator_next(&found);
    if (leaf == nullptr || grpc_auth_property_iterator_next(&found) != nullptr) return "";
    return {leaf->value, leaf->value_length};
  }

  const CredentialSource source_;
  const Admit admit_;
  std::mutex mutex_;
  std::shared_ptr<const Credentials> served_;  ///< What gRPC has; guarded by mutex_.
};

}  // namespace

void AllowOnlyTls13() {
  // gRPC 1.51 always offers TLS 1.2 beside 1.3 and lets its users choose the cipher suites of 1.2
  // alone. This one needs a key both sides shared before; nobody here has one, so none is agreed
  // on.
  setenv("GRPC_SSL_CIPHER_SUITES", "PSK-AES256-GCM-SHA384", /*overwrite=*/1);
}

std::shared_ptr<grpc::ServerCredentials> MakeCredentials(CredentialSource source, Admit admit) {
  return std::make_shared<ReloadingCredentials>(std::move(source), std::move(admit));
}

}  // namespace tearline::rpc
