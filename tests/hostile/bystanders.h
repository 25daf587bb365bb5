#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>

#include "clients/cpp/feed.h"
#include "tearline/v1/publisher_service.pb.h"
#include "tests/end_to_end/stage.h"

namespace tearline::hostile {

/// An item that its publisher may publish and its readers may read, with this content.
v1::PublishItem HonestItem(const std::string& request_id, const std::string& nominal_id,
                           const std::string& content);

/// Two honest people who go on while others attack: police/feeder publishes without end,
/// probation/reader follows the chair's feed and keeps what it is sent.
class Bystanders final : private client::Receiver {
 public:
  explicit Bystanders(const end_to_end::Stage& stage);
  ~Bystanders() override;
  Bystanders(const Bystanders&) = delete;
  Bystanders& operator=(const Bystanders&) = delete;

  /// Waits until, from now on, both were served several times. False if that does not come about in
  /// two minutes, or one of them was refused.
  bool AreServed() const;

  /// Whether anything that was delivered to the subscriber held this.
  bool WereTold(const std::string& words) const;

 private:
  client::Disposal OnDelivery(const v1::Delivery& delivery) override;
  bool OnBroken(const client::Refusal&, std::chrono::milliseconds) override { return !enough_; }
  bool OnProgress(const v1::Progress&) override { return !enough_; }
  bool WantsMore() override { return !enough_; }
  void Publish();

  const end_to_end::Stage& stage_;
  std::atomic<bool> enough_ = false;
  std::atomic<bool> refused_ = false;
  std::atomic<std::uint64_t> answered_ = 0;
  std::atomic<std::uint64_t> delivered_ = 0;
  mutable std::mutex mutex_;
  std::string heard_;  ///< Guarded by mutex_.
  client::Feed feed_;
  std::thread publisher_;
  std::thread subscriber_;
};

}  // namespace tearline::hostile
