#pragma once

#include <cstdint>
#include <string>
#include <utility>

namespace tearline::cli {

/// How far long work is, said on stderr: on a terminal in one line that counts on, elsewhere in a
/// line now and then, so that a log is not filled. Nothing of what is over before anybody wonders.
class Progress {
 public:
  /// `what` is done, for example "leaves"; on a terminal it is said each time `every` more are.
  Progress(std::string what, std::uint64_t every) : what_(std::move(what)), every_(every) {}

  /// Says that so many are done.
  void Say(std::uint64_t done, std::uint64_t of);
  /// What Say writes; "" for nothing.
  [[nodiscard]] std::string Text(std::uint64_t done, std::uint64_t of, bool terminal);

 private:
  const std::string what_;
  const std::uint64_t every_;
  std::uint64_t said_ = 0;
};

}  // namespace tearline::cli
