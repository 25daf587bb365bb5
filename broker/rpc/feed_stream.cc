#include "broker/rpc/feed_stream.h"

#include <chrono>

#include "broker/machine/subscription.h"
#include "broker/model/ids.h"
#include "broker/model/limits.h"
#include "broker/rpc/measure_sent.h"
#include "broker/rpc/open_session.h"
#include "broker/rpc/server_limits.h"
#include "broker/rpc/subscriptions.h"
#include "broker/rpc/unary.h"
#include "broker/telemetry/log.h"
#include "broker/telemetry/metrics.h"

namespace tearline::rpc {
namespace {

std::int64_t Ms(std::chrono::milliseconds duration) { return duration.count(); }

bool HoldsOnlyOpen(const v1::SubscribeRequest& frame) {
  return frame.has_open() && frame.acknowledgements_size() == 0 && frame.retries_size() == 0 &&
         frame.parks_size() == 0 && !frame.progress();
}

}  // namespace

FeedStream::FeedStream(Door& door, std::string leaf_pem)
    : door_(door), leaf_pem_(std::move(leaf_pem)) {}

FeedStream* FeedStream::Start(Door& door, std::string leaf_pem) {
  const std::shared_ptr<FeedStream> stream(new FeedStream(door, std::move(leaf_pem)));
  stream->self_ = stream;
  stream->reading_ = true;
  stream->StartRead(&stream->request_);
  return stream.get();
}

// -- What the subscriber says ---------------------------------------------------------------------

void FeedStream::OnReadDone(bool ok) {
  State state;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    state = state_;
    // The next frame is read over this one: not before this one is taken in, whatever is settled
    // meanwhile.
    reading_ = ok && state == State::kOpen;
    half_closed_ = half_closed_ || !ok;
  }
  if (ok && state == State::kAwaitsOpen) return TakeOpen();
  if (ok && state == State::kOpen) return TakeFrame();
  if (!ok && state == State::kAwaitsOpen) {
    return FinishWith(Refuse(v1::ERROR_REASON_FRAME_OUT_OF_ORDER,
                             "`open` must be the first frame, and alone in it"));
  }
  ReadOn();
}

void FeedStream::TakeOpen() {
  if (!HoldsOnlyOpen(request_)) {
    return FinishWith(Refuse(v1::ERROR_REASON_FRAME_OUT_OF_ORDER,
                             "`open` must be the first frame, and alone in it"));
  }
  const v1::SubscribeOpen& open = request_.open();
  const auto number = stored::v1::COMMAND_NUMBER_OPEN_SESSION;
  entered_at_ = door_.services().dispatcher.AccessChanges();
  Result<stored::v1::Actor> actor = door_.Enter(leaf_pem_, open.acting(), number, *door_.View());
  if (!actor.ok()) return FinishWith(actor.status());
  acting_ = open.acting();
  actor_ = *std::move(actor);

  const Result<std::string> feed = ReadFeed(open.subscription_id(), actor_);
  if (!feed.ok()) return FinishWith(feed.status());
  feed_ = *feed;

  const stored::v1::OpenSession command =
      OpenSessionOf(feed_, open.window_messages(), open.window_bytes(), leaf_pem_);
  opened_.set_window_messages(command.window_messages());
  opened_.set_window_bytes(command.window_bytes());
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (state_ == State::kEnded) return;
    state_ = State::kOpening;
  }
  sequencer::Proposal proposal = sequencer::MakeProposal(actor_, number, command);
  proposal.done = [self = shared_from_this()](const Result<machine::Applied>& applied) {
    self->Opened(applied);
  };
  door_.services().proposer.Propose(std::move(proposal));
}

void FeedStream::Opened(const Result<machine::Applied>& applied) {
  if (const Status status = StatusOf(applied); !status.ok()) return FinishWith(status);
  const Result<model::SessionId> id = model::SessionId::Parse(applied->made_id);
  TEARLINE_INVARIANT(id.ok(), "opening a session makes its id");
  const Services& services = door_.services();

  // Before anything is sent, so that nothing let go from now on goes unnoticed.
  services.dispatcher.Follow(feed_, weak_from_this());
  std::unique_lock<std::mutex> lock(mutex_);
  if (state_ == State::kEnded) {
    lock.unlock();
    services.dispatcher.Leave(feed_, this);
    CloseSession(id->Bytes());
    return;
  }
  session_id_ = id->Bytes();
  session_.emplace(feed_, applied->stamp_ms, services.ledger, services.vault);
  settlement_ = std::make_shared<Settlement>(services.proposer, actor_, feed_, session_id_,
                                             ListenToSettlement());
  opened_.set_session_id(id->Text());
  state_ = State::kOpen;
  checked_at_ms_ = sent_at_ms_ = services.clock.MonotonicMs();
  *response_.mutable_opened() = opened_;
  writing_ = true;
  StartWrite(&response_);
  telemetry::Log(telemetry::Event::kSessionOpened);
  lock.unlock();
  ReadOn();
}

void FeedStream::TakeFrame() {
  if (request_.has_open()) {
    return FinishWith(
        Refuse(v1::ERROR_REASON_FRAME_OUT_OF_ORDER, "`open` must be in the first frame only"));
  }
  if (const Status status = settlement_->Take(request_); !status.ok()) return FinishWith(status);
  const bool progress_wanted = request_.progress();
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    reading_ = false;
    progress_wanted_ = progress_wanted_ || progress_wanted;
  }
  if (progress_wanted) Pump();
  ReadOn();
}

/// Reads the next frame when there is room for what it may say; ends when the subscriber has said
/// its last and all of it is recorded.
void FeedStream::ReadOn() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (state_ != State::kOpen || reading_) return;
  if (half_closed_) {
    if (settlement_->IsIdle()) FinishLocked({});
    return;
  }
  if (!settlement_->HasRoom()) return;
  reading_ = true;
  StartRead(&request_);
}

Settlement::Listeners FeedStream::ListenToSettlement() {
  const std::weak_ptr<FeedStream> weak = weak_from_this();
  return {
      .failed =
          [weak](const Status& status) {
            if (const auto self = weak.lock()) self->FinishWith(status);
          },
      .again =
          [weak](v1::Urgency lane, std::uint64_t sequence) {
            const auto self = weak.lock();
            if (self == nullptr) return;
            const std::lock_guard<std::mutex> lock(self->mutex_);
            self->send_again_.emplace_back(lane, sequence);
          },
      .progress =
          [weak] {
            if (const auto self = weak.lock()) self->ReadOn();
          },
  };
}

// -- What the subscriber is told ------------------------------------------------------------------

void FeedStream::OnWriteDone(bool ok) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    writing_ = false;
    if (!ok) {
      FinishLocked(Refuse(v1::ERROR_REASON_UNAVAILABLE, "the connection is lost"));
      return;
    }
  }
  Pump();
}

/// Fills a frame and sends it, unless one is under way; whoever sends that one comes here again.
void FeedStream::Pump() {
  std::unique_lock<std::mutex> lock(mutex_);
  if (state_ != State::kOpen || writing_) return;
  if (pumping_) {
    pump_again_ = true;
    return;
  }
  pumping_ = true;
  do {
    pump_again_ = false;
    for (const auto& [lane, sequence] : std::exchange(send_again_, {})) {
      session_->SendAgain(lane, sequence);
    }
    const bool progress_wanted = std::exchange(progress_wanted_, false);
    lock.unlock();
    // Read before the view: what is found out now may be older than the count, never newer.
    const std::uint64_t begun_at = door_.services().dispatcher.Changes();
    Status entered = EnterAgain();
    if (entered.ok()) entered = LookAtFeed();
    v1::SubscribeResponse frame;
    if (entered.ok()) frame = BuildFrame(progress_wanted);
    lock.lock();
    if (state_ != State::kOpen) break;
    if (!entered.ok()) {
      FinishLocked(entered);
      break;
    }
    if (frame.deliveries_size() == 0 && !frame.has_progress()) continue;
    if (Write(std::move(frame), begun_at)) break;
    session_->TakeBack();
    told_caught_up_ = false;
    progress_wanted_ = progress_wanted_ || progress_wanted;
    pump_again_ = true;
  } while (pump_again_);
  pumping_ = false;
}

/// Looks again whether the caller may still be here, if anybody's access changed since it was
/// found out.
Status FeedStream::EnterAgain() {
  // Read before the view: what is found out now may be older than the count, never newer.
  const std::uint64_t changes = door_.services().dispatcher.AccessChanges();
  if (changes == entered_at_) return {};
  const Result<stored::v1::Actor> actor =
      door_.Enter(leaf_pem_, acting_, stored::v1::COMMAND_NUMBER_OPEN_SESSION, *door_.View());
  if (!actor.ok()) return actor.status();
  entered_at_ = changes;
  return {};
}

/// Whether there still is such a feed: a subscription may have been deleted.
Status FeedStream::LookAtFeed() const {
  return machine::FeedExists(feed_, *door_.View()) ? Status() : machine::NoSuchSubscription();
}

/// Writes a frame, unless anybody's access, or what may be told, changed since it was begun.
///
/// Requires: mutex_ is held.
bool FeedStream::Write(v1::SubscribeResponse frame, std::uint64_t begun_at) {
  const delivery::Dispatcher& dispatcher = door_.services().dispatcher;
  const auto still = dispatcher.HoldChanges();
  if (dispatcher.Changes() != begun_at) return false;
  response_ = std::move(frame);
  MeasureSent(response_.deliveries(), door_.NowMs());
  sent_at_ms_ = door_.services().clock.MonotonicMs();
  writing_ = true;
  StartWrite(&response_);
  return true;
}

/// Has the machine judge again what was judged before the last change; the dispatcher wakes this
/// stream when it has. What is refused, for a full queue, is asked again at the next beat.
void FeedStream::AskToLookAgain() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (std::exchange(look_asked_, true)) return;
  }
  sequencer::Proposal proposal = LookAgain(feed_);
  proposal.done = [self = shared_from_this()](const Result<machine::Applied>&) {
    const std::lock_guard<std::mutex> lock(self->mutex_);
    self->look_asked_ = false;
  };
  door_.services().proposer.Propose(std::move(proposal));
}

v1::SubscribeResponse FeedStream::BuildFrame(bool progress_wanted) {
  const std::shared_ptr<const state::View> view = door_.View();
  v1::SubscribeResponse frame;
  const auto begun = std::chrono::steady_clock::now();
  for (v1::Delivery& delivery : session_->Next(*view, model::kFrameBytesMax)) {
    *frame.add_deliveries() = std::move(delivery);
  }
  if (frame.deliveries_size() != 0) {
    telemetry::Time(telemetry::Timing::kDeliver,
                    std::chrono::duration_cast<std::chrono::microseconds>(
                        std::chrono::steady_clock::now() - begun));
  }
  if (session_->MustLookAgain()) AskToLookAgain();
  if (frame.deliveries_size() != 0) told_caught_up_ = false;
  if (progress_wanted || !told_caught_up_) {
    std::optional<v1::Progress> progress = session_->ProgressOf(*view, door_.NowMs());
    const bool caught_up = progress && progress->caught_up();
    if (progress && (progress_wanted || caught_up)) *frame.mutable_progress() = *progress;
    told_caught_up_ = caught_up;
    if (!progress && progress_wanted) {
      // The dispatcher wakes this stream when there is something to say.
      const std::lock_guard<std::mutex> lock(mutex_);
      progress_wanted_ = true;
    }
  }
  return frame;
}

void FeedStream::Beat() {
  const std::int64_t now_ms = door_.services().clock.MonotonicMs();
  bool check = false;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (state_ != State::kOpen) return;
    if (now_ms - sent_at_ms_ >= Ms(kProgressEvery)) progress_wanted_ = true;
    check = now_ms - checked_at_ms_ >= Ms(kRecheckEvery);
    if (check) checked_at_ms_ = now_ms;
  }
  if (check) AccessChanged();
  settlement_->TryAgain();
  Pump();
}

// -- How it ends ----------------------------------------------------------------------------------

void FeedStream::AccessChanged() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (state_ != State::kOpen) return;
  }
  const Result<stored::v1::Actor> actor =
      door_.Enter(leaf_pem_, acting_, stored::v1::COMMAND_NUMBER_OPEN_SESSION, *door_.View());
  if (!actor.ok()) FinishWith(actor.status());
}

void FeedStream::End(v1::ErrorReason reason, const std::string& sentence) {
  FinishWith(Refuse(reason, sentence));
}

void FeedStream::OnCancel() {
  FinishWith(Refuse(v1::ERROR_REASON_UNAVAILABLE, "the call was cancelled"));
}

void FeedStream::FinishWith(const Status& status) {
  const std::lock_guard<std::mutex> lock(mutex_);
  FinishLocked(status);
}

void FeedStream::FinishLocked(const Status& status) {
  if (state_ == State::kEnded) return;
  state_ = State::kEnded;
  superseded_ = ReasonOf(status) == v1::ERROR_REASON_SESSION_SUPERSEDED;
  Finish(ToGrpc(status));
}

void FeedStream::OnDone() {
  const std::shared_ptr<FeedStream> last = std::move(self_);
  door_.services().dispatcher.Leave(feed_, this);
  std::string session_id;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!superseded_) session_id = session_id_;
  }
  if (!session_id.empty()) {
    telemetry::Log(telemetry::Event::kSessionClosed);
    CloseSession(session_id);
  }
}

void FeedStream::CloseSession(const std::string& session_id) {
  stored::v1::CloseSession command;
  command.set_feed(feed_);
  command.set_session_id(session_id);
  sequencer::Proposal proposal =
      sequencer::MakeProposal(actor_, stored::v1::COMMAND_NUMBER_CLOSE_SESSION, command);
  // If it is not recorded, the session stands until the next one of this feed supersedes it.
  proposal.done = [](const Result<machine::Applied>&) {};
  door_.services().proposer.Propose(std::move(proposal));
}

}  // namespace tearline::rpc
