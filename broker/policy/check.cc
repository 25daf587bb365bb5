#include "broker/policy/check.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "broker/model/limits.h"
#include "broker/model/name.h"
#include "broker/model/utf8.h"
#include "broker/model/vocabulary.h"
#include "broker/policy/code_list.h"
#include "broker/policy/composite.h"
#include "broker/policy/duration.h"
#include "broker/policy/sample_world.h"

namespace tearline::policy {
namespace {

constexpr std::size_t kRuleIdBytesMax = 16;
constexpr std::size_t kSaysBytesMax = 500;
constexpr std::size_t kPurposeBytesMax = 2000;

Status Wrong(const std::string& sentence) {
  return Refuse(v1::ERROR_REASON_POLICY_INVALID, sentence);
}

Status CheckWords(const std::string& words, std::size_t bytes_max, const std::string& path) {
  if (words.size() <= bytes_max && model::IsUtf8(words)) return {};
  return Wrong("`" + path + "` is " + std::to_string(words.size()) + " bytes; at most " +
               std::to_string(bytes_max) + ", of UTF-8");
}

bool IsRuleId(std::string_view id) {
  return !id.empty() && id.size() <= kRuleIdBytesMax &&
         std::all_of(id.begin(), id.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-';
         });
}

/// An event type, or the beginning of one that ends in ".".
bool IsTypePattern(std::string_view pattern) {
  if (pattern.empty() || pattern.size() > model::kEventTypeBytesMax) return false;
  char before = '.';
  for (const char c : pattern) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    if (!letter && (c != '.' || before == '.')) return false;
    before = c;
  }
  return true;
}

/// `depth` counts this condition, from 1.
Status CheckCondition(const v1::Condition& condition, int depth, const std::string& path) {
  if (depth > model::kConditionDepthMax) {
    return Wrong("`" + path + "` is nested too deep; at most " +
                 std::to_string(model::kConditionDepthMax) + " conditions within one another");
  }
  for (const std::string& pattern : condition.event().event_type()) {
    if (!IsTypePattern(pattern)) {
      return Wrong("`" + path +
                   ".event.event_type` must be words of a-z, 0-9 and -, joined by single dots; a "
                   "beginning ends in a dot");
    }
  }
  for (const auto* codes : {&condition.event().purpose(), &condition.event().legal_basis()}) {
    for (const std::string& code : *codes) {
      if (model::CheckCode(code, path).ok()) continue;
      return Wrong("`" + path +
                   ".event` asks for a code that is none; a purpose or a legal basis "
                   "is 1 to 40 of a-z, A-Z, 0-9 and -");
    }
  }
  for (const auto* parts : {&condition.all(), &condition.any(), &condition.none()}) {
    for (const v1::Condition& part : *parts) {
      TEARLINE_RETURN_IF_REFUSED(CheckCondition(part, depth + 1, path));
    }
  }
  return {};
}

Status CheckOblige(const v1::Oblige& oblige, const std::string& path) {
  if (oblige.type() != v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW &&
      oblige.type() != v1::OBLIGATION_TYPE_READ) {
    return Wrong("`" + path + ".type` must be SANITISE_OR_REVIEW or READ");
  }
  const bool times_good = ReadDuration(oblige.within()) && (oblige.escalate_every().empty() ||
                                                            ReadDuration(oblige.escalate_every()));
  if (!times_good) {
    return Wrong("`" + path +
                 "` needs times of a whole number above 0 and s, m, h or d, at most 366d");
  }
  return {};
}

Status CheckLevel(const v1::Rule& rule, const std::string& path) {
  const v1::Level level = rule.level();
  switch (rule.kind()) {
    case v1::RULE_KIND_MASK:
      if (level == v1::LEVEL_UNSPECIFIED && rule.hides_size() > 0) return {};
      return Wrong("`" + path + "`: a mask needs `hides`, and has no `level`");
    case v1::RULE_KIND_GRANT:
    case v1::RULE_KIND_DUTY:
      if (level > v1::LEVEL_WITHHELD) break;
      return Wrong("`" + path + ".level`: a grant or a duty needs a level above withheld");
    case v1::RULE_KIND_CAP_ABSOLUTE:
    case v1::RULE_KIND_CAP_QUALIFIED:
      if (level != v1::LEVEL_UNSPECIFIED && level < v1::LEVEL_FULL) break;
      return Wrong("`" + path + ".level`: a cap needs a level below full");
    default:
      return Wrong("`" + path + ".kind` is required");
  }
  return rule.hides_size() == 0 ? Status() : Wrong("`" + path + ".hides` belongs to masks alone");
}

Status CheckObligations(const v1::Rule& rule, const std::string& path) {
  const bool duty = rule.kind() == v1::RULE_KIND_DUTY;
  if (!duty && rule.oblige_size() + rule.oblige_if_unmet_size() > 0) {
    return Wrong("`" + path + "`: only a duty obliges");
  }
  for (const v1::Oblige& oblige : rule.oblige()) {
    TEARLINE_RETURN_IF_REFUSED(CheckOblige(oblige, path + ".oblige"));
    // What is owed when nothing fell short is that somebody reads; a review has nothing to review.
    if (oblige.type() != v1::OBLIGATION_TYPE_READ) {
      return Wrong("`" + path +
                   ".oblige.type` must be READ; a review belongs to `oblige_if_unmet`");
    }
  }
  for (const v1::Oblige& oblige : rule.oblige_if_unmet()) {
    TEARLINE_RETURN_IF_REFUSED(CheckOblige(oblige, path + ".oblige_if_unmet"));
  }
  return {};
}

Status CheckRule(const v1::Rule& rule, const std::string& path) {
  TEARLINE_RETURN_IF_REFUSED(model::CheckVocabulary(rule, path, v1::ERROR_REASON_POLICY_INVALID));
  if (!IsRuleId(rule.id())) {
    return Wrong("`" + path + ".id` must be 1 to 16 of A-Z, a-z, 0-9 and -");
  }
  TEARLINE_RETURN_IF_REFUSED(CheckLevel(rule, path));
  if (rule.reason() == v1::RULE_REASON_UNSPECIFIED ||
      rule.reason() >= v1::RULE_REASON_NO_TEAR_LINE) {
    return Wrong("`" + path + ".reason` is required, and one that a policy may give");
  }
  TEARLINE_RETURN_IF_REFUSED(CheckObligations(rule, path));
  TEARLINE_RETURN_IF_REFUSED(CheckWords(rule.says(), kSaysBytesMax, path + ".says"));
  return CheckCondition(rule.when(), 1, path + ".when");
}

}  // namespace

Status CheckPolicy(const v1::Policy& policy) {
  if (!model::CheckName(policy.id(), "id").ok()) {
    return Wrong("`id` is required: words of a-z, 0-9 and -, at most " +
                 std::to_string(model::kNameBytesMax) + " bytes");
  }
  if (policy.version() == 0) return Wrong("`version` is required, from 1");
  TEARLINE_RETURN_IF_REFUSED(CheckWords(policy.purpose(), kPurposeBytesMax, "purpose"));
  const int rules = policy.rules_size();
  if (rules == 0 || static_cast<std::size_t>(rules) > model::kPolicyRulesMax) {
    return Wrong("the policy has " + std::to_string(rules) + " rules; 1 to " +
                 std::to_string(model::kPolicyRulesMax));
  }
  std::set<std::string_view> ids;
  for (int i = 0; i < rules; ++i) {
    const std::string path = "rule " + std::to_string(i + 1);
    TEARLINE_RETURN_IF_REFUSED(CheckRule(policy.rules(i), path));
    if (!ids.insert(policy.rules(i).id()).second) {
      return Wrong("`" + path + ".id` was given to an earlier rule");
    }
  }
  TEARLINE_RETURN_IF_REFUSED(CheckSamples(policy));
  TEARLINE_RETURN_IF_REFUSED(CheckComposites(policy));
  return CheckCodeLists(policy);
}

}  // namespace tearline::policy
