#include "clients/cli/output.h"

#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/time_util.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>

#include <nlohmann/json.hpp>

#include "clients/verifier/base64.h"
#include "clients/verifier/statement.h"

namespace tearline::cli {
namespace {

/// How many places `text` takes: UTF-8 bytes that continue a character take none.
std::size_t Width(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

/// Numbers, words and lists that are empty are printed, too; protobuf has renamed how that is asked.
template <class Options>
void PrintWhatIsEmpty(Options& options) {
  if constexpr (requires { options.always_print_primitive_fields; }) {
    options.always_print_primitive_fields = true;
  } else {
    options.always_print_fields_with_no_presence = true;
  }
}

}  // namespace

std::string WithoutControls(std::string_view text) {
  std::string plain(text);
  for (std::size_t i = 0; i < plain.size(); ++i) {
    const auto byte = static_cast<unsigned char>(plain[i]);
    const auto before = i == 0 ? 0 : static_cast<unsigned char>(text[i - 1]);
    if (byte < 0x20 || byte == 0x7f) plain[i] = ' ';
    if (before == 0xc2 && byte >= 0x80 && byte < 0xa0) plain[i - 1] = plain[i] = ' ';
  }
  return plain;
}

void Table::Add(std::vector<std::string> row) {
  for (std::string& cell : row) cell = WithoutControls(cell);
  rows_.push_back(std::move(row));
}

std::string Table::Text(std::size_t indent, bool heads) const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    widths.resize(std::max(widths.size(), rows_[i].size()), 0);
    for (std::size_t column = 0; i > 0 && column < rows_[i].size(); ++column) {
      widths[column] = std::max(widths[column], Width(rows_[i][column]));
    }
  }
  for (std::size_t column = 0; column < rows_.front().size(); ++column) {
    if (widths[column] > 0) widths[column] = std::max(widths[column], Width(rows_.front()[column]));
  }
  std::string text;
  for (std::size_t i = heads ? 0 : 1; i < rows_.size(); ++i) {
    const std::vector<std::string>& row = rows_[i];
    std::string line(indent, ' ');
    for (std::size_t column = 0; column < row.size(); ++column) {
      if (widths[column] == 0) continue;
      line += row[column];
      line.append(widths[column] - Width(row[column]) + 2, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  return text;
}

void Table::Print(std::size_t indent) const {
  std::cout << Text(indent, /*heads=*/true) << std::flush;
}

std::string JsonText(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  PrintWhatIsEmpty(options);
  options.preserve_proto_field_names = true;
  std::string text;
  const auto status = google::protobuf::util::MessageToJsonString(message, &text, options);
  return status.ok() ? text : "{}";
}

void PrintJson(const google::protobuf::Message& message) {
  std::cout << JsonText(message) << std::endl;
}

void PrintJson(const nlohmann::json& object) { std::cout << object.dump() << std::endl; }

std::string TimeText(const google::protobuf::Timestamp& time) {
  if (time.seconds() == 0 && time.nanos() == 0) return "";
  if (!verifier::Milliseconds(time)) return "no time";
  google::protobuf::Timestamp whole;
  whole.set_seconds(time.seconds());
  return google::protobuf::util::TimeUtil::ToString(whole);
}

std::string TimeText(std::int64_t ms) {
  return google::protobuf::util::TimeUtil::ToString(
      google::protobuf::util::TimeUtil::MillisecondsToTimestamp(ms));
}

std::string ShortHex(std::string_view bytes) { return verifier::Hex(bytes.substr(0, 6)); }

void PrintRecorded(bool json, const v1::Recorded& recorded, const std::string& what) {
  if (json) {
    PrintJson(nlohmann::json{{"recorded",
                              {{"made_id", recorded.made_id()},
                               {"awaits_second_hand", recorded.awaits_second_hand()},
                               {"leaf_hash", verifier::Base64(recorded.leaf_hash())}}}});
    return;
  }
  if (recorded.awaits_second_hand()) {
    std::cout << what << ": awaits a second hand from another post\n"
              << "  pending  " << recorded.made_id() << '\n'
              << "  next     tearline directory second-hand --pending " << recorded.made_id()
              << " --as POST\n";
  } else {
    std::cout << what << ": recorded";
    if (!recorded.made_id().empty()) std::cout << "  " << recorded.made_id();
    std::cout << '\n';
  }
  std::cout << "  leaf     " << verifier::Hex(recorded.leaf_hash()) << std::endl;
}

bool StderrIsTerminal() { return ::isatty(STDERR_FILENO) == 1; }

bool StdoutIsTerminal() { return ::isatty(STDOUT_FILENO) == 1; }

}  // namespace tearline::cli
