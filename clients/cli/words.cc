#include "clients/cli/words.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>

#include "clients/cli/invocation.h"

namespace tearline::cli {
namespace {

/// The part all of an enum's names start with: the name of value 0 up to "UNSPECIFIED".
std::string Prefix(const google::protobuf::EnumDescriptor& words) {
  const std::string zero(words.FindValueByNumber(0)->name());
  return zero.substr(0, zero.size() - std::string("UNSPECIFIED").size());
}

std::string Spelt(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(), [](char c) {
    if (c == '_') return '-';
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return name;
}

}  // namespace

std::string WordOf(const google::protobuf::EnumDescriptor& words, int number) {
  if (number == 0) return "";
  const google::protobuf::EnumValueDescriptor* value = words.FindValueByNumber(number);
  if (value == nullptr) return std::to_string(number);
  return Spelt(std::string(value->name()).substr(Prefix(words).size()));
}

int NumberOf(const google::protobuf::EnumDescriptor& words, const std::string& word,
             const std::string& option) {
  std::string all;
  for (int i = 0; i < words.value_count(); ++i) {
    const int number = words.value(i)->number();
    if (number == 0) continue;
    const std::string spelt = WordOf(words, number);
    if (Spelt(word) == spelt) return number;
    all += ' ' + spelt;
  }
  StopUsage(option + " must be one of:" + all);
}

v1::Identifier IdentifierFrom(const std::string& text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos || colon + 1 == text.size()) {
    StopUsage("--identifier must be TYPE:VALUE, for example noms:A1111AA");
  }
  v1::Identifier identifier;
  identifier.set_type(
      FromWord<v1::IdentifierType>(text.substr(0, colon), "the TYPE in --identifier TYPE:VALUE"));
  identifier.set_value(text.substr(colon + 1));
  return identifier;
}

std::string AgencyOf(const std::string& post) { return post.substr(0, post.find('/')); }

google::protobuf::Timestamp TimeFrom(const std::string& text, const std::string& option) {
  google::protobuf::Timestamp time;
  if (!google::protobuf::util::TimeUtil::FromString(text, &time)) {
    StopUsage(option + " must be a time such as 2026-03-04T10:00:00Z");
  }
  return time;
}

std::string DigestFrom(const std::string& hex, const std::string& option) {
  std::string bytes;
  const bool whole =
      hex.size() == 64 && hex.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!whole) StopUsage(option + " must be 64 hexadecimal digits in small letters");
  for (std::size_t at = 0; at < hex.size(); at += 2) {
    bytes.push_back(static_cast<char>(std::stoi(hex.substr(at, 2), nullptr, 16)));
  }
  return bytes;
}

std::string ReadBytes(const std::string& path) {
  if (path == "-") {
    return std::string(std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>());
  }
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  if (!file) StopUsage("--file cannot be read, or is empty");
  return bytes.str();
}

}  // namespace tearline::cli
