#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>

namespace tearline::simulation {

/// Which nominals, 16 bytes each, are taken for one person: written from what was said of merges,
/// and of merges that were wrong.
class Persons {
 public:
  /// All that are the same person, the nominal itself among them.
  std::set<std::string> Of(const std::string& nominal) const;
  /// Those that would go with the nominal, were it parted from what it was merged into.
  std::set<std::string> GoingWith(const std::string& nominal) const;
  /// The nominal that the person goes by.
  std::string SurvivorOf(const std::string& nominal) const;
  bool AreOne(const std::string& one, const std::string& other) const;
  /// Whether the nominal was merged into another, and is still.
  bool WasMerged(const std::string& nominal) const { return leads_to_.contains(nominal); }
  /// Whether some nominal of the one was once taken for some of the other's, and parted again.
  bool WereParted(const std::string& one, const std::string& other) const;

  void Merge(const std::string& removed, const std::string& surviving);
  void Part(const std::string& removed);

 private:
  std::map<std::string, std::string> leads_to_;
  std::set<std::pair<std::string, std::string>> parted_;  ///< Both ways.
};

}  // namespace tearline::simulation
