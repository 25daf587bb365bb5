#pragma once

#include <map>
#include <set>
#include <string>

namespace tearline::house {

/// What each room may lean on, as its CMakeLists.txt says.
class Floors {
 public:
  /// Reads the file that CMake wrote: one line per room, "room: dep dep".
  static Floors Read(const std::string& path);

  /// Whether `room` may include a header of `other`: its own, or one of its DEPS.
  bool Allows(const std::string& room, const std::string& other) const;

  /// The DEPS of `room`, for a sentence.
  std::string Of(const std::string& room) const;

  const std::map<std::string, std::set<std::string>>& rooms() const { return rooms_; }

 private:
  std::map<std::string, std::set<std::string>> rooms_;
};

}  // namespace tearline::house
