#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "clients/verifier/receipt.h"
#include "clients/verifier/review.h"

namespace tearline::cli {

/// Records as receipts give them, and which of their details a review of one person shows: an
/// auditor's receipt opens all of a record, and a record may be about others, too.
class ReviewScope {
 public:
  explicit ReviewScope(std::string nominal_id) : nominal_id_(std::move(nominal_id)) {}

  /// One record of an event of the review. Requires: `receipt` is what OpenReceipt gave of
  /// `opening`.
  void Add(const std::string& event_id, const verifier::Receipt& receipt,
           const v1::Opening& opening);

  /// One record of an obligation's own trail: nothing of it is shown but what it says of that one,
  /// and who asked. Requires: as Add; it is of Trails().
  void AddOfTrail(const verifier::Receipt& receipt, const v1::Opening& opening);

  /// Obligations whose own records belong here, "ob_…": those about the person. Of another person's
  /// only what records of the person's events say is shown.
  [[nodiscard]] std::set<std::string> Trails() const;

  /// What is shown, in order of index; without proofs under a checkpoint.
  [[nodiscard]] std::vector<verifier::ReviewLeaf> Leaves() const;

  /// The obligations it speaks of, "ob_…", with a time at which each was open, ms since 1970.
  [[nodiscard]] std::map<std::string, std::int64_t> Obligations() const;

 private:
  void Keep(const verifier::Receipt& receipt, const v1::Opening& opening);

  struct Shown {
    std::int64_t stamp_ms = 0;
    std::string leaf;
    std::map<std::uint32_t, v1::OpenedDetail> details;  ///< By slot.
  };

  bool IsOfEvents(const std::string& bytes) const;
  bool Concerns(const stored::v1::Detail& fact) const;

  const std::string nominal_id_;
  std::set<std::string> events_;  ///< "ev_…".
  std::map<std::uint64_t, Shown> records_;
  std::set<std::string> obligations_;                              ///< Ids as bytes.
  std::set<std::tuple<std::string, int, std::uint64_t>> numbers_;  ///< Of what was let go.
};

}  // namespace tearline::cli
