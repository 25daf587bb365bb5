#pragma once

#include <chrono>

#include "broker/model/limits.h"

namespace tearline::rpc {

/// The door's own bounds; those of what passes through it are in broker/model/limits.h.

/// One message either way, in bytes: gRPC's own default, which clients in every language keep.
inline constexpr int kMessageBytesMax = 4 * 1024 * 1024;
/// A call's metadata, in bytes: ours is empty, so this is for what libraries add.
inline constexpr int kMetadataBytesMax = 8 * 1024;
/// Calls open at once on one connection: what one client can reset or leave hanging. A publisher
/// with more in flight batches events, which is faster too.
inline constexpr int kStreamsMax = 256;
/// Memory gRPC may hold for all connections, in bytes: slow readers are bounded by their windows,
/// this bounds those who connect and only send.
inline constexpr std::size_t kTransportBytesMax = 512 * 1024 * 1024;
/// A quiet connection is asked whether it lives: below the idle timeouts of usual firewalls.
inline constexpr std::chrono::seconds kKeepaliveTime{30};
/// How long it may take to answer that.
inline constexpr std::chrono::seconds kKeepaliveTimeout{10};
/// How often a client may ask the same; more often, and it is told to calm down.
inline constexpr std::chrono::seconds kPingEvery{10};
/// A connection's life: after it a client comes again, with the certificate it then has.
inline constexpr std::chrono::minutes kConnectionAge{30};
/// What calls get to end by themselves after that. A stream that follows a feed does not end by
/// itself: it is cut, and its client opens the feed again where it was.
inline constexpr std::chrono::minutes kConnectionAgeGrace{10};
/// How long a client may take over its handshake.
inline constexpr std::chrono::seconds kHandshakeTimeout{20};
/// What a stream may send before it is asked for more, in bytes, to begin with: gRPC lets it grow
/// as the connection turns out to be long.
inline constexpr int kLookaheadBytes = 1024 * 1024;
/// How long Drain waits for calls that are being answered.
inline constexpr std::chrono::seconds kDrainMax{5};

/// Threads that sync new keys into the vault: one disk is not made faster by more, and the second
/// seals while the first waits.
inline constexpr std::size_t kWorkers = 2;
/// Requests that may wait for them: at a millisecond each, a fraction of a second.
inline constexpr std::size_t kWorkersLineMax = 256;

/// How often a withdrawal is prepared before its caller is told to try again: what it waits for is
/// that nothing is published about the same people for as long as one record takes.
inline constexpr int kWithdrawTries = 16;

/// How often every part is asked how it is.
inline constexpr std::chrono::seconds kExamineEvery{1};
/// How often the files of certificates and revocation lists are looked at for a change.
inline constexpr std::chrono::seconds kLookAtFilesEvery{2};
/// Agencies whose authorities may sign revocation lists: all that a national directory could hold.
inline constexpr std::size_t kAgenciesMax = 10'000;

/// Posts of one agency that are looked at for an operator's: more than any agency has.
inline constexpr std::size_t kPostsOfAgencyMax = 10'000;

/// How long what was found out about a certificate is believed without looking again. A change of
/// the directory or of the credentials ends it at once; this is for what nobody tells.
inline constexpr std::chrono::seconds kCallerMemory{60};
/// Certificates remembered: ten for each agency of England and Wales and room to spare.
inline constexpr std::size_t kCallersRemembered = 10'000;

/// Policies that one member may have checked, explained or compared in a minute: each is up to a
/// second's work.
inline constexpr std::uint32_t kPolicyChecksPerMinute = 30;
/// Findings about one policy that are answered; who has more begins with the first.
inline constexpr std::size_t kFindingsMax = 1000;

/// Entries on a page if the caller does not say.
inline constexpr std::uint32_t kPageDefault = 100;
/// Entries on a page.
inline constexpr std::uint32_t kPageMax = 1000;
/// Pieces of open work listed beside a refusal: what a trailer holds that any gRPC client takes
/// (8 KiB). The sentence counts all; what is overridden makes room for the rest.
inline constexpr int kOpenWorkShownMax = 32;
/// Rows looked at for one page: bounds what one call may cost.
inline constexpr std::size_t kPageRowsMax = 20'000;

/// Items that were let go and not settled, as many as one question about themes looks at: some
/// tenths of a second. Ten for each of 10,000 posts; where nothing is wrong there are fewer.
inline constexpr std::size_t kReleasedLookedMax = 100'000;

/// Types of events that may say how a case is managed: a register has three.
inline constexpr int kLevelFactTypesMax = 8;

/// A subscription is reported when it has received nothing for so many days: two weeks are longer
/// than a leave without cover should last.
inline constexpr std::uint32_t kQuietDays = 14;
/// The most that may be asked for: a year, as of all that is planned.
inline constexpr std::uint32_t kQuietDaysMax = 366;

/// Events that are looked at for one subscription, to see whether it is told of any: of each person
/// it names, all of a busy fortnight; of one that names nobody, the newest records there are.
inline constexpr std::size_t kWishLooksMax = 4'096;
/// Items set aside that are counted in one feed.
inline constexpr std::size_t kParkedCountedMax = 1000;

/// Unread items and obligations, each, in one hand-over pack; what is beyond lies in feed and list.
inline constexpr int kHandOverRowsMax = 256;
/// The newest events in it: what an officer reads on the first morning.
inline constexpr int kHandOverNewestMax = 10;
/// The newest events of one person that are looked at for those.
inline constexpr std::size_t kHandOverLookedAtMax = 64;

/// Events in one frame of a case's feed: two screens, and a few milliseconds of reading leaves.
inline constexpr int kCaseFeedEntriesMax = 32;
/// Rows of a person's trail looked at at once: then it is asked whether the feed still goes on.
inline constexpr std::size_t kCaseFeedRowsMax = 1024;
/// How soon after one look at what is new a followed case is looked at again: each look that shows
/// something is a record, and an hour of them stays below half of a member's consultations.
inline constexpr std::chrono::seconds kCaseFeedEvery{6};
/// Consultations of a person that are looked at for a post's last pack, the newest first: beyond
/// them the post is told that it never read one, and its pack begins four weeks ago.
inline constexpr std::size_t kLastPackLooksMax = 4096;

/// Silence after which a feed says how far it is: a client that hears nothing for three of these
/// knows that the connection is dead.
inline constexpr std::chrono::seconds kProgressEvery{10};
/// How often a live stream's certificate is looked at again, for its end.
inline constexpr std::chrono::seconds kRecheckEvery{10};
/// Acknowledgements of one lane that may wait for their command. More than a window is a fault.
inline constexpr std::size_t kAcknowledgementsWaiting = 2 * model::kWindowMessagesMax;
/// Retries and parks of one session that may wait for their answer.
inline constexpr std::size_t kSettlementsWaiting = 256;

/// Deliveries of one Pull, in bytes, the last of which may go beyond: many small items, or a few of
/// the largest.
inline constexpr std::size_t kPullBytesMax = 2 * 1024 * 1024;

// What a Pull answers passes in one message.
static_assert(kPullBytesMax + model::kRecordBytesMax + model::kFrameBytesMax <
              static_cast<std::size_t>(kMessageBytesMax));
// The largest event and its surroundings pass in one message, in and out.
static_assert(model::kRecordBytesMax + model::kFrameBytesMax <
              static_cast<std::size_t>(kMessageBytesMax));

}  // namespace tearline::rpc
