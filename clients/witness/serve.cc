#include "clients/witness/serve.h"

#include <httplib.h>

#include <chrono>
#include <thread>
#include <utility>

#include "clients/witness/submission.h"

namespace tearline::witness {
namespace {

/// A caller who says nothing for so long is left, in seconds.
constexpr int kPatienceS = 5;
constexpr std::size_t kRequestsAConnection = 1000;

void Give(Answer answer, httplib::Response& response) {
  response.status = answer.status;
  response.set_content(std::move(answer.body), answer.content_type.c_str());
}

}  // namespace

class Server::Http {
 public:
  explicit Http(const Listen& listen) {
    if (listen.certificate_file.empty()) {
      server = std::make_unique<httplib::Server>();
    } else {
      server = std::make_unique<httplib::SSLServer>(listen.certificate_file.c_str(),
                                                    listen.key_file.c_str());
    }
  }

  void Answer(Witness& witness) {
    server->set_read_timeout(kPatienceS);
    server->set_write_timeout(kPatienceS);
    server->set_keep_alive_timeout(kPatienceS);
    server->set_keep_alive_max_count(kRequestsAConnection);
    server->set_payload_max_length(kSubmissionBytesMax);
    server->Post("/add-checkpoint", [&witness](const httplib::Request&, httplib::Response& response,
                                               const httplib::ContentReader& read) {
      std::string body;
      // Counted as it unpacks, too.
      const bool whole = read([&body](const char* bytes, std::size_t size) {
        if (body.size() + size > kSubmissionBytesMax) return false;
        body.append(bytes, size);
        return true;
      });
      if (!whole) {
        response.set_header("Connection", "close");
        return Give({413, "a submission is at most 68 KiB\n"}, response);
      }
      Give(witness.AddCheckpoint(body), response);
    });
    server->Get(R"(/([0-9a-f]{64})/checkpoint)",
                [&witness](const httplib::Request& request, httplib::Response& response) {
                  Give(witness.Checkpoint(request.matches[1].str()), response);
                });
  }

  std::unique_ptr<httplib::Server> server;
};

Server::Server(std::unique_ptr<Http> http, int port) : http_(std::move(http)), port_(port) {}

Server::~Server() = default;

absl::StatusOr<std::unique_ptr<Server>> Server::Bind(Witness& witness, const Listen& listen) {
  auto http = std::make_unique<Http>(listen);
  if (!http->server->is_valid()) {
    return absl::InvalidArgumentError("the certificate and its key must be PEM files that fit");
  }
  http->Answer(witness);
  int port = listen.port;
  if (port == 0) {
    port = http->server->bind_to_any_port(listen.host);
  } else if (!http->server->bind_to_port(listen.host, port)) {
    port = -1;
  }
  if (port <= 0) return absl::InvalidArgumentError("the address cannot be had");
  return std::unique_ptr<Server>(new Server(std::move(http), port));
}

void Server::Serve() {
  entered_ = true;
  if (!stopping_) http_->server->listen_after_bind();
  finished_ = true;
}

void Server::Stop() {
  stopping_ = true;
  // cpp-httplib forgets a stop that comes before it has begun to listen.
  while (entered_ && !finished_ && !http_->server->is_running()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  http_->server->stop();
}

}  // namespace tearline::witness
