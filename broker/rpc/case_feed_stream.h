#pragma once

#include <grpcpp/support/server_callback.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "broker/delivery/dispatcher.h"
#include "broker/rpc/case_feed.h"
#include "broker/rpc/door.h"
#include "broker/status/status.h"
#include "tearline/v1/case_feed_service.pb.h"

namespace tearline::rpc {

/// One call of FollowCase, from its request to its end:
///
///   recording --the look is recorded--> showing --all is shown--> resting --news--> recording …
///
/// A look is a stretch of the log. It is recorded before anything of it leaves; then its entries go
/// out a frame at a time, each begun when the one before has gone: whoever reads slowly holds up
/// nobody, and costs one frame. While it rests, it looks at most every kCaseFeedEvery whether
/// anything to be shown has changed, at no more than kCaseFeedRowsMax rows; what shows nothing is
/// no look. The member's quota is asked first: who has used it up rests until the next hour.
///
/// Before each frame it is found out again whether the caller may still be here and see the case,
/// and what it may be told now; a frame that a change overtakes is filled again (as FeedStream).
///
/// It holds itself until gRPC is done with it. Frames are filled on gRPC's threads, Sink's calls
/// come on the dispatcher's, the answer to a look on the writer's, where nothing is read; mutex_
/// guards what they share, and nothing is read while it is held.
class CaseFeedStream final : public grpc::ServerWriteReactor<v1::FollowCaseResponse>,
                             public delivery::Sink,
                             public std::enable_shared_from_this<CaseFeedStream> {
 public:
  /// Begins, or ends with a refusal: what Door::Enter and machine::CheckConsult refuse;
  /// FIELD_INVALID the id; TIME_INVALID `since`; QUOTA_USED. Requires: `door` outlives the call.
  static CaseFeedStream* Start(Door& door, std::string leaf_pem,
                               const v1::FollowCaseRequest& request);

  void OnSendInitialMetadataDone(bool ok) override { OnWriteDone(ok); }
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

  void Wake() override {}
  void Beat() override;
  void AccessChanged() override;
  void End(v1::ErrorReason reason, const std::string& sentence) override;

 private:
  enum class State { kRecording, kShowing, kResting, kEnded };

  CaseFeedStream(Door& door, std::string leaf_pem, const v1::FollowCaseRequest& request);

  Status Begin();
  void Record();
  void Recorded(const Status& status);
  Status EnterAgain(std::uint64_t changes, const state::Reader& view);
  Status SeeCase(const stored::v1::Actor& actor, const state::Reader& view);
  void Pump();
  v1::FollowCaseResponse Fill(const state::Reader& view);
  bool Write(v1::FollowCaseResponse frame, std::uint64_t begun_at);
  void Rest();
  void LookForNews();
  /// Requires: mutex_ is held, and nothing is on its way.
  void SendTime();
  void FinishWith(const Status& status);
  /// Requires: mutex_ is held.
  void FinishLocked(const Status& status);

  Door& door_;
  const std::string leaf_pem_;
  const v1::FollowCaseRequest request_;
  std::shared_ptr<CaseFeedStream> self_;

  // Of whoever acts in the state there is: one at a time.
  stored::v1::Actor actor_;
  stored::v1::Consult look_;         ///< What is asked to be recorded.
  v1::Case case_;                    ///< As it was when the caller entered last.
  std::uint64_t entered_at_ = 0;     ///< The dispatcher's count of changes then.
  std::optional<CaseFeed> reading_;  ///< The stretch that is shown, or was last.
  model::Position looked_until_ = 0;
  PassedOver passed_over_;  ///< Of what was looked at so far.
  v1::CaseFeedOpened opened_;
  bool told_opened_ = false;
  bool told_caught_up_ = false;

  std::mutex mutex_;  ///< Guards all that follows.
  State state_ = State::kRecording;
  bool writing_ = true;             ///< A frame, or the initial metadata, is on its way.
  std::int64_t looked_at_ms_ = 0;   ///< Monotonic: the last look for news.
  std::int64_t sent_at_ms_ = 0;     ///< Monotonic.
  std::int64_t checked_at_ms_ = 0;  ///< Monotonic.
  v1::FollowCaseResponse response_;
};

}  // namespace tearline::rpc
