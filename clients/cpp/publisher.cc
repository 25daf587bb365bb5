#include "clients/cpp/publisher.h"

#include <grpcpp/client_context.h>

#include <algorithm>
#include <optional>
#include <thread>
#include <utility>

namespace tearline::client {
namespace {

/// Items the broker takes in one request, and the bytes that stay well under gRPC's 4 MiB.
constexpr std::size_t kItemsMax = 100;
constexpr std::size_t kBytesMax = 3 * 1024 * 1024;
/// One try: longer than the broker takes when it is busy.
constexpr std::chrono::milliseconds kTryMax{15'000};

Refusal RefusalOf(const v1::PublishResult& result) {
  return {result.refusal_reason(), result.refusal_sentence()};
}

}  // namespace

Publisher::Publisher(std::shared_ptr<grpc::Channel> channel, v1::Acting acting, Patience patience)
    : stub_(v1::PublisherService::NewStub(std::move(channel))),
      acting_(std::move(acting)),
      patience_(patience) {}

Answer<std::vector<v1::PublishResult>> Publisher::Publish(
    const std::vector<v1::PublishItem>& items) {
  std::vector<v1::PublishResult> results;
  std::size_t begin = 0;
  while (begin < items.size()) {
    std::size_t end = begin;
    std::size_t bytes = 0;
    while (end < items.size() && end - begin < kItemsMax) {
      bytes += items[end].ByteSizeLong();
      if (end > begin && bytes > kBytesMax) break;
      ++end;
    }
    auto answer = PublishSome(items, begin, end);
    if (auto* refusal = std::get_if<Refusal>(&answer)) return *std::move(refusal);
    for (v1::PublishResult& result : std::get<0>(answer)) results.push_back(std::move(result));
    begin = end;
  }
  return results;
}

Answer<std::vector<v1::PublishResult>> Publisher::PublishSome(
    const std::vector<v1::PublishItem>& items, std::size_t begin, std::size_t end) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point give_up = Clock::now() + patience_.all;
  std::chrono::milliseconds wait = patience_.first_wait;
  std::vector<v1::PublishResult> results(end - begin);
  std::vector<std::size_t> open(end - begin);  // Places in `results` without an answer that stands.
  for (std::size_t i = 0; i < open.size(); ++i) open[i] = i;
  std::optional<Refusal> refused;  // Why the last try failed.
  while (true) {
    v1::PublishRequest request;
    *request.mutable_acting() = acting_;
    for (const std::size_t place : open) *request.add_items() = items[begin + place];
    v1::PublishResponse response;
    grpc::ClientContext context;
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(give_up - Clock::now());
    context.set_deadline(std::chrono::system_clock::now() + std::min(kTryMax, left));
    // The first try finds out at once that nobody answers; the others wait for whoever comes back.
    context.set_wait_for_ready(refused.has_value());
    const grpc::Status status = stub_->Publish(&context, request, &response);
    const bool last = Clock::now() + wait >= give_up;
    if (!status.ok()) {
      Refusal refusal = RefusalFrom(status);
      if (!refusal.WorthAnotherTry()) return refusal;
      if (!refused || status.error_code() != grpc::StatusCode::DEADLINE_EXCEEDED) refused = refusal;
      if (last) return *refused;
    } else if (static_cast<std::size_t>(response.results_size()) != open.size()) {
      return Refusal{"", "the broker answered for another number of events than it was asked"};
    } else {
      std::vector<std::size_t> again;
      for (std::size_t i = 0; i < open.size(); ++i) {
        v1::PublishResult& result = *response.mutable_results(static_cast<int>(i));
        const bool is_refused = !result.refusal_reason().empty();
        if (is_refused && RefusalOf(result).WorthAnotherTry()) again.push_back(open[i]);
        results[open[i]] = std::move(result);
      }
      open = std::move(again);
      if (open.empty() || last) return results;
    }
    std::this_thread::sleep_for(wait);
    wait = std::min(2 * wait, patience_.longest_wait);
  }
}

}  // namespace tearline::client
