#pragma once

#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "tearline/v1/acting.pb.h"

namespace tearline::cli {

/// Text of others as a person may be shown it on a terminal: blanks in place of control characters,
/// U+0080 to U+009F among them, which a terminal may obey.
[[nodiscard]] std::string WithoutControls(std::string_view text);

/// Rows of text, printed with their columns aligned and without control characters. Counts
/// characters, not bytes.
class Table {
 public:
  explicit Table(std::vector<std::string> head) : rows_{std::move(head)} {}
  void Add(std::vector<std::string> row);
  [[nodiscard]] bool Empty() const { return rows_.size() == 1; }
  /// Prints to stdout, `indent` blanks before each row; columns that are empty throughout are left
  /// out.
  void Print(std::size_t indent = 0) const;
  /// The same as text; without the head's line, if not `heads`.
  [[nodiscard]] std::string Text(std::size_t indent, bool heads) const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

/// One line of JSON: every field, named as in the proto files; bytes in base64.
[[nodiscard]] std::string JsonText(const google::protobuf::Message& message);
/// The same on stdout.
void PrintJson(const google::protobuf::Message& message);
void PrintJson(const nlohmann::json& object);

/// "2026-03-04T10:00:00Z"; "" if absent (the zero time).
[[nodiscard]] std::string TimeText(const google::protobuf::Timestamp& time);
[[nodiscard]] std::string TimeText(std::int64_t ms);

/// A digest, short enough for a table: 12 hexadecimal digits; "" if empty.
[[nodiscard]] std::string ShortHex(std::string_view bytes);

/// What became of a command, in one line or as {"recorded":{…}}.
void PrintRecorded(bool json, const v1::Recorded& recorded, const std::string& what);

/// Whether a person is looking at stderr.
[[nodiscard]] bool StderrIsTerminal();
/// The same of stdout.
[[nodiscard]] bool StdoutIsTerminal();

}  // namespace tearline::cli
