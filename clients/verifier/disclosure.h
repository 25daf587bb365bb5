#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "clients/verifier/leaf.h"
#include "tearline/stored/v1/leaf.pb.h"

namespace tearline::verifier {

/// Record, then disclose: whatever was let go to a feed, the log held the decision that allowed it
/// first, at that very level; and what a feed was sent is numbered from 1 without gaps.
///
/// Memory: one row per event and post that was judged.
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
  absl::Status Read(const LeafEntry& entry);
  void Decide(const stored::v1::DecisionDetail& decision);
  absl::Status LetGo(const stored::v1::ReleasedDetail& released);

  std::uint64_t decisions_ = 0;
  std::uint64_t withheld_ = 0;
  std::uint64_t releases_ = 0;
  // (event, post) → level
  absl::flat_hash_map<std::pair<std::string, std::string>, v1::Level> decided_;
  std::map<std::pair<std::string, int>, std::uint64_t> numbers_;  // (feed, lane) → the last
  // Those of the leaf at hand first; the others keep their memory for a leaf with more.
  std::vector<stored::v1::Detail> facts_;
};

}  // namespace tearline::verifier
