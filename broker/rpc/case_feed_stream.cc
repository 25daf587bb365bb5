#include "broker/rpc/case_feed_stream.h"

#include <google/protobuf/util/time_util.h>

#include <chrono>
#include <utility>

#include "broker/machine/case_row.h"
#include "broker/machine/rows.h"
#include "broker/machine/since.h"
#include "broker/model/ids.h"
#include "broker/rpc/consult.h"
#include "broker/rpc/form.h"
#include "broker/rpc/server_limits.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::rpc {
namespace {

using google::protobuf::util::TimeUtil;
using stored::v1::CaseRow;

constexpr auto kCommand = stored::v1::COMMAND_NUMBER_CONSULT;

std::int64_t Ms(std::chrono::milliseconds duration) { return duration.count(); }

/// Which case, as it is to be recorded. Of a case that is not there its nominal is nobody.
Result<stored::v1::Consult> ReadLook(const v1::FollowCaseRequest& request,
                                     const state::Reader& view) {
  const Result<model::CaseId> case_id = ReadId<model::CaseId>(request.case_id(), "case_id");
  if (!case_id.ok()) return case_id.status();
  stored::v1::Consult look;
  look.set_kind(request.pack() ? stored::v1::CONSULTATION_KIND_CASE_PACK
                               : stored::v1::CONSULTATION_KIND_CASE_FEED);
  look.set_case_id(case_id->Bytes());
  const auto row = view.See<CaseRow>(machine::CaseKey(case_id->Bytes()));
  look.set_nominal_id(row ? machine::NominalOf(*row) : std::string(model::NominalId::kBytes, '\0'));
  return look;
}

}  // namespace

CaseFeedStream::CaseFeedStream(Door& door, std::string leaf_pem,
                               const v1::FollowCaseRequest& request)
    : door_(door), leaf_pem_(std::move(leaf_pem)), request_(request) {}

CaseFeedStream* CaseFeedStream::Start(Door& door, std::string leaf_pem,
                                      const v1::FollowCaseRequest& request) {
  const std::shared_ptr<CaseFeedStream> stream(
      new CaseFeedStream(door, std::move(leaf_pem), request));
  stream->self_ = stream;
  if (const Status begun = stream->Begin(); begun.ok()) {
    door.services().dispatcher.Attend(stream);
    stream->Record();
  } else {
    stream->FinishWith(begun);
  }
  return stream.get();
}

// -- Who asks, and what is recorded ---------------------------------------------------------------

Status CaseFeedStream::Begin() {
  const std::uint64_t changes = door_.services().dispatcher.Changes();
  const std::shared_ptr<const state::View> view = door_.View();
  const Result<stored::v1::Actor> actor =
      door_.Enter(leaf_pem_, request_.acting(), kCommand, *view);
  if (!actor.ok()) return actor.status();
  actor_ = *actor;
  TEARLINE_RETURN_IF_REFUSED(
      machine::CheckQuota(machine::QuotaKind::kConsult, actor_, 1, door_.NowMs(), *view));
  Result<stored::v1::Consult> look = ReadLook(request_, *view);
  if (!look.ok()) return look.status();
  look_ = *std::move(look);
  if (const Status may = SeeCase(actor_, *view); !may.ok()) {
    door_.NoteIfAuthority(may, leaf_pem_, kCommand);
    return may;
  }
  entered_at_ = changes;

  LogStretch stretch{0, view->position()};
  if (request_.has_since()) {
    const Result<std::int64_t> since_ms = ReadTime(request_.since(), "since");
    if (!since_ms.ok()) return since_ms.status();
    stretch.after = machine::FirstSince(*since_ms, stretch.until, *view) - 1;
  }
  reading_.emplace(actor_.post(), stretch);
  opened_.set_chair(machine::IsChair(case_, actor_.post()));
  const std::int64_t pack_ms =
      request_.pack() ? LastPackMs(case_, actor_.post(), door_.NowMs(), stretch.until, *view) : 0;
  if (pack_ms != 0) {
    *opened_.mutable_last_pack_at() = TimeUtil::MillisecondsToTimestamp(pack_ms);
  }
  sent_at_ms_ = checked_at_ms_ = looked_at_ms_ = door_.services().clock.MonotonicMs();
  return {};
}

/// Asks for the stretch that `reading_` is about to read. Leaf 0 is of position 1.
void CaseFeedStream::Record() {
  look_.set_first_leaf(reading_->stretch().after);
  look_.set_end_leaf(reading_->stretch().until);
  RecordLook(door_, actor_, Looked{look_},
             [self = shared_from_this()](const Status& status) { self->Recorded(status); });
}

/// On the writer's thread: nothing is read here, but something sent, so that a thread of gRPC's
/// goes on when it has gone.
void CaseFeedStream::Recorded(const Status& status) {
  const bool first = looked_until_ == 0;
  const std::lock_guard<std::mutex> lock(mutex_);
  if (state_ == State::kEnded) return;
  if (status.ok()) {
    looked_until_ = reading_->stretch().until;
    state_ = State::kShowing;
    if (first) {
      StartSendInitialMetadata();
    } else if (!writing_) {
      SendTime();
    }
    return;
  }
  const v1::ErrorReason reason = ReasonOf(status);
  if (first || (reason != v1::ERROR_REASON_TOO_BUSY && reason != v1::ERROR_REASON_QUOTA_USED)) {
    return FinishLocked(status);
  }
  state_ = State::kResting;  // what is new is looked for again
}

/// Whether the caller may see the case, and the case as it is.
Status CaseFeedStream::SeeCase(const stored::v1::Actor& actor, const state::Reader& view) {
  stored::v1::Consult look = look_;
  look.clear_first_leaf();
  look.clear_end_leaf();
  TEARLINE_RETURN_IF_REFUSED(machine::CheckConsult(look, actor, view));
  case_ = view.See<CaseRow>(machine::CaseKey(look_.case_id()))->case_();
  return {};
}

/// Whether the caller may be here and see the case still, if anything changed since it was found
/// out.
///
/// Requires: `changes` was read before the view was taken.
Status CaseFeedStream::EnterAgain(std::uint64_t changes, const state::Reader& view) {
  if (changes == entered_at_) return {};
  const Result<stored::v1::Actor> actor = door_.Enter(leaf_pem_, request_.acting(), kCommand, view);
  if (!actor.ok()) return actor.status();
  TEARLINE_RETURN_IF_REFUSED(SeeCase(*actor, view));
  entered_at_ = changes;
  return {};
}

// -- What is shown --------------------------------------------------------------------------------

void CaseFeedStream::OnWriteDone(bool ok) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    writing_ = false;
    if (!ok) {
      return FinishLocked(Refuse(v1::ERROR_REASON_UNAVAILABLE, "the connection is lost"));
    }
  }
  Pump();
}

/// Fills frames until one is on its way or all is shown. Called when the frame before has gone, so
/// never twice at once.
void CaseFeedStream::Pump() {
  while (true) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (state_ != State::kShowing || writing_) return;
    }
    // Read before the view: what is found out now may be older than the count, never newer.
    const std::uint64_t begun_at = door_.services().dispatcher.Changes();
    const std::shared_ptr<const state::View> view = door_.View();
    if (const Status may = EnterAgain(begun_at, *view); !may.ok()) return FinishWith(may);
    v1::FollowCaseResponse frame = Fill(*view);
    const bool opens = frame.has_opened();
    const bool catches_up = frame.caught_up();
    if (!opens && !catches_up && frame.entries_size() == 0) {
      if (reading_->Done()) return Rest();
      continue;
    }
    // Before it is written: once it is, the next frame is filled, on whichever thread.
    told_opened_ = told_opened_ || opens;
    told_caught_up_ = told_caught_up_ || catches_up;
    if (Write(std::move(frame), begun_at)) return;
    if (opens) told_opened_ = false;
    if (catches_up) told_caught_up_ = false;
    reading_->TakeBack();
  }
}

/// A frame is whole: where it ends does not depend on what is not shown (P6).
v1::FollowCaseResponse CaseFeedStream::Fill(const state::Reader& view) {
  v1::FollowCaseResponse frame;
  if (!told_opened_) *frame.mutable_opened() = opened_;
  const auto go_on = [this] {
    const std::lock_guard<std::mutex> lock(mutex_);
    return state_ == State::kShowing;
  };
  // Asked for at the end, too: so that what is taken back is this frame, not the one before.
  for (v1::CaseFeedEntry& entry :
       reading_->NextFrame(case_, view, kCaseFeedEntriesMax, kCaseFeedRowsMax, go_on)) {
    *frame.add_entries() = std::move(entry);
  }
  // Beside entries it would tell whether anything that is not shown follows them.
  if (reading_->Done() && frame.entries_size() == 0 && !told_caught_up_) frame.set_caught_up(true);
  *frame.mutable_broker_time() = TimeUtil::MillisecondsToTimestamp(door_.NowMs());
  return frame;
}

/// Writes a frame, unless what may be told changed since it was begun.
bool CaseFeedStream::Write(v1::FollowCaseResponse frame, std::uint64_t begun_at) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (state_ != State::kShowing) return true;  // ended: nobody waits for it
  const delivery::Dispatcher& dispatcher = door_.services().dispatcher;
  const auto still = dispatcher.HoldChanges();
  if (dispatcher.Changes() != begun_at) return false;
  response_ = std::move(frame);
  sent_at_ms_ = door_.services().clock.MonotonicMs();
  writing_ = true;
  StartWrite(&response_);
  return true;
}

void CaseFeedStream::SendTime() {
  response_.Clear();
  *response_.mutable_broker_time() = TimeUtil::MillisecondsToTimestamp(door_.NowMs());
  sent_at_ms_ = door_.services().clock.MonotonicMs();
  writing_ = true;
  StartWrite(&response_);
}

void CaseFeedStream::Rest() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (state_ != State::kShowing) return;
  if (!request_.follow()) return FinishLocked({});
  passed_over_ = reading_->passed_over();
  state_ = State::kResting;
}

void CaseFeedStream::Beat() {
  const std::int64_t now_ms = door_.services().clock.MonotonicMs();
  bool check = false;
  bool rests = false;
  bool look = false;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (state_ == State::kEnded) return;
    check = now_ms - checked_at_ms_ >= Ms(kRecheckEvery);
    if (check) checked_at_ms_ = now_ms;
    rests = state_ == State::kResting;
    look = rests && now_ms - looked_at_ms_ >= Ms(kCaseFeedEvery);
    if (look) looked_at_ms_ = now_ms;
    if (rests && !writing_ && now_ms - sent_at_ms_ >= Ms(kProgressEvery)) SendTime();
  }
  if (check) AccessChanged();
  if (look) {
    LookForNews();
  } else if (rests) {
    const std::uint64_t changes = door_.services().dispatcher.Changes();
    if (const Status may = EnterAgain(changes, *door_.View()); !may.ok()) FinishWith(may);
  }
}

/// At rest, nobody but the dispatcher's thread acts here.
void CaseFeedStream::LookForNews() {
  const std::uint64_t changes = door_.services().dispatcher.Changes();
  const std::shared_ptr<const state::View> view = door_.View();
  if (const Status may = EnterAgain(changes, *view); !may.ok()) return FinishWith(may);
  if (view->position() == looked_until_) return;
  if (!machine::CheckQuota(machine::QuotaKind::kConsult, actor_, 1, door_.NowMs(), *view).ok()) {
    return;
  }
  const LogStretch news{looked_until_, view->position()};
  CaseFeed peek(actor_.post(), news, passed_over_);
  if (peek.Next(case_, *view, 1, kCaseFeedRowsMax).empty()) {
    looked_until_ = peek.LookedUntil();
    passed_over_ = peek.passed_over();
    return;
  }
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (state_ != State::kResting) return;
    state_ = State::kRecording;
  }
  reading_.emplace(actor_.post(), news, passed_over_);
  Record();
}

// -- How it ends ----------------------------------------------------------------------------------

void CaseFeedStream::AccessChanged() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (state_ == State::kEnded) return;
  }
  const std::shared_ptr<const state::View> view = door_.View();
  const Result<stored::v1::Actor> actor =
      door_.Enter(leaf_pem_, request_.acting(), kCommand, *view);
  if (!actor.ok()) return FinishWith(actor.status());
}

void CaseFeedStream::End(v1::ErrorReason reason, const std::string& sentence) {
  FinishWith(Refuse(reason, sentence));
}

void CaseFeedStream::OnCancel() {
  FinishWith(Refuse(v1::ERROR_REASON_UNAVAILABLE, "the call was cancelled"));
}

void CaseFeedStream::FinishWith(const Status& status) {
  const std::lock_guard<std::mutex> lock(mutex_);
  FinishLocked(status);
}

void CaseFeedStream::FinishLocked(const Status& status) {
  if (state_ == State::kEnded) return;
  state_ = State::kEnded;
  Finish(ToGrpc(status));
}

void CaseFeedStream::OnDone() {
  const std::shared_ptr<CaseFeedStream> last = std::move(self_);
  door_.services().dispatcher.Leave(this);
}

}  // namespace tearline::rpc
