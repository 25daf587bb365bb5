#include "broker/model/marking.h"

#include <google/protobuf/repeated_field.h>

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

std::string InstructionText(int instruction) {
  switch (instruction) {
    case v1::HANDLING_INSTRUCTION_ORGANISATION_USE_ONLY:
      return "ORGANISATION USE ONLY";
    case v1::HANDLING_INSTRUCTION_HMG_USE_ONLY:
      return "HMG USE ONLY";
    case v1::HANDLING_INSTRUCTION_EMBARGOED:
      return "EMBARGOED";
    default:
      return "UNKNOWN INSTRUCTION";
  }
}

std::string DescriptorText(int descriptor) {
  switch (descriptor) {
    case v1::MARKING_DESCRIPTOR_PERSONAL_DATA:
      return "PERSONAL DATA";
    case v1::MARKING_DESCRIPTOR_LEGAL:
      return "LEGAL";
    case v1::MARKING_DESCRIPTOR_LEGAL_PROFESSIONAL_PRIVILEGE:
      return "LEGAL PROFESSIONAL PRIVILEGE";
    case v1::MARKING_DESCRIPTOR_COMMERCIAL:
      return "COMMERCIAL";
    case v1::MARKING_DESCRIPTOR_MARKET_SENSITIVE:
      return "MARKET SENSITIVE";
    case v1::MARKING_DESCRIPTOR_HR_MANAGEMENT:
      return "HR / MANAGEMENT";
    default:
      return "UNKNOWN DESCRIPTOR";
  }
}

Status CheckRising(const google::protobuf::RepeatedField<int>& values, const std::string& path) {
  if (static_cast<std::size_t>(values.size()) > kCaveatsMax) {
    return Refuse(v1::ERROR_REASON_LIMIT_PASSED,
                  "`" + path + "` has " + std::to_string(values.size()) + " entries; at most " +
                      std::to_string(kCaveatsMax));
  }
  if (std::adjacent_find(values.begin(), values.end(), std::greater_equal<int>()) != values.end()) {
    return Refuse(v1::ERROR_REASON_LABEL_INVALID,
                  "`" + path + "` must be in rising order, each at most once");
  }
  return {};
}

/// What markings and clearances have in common.
Status CheckTierAndCaveats(const v1::Marking& marking, const std::string& path) {
  TEARLINE_RETURN_IF_REFUSED(CheckVocabulary(marking, path, v1::ERROR_REASON_LABEL_INVALID));
  if (!IsKnown(marking.tier())) {
    return Refuse(v1::ERROR_REASON_LABEL_INVALID, "`" + path + ".tier` is required");
  }
  return CheckRising(marking.caveats(), path + ".caveats");
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
  TEARLINE_RETURN_IF_REFUSED(CheckRising(marking.instructions(), path + ".instructions"));
  return CheckRising(marking.descriptors(), path + ".descriptors");
}

Status CheckClearance(const v1::Marking& clearance, const std::string& path) {
  TEARLINE_RETURN_IF_REFUSED(CheckTierAndCaveats(clearance, path));
  if (clearance.instructions().empty() && clearance.descriptors().empty()) return {};
  return Refuse(v1::ERROR_REASON_LABEL_INVALID,
                "`" + path +
                    "` must have no instructions or descriptors; a clearance has a tier "
                    "and caveats");
}

std::string MarkingText(const v1::Marking& marking) {
  std::string text = TierText(marking.tier());
  if (marking.sensitive()) text += "-SENSITIVE";
  for (const int caveat : marking.caveats()) text += ", " + CaveatText(caveat);
  for (const int instruction : marking.instructions()) text += ", " + InstructionText(instruction);
  for (const int descriptor : marking.descriptors()) text += ", " + DescriptorText(descriptor);
  return text;
}

}  // namespace tearline::model
