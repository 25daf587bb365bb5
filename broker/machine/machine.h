#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "broker/audit/leaf.h"
#include "broker/crypto/digest.h"
#include "broker/ledger/record.h"
#include "broker/machine/resolution.h"
#include "broker/machine/watch.h"
#include "broker/model/ids.h"
#include "broker/policy/hearing.h"
#include "broker/policy/policy_set.h"
#include "broker/state/batch.h"
#include "tearline/stored/v1/row.pb.h"
#include "tearline/v1/error.pb.h"
#include "tearline/v1/event.pb.h"

namespace tearline::machine {

/// The version of everything the machine, the evaluator, the canonicalisers and the leaf encoding
/// do. Written into every record; a replay acts as the version of the record says.
///
///   1  the first
///   2  details lie at drawn places (audit/detail_tree.h); a policy is proposed only if it is tested,
///      covered and sound, and approved only after a simulation whose raises are signed off
///   3  a post's new holder must take over (hand_over.h); what is owed by a post nobody acts for
///      climbs at once
///   4  a post out of reach is stood in for (reach.h); a purpose or legal basis is one that the policy
///      lists; a policy keeps out whoever is to be kept out; an originator hears of a disclosure that
///      rests on its event; a publication remembers what its publisher may show as a receipt
///      (signing_key.h); break-glass brings nothing that waits to come anew, and nothing that the post
///      was told alike (glass.h); a post's holder may be away (leave.h)
///   5  composites are made (composite.h); a withdrawal or an amendment is signed where events are
///      (signing_key.h); of two open cases of one person one may be joined into the other
///      (joined_case.h); who became one by way of a third is parted by numbers (by_number.h); what is
///      asked twice in the same words waits once (second_hand.h)
///   6  a raise reaches whoever was given less (raise.h); an originator hears of whoever is told all of
///      what it controls (tell_originators.h); a third party is told by who speaks for the panel and
///      knows what that rests on; a conflict of another post is declared by who leads or chairs; what
///      waits and was moved to another nominal is asked whether it is still for its feed before it is
///      judged, and what had been told before it is taken back (supersede.h); a parting opens a case
///      again that was joined further up (joined_case.h); what a post settled does not come once more,
///      alike (look_again.h); what joins a composite unseen brings nothing that the policy says
///      otherwise by now (event_change.h); what is owed is chased until it is done (obligation.h,
///      climb.h, asked.h); a policy is examined in all situations there can be (policy/finding.h), and
///      a simulation that left decisions out counts for no approval; a report is commissioned for a
///      time, and a policy may speak of its writer (commission.h); who is accountable or supervises
///      hands on what it owed (office.h); a case is run by its area's co-ordinators, and at level 2 or
///      3 managed at less by its chair alone (open_work.h); what a fact left open ends with its last
///      action; nobody is chased to read what was erased; whoever had to do with both hears that two
///      became one
///   7  what was received and is enough now is judged no lower, nor owed, and the end of a
///      commission leaves what else brings the past (tell_late.h, history.h); a case that is led or
///      lies elsewhere is judged anew (widen.h); a raise is bounded within an event, and gives way
///      in a pulse (raise.h); whoever is kept out of a person hears of nothing that is owed about
///      them, and is refused alike (board.h, access_limit.h); an originator hears once of a control
///      that passed; the end of a member's certificate counts (certificate_end.h); a policy's text
///      may be longer (policy_text.h); a new post for the same function does the work of a dead
///      address (passed_on.h, taken_up.h); what travels fast and was not read holds the gate
///      (unread_urgent.h); a level that a message gives yields to people (level_fact.h); a number
///      says how it stands, counts for when it holds, and numbers that lead to two, or are out of
///      their time, are reviewed (identifiers.h, numbers_disagree.h); a leaf says by which
///      correlation id its record was asked for (who_asked.h); a case that ends and leaves its
///      person to a supervisor of the author's own takes two hands (second_hand.h); "history
///      arrived" is of the panel that it came to (obligation.h); what a deleted subscription told
///      stands when nothing less may be told (supersede.h)
///   8  who was named for one of two that are parted supervises again where the other's case had
///      its own, by two hands where that is a post of the author's own (supervisor.h); a
///      subscription gets nothing more of whom it names no more (selector.h)
///   9  whoever does the work of several dead posts of a case is judged as all of them, and reads
///      what one of them must read as it comes to an office (taken_up.h)
inline constexpr std::uint16_t kBehaviourVersion = 9;
/// The version from which policies are held to their tests and simulations.
inline constexpr std::uint16_t kPoliciesTestedFrom = 2;
/// The version from which posts are handed over, and dead addresses chased.
inline constexpr std::uint16_t kPostsHandedOverFrom = 3;
/// The version from which posts that are out of reach are stood in for.
inline constexpr std::uint16_t kReachFrom = 4;
/// The version from which purposes and legal bases are held to the policy's lists.
inline constexpr std::uint16_t kCodesListedFrom = 4;
/// The version from which a policy must keep out whoever is excluded or in conflict.
inline constexpr std::uint16_t kKeptOutFrom = 4;
/// The version from which originators hear of disclosures.
inline constexpr std::uint16_t kDisclosuresToldFrom = 4;
/// The version from which break-glass brings nothing twice.
inline constexpr std::uint16_t kGlassOnceFrom = 4;
/// The version from which composites are made.
inline constexpr std::uint16_t kCompositesFrom = 5;
/// The version from which SEE_TO_OPEN_WORK ends with its last action, and in no other way.
inline constexpr std::uint16_t kWorkSeenToFrom = 6;
/// The version from which an erasure ends what must be read of it.
inline constexpr std::uint16_t kErasedReadsEndFrom = 6;
/// The version from which offices in a case hand on what they owe (office.h).
inline constexpr std::uint16_t kOfficesHandedOnFrom = 6;
/// The version from which a panel without a chair is held at level 2 and 3, and a case is run by
/// the co-ordinators of its area alone.
inline constexpr std::uint16_t kCoordinatedFrom = 6;
/// The version from which whoever had to do with both hears that two became one.
inline constexpr std::uint16_t kBothToldFrom = 6;
/// The version from which a raise reaches whoever was given less.
inline constexpr std::uint16_t kRaisesReachFrom = 6;
/// The version from which a disclosure is decided by who speaks for the panel, is not kept out, and
/// knows what it rests on.
inline constexpr std::uint16_t kDisclosersHeldFrom = 6;
/// The version from which originators hear of whoever is told all against their control.
inline constexpr std::uint16_t kControlToldFrom = 6;
/// The version from which policies are examined in all situations there can be.
inline constexpr std::uint16_t kExaminedWhollyFrom = 6;
/// The version from which a simulation counts for an approval only if it left nothing out.
inline constexpr std::uint16_t kSimulatedWhollyFrom = 6;
/// The version from which what is owed is chased until it is done.
inline constexpr std::uint16_t kDutiesKeptFrom = 6;

/// When something is recorded, or judged, and by what meaning of its command.
struct RecordedAs {
  std::uint16_t behaviour_version = 0;
  std::int64_t stamp_ms = 0;
};

/// What of that which live streams found out before a record no longer holds after it. Each means
/// what stands before it, too.
enum class Change {
  kNone,
  kTelling,  ///< What may be told of somebody: a frame that was begun before is filled anew.
  kAccess,   ///< Directory or policy: whoever is here is looked at again, too.
};

/// Decisions that a record made, for measuring.
struct Judged {
  std::array<std::uint32_t, static_cast<std::size_t>(v1::Level_ARRAYSIZE)> by_level{};
  std::uint32_t duties_unmet = 0;  ///< Told less than was owed.
};

/// What a record did, for whoever waits for it. Nothing here is remembered: what must last is in
/// the batch.
struct Applied {
  audit::Outcome outcome = audit::Outcome::kApplied;
  v1::ErrorReason reason = v1::ERROR_REASON_UNSPECIFIED;  ///< Set if refused or unappliable.
  std::string sentence;                                   ///< What would be right, if refused.
  std::string made_id;                                    ///< In text form; "" if nothing was made.
  crypto::Digest leaf_hash;                               ///< For kRepeated: of the first record.
  model::Position position = 0;                           ///< For kRepeated: of the first record.
  std::int64_t stamp_ms = 0;                              ///< For kRepeated: of the first record.

  std::set<std::string> feeds;  ///< Feeds in which items were let go: the dispatcher wakes them.
  std::set<std::string> unfinished;  ///< Feeds with room left when kReleaseRowsMax was reached: the
                                     ///< writer follows up with ReleaseRows.
  Judged judged{};
  Resolution resolution{};               ///< What ResolveNominal came to.
  bool numbers_disagree = false;         ///< The publisher is warned of it (numbers_disagree.h).
  bool access_changed = false;           ///< Change::kAccess.
  bool telling_changed = false;          ///< Change::kTelling.
  std::vector<std::string> erased_keys;  ///< Subject keys, 16 bytes each, for the vault to destroy.

  Change HowFar() const {
    if (access_changed) return Change::kAccess;
    return telling_changed ? Change::kTelling : Change::kNone;
  }
};

/// Turns the ledger into state: one record at a time, and knows neither clock nor chance nor
/// content. The same ledger gives the same state, leaves and root on every machine and build (P8).
///
/// Threads: one.
class Machine {
 public:
  /// Requires: `watch` outlives it; null if nobody watches.
  explicit Machine(Watch* watch = nullptr) : watch_(watch) {}

  /// Applies one record: its effects, its leaf and the ledger's own row, into `batch`.
  ///
  /// A record that cannot be applied is applied as UNAPPLIABLE: it changes nothing, has its leaf,
  /// and LedgerRow.unappliable counts it.
  ///
  /// Requires: `record` is the one after the last applied (position, link and ledger id agree).
  Applied Apply(const ledger::StoredHeader& record, state::Batch& batch);

 private:
  /// A policy, and the engine that judges by it.
  struct Judging {
    explicit Judging(policy::PolicySet read) : set(std::move(read)), hearing(set) {}
    const policy::PolicySet set;
    policy::Hearing hearing;
  };

  /// Of the policy in force before the record; null before genesis.
  policy::Hearing* PolicyInForce(const stored::v1::LedgerRow& ledger, const state::Reader& reader);

  Watch* watch_;
  /// The last policy in force, as parsed and compiled; a memory of pure work, not state.
  std::unique_ptr<Judging> judging_;
};

/// When the next deadline is due, in ledger milliseconds; the greatest number if none is.
[[nodiscard]] std::int64_t NextDeadlineMs(const state::Reader& reader);

}  // namespace tearline::machine
