#pragma once

#include <grpcpp/support/server_callback.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "broker/delivery/dispatcher.h"
#include "broker/rpc/door.h"
#include "broker/sequencer/proposer.h"
#include "broker/status/status.h"
#include "tearline/v1/publisher_service.pb.h"

namespace tearline::rpc {

/// One call of PublishStream, from its first frame to its end.
///
/// Frames are read and prepared one at a time, so that events are proposed in the order in which
/// they came, and the next is read before the last is recorded. Each event has a place in a line;
/// results leave the front of the line, as many as are known in one frame, one frame at a time.
/// While the line has no room for another frame, nothing is read: whoever does not read results is
/// not listened to.
///
/// The caller enters with the first frame, and again with the next frame, or when the dispatcher
/// says so, once anybody's access changed; whoever may not enter any more is told so at once.
///
/// It holds itself until gRPC is done with it, and whatever was proposed holds it until it is
/// answered. Reactions come on gRPC's threads, Sink's calls on the dispatcher's, answers to
/// proposals on the writer's; mutex_ guards what they share.
class PublishStream final
    : public grpc::ServerBidiReactor<v1::PublishStreamRequest, v1::PublishStreamResponse>,
      public delivery::Sink,
      public std::enable_shared_from_this<PublishStream> {
 public:
  /// Begins reading. Requires: `door` outlives the call and what it proposed.
  static PublishStream* Start(Door& door, std::string leaf_pem);

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

  void Wake() override {}
  void Beat() override;
  void AccessChanged() override;
  /// Reads no more, and ends with the reason once the results of what was read are sent.
  void End(v1::ErrorReason reason, const std::string& sentence) override;

 private:
  /// An event under way.
  struct Place {
    v1::PublishResult result;
    std::size_t bytes = 0;
    bool known = false;  ///< `result` says what became of it, or `end` does.
    Status end;          ///< Not OK: the stream ends here.
  };

  PublishStream(Door& door, std::string leaf_pem);

  Status CheckForm() const;
  Status Admit();
  std::uint64_t LineUp();
  void Propose(std::uint64_t first, std::vector<Result<sequencer::Proposal>> prepared);
  void RefuseAll(std::uint64_t first, const Status& refusal);
  void Recorded(std::uint64_t number, const Result<machine::Applied>& applied);
  void FinishWith(const Status& status);
  // These require that mutex_ is held.
  Place& At(std::uint64_t number) { return line_[number - front_]; }
  bool HasRoom() const;
  void GoOn();
  void FinishLocked(const Status& status);

  Door& door_;
  const std::string leaf_pem_;
  std::shared_ptr<PublishStream> self_;

  // Of whoever reads or prepares; one at a time.
  v1::PublishStreamRequest request_;
  v1::Acting acting_;          ///< Written once, before the dispatcher knows this stream.
  stored::v1::Actor actor_;    ///< Whom the caller acts as.
  bool entered_ = false;       ///< The first frame has been let in.
  std::uint64_t entered_at_ = 0;  ///< The dispatcher's count of changes when it last entered.

  std::int64_t checked_at_ms_ = 0;  ///< Monotonic; the dispatcher's thread's own.

  std::mutex mutex_;             ///< Guards all that follows.
  std::deque<Place> line_;       ///< Events under way, in the order of the stream.
  std::uint64_t front_ = 0;      ///< The number of the first of them; the stream's first event is 0.
  std::size_t line_bytes_ = 0;   ///< What they weigh together.
  bool reading_ = false;         ///< A read is under way.
  bool preparing_ = false;       ///< What was read is being prepared.
  bool writing_ = false;         ///< A frame is being written, of response_.
  bool half_closed_ = false;     ///< No more is read: the caller has said its last, or End came.
  bool ended_ = false;
  Status last_words_;               ///< How it ends when nothing is under way any more.
  v1::PublishStreamResponse response_;
};

}  // namespace tearline::rpc
