#include "broker/model/name.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "broker/model/limits.h"

namespace tearline::model {
namespace {

bool IsLowerOrDigit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool IsName(std::string_view text) {
  return !text.empty() && text.size() <= kNameBytesMax && IsLowerOrDigit(text.front()) &&
         IsLowerOrDigit(text.back()) && std::all_of(text.begin(), text.end(), [](char c) {
           return IsLowerOrDigit(c) || c == '-';
         });
}

std::string Sentence(const std::string& path, std::size_t bytes, const std::string& should) {
  return "`" + path + "` is " + std::to_string(bytes) + " bytes and " + should;
}

}  // namespace

Status CheckName(std::string_view name, const std::string& path) {
  if (IsName(name)) return {};
  return Refuse(
      v1::ERROR_REASON_NAME_INVALID,
      Sentence(path, name.size(), "must be 1 to 40 of a-z, 0-9 and -, with no - at either end"));
}

Status CheckPostName(std::string_view name, const std::string& path) {
  const std::size_t slash = name.find('/');
  if (slash != std::string_view::npos && IsName(name.substr(0, slash)) &&
      IsName(name.substr(slash + 1))) {
    return {};
  }
  return Refuse(v1::ERROR_REASON_NAME_INVALID,
                Sentence(path, name.size(),
                         "must be AGENCY/NAME, each 1 to 40 of a-z, 0-9 and -, with no - at "
                         "either end"));
}

Status CheckCode(std::string_view code, const std::string& path) {
  const bool well_formed = std::all_of(code.begin(), code.end(), [](char c) {
    return IsLowerOrDigit(c) || (c >= 'A' && c <= 'Z') || c == '-';
  });
  if (well_formed && !code.empty() && code.size() <= kNameBytesMax) return {};
  return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                Sentence(path, code.size(), "must be 1 to 40 of a-z, A-Z, 0-9 and -"));
}

}  // namespace tearline::model
