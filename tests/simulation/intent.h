#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tearline/v1/case.pb.h"
#include "tearline/v1/publisher_service.pb.h"
#include "tearline/v1/subscription.pb.h"
#include "tests/simulation/town.h"

namespace tearline::simulation {

/// What somebody can want.
enum class Deed {
  kGenesis,
  kPublish,
  kRegister,
  kLink,
  kSupervise,
  kOpenCase,
  kSeat,
  kLeave,
  kNameAccountable,
  kSuspend,
  kLift,
  kSetHolder,
  kSetPost,  ///< Given up, held again, or to answer for nothing any more.
  kSayLeave,
  kPropose,
  kApprove,
  kSimulate,
  kSecondHand,
  kOpenSession,
  kCloseSession,
  kAcknowledge,
  kRetry,
  kPark,
  kRead,
  kDischarge,
  kConfirmClock,
  kLookAgain,
  kSubscribe,
  kSeek,
  kUnsubscribe,
  kWithdraw,
  kAmend,
  kBreakGlass,
  kReviewGlass,
  kAsk,
  kAnswer,
  kMerge,
  kUnmerge,
};

/// What somebody wanted, in plain words: as the simulation chose it and the oracle understands it.
/// The oracle never reads a command's bytes.
struct Intent {
  Deed deed = Deed::kPublish;
  std::string post;  ///< Who, and how.
  As as = As::kSystem;
  std::string feed;  ///< Which of the post's feeds; "" for its inbox.

  v1::PublishItem item;             ///< kPublish.
  std::vector<std::size_t> people;  ///< kPublish, kRegister, kLink: places in the population.
  bool secret = false;              ///< kPublish: carries SOURCE_IDENTITY.
  bool controlled = false;          ///< kPublish, kAmend: its originator controls it.

  std::string nominal;     ///< Text form; kMerge, kUnmerge: the one that is removed.
  std::string surviving;   ///< kMerge: the nominal that it is from then on, in text form.
  std::string case_id;     ///< Text form.
  std::string other_post;  ///< Who is seated, named, answerable, held anew, away; "" for nobody.
  std::vector<std::string> asked;  ///< kAsk: whom.
  std::string supervisor;          ///< kOpenCase: whom the case names; "" for nobody.
  v1::MappaCategory category = v1::MAPPA_CATEGORY_UNSPECIFIED;  ///< kOpenCase.
  v1::MappaLevel level = v1::MAPPA_LEVEL_UNSPECIFIED;           ///< kOpenCase.
  std::size_t area = 0;                                         ///< kOpenCase.
  v1::SeatKind seat = v1::SEAT_KIND_UNSPECIFIED;
  std::int64_t history_from_ms = 0;                 ///< kSeat: 0 for the beginning.
  v1::StartFrom from = v1::START_FROM_UNSPECIFIED;  ///< kSubscribe, kSeek.
  std::int64_t time_ms = 0;   ///< The same, for a start from a time; kSayLeave: from when; kAsk:
                              ///< by when.
  std::int64_t until_ms = 0;  ///< kSayLeave; 0: back, or not going away.
  std::string agency;         ///< kSuspend, kLift; kSubscribe: whose events, "" for all.
  std::string member;         ///< "" for the whole agency; kSubscribe: of which type, "" for all.
  As holder = As::kHolder;    ///< kSetHolder, kSetPost.
  bool vacant = false;        ///< kSetPost: nobody is named to act for it.
  bool idle = false;          ///< kSetPost: it answers for nothing.
  std::size_t edition = 0;    ///< kPropose, kApprove, kSimulate.
  std::size_t against = 0;    ///< kSimulate: the edition thought to be in force.
  std::string id;             ///< Pending command, session, obligation, event, use of the glass or
                              ///< request, in text form.
  v1::Urgency lane = v1::URGENCY_UNSPECIFIED;
  std::vector<std::uint64_t> numbers;  ///< kAcknowledge, kRetry, kPark, kRead.
  std::uint32_t amount = 0;            ///< kOpenSession: the window; kRetry, kBreakGlass: ms;
                                       ///< kDischarge: how; kWithdraw: why; kAnswer: what.
};

[[nodiscard]] const char* NameOf(Deed deed);

/// The bytes of a nominal's id in text form; "" if it is none.
[[nodiscard]] std::string NominalBytes(const std::string& text);

/// The feed an intent speaks of.
[[nodiscard]] inline const std::string& FeedOf(const Intent& intent) {
  return intent.feed.empty() ? intent.post : intent.feed;
}

}  // namespace tearline::simulation
