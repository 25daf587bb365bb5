#include "broker/cosign/exchange.h"

#include <httplib.h>

#include <utility>

namespace tearline::cosign {
namespace {

constexpr char kPath[] = "/add-checkpoint";

class HttpExchange final : public Exchange {
 public:
  HttpExchange(const std::string& scheme_host_port, std::string path)
      : client_(scheme_host_port), path_(std::move(path)) {
    client_.set_connection_timeout(kExchangePatienceS);
    client_.set_read_timeout(kExchangePatienceS);
    client_.set_write_timeout(kExchangePatienceS);
    client_.set_keep_alive(true);
    client_.set_decompress(false);
  }

  bool IsValid() const { return client_.is_valid(); }

  Result<Answer> Post(const std::string& body) override {
    httplib::Request request;
    request.method = "POST";
    request.path = path_;
    request.body = body;
    request.set_header("Content-Type", "text/plain; charset=utf-8");
    Answer answer;
    request.content_receiver = [&answer](const char* bytes, std::size_t size, std::uint64_t,
                                         std::uint64_t) {
      if (answer.body.size() + size > kAnswerBytesMax) return false;
      answer.body.append(bytes, size);
      return true;
    };
    const httplib::Result result = client_.send(request);
    if (!result) {
      return Refuse(v1::ERROR_REASON_UNAVAILABLE, "the witness did not answer in time");
    }
    answer.status = result->status;
    return answer;
  }

  void Stop() override { client_.stop(); }

 private:
  httplib::Client client_;
  const std::string path_;
};

}  // namespace

Result<std::unique_ptr<Exchange>> MakeExchange(const std::string& address) {
  const Status wrong = Refuse(v1::ERROR_REASON_CONFIG_INVALID,
                              "a witness's `address` must read http://HOST[:PORT][/PREFIX]");
  const std::size_t scheme = address.find("://");
  if (scheme == std::string::npos) return wrong;
  const std::string name = address.substr(0, scheme);
  if (name != "http" && name != "https") return wrong;
  const std::size_t host = scheme + 3;
  std::size_t path = address.find('/', host);
  if (path == std::string::npos) path = address.size();
  if (path == host || address.find_first_of(" ?#@\r\n") != std::string::npos) return wrong;
  std::string prefix = address.substr(path);
  while (prefix.ends_with('/')) prefix.pop_back();
  auto exchange = std::make_unique<HttpExchange>(address.substr(0, path), prefix + kPath);
  if (!exchange->IsValid()) return wrong;
  return std::unique_ptr<Exchange>(std::move(exchange));
}

}  // namespace tearline::cosign
