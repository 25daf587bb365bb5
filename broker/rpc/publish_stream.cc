#include "broker/rpc/publish_stream.h"

#include <chrono>
#include <utility>

#include "broker/model/limits.h"
#include "broker/rpc/grpc_status.h"
#include "broker/rpc/prepare_items.h"
#include "broker/rpc/publish_result.h"
#include "broker/rpc/server_limits.h"

namespace tearline::rpc {
namespace {

constexpr auto kPublish = stored::v1::COMMAND_NUMBER_PUBLISH;

Status OutOfOrder() {
  return Refuse(v1::ERROR_REASON_FRAME_OUT_OF_ORDER,
                "`acting` must be in the first frame, and in no other");
}

}  // namespace

PublishStream::PublishStream(Door& door, std::string leaf_pem)
    : door_(door), leaf_pem_(std::move(leaf_pem)) {}

PublishStream* PublishStream::Start(Door& door, std::string leaf_pem) {
  const std::shared_ptr<PublishStream> stream(new PublishStream(door, std::move(leaf_pem)));
  stream->self_ = stream;
  stream->reading_ = true;
  stream->StartRead(&stream->request_);
  return stream.get();
}

// -- What the publisher says ----------------------------------------------------------------------

void PublishStream::OnReadDone(bool ok) {
  if (!ok && !entered_) return FinishWith(OutOfOrder());
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    reading_ = false;
    if (!ok || half_closed_) {
      half_closed_ = true;
      return GoOn();
    }
    preparing_ = true;
  }
  Status may = CheckForm();
  if (may.ok()) may = Admit();
  if (!may.ok()) return FinishWith(may);

  const std::uint64_t first = LineUp();
  const Status taken = PrepareItems(
      door_, request_.items(), actor_,
      [self = shared_from_this(), first](std::vector<Result<sequencer::Proposal>> prepared) {
        self->Propose(first, std::move(prepared));
      });
  if (!taken.ok()) RefuseAll(first, taken);
}

Status PublishStream::CheckForm() const {
  if (request_.has_acting() == entered_) return OutOfOrder();
  const int items = request_.items_size();
  if (items <= static_cast<int>(model::kPublishEventsMax) && (items > 0 || !entered_)) return {};
  return Refuse(v1::ERROR_REASON_LIMIT_PASSED, "`items` holds " + std::to_string(items) +
                                                   "; 1 to 100, or none in the first frame");
}

/// Lets the caller in with the first frame, and again if anybody's access changed since.
Status PublishStream::Admit() {
  if (!entered_) {
    acting_ = request_.acting();
    // Before it enters, so that no change from now on goes unnoticed.
    door_.services().dispatcher.Attend(weak_from_this());
  }
  // Read before the view: what is found out now may be older than the count, never newer.
  const std::uint64_t changes = door_.services().dispatcher.AccessChanges();
  if (entered_ && changes == entered_at_) return {};
  Result<stored::v1::Actor> actor = door_.Enter(leaf_pem_, acting_, kPublish, *door_.View());
  if (!actor.ok()) return actor.status();
  actor_ = *std::move(actor);
  entered_at_ = changes;
  entered_ = true;
  return {};
}

/// Gives each event of the frame its place; the number of the first.
std::uint64_t PublishStream::LineUp() {
  const std::lock_guard<std::mutex> lock(mutex_);
  const std::uint64_t first = front_ + line_.size();
  for (const v1::PublishItem& item : request_.items()) {
    Place& place = line_.emplace_back();
    place.result.set_request_id(item.request_id());
    place.bytes = item.ByteSizeLong();
    line_bytes_ += place.bytes;
  }
  return first;
}

void PublishStream::Propose(std::uint64_t first,
                            std::vector<Result<sequencer::Proposal>> prepared) {
  for (std::size_t i = 0; i < prepared.size(); ++i) {
    const std::uint64_t number = first + i;
    if (!prepared[i].ok()) {
      door_.NoteIfAuthority(prepared[i].status(), leaf_pem_, kPublish);
      const std::lock_guard<std::mutex> lock(mutex_);
      FillRefusal(prepared[i].status(), At(number).result);
      At(number).known = true;
      continue;
    }
    prepared[i]->done = [self = shared_from_this(),
                         number](const Result<machine::Applied>& applied) {
      self->Recorded(number, applied);
    };
    door_.services().proposer.Propose(*std::move(prepared[i]));
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  preparing_ = false;
  GoOn();
}

/// Of a frame that was not prepared at all.
void PublishStream::RefuseAll(std::uint64_t first, const Status& refusal) {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (std::uint64_t number = first; number < front_ + line_.size(); ++number) {
    FillRefusal(refusal, At(number).result);
    At(number).known = true;
  }
  preparing_ = false;
  GoOn();
}

bool PublishStream::HasRoom() const {
  return line_.size() + model::kPublishEventsMax <= model::kStreamEventsMax &&
         line_bytes_ < model::kStreamBytesMax;
}

// -- What the publisher is told -------------------------------------------------------------------

void PublishStream::Recorded(std::uint64_t number, const Result<machine::Applied>& applied) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (ended_) return;
  Place& place = At(number);
  place.end = FillResult(applied, place.result);
  place.known = true;
  if (number == front_) GoOn();
}

void PublishStream::OnWriteDone(bool ok) {
  const std::lock_guard<std::mutex> lock(mutex_);
  writing_ = false;
  if (!ok) return FinishLocked(Refuse(v1::ERROR_REASON_UNAVAILABLE, "the connection is lost"));
  GoOn();
}

/// Sends what is known, reads on if there is room, and ends if there is nothing left to do.
void PublishStream::GoOn() {
  if (ended_) return;
  if (!writing_) {
    response_.clear_results();
    while (!line_.empty() && line_.front().known && line_.front().end.ok()) {
      *response_.add_results() = std::move(line_.front().result);
      line_bytes_ -= line_.front().bytes;
      line_.pop_front();
      ++front_;
    }
    if (!response_.results().empty()) {
      writing_ = true;
      StartWrite(&response_);
    } else if (!line_.empty() && line_.front().known) {
      return FinishLocked(line_.front().end);
    }
  }
  if (half_closed_) {
    if (!preparing_ && !writing_ && line_.empty()) FinishLocked(last_words_);
    return;
  }
  if (reading_ || preparing_ || !HasRoom()) return;
  reading_ = true;
  StartRead(&request_);
}

// -- How it ends ----------------------------------------------------------------------------------

void PublishStream::Beat() {
  const std::int64_t now_ms = door_.services().clock.MonotonicMs();
  if (now_ms - checked_at_ms_ < std::chrono::milliseconds(kRecheckEvery).count()) return;
  checked_at_ms_ = now_ms;
  AccessChanged();
}

void PublishStream::AccessChanged() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (ended_) return;
  }
  const Result<stored::v1::Actor> actor = door_.Enter(leaf_pem_, acting_, kPublish, *door_.View());
  if (!actor.ok()) FinishWith(actor.status());
}

void PublishStream::End(v1::ErrorReason reason, const std::string& sentence) {
  const std::lock_guard<std::mutex> lock(mutex_);
  half_closed_ = true;
  last_words_ = Refuse(reason, sentence);
  GoOn();
}

void PublishStream::OnCancel() {
  FinishWith(Refuse(v1::ERROR_REASON_UNAVAILABLE, "the call was cancelled"));
}

void PublishStream::FinishWith(const Status& status) {
  const std::lock_guard<std::mutex> lock(mutex_);
  FinishLocked(status);
}

void PublishStream::FinishLocked(const Status& status) {
  if (ended_) return;
  ended_ = true;
  Finish(ToGrpc(status));
}

void PublishStream::OnDone() {
  const std::shared_ptr<PublishStream> last = std::move(self_);
  door_.services().dispatcher.Leave(this);
}

}  // namespace tearline::rpc
