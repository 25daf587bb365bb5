#include "broker/rpc/pull.h"

#include <utility>

#include "broker/machine/rows.h"
#include "broker/machine/subscription.h"
#include "broker/model/ids.h"
#include "broker/rpc/form.h"
#include "broker/rpc/measure_sent.h"
#include "broker/rpc/open_session.h"
#include "broker/rpc/server_limits.h"
#include "broker/rpc/subscriptions.h"
#include "broker/rpc/unary.h"
#include "broker/telemetry/log.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::rpc {
namespace {

constexpr auto kNumber = stored::v1::COMMAND_NUMBER_OPEN_SESSION;

/// How often an answer is found out anew because somebody's access changed meanwhile.
constexpr int kLooksMax = 8;

}  // namespace

Pull::Pull(Door& door, std::string leaf_pem, const v1::PullRequest& request,
           v1::PullResponse& response)
    : door_(door), leaf_pem_(std::move(leaf_pem)), request_(request), response_(response) {
  Enter();
}

void Pull::Enter() {
  entered_at_ = door_.services().dispatcher.Changes();
  Result<stored::v1::Actor> actor =
      door_.Enter(leaf_pem_, request_.open().acting(), kNumber, *door_.View());
  if (!actor.ok()) return Finish(ToGrpc(actor.status()));
  actor_ = *std::move(actor);
  const Result<std::string> feed = ReadFeed(request_.open().subscription_id(), actor_);
  if (!feed.ok()) return Finish(ToGrpc(feed.status()));
  feed_ = *feed;
  if (request_.session_id().empty()) return Open();
  if (const Status status = ReadSession(); !status.ok()) return Finish(ToGrpc(status));
  GoOn();
}

Status Pull::ReadSession() {
  const auto id = ReadId<model::SessionId>(request_.session_id(), "session_id");
  if (!id.ok()) return id.status();
  if (request_.open().window_messages() != 0 || request_.open().window_bytes() != 0) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                  "`open` must name no window where a session goes on");
  }
  session_id_ = id->Bytes();
  return {};
}

void Pull::Open() {
  sequencer::Proposal proposal = sequencer::MakeProposal(
      actor_, kNumber,
      OpenSessionOf(feed_, request_.open().window_messages(), request_.open().window_bytes(),
                    leaf_pem_));
  proposal.done = [this](const Result<machine::Applied>& applied) { Opened(applied); };
  door_.services().proposer.Propose(std::move(proposal));
}

void Pull::Opened(const Result<machine::Applied>& applied) {
  if (const Status status = StatusOf(applied); !status.ok()) return Finish(ToGrpc(status));
  const Result<model::SessionId> id = model::SessionId::Parse(applied->made_id);
  TEARLINE_INVARIANT(id.ok(), "opening a session makes its id");
  door_.services().dispatcher.Supersede(feed_);
  session_id_ = id->Bytes();
  may_wait_ = false;
  telemetry::Log(telemetry::Event::kSessionOpened);
  StartSendInitialMetadata();
}

void Pull::OnSendInitialMetadataDone(bool ok) {
  if (ok) return GoOn();
  Finish({grpc::StatusCode::CANCELLED, "the caller went away"});
}

/// Finds out what may be sent until it can be handed over.
void Pull::GoOn() {
  const delivery::Dispatcher& dispatcher = door_.services().dispatcher;
  for (int looks = 0; looks < kLooksMax; ++looks) {
    bool must_look_again = false;
    if (const Status status = Look(must_look_again); !status.ok()) return Finish(ToGrpc(status));
    const bool wait = must_look_again && response_.deliveries().empty() && may_wait_;
    if (must_look_again) AskToLookAgain(wait);
    if (wait) return;
    const auto access = dispatcher.HoldChanges();
    if (dispatcher.Changes() != entered_at_) continue;
    MeasureSent(response_.deliveries(), door_.NowMs());
    return Finish(grpc::Status::OK);
  }
  Finish(ToGrpc(Refuse(v1::ERROR_REASON_TOO_BUSY,
                       "access is changing all the time; pull again in a moment")));
}

Status Pull::Look(bool& must_look_again) {
  const Services& services = door_.services();
  // Read before the view: what is found out now may be older than the count, never newer.
  const std::uint64_t changes = services.dispatcher.Changes();
  const std::shared_ptr<const state::View> view = door_.View();
  if (changes != entered_at_) {
    const auto actor = door_.Enter(leaf_pem_, request_.open().acting(), kNumber, *view);
    if (!actor.ok()) return actor.status();
    entered_at_ = changes;
  }
  if (!machine::FeedExists(feed_, *view)) return machine::NoSuchSubscription();
  const auto row = view->Find<stored::v1::SessionRow>(machine::SessionKey(feed_));
  if (!row || row->session_id() != session_id_) {
    return Refuse(v1::ERROR_REASON_SESSION_SUPERSEDED,
                  "the session was superseded or closed; open a new one");
  }
  delivery::Session session(feed_, row->opened_ms(), services.ledger, services.vault);
  response_.Clear();
  response_.set_session_id(model::SessionId::FromBytes(session_id_)->Text());
  for (v1::Delivery& delivery : session.Next(*view, kPullBytesMax)) {
    *response_.add_deliveries() = std::move(delivery);
  }
  must_look_again = session.MustLookAgain();
  // Nothing while a lane goes through history: the answer says no more than that it is not done.
  if (const auto progress = session.ProgressOf(*view, door_.NowMs())) {
    *response_.mutable_progress() = *progress;
  }
  return {};
}

/// Has the machine judge again what was judged before the last change. With nothing else to send,
/// the call waits for it; otherwise the next call finds it done.
void Pull::AskToLookAgain(bool wait) {
  sequencer::Proposal proposal = LookAgain(feed_);
  proposal.done = [](const Result<machine::Applied>&) {};
  if (wait) {
    may_wait_ = false;
    // What is refused, for a full queue, is asked again by the next call.
    proposal.done = [this](const Result<machine::Applied>&) { StartSendInitialMetadata(); };
  }
  door_.services().proposer.Propose(std::move(proposal));
}

}  // namespace tearline::rpc
