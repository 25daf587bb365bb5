#include "tests/simulation/reading.h"

#include <algorithm>

namespace tearline::simulation {

Reading::Reading(const Town& its_town) : town(its_town) {
  for (const std::string& post : town.posts()) holders[post] = As::kHolder;
}

bool Reading::Stands(const std::string& post, As as) const {
  const std::string agency = AgencyOf(post);
  return !vacant.contains(post) && !suspended.contains(agency) &&
         !suspended.contains(agency + "/" + MemberOf(post, as));
}

bool Reading::MayRead(const std::string& post, As as) const {
  return Stands(post, as) && (as == As::kDeputy || as == holders.at(post));
}

bool Reading::Away(const std::string& post) const {
  if (vacant.contains(post)) return suspended.contains(AgencyOf(post));
  return !Stands(post, holders.at(post)) && !Stands(post, As::kDeputy) &&
         !Stands(post, As::kSystem);
}

bool Reading::OnLeave(const std::string& post) const {
  const auto leave = leaves.find(post);
  return leave != leaves.end() && leave->second.begun;
}

As Reading::InCharge(const std::string& post) const {
  return OnLeave(post) ? As::kDeputy : holders.at(post);
}

bool Reading::StoodInSince(const std::string& post, std::int64_t since_ms) const {
  return OnLeave(post) && leaves.at(post).from_ms <= since_ms;
}

bool Reading::NobodyThere(const std::string& post) const {
  return Dead(post) || (OnLeave(post) && !Stands(post, As::kDeputy));
}

std::set<std::string> Reading::Decided(const EventHeard& event) const {
  std::set<std::string> posts = Concerned(event);
  for (const std::string& nominal : event.nominals) {
    for (const std::string& post : BroughtInBy(nominal)) {
      std::string other = WhoDoesTheWorkOf(post);
      if (other.empty() && Away(post)) {
        other = town.LineOf(post);
        while (!other.empty() && Dead(other)) other = town.LineOf(other);
      }
      if (!other.empty()) posts.insert(other);
    }
  }
  for (const auto& [use, glass] : glasses) {
    if (glass.until_ms > now_ms && IsAbout(event, glass.nominal)) posts.insert(glass.post);
  }
  posts.erase(event.origin_post);
  return posts;
}

bool Reading::HasGlass(const std::string& post, const std::string& nominal) const {
  return std::any_of(glasses.begin(), glasses.end(), [&](const auto& use) {
    return use.second.post == post && persons.AreOne(use.second.nominal, nominal) &&
           use.second.until_ms > now_ms;
  });
}

const Reading::CaseHeard* Reading::CaseOf(const std::string& nominal) const {
  for (const std::string& each : persons.Of(nominal)) {
    const auto its_case = case_of.find(each);
    if (its_case != case_of.end()) return &cases.at(its_case->second);
  }
  return nullptr;
}

bool Reading::IsAbout(const EventHeard& event, const std::string& nominal) const {
  return std::any_of(event.nominals.begin(), event.nominals.end(),
                     [&](const std::string& each) { return persons.AreOne(each, nominal); });
}

std::set<std::string> Reading::SupervisorsOf(const std::string& nominal) const {
  const CaseHeard* const its_case = CaseOf(nominal);
  if (its_case != nullptr && !its_case->supervisor.empty()) return {its_case->supervisor};
  std::set<std::string> named;
  for (const std::string& each : persons.Of(nominal)) {
    const auto post = supervisors.find(each);
    if (post != supervisors.end()) named.insert(post->second);
  }
  named.erase("");
  return named;
}

std::set<std::string> Reading::SupervisorsOnceParted(const std::string& nominal) const {
  std::set<std::string> named;
  const CaseHeard* const its_case = CaseOf(nominal);
  if (its_case == nullptr || its_case->supervisor.empty()) return named;
  const std::set<std::string> going = persons.GoingWith(nominal);
  for (const std::string& each : persons.Of(nominal)) {
    const auto post = supervisors.find(each);
    const bool with_case = going.contains(each) == going.contains(its_case->nominal);
    if (post != supervisors.end() && !with_case) named.insert(post->second);
  }
  named.erase("");
  named.erase(its_case->supervisor);
  return named;
}

std::set<std::string> Reading::BroughtInBy(const std::string& nominal) const {
  std::set<std::string> posts = SupervisorsOf(nominal);
  if (const CaseHeard* const its_case = CaseOf(nominal)) {
    for (const auto& [post, kind] : its_case->seats) posts.insert(post);
    posts.insert(its_case->accountable);
  }
  posts.erase("");
  return posts;
}

std::set<std::string> Reading::Concerned(const EventHeard& event) const {
  std::set<std::string> posts;
  for (const std::string& nominal : event.nominals) posts.merge(BroughtInBy(nominal));
  posts.erase(event.origin_post);
  return posts;
}

bool Reading::IsOwed(const std::string& nominal, const std::string& post) const {
  if (const CaseHeard* const its_case = CaseOf(nominal)) {
    const std::set<std::string> as = StandsAs(*its_case, post);
    if (as.contains(its_case->accountable)) return true;
    if (!its_case->supervisor.empty()) return as.contains(its_case->supervisor);
  }
  const std::set<std::string> named = SupervisorsOf(nominal);
  return std::any_of(named.begin(), named.end(), [&](const std::string& each) {
    return each == post || DoesTheWorkOf(each, post);
  });
}

bool Reading::FullAbout(const EventHeard& event, const std::string& nominal,
                        const std::string& post) const {
  if (HasGlass(post, nominal) || IsOwed(nominal, post)) return true;
  if (event.controlled) return false;
  if (SeesWithoutSeat(post)) return true;
  const CaseHeard* const heard = CaseOf(nominal);
  if (heard == nullptr) return false;
  const std::set<std::string> as = StandsAs(*heard, post);
  return std::any_of(as.begin(), as.end(), [&](const std::string& each) {
    const auto seat = heard->seats.find(each);
    if (seat == heard->seats.end()) return false;
    const auto from = heard->history_from.find(each);
    if (from != heard->history_from.end() && event.stamp_ms < from->second) return false;
    return seat->second == v1::SEAT_KIND_CHAIR ||
           (seat->second == v1::SEAT_KIND_MEMBER && edition == 0);
  });
}

Say Reading::Of(const EventHeard& event, const std::string& post) const {
  return SayOf(event, post, Away(post));
}

Say Reading::InReach(const EventHeard& event, const std::string& post) const {
  return SayOf(event, post, /*cut_off=*/false);
}

Say Reading::SayOf(const EventHeard& event, const std::string& post, bool cut_off) const {
  Say say;
  if (event.withdrawn) return say;
  cut_off = cut_off || (event.sensitive && !town.IsCleared(post));
  std::map<std::string, bool> short_of;  // By nominal: a segment about it was not told.
  for (std::uint32_t place = 0; place < event.about.size(); ++place) {
    std::vector<std::string> whom;
    for (const std::uint32_t each : event.about[place]) whom.push_back(event.nominals[each]);
    if (whom.empty()) whom = event.nominals;
    const bool for_nobody = !whom.empty() || (SeesWithoutSeat(post) && !event.controlled);
    const bool told = !cut_off && !event.secret && for_nobody &&
                      std::all_of(whom.begin(), whom.end(), [&](const std::string& each) {
                        return FullAbout(event, each, post);
                      });
    if (told) say.segments.push_back(place);
    for (const std::string& each : whom) short_of[each] = short_of[each] || !told;
  }
  say.told = !say.segments.empty();
  for (const std::string& nominal : event.nominals) {
    if (!IsOwed(nominal, post)) continue;
    say.owed = true;
    // About whom no segment is, the level alone counts.
    const bool unmet = !say.told || (short_of.contains(nominal) && short_of.at(nominal));
    if (unmet) say.unmet.push_back(nominal);
  }
  return say;
}

}  // namespace tearline::simulation
