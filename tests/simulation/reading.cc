#include "tests/simulation/reading.h"

#include <algorithm>

namespace tearline::simulation {

Reading::Reading() {
  for (const std::string& post : Posts()) holders[post] = As::kHolder;
}

bool Reading::Stands(const std::string& post, As as) const {
  const std::string agency = AgencyOf(post);
  return !suspended.contains(agency) && !suspended.contains(agency + "/" + MemberOf(post, as));
}

bool Reading::MayRead(const std::string& post, As as) const {
  return Stands(post, as) && (as == As::kDeputy || as == holders.at(post));
}

std::set<std::string> Reading::Concerned(const EventHeard& event) const {
  std::set<std::string> posts;
  for (const std::string& nominal : event.nominals) {
    const auto its_case = case_of.find(nominal);
    if (its_case == case_of.end()) continue;
    const CaseHeard& heard = cases.at(its_case->second);
    for (const auto& [post, kind] : heard.seats) posts.insert(post);
    posts.insert(heard.accountable);
  }
  posts.erase("");
  posts.erase(event.origin_post);
  return posts;
}

bool Reading::FullAbout(const EventHeard& event, const std::string& nominal,
                        const std::string& post) const {
  const auto its_case = case_of.find(nominal);
  if (SeesWithoutSeat(post)) return true;
  if (its_case == case_of.end()) return false;
  const CaseHeard& heard = cases.at(its_case->second);
  if (heard.accountable == post) return true;
  const auto seat = heard.seats.find(post);
  if (seat == heard.seats.end()) return false;
  const auto from = heard.history_from.find(post);
  if (from != heard.history_from.end() && event.stamp_ms < from->second) return false;
  return seat->second == v1::SEAT_KIND_CHAIR ||
         (seat->second == v1::SEAT_KIND_MEMBER && edition == 0);
}

Say Reading::Of(const EventHeard& event, const std::string& post) const {
  Say say;
  if (event.withdrawn) return say;
  const bool away = suspended.contains(AgencyOf(post));
  std::map<std::string, bool> short_of;  // By nominal: a segment about it was not told.
  for (std::uint32_t place = 0; place < event.about.size(); ++place) {
    std::vector<std::string> whom;
    for (const std::uint32_t each : event.about[place]) whom.push_back(event.nominals[each]);
    if (whom.empty()) whom = event.nominals;
    const bool for_nobody = !whom.empty() || SeesWithoutSeat(post);
    const bool told = !away && !event.secret && for_nobody &&
                      std::all_of(whom.begin(), whom.end(), [&](const std::string& each) {
                        return FullAbout(event, each, post);
                      });
    if (told) say.segments.push_back(place);
    for (const std::string& each : whom) short_of[each] = short_of[each] || !told;
  }
  say.told = !say.segments.empty();
  for (const std::string& nominal : event.nominals) {
    const auto its_case = case_of.find(nominal);
    if (its_case == case_of.end() || cases.at(its_case->second).accountable != post) continue;
    say.owed = true;
    // About whom no segment is, the level alone counts.
    const bool unmet = !say.told || (short_of.contains(nominal) && short_of.at(nominal));
    if (unmet) say.unmet.push_back(nominal);
  }
  return say;
}

}  // namespace tearline::simulation
