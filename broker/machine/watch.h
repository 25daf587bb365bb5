#pragma once

#include <cstddef>
#include <cstdint>

namespace tearline::machine {

/// Phases of applying a record that are worth knowing apart.
enum class Phase : std::uint8_t {
  kJudge,  ///< One decision: what a post is, and what policy says.
  kLeaf,   ///< The leaf with its details, into the tree.
};
inline constexpr std::size_t kPhases = 2;

/// Told when a phase begins and when it ends. The machine itself knows no time; whoever has it to apply
/// records may.
class Watch {
 public:
  virtual ~Watch() = default;
  virtual void Begin(Phase phase) = 0;
  virtual void End(Phase phase) = 0;
};

/// One phase, from here to the end of the scope. `watch` may be null.
class Watched {
 public:
  Watched(Watch* watch, Phase phase) : watch_(watch), phase_(phase) {
    if (watch_ != nullptr) watch_->Begin(phase_);
  }
  ~Watched() {
    if (watch_ != nullptr) watch_->End(phase_);
  }
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;

 private:
  Watch* const watch_;
  const Phase phase_;
};

}  // namespace tearline::machine
