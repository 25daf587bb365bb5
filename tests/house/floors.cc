#include "tests/house/floors.h"

#include <fstream>
#include <sstream>

namespace tearline::house {

Floors Floors::Read(const std::string& path) {
  Floors floors;
  std::ifstream stream(path);
  for (std::string line; std::getline(stream, line);) {
    std::istringstream words(line);
    std::string room;
    if (!(words >> room)) continue;
    room.pop_back();  // The colon.
    std::set<std::string>& deps = floors.rooms_[room];
    for (std::string dep; words >> dep;) deps.insert(dep);
  }
  return floors;
}

bool Floors::Allows(const std::string& room, const std::string& other) const {
  if (room == other) return true;
  const auto found = rooms_.find(room);
  return found != rooms_.end() && found->second.count(other) > 0;
}

std::string Floors::Of(const std::string& room) const {
  const auto found = rooms_.find(room);
  if (found == rooms_.end()) return "unknown";
  std::string text;
  for (const std::string& dep : found->second) text += (text.empty() ? "" : " ") + dep;
  return text;
}

}  // namespace tearline::house
