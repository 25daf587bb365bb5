#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "clients/cpp/feed.h"
#include "tearline/v1/acting.pb.h"
#include "tearline/v1/publisher_service.pb.h"
#include "tests/end_to_end/stage.h"

namespace tearline::end_to_end {

/// What publishers and readers of a stage keep books of, and what must hold between the books and
/// the log: for every test that hurts a real broker while they go on.

/// Whoever acts for a post.
v1::Acting For(const std::string& post);

/// An event of about a kilobyte about the nominal. The same request id always names the same event.
v1::PublishItem ItemOf(const std::string& request_id, const std::string& nominal_id);

/// Waits until it holds, at most for half a minute.
void WaitFor(const std::function<bool()>& condition);

/// What publishers were answered: request id to event id. Threads: any.
class Accepted {
 public:
  void Add(const v1::PublishResult& result);
  std::map<std::string, std::string> events() const;
  std::size_t size() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string> events_;
};

/// Publishes one event after another as "police/feeder", through every kill, with `pause` between
/// them; calls `answered` with the time each took. What went wrong; "" if nothing did.
std::string PublishUntil(const std::atomic<bool>& enough, int publisher, const Stage& stage,
                         Accepted& accepted, std::chrono::milliseconds pause = {},
                         const std::function<void(std::chrono::microseconds)>& answered = {});

/// The same with many under way at once, so that a kill comes upon frames that are sent, read,
/// prepared, synced, applied and answered; at most 4,000 events.
std::string PublishManyUntil(const std::atomic<bool>& enough, const Stage& stage,
                             Accepted& accepted);

/// A post's system: keeps what comes, acknowledges each after `pause`, and comes back whenever the
/// line breaks. Threads: any.
class Reader final : public client::Receiver {
 public:
  using Number = std::pair<int, std::uint64_t>;  ///< Lane, sequence.
  using Book = std::map<Number, std::string>;    ///< Event ids; "" for notices.

  explicit Reader(std::chrono::milliseconds pause = {}) : pause_(pause) {}

  client::Disposal OnDelivery(const v1::Delivery& delivery) override;
  bool WantsMore() override { return !enough_.load(); }
  bool OnProgress(const v1::Progress&) override { return !enough_.load(); }
  bool OnBroken(const client::Refusal&, std::chrono::milliseconds) override {
    return !enough_.load();
  }

  Book received() const;
  /// How often a number came with another event than before.
  int renumbered() const { return renumbered_.load(); }
  void Enough() { enough_.store(true); }

 private:
  const std::chrono::milliseconds pause_;
  mutable std::mutex mutex_;
  Book received_;
  std::atomic<int> renumbered_ = 0;
  std::atomic<bool> enough_ = false;
};

/// Whether a book holds every accepted event.
bool HasAll(const Reader::Book& book, const std::map<std::string, std::string>& accepted);

/// P1: said again, every request is known, under the id that was answered. What does not hold.
std::vector<std::string> LostOrDoubled(const std::map<std::string, std::string>& accepted,
                                       const Stage& stage);

/// P1, seen from a reader who was to get all: each event under one number, in each lane numbers
/// without a gap, and none missing. What does not hold.
std::vector<std::string> MissingOrMisnumbered(const std::map<std::string, std::string>& accepted,
                                              const Reader::Book& book);

/// P2: whatever a post received, the recovered ledger holds the release that allowed it. What does
/// not hold. Waits for a checkpoint that reaches so far.
std::vector<std::string> NeverRecorded(const std::string& post, const Reader::Book& book,
                                       const Stage& stage);

}  // namespace tearline::end_to_end
