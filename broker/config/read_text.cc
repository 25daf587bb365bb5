#include "broker/config/read_text.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

#include <algorithm>
#include <string_view>
#include <utility>

namespace tearline::config {
namespace {

/// No message of the settings lies deeper.
constexpr int kMessageDepthMax = 16;

/// What is wrong, in our words. The parser's own words quote the text, and are only looked at.
std::string_view KindOf(std::string_view words) {
  constexpr std::pair<std::string_view, std::string_view> kKinds[] = {
      {"has no field named", "there is no setting of this name here"},
      {"Unknown enumeration value", "there is no value of this name"},
      {"is specified multiple times", "this setting is given twice"},
      {"specified along with", "only one of these settings may be given"},
      {"out of range", "this number is out of range"},
      {"Invalid value for boolean", "this must be true or false"},
      {"Expected string", "this must be a text in quotes"},
      {"Expected integer", "this must be a whole number, or the name of a value"},
      {"Expected \"{\"", "this must be a block in braces"},
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

Status ReadText(const std::string& text, google::protobuf::Message& message) {
  FirstFault fault;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&fault);
  parser.SetRecursionLimit(kMessageDepthMax);
  if (parser.ParseFromString(text, &message)) return {};
  return Refuse(v1::ERROR_REASON_CONFIG_INVALID, fault.sentence().empty()
                                                     ? "line 1, column 1: this is not protobuf text"
                                                     : fault.sentence());
}

}  // namespace tearline::config
