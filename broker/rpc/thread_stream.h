#pragma once

#include <grpcpp/support/server_callback.h>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

#include "broker/rpc/grpc_status.h"
#include "broker/status/status.h"

namespace tearline::rpc {

/// A stream of answers that a thread of its own finds, each sent when the one before has left: so
/// that no more is held than one. Owns itself.
///
/// Whoever goes away stops it: Send answers false from then on.
template <typename Response>
class ThreadStream : public grpc::ServerWriteReactor<Response> {
 public:
  void OnWriteDone(bool ok) override {
    const std::scoped_lock lock(mutex_);
    writing_ = false;
    gone_ = gone_ || !ok;
    changed_.notify_all();
  }
  void OnCancel() override {
    const std::scoped_lock lock(mutex_);
    gone_ = true;
    changed_.notify_all();
  }
  void OnDone() override { delete this; }

 protected:
  ~ThreadStream() override {
    if (thread_.joinable()) thread_.join();
  }

  /// Does `work` on the thread, and ends with what it gives. To be called once, or not at all if
  /// the stream is ended otherwise.
  ///
  /// Threads: any. The new thread waits until `thread_` holds it: once it has ended the stream,
  /// gRPC may destroy it, whoever called this still being in here. No test shows the wait to be
  /// missing: what it shuts out is a handful of instructions wide.
  void Start(std::function<Status()> work) {
    const std::scoped_lock lock(mutex_);
    thread_ = std::thread([this, work = std::move(work)] {
      { const std::scoped_lock held(mutex_); }
      this->Finish(ToGrpc(work()));
    });
  }

  /// False if nobody listens any more. Threads: the stream's own.
  bool Send(Response frame) {
    {
      const std::scoped_lock lock(mutex_);
      if (gone_) return false;
      frame_ = std::move(frame);
      writing_ = true;
    }
    this->StartWrite(&frame_);
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !writing_; });
    return !gone_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool writing_ = false;  ///< A frame is on its way.
  bool gone_ = false;     ///< The reader went away.
  Response frame_;
  std::thread thread_;
};

}  // namespace tearline::rpc
