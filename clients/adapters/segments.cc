#include "clients/adapters/segments.h"

#include <cstdint>
#include <set>
#include <utility>

namespace tearline::adapters {

v1::Segment& AddSegment(std::string media_type, std::string content, v1::Event& event) {
  v1::Segment& segment = *event.add_segments();
  for (int i = 0; i < event.nominals_size(); ++i) {
    segment.add_nominal_indexes(static_cast<std::uint32_t>(i));
  }
  segment.set_media_type(std::move(media_type));
  segment.set_content(std::move(content));
  return segment;
}

void AddOriginal(std::string media_type, std::string bytes, v1::Event& event) {
  std::set<int> flags = {v1::CONTENT_FLAG_ORIGINAL_BYTES};
  for (const v1::Segment& segment : event.segments()) {
    flags.insert(segment.flags().begin(), segment.flags().end());
  }
  v1::Segment& original = AddSegment(std::move(media_type), std::move(bytes), event);
  for (const int flag : flags) original.add_flags(static_cast<v1::ContentFlag>(flag));
}

}  // namespace tearline::adapters
