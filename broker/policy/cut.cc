#include "broker/policy/cut.h"

#include <algorithm>
#include <numeric>

#include "broker/status/invariant.h"

namespace tearline::policy {
namespace {

/// Adds the masks spoken about one nominal that hide one of `flags`; true if there is one.
bool Hides(const Judgement& judgement, const std::vector<v1::ContentFlag>& flags,
           std::set<std::string>& masks) {
  bool hides = false;
  for (const PolicySet::Rule* spoken : judgement.spoke) {
    const v1::Rule& rule = spoken->rule;
    if (rule.kind() != v1::RULE_KIND_MASK) continue;
    const auto& hidden = rule.hides();
    if (std::find_first_of(hidden.begin(), hidden.end(), flags.begin(), flags.end()) !=
        hidden.end()) {
      masks.insert(rule.id());
      hides = true;
    }
  }
  return hides;
}

SegmentFate FateOf(const EventFacts::Segment& segment, const std::vector<Judgement>& judgements,
                   std::set<std::string>& masks) {
  const std::vector<std::size_t> concerned = Concerned(segment, judgements.size());
  for (const std::size_t place : concerned) {
    TEARLINE_INVARIANT(place < judgements.size(), "a segment's nominals are the event's");
    if (judgements[place].level < v1::LEVEL_FULL) return SegmentFate::kBelow;
  }
  bool hidden = false;
  for (const std::size_t place : concerned) {
    hidden = Hides(judgements[place], segment.flags, masks) || hidden;
  }
  return hidden ? SegmentFate::kHidden : SegmentFate::kGiven;
}

}  // namespace

std::vector<std::size_t> Concerned(const EventFacts::Segment& segment, std::size_t nominals) {
  if (!segment.nominals.empty()) return segment.nominals;
  std::vector<std::size_t> all(nominals);
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

Cut CutSegments(const EventFacts& event, const std::vector<Judgement>& judgements) {
  TEARLINE_INVARIANT(!judgements.empty(), "an event about nobody is judged once");
  Cut cut;
  for (const EventFacts::Segment& segment : event.segments) {
    const SegmentFate fate = FateOf(segment, judgements, cut.masks);
    if (fate == SegmentFate::kGiven) {
      cut.given.push_back(static_cast<std::uint32_t>(cut.fates.size()));
    }
    cut.fates.push_back(fate);
  }
  cut.level = v1::LEVEL_FULL;
  if (!cut.given.empty()) return cut;
  cut.level = v1::LEVEL_TEAR_LINE;
  for (const Judgement& judgement : judgements) cut.level = std::min(cut.level, judgement.level);
  return cut;
}

bool Meets(v1::Level level, v1::Level owed, std::size_t place, const EventFacts& event,
           const std::vector<Judgement>& judgements, const Cut& cut) {
  if (level < v1::LEVEL_FULL) return level >= owed;
  std::size_t about = 0;
  std::size_t given = 0;
  std::size_t below = 0;
  for (std::size_t i = 0; i < event.segments.size(); ++i) {
    const std::vector<std::size_t> concerned = Concerned(event.segments[i], judgements.size());
    if (std::find(concerned.begin(), concerned.end(), place) == concerned.end()) continue;
    ++about;
    if (cut.fates[i] == SegmentFate::kGiven) ++given;
    if (cut.fates[i] == SegmentFate::kBelow) ++below;
  }
  if (about == 0) return judgements[place].level >= owed;
  return given > 0 && (owed < v1::LEVEL_FULL || below == 0);
}

}  // namespace tearline::policy
