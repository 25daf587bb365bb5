#include "broker/policy/read_text.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "broker/model/limits.h"
#include "broker/model/utf8.h"

namespace tearline::policy {
namespace {

/// Messages within messages: the policy, its rules, each condition and its leaf, and room to say
/// "too deep" by rule number when a condition is only a little too deep.
constexpr int kMessageDepthMax = 4 * model::kConditionDepthMax;

/// What is wrong, in our words. The parser's own words quote the text, and are only looked at. It
/// finds a wrong name when it has read it, and so points behind it.
std::string_view KindOf(std::string_view words) {
  constexpr std::pair<std::string_view, std::string_view> kKinds[] = {
      {"has no field named", "the name before this is no field here"},
      {"Unknown enumeration value", "the name before this is no value here"},
      {"is specified multiple times", "the field before this is given twice"},
      {"too deep", "this is nested too deep"},
      {"out of range", "this number is out of range"},
      {"Invalid value for boolean", "the word before this must be true or false"},
      {"Expected string", "this must be a text in quotes"},
      {"Expected integer", "this must be a whole number, or the name of a value"},
  };
  for (const auto& [sign, kind] : kKinds) {
    if (words.find(sign) != std::string_view::npos) return kind;
  }
  return "this is not protobuf text";
}

/// Keeps the first fault.
class FirstFault : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, google::protobuf::io::ColumnNumber column,
                const std::string& words) override {
    if (!sentence_.empty()) return;
    // Counted from 0 by the parser, and from -1 where it knows no place.
    sentence_ = "line " + std::to_string(std::max(line, 0) + 1) + ", column " +
                std::to_string(std::max(column, 0) + 1) + ": ";
    sentence_ += KindOf(words);
  }

  const std::string& sentence() const { return sentence_; }

 private:
  std::string sentence_;
};

}  // namespace

Result<v1::Policy> ReadText(const std::string& text) {
  if (text.size() > model::kPolicyBytesMax) {
    return Refuse(v1::ERROR_REASON_POLICY_INVALID, "the policy is " + std::to_string(text.size()) +
                                                       " bytes; at most " +
                                                       std::to_string(model::kPolicyBytesMax));
  }
  if (!model::IsUtf8(text)) {
    return Refuse(v1::ERROR_REASON_POLICY_INVALID, "the policy must be UTF-8");
  }
  FirstFault fault;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&fault);
  parser.SetRecursionLimit(kMessageDepthMax);
  v1::Policy policy;
  if (!parser.ParseFromString(text, &policy)) {
    return Refuse(v1::ERROR_REASON_POLICY_INVALID,
                  fault.sentence().empty() ? "the policy is not protobuf text" : fault.sentence());
  }
  return policy;
}

}  // namespace tearline::policy
