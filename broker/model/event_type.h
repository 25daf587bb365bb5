#pragma once

#include <string>
#include <utility>

#include "broker/status/status.h"

namespace tearline::model {

/// What happened, as words joined by dots, for example "intelligence.report.submitted". Whoever
/// holds one holds a good one. Made of a closed alphabet, so it may stand in logs and metrics.
class EventType {
 public:
  /// From words of a-z, 0-9 and -, joined by single dots; 1 to 200 bytes.
  ///
  /// Refuses: EVENT_TYPE_INVALID.
  [[nodiscard]] static Result<EventType> Parse(std::string text);

  const std::string& text() const { return text_; }

  friend bool operator==(const EventType&, const EventType&) = default;

 private:
  explicit EventType(std::string text) : text_(std::move(text)) {}

  std::string text_;
};

}  // namespace tearline::model
