#include "broker/model/marking.h"

#include <algorithm>
#include <functional>

#include "broker/model/limits.h"
#include "broker/model/vocabulary.h"

namespace tearline::model {
namespace {

bool IsKnown(v1::Tier tier) { return tier != v1::TIER_UNSPECIFIED && v1::Tier_IsValid(tier); }

std::string TierText(v1::Tier tier) {
  switch (tier) {
    case v1::TIER_OFFICIAL:
      return "OFFICIAL";
    case v1::TIER_SECRET:
      return "SECRET";
    case v1::TIER_TOP_SECRET:
      return "TOP SECRET";
    default:
      return "UNMARKED";
  }
}

std::string CaveatText(int caveat) {
  switch (caveat) {
    case v1::CAVEAT_RECIPIENTS_ONLY:
      return "RECIPIENTS ONLY";
    case v1::CAVEAT_POLICE_ONLY:
      return "POLICE ONLY";
    case v1::CAVEAT_CT_BRIEFED_ONLY:
      return "CT BRIEFED ONLY";
    case v1::CAVEAT_UK_EYES_ONLY:
      return "UK EYES ONLY";
    case v1::CAVEAT_CLINICAL_ONLY:
      return "CLINICAL ONLY";
    default:
      return "UNKNOWN CAVEAT";
  }
}

/// What markings and clearances have in common.
Status CheckTierAndCaveats(const v1::Marking& marking, const std::string& path) {
  TEARLINE_RETURN_IF_REFUSED(CheckVocabulary(marking, path, v1::ERROR_REASON_LABEL_INVALID));
  if (!IsKnown(marking.tier())) {
    return Refuse(v1::ERROR_REASON_LABEL_INVALID, "`" + path + ".tier` is required");
  }
  if (static_cast<std::size_t>(marking.caveats_size()) > kCaveatsMax) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED,
                  "`" + path + ".caveats` has " + std::to_string(marking.caveats_size()) +
                      " entries; at most " + std::to_string(kCaveatsMax));
  }
  const auto& caveats = marking.caveats();
  if (std::adjacent_find(caveats.begin(), caveats.end(), std::greater_equal<int>()) !=
      caveats.end()) {
    return Refuse(v1::ERROR_REASON_LABEL_INVALID,
                  "`" + path + ".caveats` must be in rising order, each at most once");
  }
  return {};
}

}  // namespace

bool Dominates(const v1::Marking& clearance, const v1::Marking& marking) {
  if (!IsKnown(clearance.tier()) || !IsKnown(marking.tier())) return false;
  if (clearance.tier() < marking.tier()) return false;
  if (marking.sensitive() && !clearance.sensitive()) return false;
  const auto& held = clearance.caveats();
  return std::all_of(marking.caveats().begin(), marking.caveats().end(), [&held](int caveat) {
    return caveat != v1::CAVEAT_UNSPECIFIED && v1::Caveat_IsValid(caveat) &&
           std::find(held.begin(), held.end(), caveat) != held.end();
  });
}

Status CheckMarking(const v1::Marking& marking, const std::string& path) {
  TEARLINE_RETURN_IF_REFUSED(CheckTierAndCaveats(marking, path));
  if (marking.sensitive() && marking.tier() != v1::TIER_OFFICIAL) {
    return Refuse(v1::ERROR_REASON_LABEL_INVALID,
                  "`" + path + ".sensitive` is a marking of OFFICIAL only");
  }
  return {};
}

Status CheckClearance(const v1::Marking& clearance, const std::string& path) {
  return CheckTierAndCaveats(clearance, path);
}

std::string MarkingText(const v1::Marking& marking) {
  std::string text = TierText(marking.tier());
  if (marking.sensitive()) text += "-SENSITIVE";
  for (const int caveat : marking.caveats()) text += ", " + CaveatText(caveat);
  return text;
}

}  // namespace tearline::model
