#include "broker/policy/read_text.h"

#include <optional>

#include "broker/model/limits.h"
#include "broker/model/strict_text.h"
#include "broker/model/utf8.h"

namespace tearline::policy {
namespace {

/// Messages within messages: the policy, its rules, each condition and its leaf, and room to say
/// "too deep" by rule number when a condition is only a little too deep.
constexpr int kMessageDepthMax = 4 * model::kConditionDepthMax;

/// The parser finds a wrong name when it has read it, and so points behind it.
constexpr model::FaultWords kKinds[] = {
    {"has no field named", "the name before this is no field here"},
    {"Unknown enumeration value", "the name before this is no value here"},
    {"is specified multiple times", "the field before this is given twice"},
    {"too deep", "this is nested too deep"},
    {"out of range", "this number is out of range"},
    {"Invalid value for boolean", "the word before this must be true or false"},
    {"Expected string", "this must be a text in quotes"},
    {"Expected integer", "this must be a whole number, or the name of a value"},
};

/// `what` begins the sentence of a refusal that has no line.
template <typename Message>
Result<Message> Read(const std::string& text, const std::string& what) {
  if (text.size() > model::kPolicyBytesMax) {
    return Refuse(v1::ERROR_REASON_POLICY_INVALID, what + " is " + std::to_string(text.size()) +
                                                       " bytes; at most " +
                                                       std::to_string(model::kPolicyBytesMax));
  }
  if (!model::IsUtf8(text)) {
    return Refuse(v1::ERROR_REASON_POLICY_INVALID, what + " must be UTF-8");
  }
  Message message;
  const std::optional<std::string> fault =
      model::ReadStrictText(text, kMessageDepthMax, kKinds, message);
  if (fault) return Refuse(v1::ERROR_REASON_POLICY_INVALID, *fault);
  return message;
}

}  // namespace

Result<v1::Policy> ReadText(const std::string& text) {
  return Read<v1::Policy>(text, "the policy");
}

Result<v1::PolicySamples> ReadGiven(const std::string& text) {
  return Read<v1::PolicySamples>(text, "`given_text`");
}

}  // namespace tearline::policy
