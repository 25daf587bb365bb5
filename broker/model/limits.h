#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace tearline::model {

/// Every bound in the broker. Units last in the name; the reason beside the number.

// -- Events ---------------------------------------------------------------------------------------

/// Plain content of one segment, in bytes. A case note is under 10 kB; scanned papers belong in a
/// document store and are shared by reference and digest.
inline constexpr std::size_t kSegmentBytesMax = 256 * 1024;
/// Segments in one event. More than eight portions is a form, not an event.
inline constexpr std::size_t kEventSegmentsMax = 8;
/// All content of one event, in bytes.
inline constexpr std::size_t kEventBytesMax = 512 * 1024;
/// Tear-lines in one event.
inline constexpr std::size_t kTearLinesMax = 4;
/// Tear-lines ever written for one event, the retired among them: its row stays small.
inline constexpr std::size_t kTearLinesEverMax = 16;
/// One tear-line, in bytes: a few pages. Four of them and their keys fit a header.
inline constexpr std::size_t kTearLineBytesMax = 8 * 1024;
/// Nominals one event may concern: an incident on a wing.
inline constexpr std::size_t kEventNominalsMax = 8;
/// An event type, in bytes: twice the longest in use by the prison and probation services.
inline constexpr std::size_t kEventTypeBytesMax = 200;
/// A media type, in bytes.
inline constexpr std::size_t kMediaTypeBytesMax = 100;
/// Posts an originator may release an event to by name.
inline constexpr std::size_t kReleasedToMax = 64;
/// Caveats on one marking; as many instructions, as many descriptors.
inline constexpr std::size_t kCaveatsMax = 8;
/// A request id, in bytes: a UUID is 36.
inline constexpr std::size_t kRequestIdBytesMax = 64;
/// Events in one publish request, and in one frame of a stream of them.
inline constexpr std::size_t kPublishEventsMax = 100;
/// Events of one stream that are under way: read, and their results not yet handed to be sent. As
/// many as one agency's queue holds, so that a stream alone is never refused for being fast.
inline constexpr std::size_t kStreamEventsMax = 1024;
/// The same in bytes: no further frame is read beyond it. What one group may hold, twice, so that
/// one is prepared while the other is synced.
inline constexpr std::size_t kStreamBytesMax = 16 * 1024 * 1024;
/// How far ahead of the broker's clock an event may say it occurred.
inline constexpr std::chrono::minutes kFutureMax{10};

// -- Names ----------------------------------------------------------------------------------------

/// A name of an agency, member, area or code, in bytes.
inline constexpr std::size_t kNameBytesMax = 40;
/// An identifier's raw value, in bytes.
inline constexpr std::size_t kIdentifierBytesMax = 64;
/// Identifiers of one nominal: one person legitimately holds several of a type.
inline constexpr std::size_t kNominalIdentifiersMax = 64;
/// Seats on one panel.
inline constexpr std::size_t kPanelSeatsMax = 64;
/// Posts and agencies one list of a nominal's access limits may name: a whole panel.
inline constexpr std::size_t kAccessLimitsMax = 64;
/// Posts in conflict with one nominal.
inline constexpr std::size_t kConflictsMax = 64;
/// Nominals that are one person, by merges: each is looked at whenever something about it is
/// judged.
inline constexpr int kSamePersonMax = 64;
/// Events that one moved booking makes another nominal's: all of them by one record, so that nobody
/// is told of half a booking. What is more is moved range by range.
inline constexpr int kMovedEventsMax = 1024;
/// Events of the nominal it leaves that are looked at for it, from its beginning on: about eleven
/// years of a person of whom much is told.
inline constexpr int kMoveLookedAtMax = 16'384;
/// How often one event is moved: its row remembers each time.
inline constexpr int kMovesOfEventMax = 64;
/// Actions of one case that are open at once: a panel that agrees more has agreed nothing.
inline constexpr std::size_t kOpenActionsMax = 64;
/// Overrides of one command: more than four times the actions that may be open at once. Whoever
/// leaves more behind has first to end some.
inline constexpr int kOverridesMax = 256;
/// Changes of level that lie in a case's row: the newest. All of them lie by position.
inline constexpr int kChangesKept = 64;
/// Answers to one proposal that a post has taken back: it changes its mind no further.
inline constexpr int kEarlierAnswersMax = 8;
/// Proposals of one case that wait for answers at once.
inline constexpr std::size_t kOpenProposalsMax = 16;
/// How far ahead an action or an answer may be due: a meeting comes round within it.
inline constexpr std::chrono::milliseconds kPanelDueMax{std::chrono::hours(24 * 366)};
/// What one post may answer for when others ask for information.
inline constexpr int kPostCapabilitiesMax = 16;
/// Posts that answer for one capability, or in one agency, and are looked at to find whom a request
/// asks: every force and prison, ten times over.
inline constexpr std::size_t kCapablePostsLookedAtMax = 4096;
/// Posts, agencies or capabilities that one request for information names.
inline constexpr int kAddresseesMax = 16;
/// Posts that one request for information asks: a whole panel. More is a circular.
inline constexpr std::size_t kAskedPostsMax = 64;
/// Requests for information that one post has made and that somebody has not answered.
inline constexpr std::size_t kOpenInformationRequestsMax = 64;
/// How long the post above has to look at why information was refused.
inline constexpr std::chrono::milliseconds kRefusalReviewedWithin{std::chrono::hours(24 * 7)};
/// Meetings of one case that are planned at once.
inline constexpr std::size_t kPlannedMeetingsMax = 16;
/// Meetings a case ever had, those cancelled among them: one a month for longer than anybody lives.
inline constexpr std::size_t kMeetingsEverMax = 1024;
/// Posts expected at one meeting, present, and sending apologies, each.
inline constexpr int kAttendeesMax = 64;
/// Documents of one kind of one meeting, those that others took the place of among them.
inline constexpr int kMeetingDocumentsMax = 16;
/// Actions that one meeting's row names as agreed at it, and as gone through at it, each.
inline constexpr int kMeetingActionsMax = 64;
/// How long the minutes of a meeting may take: about ten working days.
inline constexpr std::chrono::milliseconds kMinutesWithin{std::chrono::hours(24 * 14)};
/// How long a post's new holder has to read what was handed over.
inline constexpr std::chrono::milliseconds kTakeOverWithin{std::chrono::hours(72)};
/// How long after a member's certificate has ended the next is waited for, before they count as
/// without one: machines renew theirs by the hour, and are off over a long weekend.
inline constexpr std::chrono::milliseconds kCertificateWait{std::chrono::hours(72)};
/// How far ahead somebody's leave may end.
inline constexpr std::chrono::milliseconds kLeaveMax{std::chrono::hours(24 * 366)};
/// People whom one hand-over pack is about: 16 KiB of a header. A caseload is under a hundred.
inline constexpr std::size_t kHandOverNominalsMax = 1024;
/// How long a post may break the glass: an emergency that lasts longer is somebody's work by then.
inline constexpr std::chrono::milliseconds kGlassLastsMax{std::chrono::hours(4)};
/// Posts to which one nominal is open by break-glass at once.
inline constexpr int kOpenGlassMax = 64;
/// Posts looked at to find who reviews a use of break-glass: those of the largest agency, and more.
inline constexpr std::size_t kReviewersLookedAtMax = 4096;
/// Events one decision about a third party may rest on.
inline constexpr std::size_t kDisclosureEventsMax = 16;
/// Posts one case names for functions: two forces, and their reserves.
inline constexpr int kNamedPostsMax = 16;
/// Services that may act for one post.
inline constexpr std::size_t kPostServicesMax = 16;
/// Agencies an adapter may publish for.
inline constexpr std::size_t kPublishesForMax = 64;
/// Signing keys of one agency in force at once: each is tried where none is named. One for each
/// system that publishes, and the next one before the old one ends.
inline constexpr int kSigningKeysInForceMax = 8;
/// Signing keys one agency ever had: all of them are listed in one answer, to verify what is old.
inline constexpr int kSigningKeysEverMax = 256;
/// How long a signing key may be in force: three years.
inline constexpr std::chrono::milliseconds kSigningKeyLastsMax{std::chrono::hours(24 * 1096)};
/// A statement that an originator signs, in bytes: names, a marking and a dozen digests. A header
/// holds six of them beside the tear-lines.
inline constexpr std::size_t kSignedStatementBytesMax = 2048;
/// How long before it is recorded a withdrawal or an amendment may have been signed: a day's work
/// by hand; what is older may not be meant any more.
inline constexpr std::chrono::milliseconds kSignedBeforeMax{std::chrono::hours(24)};
/// And how long after, by a signer's clock that is ahead of ours.
inline constexpr std::chrono::milliseconds kSignedAheadMax{std::chrono::minutes(10)};
/// On-behalf-of user and issuer, in bytes each.
inline constexpr std::size_t kOnBehalfOfBytesMax = 128;

/// A caller's own name for what it does, in bytes: a W3C traceparent has 55.
inline constexpr std::size_t kCorrelationIdBytesMax = 64;

/// The reason an operator gives for what only an operator may decide, in bytes.
inline constexpr std::size_t kBecauseBytesMax = 200;

// -- Records --------------------------------------------------------------------------------------

/// A record's header, in bytes, of all but those that hold a policy. Links, tree, policy and replay
/// read headers only.
inline constexpr std::size_t kHeaderBytesMax = 64 * 1024;
/// What sealing adds to a segment: a 16-byte salt and a 16-byte tag.
inline constexpr std::size_t kSealOverheadBytes = 32;
/// One record with its segments, in bytes.
inline constexpr std::size_t kRecordBytesMax =
    kHeaderBytesMax + kEventBytesMax + kEventSegmentsMax * kSealOverheadBytes;
/// Records appended with one sync, in bytes. Bounds the time one publisher waits for others.
inline constexpr std::size_t kAppendBytesMax = 8 * 1024 * 1024;
/// Records appended with one sync.
inline constexpr std::size_t kAppendRecordsMax = 1024;

// -- Policy ---------------------------------------------------------------------------------------

/// A policy's text, in bytes: it lies in a header, whole. Two and a half times the worked policy
/// with its tests.
inline constexpr std::size_t kPolicyBytesMax = 128 * 1024;
/// A record's header that holds a policy, in bytes: its text, and at genesis the first directory.
inline constexpr std::size_t kPolicyHeaderBytesMax = kPolicyBytesMax + 16 * 1024;
/// Rules of one policy.
inline constexpr std::size_t kPolicyRulesMax = 1000;
/// Nesting of conditions.
inline constexpr int kConditionDepthMax = 8;
/// Agencies, posts, cases and events, each, of the world in which a policy is tested.
inline constexpr int kPolicySamplesMax = 64;
/// Codes of a policy's list of purposes, and of its list of legal bases: no more than a person
/// chooses from.
inline constexpr int kPolicyCodesMax = 64;
/// Tests of one policy.
inline constexpr int kPolicyTestsMax = 256;
/// Rules asked while a policy's tests and matrix run: one for each nominal, rule, event and post.
/// It runs on the writer's thread when a policy is proposed, which is a few times a year.
inline constexpr std::size_t kPolicyTestWorkMax = 250'000;
/// Steps of a policy's analysis, on the same thread: a fifth of a second at the most.
inline constexpr std::size_t kPolicyAnalysisStepsMax = 200'000;
/// The longest time a rule may set.
inline constexpr std::chrono::hours kObligeWithinMax{366 * 24};
/// Composite rules of one policy: each is asked of every event that is published.
inline constexpr int kCompositeRulesMax = 16;
/// Types and beginnings of types that one composite rule counts.
inline constexpr int kCompositeTypesMax = 16;
/// Tests of a policy's composite rules.
inline constexpr int kCompositeTestsMax = 64;
/// Members of one composite, those that left among them, and the most events that a rule may ask
/// for: each is judged for each recipient. What comes after the last counts towards the next.
inline constexpr int kCompositeMembersMax = 64;
/// Events of one nominal that count towards one composite rule, the newest: twice what a composite
/// holds, and as many again that were withdrawn.
inline constexpr std::size_t kCompositeCountedMax = 256;

// -- Feeds ----------------------------------------------------------------------------------------

/// Items released and not acknowledged, of one session.
inline constexpr std::uint32_t kWindowMessagesMax = 1000;
/// The same in bytes, and the least: the largest event must fit.
inline constexpr std::uint64_t kWindowBytesMax = 16 * 1024 * 1024;
inline constexpr std::uint64_t kWindowBytesMin = 1024 * 1024;
/// Rows judged and let go by one record.
inline constexpr int kReleaseRowsMax = 256;
/// Rows looked at by one record and left as they are: held back by RETRY, or let go before and
/// unchanged. A look is a few reads, a tenth of a judgement.
inline constexpr int kLookedAtRowsMax = 1024;
/// Numbers in one acknowledgement.
inline constexpr int kAcknowledgeMax = 256;
/// How long RETRY may hold a nominal back.
inline constexpr std::chrono::minutes kRetryDelayMax{10};
/// Tries after which an item is parked without being asked.
inline constexpr std::uint32_t kTriesMax = 10;
/// Deadlines fired by one pulse.
inline constexpr int kPulseRowsMax = 256;
/// Events listed in one obligation; more are counted.
inline constexpr int kObligationEventsMax = 64;
/// Posts listed in one obligation as owed to: a whole panel. More are counted.
inline constexpr int kObligationPostsMax = 64;
/// Subscriptions of one post: one for each thing a desk or its systems follow, and no more. With
/// 10,000 posts, what all of them may cost stays bounded.
inline constexpr std::size_t kSubscriptionsPerPostMax = 16;
/// Values of one part of a selector. A longer list is a wish for everything, and policy's to cut.
inline constexpr int kSelectorValuesMax = 16;
/// Items of one lane of a subscription that wait. Beyond it nothing more is queued: the lane
/// catches up from there when its reader comes. A day of a busy panel's lane, ten times over.
inline constexpr std::uint64_t kSubscriptionWaitingMax = 10'000;
/// Subscriptions of different posts that a publish judges at once. Those of further posts catch up.
inline constexpr int kOffersMax = 256;
/// Items that catching up queues ahead of a window that is held back by RETRY: one record's worth.
inline constexpr std::uint64_t kCatchUpAheadMax = 256;
/// One frame of deliveries, in bytes: large enough to batch, small enough to share a connection.
inline constexpr std::size_t kFrameBytesMax = 64 * 1024;

// -- Second hands ---------------------------------------------------------------------------------

/// Commands of one agency that may wait for a second hand: a week's work of a large force's desk.
inline constexpr std::size_t kPendingOfAgencyMax = 256;
/// How long a command waits for its second hand. Whoever has not confirmed in two weeks does not
/// remember what was meant; it is asked for anew.
inline constexpr std::chrono::hours kPendingLifetime{14 * 24};
/// Subject keys that one record says are lost: 16 KiB of a header. More take more records.
inline constexpr std::size_t kLostKeysMax = 1024;
/// Rows looked at by one record to tell originators of a change of access. The next pulse goes on.
inline constexpr int kOriginatorsToldMax = 256;

// -- Queues, quotas, time -------------------------------------------------------------------------

/// Commands of one agency that may wait for the writer. A full queue refuses with TOO_BUSY.
inline constexpr std::size_t kAgencyQueueMax = 1024;
/// Bytes of one agency that may wait for the writer.
inline constexpr std::size_t kAgencyQueueBytesMax = 32 * 1024 * 1024;
/// Refusals of one principal recorded one by one in a minute; the rest are counted.
inline constexpr std::uint32_t kRefusalsPerMinuteMax = 10;
/// Areas that bind one auditor's post: more than there are in England and Wales.
inline constexpr int kPostAreasMax = 64;
/// How long after an item was let go its receipt is in time, by lane; later ones are counted. A
/// system takes seconds: whoever needs longer was not connected.
inline constexpr std::chrono::minutes kImmediateInTime{15};
inline constexpr std::chrono::hours kUrgentInTime{4};
inline constexpr std::chrono::hours kRoutineInTime{72};
/// Identifiers one member may ask about in an hour of ledger time.
inline constexpr std::uint32_t kResolvesPerHourMax = 600;
/// Consultations of one member in an hour of ledger time: twenty a minute is a script that works
/// through a list, and each costs a record.
inline constexpr std::uint32_t kConsultationsPerHourMax = 1200;
/// How far wall and monotonic clocks may part while serving.
inline constexpr std::chrono::seconds kClockPartMax{60};
/// How far the wall clock may be ahead of the ledger's last stamp at a start.
inline constexpr std::chrono::hours kClockGapMax{24};
/// Witnesses asked to cosign the audit log: each is a thread, and a line of a note that others must
/// be able to read (they accept 16 lines at least).
inline constexpr std::size_t kWitnessesMax = 16;
/// How long the ledger's head file may lag behind the ledger.
inline constexpr std::chrono::milliseconds kHeadFileLagMax{100};

// Otherwise the largest record could never be appended, and its publisher would wait for ever.
static_assert(kRecordBytesMax <= kAppendBytesMax);
// gRPC's default ceiling for one message. An event that cannot be delivered must not be accepted.
static_assert(kRecordBytesMax < 4 * 1024 * 1024);
// A policy's header is a record: it has no segments.
static_assert(kPolicyHeaderBytesMax >= kHeaderBytesMax && kPolicyHeaderBytesMax <= kRecordBytesMax);
// Four tear-lines with eight wrapped keys each fit a header.
// Each of them, the manifest and the pointer may be signed.
static_assert(kTearLinesMax * (kTearLineBytesMax + 1024) + 16 * 1024 +
                  (kTearLinesMax + 2) * kSignedStatementBytesMax <=
              kHeaderBytesMax);
// The largest event fits the smallest window, or it would never be released.
static_assert(kEventBytesMax + kTearLinesMax * kTearLineBytesMax < kWindowBytesMin);

}  // namespace tearline::model
