#include "broker/model/utf8.h"

#include <cstddef>

namespace tearline::model {
namespace {

/// The length of the well-formed sequence `text` begins with; 0 if there is none.
std::size_t SequenceLength(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first < 0xC2   ? 0
                             : first < 0xE0 ? 2
                             : first < 0xF0 ? 3
                             : first < 0xF5 ? 4
                                            : 0;
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (byte(i) < 0x80 || byte(i) > 0xBF) return 0;
  }
  const unsigned char second = byte(1);
  if (first == 0xE0 && second < 0xA0) return 0;  // Could be shorter.
  if (first == 0xED && second > 0x9F) return 0;  // A surrogate.
  if (first == 0xF0 && second < 0x90) return 0;  // Could be shorter.
  if (first == 0xF4 && second > 0x8F) return 0;  // Above U+10FFFF.
  return length;
}

}  // namespace

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = SequenceLength(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace tearline::model
