#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/verifier/leaf.h"
#include "clients/verifier/note.h"
#include "tearline/stored/v1/leaf.pb.h"
#include "tearline/v1/audit_service.pb.h"

namespace tearline::verifier {

/// One leaf of a review: where it lies under the review's checkpoint, and what is opened of it.
struct ReviewLeaf {
  std::uint64_t index = 0;
  std::vector<Hash> proof;  ///< Leaf to root.
  v1::Opening opening;
};

/// What the log holds about one person, for somebody who has no access to the broker: leaves with
/// their proofs under one checkpoint, and beside them what the broker only answered.
struct Review {
  std::string nominal_id;          ///< "nom_…".
  std::int64_t made_ms = 0;        ///< As of when the broker was asked, ms since 1970: by the
                                   ///< clock of whoever asked.
  std::string asked_by;            ///< The post that asked.
  std::string purpose;             ///< Its purpose, a code.
  std::string signed_note;         ///< The checkpoint all leaves lie under.
  std::string verifier_key;        ///< As the log gives it: no reason to trust.
  std::vector<std::string> panel;  ///< Who sat on the panel then. Answered, not proved.
  std::vector<std::string> cut;    ///< Events, "ev_…", and obligations, "ob_…", of which not
                                   ///< all records may be here.
  std::vector<ReviewLeaf> leaves;  ///< In order of index.
  std::vector<v1::KnownEvent> events;      ///< In order of id. Answered.
  std::vector<v1::OpenAtRow> obligations;  ///< In order of id. Answered, and but for those that
                                           ///< are cut held by leaves.
};

/// The review as lines of JSON in ASCII, each ended by a line feed: the head, each leaf, each
/// answer. The same review gives the same bytes. No line holds a character that ends or opens
/// anything in HTML.
///
/// Source: docs/verifying.md, "Reviews".
[[nodiscard]] std::string ReviewLines(const Review& review);

/// Refuses: DATA_LOSS, naming the line; what ReviewLines would not have written, byte for byte: so
/// what a line says in words is what its opened details hold.
[[nodiscard]] absl::StatusOr<Review> ReadReviewLines(std::string_view lines);

/// A leaf that was proved, and what is opened of it.
struct ProvedLeaf {
  std::uint64_t index = 0;
  Leaf leaf;
  std::vector<stored::v1::Detail> facts;
};

/// A review that holds.
struct ProvedReview {
  Checkpoint checkpoint;
  std::vector<ProvedLeaf> leaves;
};

/// Verifies every leaf under the checkpoint and every opened detail under its leaf, that leaves and
/// answers are in order, that the leaves are of the events that are answered and name the person if
/// they name anybody, and that no answer says otherwise than the leaves. It cannot tell whether a
/// leaf that belongs here was left out: for that there is the whole log.
///
/// Refuses: DATA_LOSS, naming the line.
[[nodiscard]] absl::StatusOr<ProvedReview> CheckReview(const Review& review,
                                                       const VerifierKey& key);

/// Whom a fact names as the person it is about, 16 bytes each: of what was put in, of an obligation
/// and of broken glass. Others name an event, not a person.
[[nodiscard]] std::vector<std::string> PeopleOf(const stored::v1::Detail& fact);

/// Whether an obligation of this type may be reviewed and due again, later than it was: by a record
/// that need not be one of an event's.
[[nodiscard]] bool MayBeDueAnew(v1::ObligationType type);

/// Whether the leaves hold what the broker answered of one event: that it was put in, when and by
/// whom, each letting-go and reading that the answer names, what was let go anew at its level, and
/// of each post the decision, if they hold any for it.
///
/// Refuses: DATA_LOSS, in a sentence without its subject.
[[nodiscard]] absl::Status AgreesWith(const v1::KnownEvent& said,
                                      const std::vector<ProvedLeaf>& leaves);

/// What a leaf says of obligations, in the order in which it came about; its slots are drawn and
/// have none. One is opened before anything joins it, which only makes it due earlier, and ends
/// after all.
[[nodiscard]] std::vector<stored::v1::ObligationDetail> SaidOfObligations(const ProvedLeaf& leaf);

/// Whether the leaves hold what the broker answered of one obligation at `made_ms`: when it was
/// opened and ended, whom it was told last, its step and its time. Of one that is cut, whether they
/// say nothing else: the end, and a new time where there may be one, are then the broker's word.
///
/// Refuses: DATA_LOSS, in a sentence without its subject.
[[nodiscard]] absl::Status AgreesWith(const v1::OpenAtRow& said, bool is_cut, std::int64_t made_ms,
                                      const std::vector<ProvedLeaf>& leaves);

}  // namespace tearline::verifier
