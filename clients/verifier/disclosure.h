#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "clients/verifier/fact.h"
#include "clients/verifier/leaf_parts.h"

namespace tearline::verifier {

/// Texts by the order in which they were met first, so that whoever keeps many pairs of them keeps
/// numbers. Texts are mostly met in the order of last time: the one that came next then is looked
/// at before any is looked for.
///
/// Requires: fewer than 2^32 are met; memory ends before.
/// Memory: some 25 bytes for each, and its own.
class Numbered {
 public:
  Numbered() = default;
  Numbered(const Numbered&) = delete;
  Numbered& operator=(const Numbered&) = delete;

  /// The number of a text; of one not met before, how many were.
  std::uint32_t Meet(std::string_view text);
  /// Its number if it was met.
  [[nodiscard]] std::optional<std::uint32_t> Find(std::string_view text) const;

 private:
  /// A text, where it lies among all, and the number of the one that was met after it.
  struct Met {
    std::size_t begin = 0;
    std::uint32_t size = 0;
    std::uint32_t next = 0;
  };
  /// Takes a number for its text.
  struct TextOf {
    std::string_view operator()(std::string_view text) const { return text; }
    std::string_view operator()(std::uint32_t number) const {
      const Met& met = all->met_[number];
      return std::string_view(all->texts_).substr(met.begin, met.size);
    }
    const Numbered* all;
  };
  struct Hashed : TextOf {
    using is_transparent = void;
    template <typename Any>
    std::size_t operator()(Any any) const;
  };
  struct Alike : TextOf {
    using is_transparent = void;
    template <typename Any, typename Other>
    bool operator()(Any any, Other other) const {
      return TextOf::operator()(any) == TextOf::operator()(other);
    }
  };

  std::string texts_;     // One behind the other.
  std::vector<Met> met_;  // By number.
  absl::flat_hash_set<std::uint32_t, Hashed, Alike> numbers_{0, Hashed{this}, Alike{this}};
  std::uint32_t last_ = 0;
};

/// Which level was decided last of an event for a post.
///
/// What is decided of an event is mostly decided at once, for one post after the other: that lies
/// together, in the order in which it came. What is decided of it later lies apart.
///
/// Memory: some 8 bytes per event and post that was judged, some 50 per event; some 20 for what was
/// decided later, each.
class Decided {
 public:
  void Add(std::string_view event_id, std::string_view post, int level);
  [[nodiscard]] std::optional<int> Of(std::string_view event_id, std::string_view post) const;

 private:
  struct ForPost {
    std::uint32_t post = 0;
    int level = 0;
  };
  /// The numbers of an event's and a post's name.
  using Pair = std::pair<std::uint32_t, std::uint32_t>;

  Numbered events_;
  std::vector<std::size_t> begins_;  // By an event's number: where in `together_` its own begins.
  std::vector<ForPost> together_;
  absl::flat_hash_map<Pair, int> later_;  // → the level, in place of what lies together
  Numbered posts_;
  std::string last_event_id_;
};

/// Record, then disclose: whatever was let go to a feed, the log held the decision that allowed it
/// first, at that very level; and what a feed was sent is numbered from 1 without gaps.
///
/// Memory: that of what was decided, and one row of some 20 bytes per feed and lane.
class Disclosure {
 public:
  /// The details of one leaf; leaves in order.
  ///
  /// Refuses: DATA_LOSS; a detail that is no fact, a release without its decision, at another level
  /// or of what was withheld, a number out of turn. What is let go again keeps its number.
  [[nodiscard]] absl::Status Add(const LeafParts& parts);

  [[nodiscard]] std::uint64_t Decisions() const { return decisions_; }
  [[nodiscard]] std::uint64_t Withheld() const { return withheld_; }
  [[nodiscard]] std::uint64_t Releases() const { return releases_; }

 private:
  /// The number of a feed's name, and a lane.
  using Lane = std::pair<std::uint32_t, int>;

  void Decide(const Fact& decision);
  absl::Status LetGo(const Fact& released);

  std::uint64_t decisions_ = 0;
  std::uint64_t withheld_ = 0;
  std::uint64_t releases_ = 0;
  FactReader reader_;
  Decided decided_;
  Numbered feeds_;
  absl::flat_hash_map<Lane, std::uint64_t> numbers_;  // → the last that was let go
  std::vector<std::string_view> released_;             // Of the leaf at hand.
};

}  // namespace tearline::verifier
