#include "tests/simulation/persons.h"

#include <algorithm>

namespace tearline::simulation {

std::string Persons::SurvivorOf(const std::string& nominal) const {
  std::string last = nominal;
  for (auto next = leads_to_.find(last); next != leads_to_.end(); next = leads_to_.find(last)) {
    last = next->second;
  }
  return last;
}

std::set<std::string> Persons::Of(const std::string& nominal) const {
  const std::string survivor = SurvivorOf(nominal);
  std::set<std::string> all = {nominal, survivor};
  for (const auto& [removed, surviving] : leads_to_) {
    if (SurvivorOf(removed) == survivor) all.insert(removed);
  }
  return all;
}

std::set<std::string> Persons::GoingWith(const std::string& nominal) const {
  std::set<std::string> going;
  for (const std::string& each : Of(nominal)) {
    std::string next = each;
    while (next != nominal && leads_to_.contains(next)) next = leads_to_.at(next);
    if (next == nominal) going.insert(each);
  }
  return going;
}

bool Persons::AreOne(const std::string& one, const std::string& other) const {
  return SurvivorOf(one) == SurvivorOf(other);
}

bool Persons::WereParted(const std::string& one, const std::string& other) const {
  const std::set<std::string> ones = Of(one);
  const std::set<std::string> others = Of(other);
  return std::any_of(parted_.begin(), parted_.end(), [&](const auto& pair) {
    return ones.contains(pair.first) && others.contains(pair.second);
  });
}

void Persons::Merge(const std::string& removed, const std::string& surviving) {
  leads_to_[removed] = surviving;
}

void Persons::Part(const std::string& removed) {
  const auto merged = leads_to_.find(removed);
  if (merged == leads_to_.end()) return;
  parted_.emplace(removed, merged->second);
  parted_.emplace(merged->second, removed);
  leads_to_.erase(merged);
}

}  // namespace tearline::simulation
