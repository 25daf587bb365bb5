#pragma once

#include <grpcpp/support/server_callback.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "broker/delivery/dispatcher.h"
#include "broker/delivery/session.h"
#include "broker/rpc/door.h"
#include "broker/rpc/settlement.h"
#include "broker/status/status.h"
#include "tearline/v1/subscriber_service.pb.h"

namespace tearline::rpc {

/// One call of Subscribe, from its first frame to its end:
///
///   awaits open --open frame--> opening --OpenSession applied--> open --anything final--> ended
///
/// Frames are read one at a time and only while what was read before has room to wait; frames are
/// written one at a time, each filled when the last has gone. Nothing is remembered here that would
/// be missed: what was sent and not acknowledged lies in the machine's rows.
///
/// Each frame belongs to one count of the changes of what may be told: if the count has moved on
/// when the frame is about to be written, it is taken back, and filled again; if it was a change of
/// access, once the caller has entered again. So nothing found out before a suspension, a seat left
/// or an erasure leaves after that was answered.
///
/// It holds itself until gRPC is done with it. Reactions come on gRPC's threads, Sink's calls on
/// the dispatcher's, answers to proposals on the writer's; mutex_ guards what they share, and no
/// content is opened while it is held.
class FeedStream final
    : public grpc::ServerBidiReactor<v1::SubscribeRequest, v1::SubscribeResponse>,
      public delivery::Sink,
      public std::enable_shared_from_this<FeedStream> {
 public:
  /// Begins reading. Requires: `door` outlives the call.
  static FeedStream* Start(Door& door, std::string leaf_pem);

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

  void Wake() override { Pump(); }
  void Beat() override;
  void AccessChanged() override;
  void End(v1::ErrorReason reason, const std::string& sentence) override;

 private:
  enum class State { kAwaitsOpen, kOpening, kOpen, kEnded };

  FeedStream(Door& door, std::string leaf_pem);

  void TakeOpen();
  void Opened(const Result<machine::Applied>& applied);
  void TakeFrame();
  void ReadOn();
  void Pump();
  Status EnterAgain();
  v1::SubscribeResponse BuildFrame(bool progress_wanted);
  bool Write(v1::SubscribeResponse frame, std::uint64_t begun_at);
  void AskToLookAgain();
  Status LookAtFeed() const;
  void FinishWith(const Status& status);
  /// Requires: mutex_ is held.
  void FinishLocked(const Status& status);
  void CloseSession(const std::string& session_id);
  Settlement::Listeners ListenToSettlement();

  Door& door_;
  const std::string leaf_pem_;
  std::shared_ptr<FeedStream> self_;
  v1::SubscribeRequest request_;  ///< Being read.

  // Written once, before the state is kOpen.
  v1::Acting acting_;
  stored::v1::Actor actor_;
  std::string feed_;
  v1::SubscribeOpened opened_;
  std::shared_ptr<Settlement> settlement_;

  // Of whoever pumps; one at a time.
  std::optional<delivery::Session> session_;
  bool told_caught_up_ = false;
  std::uint64_t entered_at_ = 0;  ///< The dispatcher's count of changes when it last entered.

  std::mutex mutex_;  ///< Guards all that follows.
  State state_ = State::kAwaitsOpen;
  std::string session_id_;        ///< 16 bytes; "" before the session stands.
  bool superseded_ = false;       ///< Nothing is left to be closed.
  bool reading_ = false;          ///< A read is under way, or what it read is being taken in.
  bool half_closed_ = false;      ///< The subscriber will say nothing more.
  bool writing_ = false;          ///< A write is under way, of response_.
  bool pumping_ = false;          ///< A frame is being filled.
  bool pump_again_ = false;       ///< Something happened meanwhile.
  bool look_asked_ = false;       ///< The machine has been asked to look again.
  bool progress_wanted_ = false;  ///< A progress frame was asked for, or it has been silent.
  std::vector<std::pair<v1::Urgency, std::uint64_t>> send_again_;
  std::int64_t sent_at_ms_ = 0;     ///< Monotonic.
  std::int64_t checked_at_ms_ = 0;  ///< Monotonic.
  v1::SubscribeResponse response_;  ///< Being written.
};

}  // namespace tearline::rpc
