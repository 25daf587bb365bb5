#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/hash/hash.h"
#include "absl/status/status.h"
#include "clients/verifier/fact.h"
#include "clients/verifier/leaf.h"

namespace tearline::verifier {

/// Texts by the order in which they were met first, so that whoever keeps many pairs of them keeps
/// numbers.
///
/// Requires: fewer than 2^32 are met; memory ends before.
class Numbered {
 public:
  /// The number of a text, also of one not met before.
  std::uint32_t Meet(std::string_view text);
  /// Its number if it was met.
  [[nodiscard]] std::optional<std::uint32_t> Find(std::string_view text) const;

 private:
  absl::flat_hash_map<std::string, std::uint32_t> numbers_;
};

/// Record, then disclose: whatever was let go to a feed, the log held the decision that allowed it
/// first, at that very level; and what a feed was sent is numbered from 1 without gaps.
///
/// Memory: one row of some 20 bytes per event and post that was judged, one of some 100 per event.
class Disclosure {
 public:
  /// The details of one leaf; leaves in order.
  ///
  /// Refuses: DATA_LOSS; a detail that is no fact, a release without its decision, at another level
  /// or of what was withheld, a number out of turn. What is let go again keeps its number.
  [[nodiscard]] absl::Status Add(const LeafEntry& entry);

  [[nodiscard]] std::uint64_t Decisions() const { return decisions_; }
  [[nodiscard]] std::uint64_t Withheld() const { return withheld_; }
  [[nodiscard]] std::uint64_t Releases() const { return releases_; }

 private:
  /// An event's number above, a post's below.
  using Pair = std::uint64_t;
  /// What was decided of one event for posts that were met together is looked for in one place:
  /// eight such pairs have one hash, but for the last seven bits, by which the map tells apart what
  /// lies in one group of places.
  struct Together {
    std::size_t operator()(Pair pair) const {
      return (absl::Hash<Pair>()(pair >> 3) & ~std::size_t{127}) |
             static_cast<std::size_t>(pair & 127);
    }
  };

  void Decide(const Fact& decision);
  absl::Status LetGo(const Fact& released);
  [[nodiscard]] std::optional<int> DecidedFor(std::string_view event_id,
                                              std::string_view post) const;

  std::uint64_t decisions_ = 0;
  std::uint64_t withheld_ = 0;
  std::uint64_t releases_ = 0;
  FactReader reader_;
  Numbered events_;
  Numbered names_;  // Of posts, and of feeds.
  // What was met last: the decisions of a leaf are mostly on one event.
  std::string last_event_id_;
  std::optional<std::uint32_t> last_event_;
  absl::flat_hash_map<Pair, int, Together> decided_;  // → the level
  absl::flat_hash_map<Pair, std::uint64_t> numbers_;  // (feed, lane) → the last
  std::vector<const std::string*> released_;          // Of the leaf at hand.
};

}  // namespace tearline::verifier
