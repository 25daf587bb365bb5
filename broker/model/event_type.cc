#include "broker/model/event_type.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "broker/model/limits.h"

namespace tearline::model {
namespace {

bool IsWord(std::string_view word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

}  // namespace

Result<EventType> EventType::Parse(std::string text) {
  if (text.size() > kEventTypeBytesMax) {
    return Refuse(v1::ERROR_REASON_EVENT_TYPE_INVALID,
                  "`event.event_type` is " + std::to_string(text.size()) + " bytes; at most 200");
  }
  std::size_t begin = 0;
  while (true) {
    const std::size_t dot = std::min(text.find('.', begin), text.size());
    if (!IsWord(std::string_view(text).substr(begin, dot - begin))) {
      return Refuse(v1::ERROR_REASON_EVENT_TYPE_INVALID,
                    "`event.event_type` must be words of a-z, 0-9 and -, joined by single dots");
    }
    if (dot == text.size()) return EventType(std::move(text));
    begin = dot + 1;
  }
}

}  // namespace tearline::model
