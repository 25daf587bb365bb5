#pragma once

#include <filesystem>

namespace tearline::state {

/// A directory beside `directory`, made now and removed with all that is in it when this is
/// destroyed: where a second state is replayed. `path()` is empty if it could not be made.
class Scratch {
 public:
  explicit Scratch(const std::filesystem::path& directory);
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace tearline::state
