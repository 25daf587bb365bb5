#include "clients/cli/parse_text.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

#include <algorithm>
#include <string_view>

namespace tearline::cli {
namespace {

/// Remembers where the first error was, and nothing of what stood there.
class FirstError : public google::protobuf::io::ErrorCollector {
 public:
  // One of the two is the collector's, by protobuf's version: AddError up to 21, RecordError later.
  void AddError(int line, int column, const std::string&) { Keep(line, column); }
  void RecordError(int line, int column, std::string_view) { Keep(line, column); }
  [[nodiscard]] Place Where() const { return place_; }

 private:
  void Keep(int line, int column) {
    if (place_.line < 0) place_ = {line, column};
  }

  Place place_;
};

}  // namespace

std::string PlaceText(const Place& place) {
  return "line " + std::to_string(place.line + 1) + ", column " + std::to_string(place.column + 1);
}

bool ParseText(const std::string& text, google::protobuf::Message& message, Place& furthest) {
  FirstError error;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&error);
  if (parser.ParseFromString(text, &message)) return true;
  furthest = std::max(furthest, error.Where());
  return false;
}

}  // namespace tearline::cli
