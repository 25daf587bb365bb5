#include "broker/policy/code_list.h"

#include <algorithm>
#include <set>

#include "broker/model/limits.h"
#include "broker/model/name.h"
#include "broker/model/utf8.h"

namespace tearline::policy {
namespace {

using Listed = google::protobuf::RepeatedPtrField<v1::ListedCode>;
using Codes = google::protobuf::RepeatedPtrField<std::string>;

constexpr std::size_t kMeansBytesMax = 200;

Status Wrong(const std::string& sentence) {
  return Refuse(v1::ERROR_REASON_POLICY_INVALID, sentence);
}

bool Lists(const Listed& listed, const std::string& code) {
  return listed.empty() ||
         std::any_of(listed.begin(), listed.end(),
                     [&code](const v1::ListedCode& each) { return each.code() == code; });
}

bool ListsAll(const Listed& listed, const Codes& codes) {
  return std::all_of(codes.begin(), codes.end(),
                     [&listed](const std::string& code) { return Lists(listed, code); });
}

Status CheckList(const Listed& listed, const std::string& path) {
  if (listed.size() > model::kPolicyCodesMax) {
    return Wrong("`" + path + "` has " + std::to_string(listed.size()) + " codes; at most " +
                 std::to_string(model::kPolicyCodesMax));
  }
  std::set<std::string> seen;
  for (int i = 0; i < listed.size(); ++i) {
    const v1::ListedCode& each = listed.Get(i);
    const std::string place = "`" + path + " " + std::to_string(i + 1);
    if (!model::CheckCode(each.code(), path).ok()) {
      return Wrong(place + ".code` must be 1 to 40 of a-z, A-Z, 0-9 and -");
    }
    if (!seen.insert(each.code()).second) return Wrong(place + ".code` was listed before");
    if (each.means().size() > kMeansBytesMax || !model::IsUtf8(each.means())) {
      return Wrong(place + ".means` is " + std::to_string(each.means().size()) +
                   " bytes; at most " + std::to_string(kMeansBytesMax) + ", of UTF-8");
    }
  }
  return {};
}

bool NamesOnlyListed(const v1::Policy& policy, const v1::Condition& condition) {
  if (!ListsAll(policy.purposes(), condition.event().purpose()) ||
      !ListsAll(policy.legal_bases(), condition.event().legal_basis())) {
    return false;
  }
  for (const auto* parts : {&condition.all(), &condition.any(), &condition.none()}) {
    for (const v1::Condition& part : *parts) {
      if (!NamesOnlyListed(policy, part)) return false;
    }
  }
  return true;
}

std::string AllOf(const Listed& listed) {
  std::string all;
  for (const v1::ListedCode& each : listed) all += (all.empty() ? "" : ", ") + each.code();
  return all;
}

}  // namespace

Status CheckCodeLists(const v1::Policy& policy) {
  TEARLINE_RETURN_IF_REFUSED(CheckList(policy.purposes(), "purposes"));
  TEARLINE_RETURN_IF_REFUSED(CheckList(policy.legal_bases(), "legal_bases"));
  for (int i = 0; i < policy.rules_size(); ++i) {
    if (NamesOnlyListed(policy, policy.rules(i).when())) continue;
    return Wrong("`rule " + std::to_string(i + 1) +
                 ".when` must ask for purposes and legal bases that the policy lists");
  }
  const auto& events = policy.samples().events();
  for (int i = 0; i < events.size(); ++i) {
    const v1::SampleEvent& sample = events.Get(i);
    const bool listed =
        (sample.purpose().empty() || Lists(policy.purposes(), sample.purpose())) &&
        (sample.legal_basis().empty() || Lists(policy.legal_bases(), sample.legal_basis()));
    if (listed) continue;
    return Wrong("`samples.events " + std::to_string(i + 1) +
                 "` must give a purpose and a legal basis that the policy lists");
  }
  return {};
}

Status CheckGiven(const v1::Policy& policy, const std::string& purpose,
                  const std::string& legal_basis) {
  if (!purpose.empty() && !Lists(policy.purposes(), purpose)) {
    return Refuse(
        v1::ERROR_REASON_PURPOSE_UNKNOWN,
        "`acting.purpose` must be one that the policy in force lists: " + AllOf(policy.purposes()));
  }
  if (!legal_basis.empty() && !Lists(policy.legal_bases(), legal_basis)) {
    return Refuse(v1::ERROR_REASON_LEGAL_BASIS_UNKNOWN,
                  "`acting.legal_basis` must be one that the policy in force lists: " +
                      AllOf(policy.legal_bases()));
  }
  return {};
}

}  // namespace tearline::policy
