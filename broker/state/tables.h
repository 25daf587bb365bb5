#pragma once

#include <cstdint>

namespace tearline::state {

/// The shape of the state: which rows a record leaves behind, and how they lie. A state of another
/// shape is emptied at the start and rebuilt from the ledger.
///
/// Raise it whenever a row of row.proto, a table or its key changes, or the machine leaves other
/// rows behind for the same record. tests/state/shape_test.cc and the golden replay notice both.
inline constexpr std::uint32_t kShape = 8;

/// The tables of the state. A number is written into every key and is never reused; docs/on-disk.md
/// tells each table's key. The rows are messages of proto/tearline/stored/v1/row.proto unless said.
enum class Table : std::uint8_t {
  kStateShape = 0,   ///< "" -> kShape, 4 bytes big-endian (written by Database; not in the digest).
  kPosition = 1,     ///< "" -> applied position, 8 bytes big-endian (written by Database).
  kLedger = 2,       ///< "" -> LedgerRow
  kAgency = 3,       ///< agency -> AgencyRow
  kMember = 4,       ///< agency, member -> MemberRow
  kPost = 5,         ///< post -> PostRow
  kPending = 6,      ///< pending id -> PendingRow
  kPendingOf = 7,    ///< agency of the first hand, pending id -> ""
  kTelling = 8,      ///< position (8), count within the record (4) -> TellingRow
  kSigningKey = 9,   ///< agency, key id (32) -> SigningKeyRow
  kNominal = 10,     ///< nominal id -> NominalRow
  kIdentifier = 11,  ///< type (4 bytes), index digest -> IdentifierRow
  kNominalIdentifier = 12,  ///< nominal id, type (4), index digest -> ""; its row if in error
  kSubjectKey = 13,         ///< subject key id -> SubjectKeyRow
  kSubjectKeyOf = 14,       ///< nominal id, class (1), quarter (4), key id -> ""
  kCase = 20,               ///< case id -> CaseRow
  kCaseOf = 21,             ///< post, case id -> "": the case brings the post in, by whichever part
  kGlass = 22,              ///< break-glass id -> GlassRow
  kGlassUnreviewed = 23,    ///< post, or agency and person "AGENCY//PERSON" -> break-glass id: until
                            ///< it is reviewed
  kAction = 24,             ///< case id, action id -> ActionRow
  kCapable = 25,            ///< capability (1), agency, post -> "": answers for it
  kProposal = 26,           ///< case id, proposal id -> ProposalRow
  kMeeting = 27,            ///< case id, meeting id -> MeetingRow
  kSupervised = 28,         ///< post, nominal id -> "": supervises it, by SetSupervisor
  kPolicy = 30,             ///< policy digest -> PolicyRow
  kInformationRequest = 31,  ///< information request id -> InformationRequestRow
  kInformationRequestOf =
      32,  ///< post, part (1): 1 made it, 2 is asked, 3 looks at a refusal; state (1): 1 open,
           ///< 2 closed; information request id -> ""
  kInformationRequestOfCase =
      33,  ///< case id, state (1): 1 open, 2 closed; information request id -> "": made for the case
  kTrailOfNominal = 34,     ///< nominal id, position (8), event id -> "": records whose details
                            ///< speak of an event about the nominal
  kEvent = 40,              ///< event id -> EventRow
  kEventOfNominal = 41,     ///< nominal id, position (8) -> event id
  kRequest = 42,            ///< agency, request id -> RequestRow
  kEventTrail = 43,    ///< event id, position (8) -> "": records whose details speak of the event
  kOriginatorOf = 44,  ///< nominal id, answering post -> "": who told something about it
  kEventAt = 45,       ///< lane (1), position (8) -> event id
  kToldLess = 46,  ///< event id, post -> level (1), duty unmet (1): withheld, or less than owed
  kEventChange = 47,  ///< event id -> EventChangeRow: what changed, and is not all judged again yet
  kWaiting = 50,     ///< feed, lane (1), place (8) -> ItemRow
  kReleased = 51,    ///< feed, lane (1), sequence (8) -> ItemRow
  kLane = 52,        ///< feed, lane (1) -> LaneRow
  kSession = 53,     ///< feed -> SessionRow
  kHold = 54,        ///< feed, nominal id -> HoldRow
  kParked = 55,      ///< feed, lane (1), sequence (8) -> ItemRow
  kRead = 56,        ///< feed, event id, "AGENCY/MEMBER" -> ReadRow
  kItemOf = 57,      ///< event id, post -> lane (1), place (8), subscription id (none: the inbox):
                     ///< where the event entered the post's feeds: one post, one item
  kAcknowledged = 58,  ///< feed, lane (1), sequence (8) -> ItemRow: received, not read by a person
  kObligation = 60,    ///< obligation id -> ObligationRow
  kObligationOpen =
      61,          ///< nominal id, case id, type (1), reason (2), debtor, event id (READ only) or feed
                   ///< (REVIEW_BREAK_GLASS only)
                   ///< -> obligation id
  kDeadline = 62,  ///< due ms (8), kind (1), id -> ""
  kObligationMore = 63,  ///< obligation id, kind (1), event id or post; docs/on-disk.md
  kHistory = 64,         ///< nominal id, feed -> HistoryRow
  kReach = 65,   ///< post -> ReachRow: went out of reach or came back, not all judged again yet
  kMissed = 66,  ///< post, position (8) -> event id: kept from it while it was out of reach
  kQuota = 70,           ///< kind (1), agency, member -> QuotaRow
  kConsultation = 71,  ///< subject (1): 1 nominal id, 2 event id, 3 nothing (everybody); position (8)
                       ///< -> "": records that were shown something about it
  kLetGo = 72,         ///< event id, post -> LetGoRow: how the post was told last
  kSubscription = 75,  ///< post, subscription id -> SubscriptionRow
  kSubscribed = 76,    ///< part (1), nominal id or name -> how many wish (8);
                       ///< part (1), nominal id or name, post, subscription id -> "": who wishes
  kLeaf = 80,        ///< position (8) -> LeafRow, with its details
  kTreeNode = 82,    ///< level (1) from 1, index (8) -> 32 bytes, full subtrees only
  kFrontier = 83,    ///< "" -> merkle::Frontier
  kLeafPosition = 84,  ///< leaf hash -> position, 8 bytes big-endian

  kCaseAt = 86,           ///< case id, position (8) -> CaseRow: as that record left it
  kObligationTrail = 87,  ///< obligation id, position (8) -> "": records that changed it
  kTheme = 88,            ///< part (1): 1, area -> ""; 2, area, month (4), theme (1) -> count (8)

  kCounted = 94,      ///< nominal id, composite rule, position (8) -> event id: counts towards one
  kComposite = 95,    ///< nominal id, composite rule, position (8) -> event id of the composite
  kCompositeOf = 96,  ///< event id, event id of a composite that it is a member of -> ""

  kRaise = 98,  ///< "" -> RaiseRow: what was recorded is not all weighed again yet
};

}  // namespace tearline::state
