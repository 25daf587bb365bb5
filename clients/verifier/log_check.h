#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "clients/verifier/disclosure.h"
#include "clients/verifier/leaf.h"
#include "clients/verifier/leaf_parts.h"
#include "clients/verifier/note.h"
#include "clients/verifier/tree.h"

namespace tearline::verifier {

/// What leaves say of themselves, without their details: positions have no gap, time never goes
/// backwards, one ledger wrote them all.
class LeafOrder {
 public:
  /// The leaf at `index`. Refuses: DATA_LOSS.
  [[nodiscard]] absl::StatusOr<Leaf> Add(std::uint64_t index, std::string_view leaf);

  [[nodiscard]] std::uint64_t Leaves() const { return next_; }
  [[nodiscard]] std::int64_t FirstStampMs() const { return first_stamp_ms_; }
  [[nodiscard]] std::int64_t LastStampMs() const { return last_stamp_ms_; }

 private:
  std::uint64_t next_ = 0;
  std::array<char, 16> ledger_id_{};
  std::int64_t first_stamp_ms_ = 0;
  std::int64_t last_stamp_ms_ = 0;
};

/// What a whole log held.
struct LogReport {
  std::uint64_t leaves = 0;
  std::uint64_t details = 0;
  std::uint64_t decisions = 0;
  std::uint64_t withheld = 0;
  std::uint64_t releases = 0;
  std::int64_t first_stamp_ms = 0;
  std::int64_t last_stamp_ms = 0;
  std::map<std::uint16_t, std::uint64_t> outcomes;  ///< By the number in the leaf.
};

/// Checks a log from its first leaf to its last, trusting nothing but the checkpoint given at the
/// end: every detail belongs to its leaf, every leaf to the tree, positions have no gap, time never
/// goes backwards, one ledger wrote them all, and nothing was let go that was not decided.
class LogCheck {
 public:
  /// A checkpoint seen before: when the log reaches its size it must have its root. The same as a
  /// proof of consistency, for whoever reads every leaf.
  void Remember(const Checkpoint& earlier) { earlier_ = earlier; }

  /// The next leaf. Refuses: DATA_LOSS, naming the leaf's index.
  [[nodiscard]] absl::Status Add(const LeafParts& parts);
  [[nodiscard]] absl::Status Add(const LeafEntry& entry);

  /// After the last leaf. Refuses: DATA_LOSS; another number of leaves than the checkpoint counts,
  /// another root, or a log shorter than one seen before.
  [[nodiscard]] absl::Status Finish(const Checkpoint& checkpoint) const;

  [[nodiscard]] LogReport Report() const;

 private:
  absl::Status Judge(const LeafParts& parts);

  TreeHead tree_;
  LeafOrder order_;
  Disclosure disclosure_;
  LogReport report_;
  LeafParts laid_;
  std::optional<Checkpoint> earlier_;
};

}  // namespace tearline::verifier
