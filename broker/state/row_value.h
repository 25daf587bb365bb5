#pragma once

#include <google/protobuf/message_lite.h>

#include <memory>
#include <optional>
#include <string>
#include <typeinfo>
#include <utility>

#include "broker/status/invariant.h"

namespace tearline::state {

/// What lies under a key: nothing, or a row, as its bytes, as its message, or as both. Each is made of
/// the other when it is first asked for, and kept.
///
/// Threads: one.
class RowValue {
 public:
  /// No row.
  RowValue() = default;
  explicit RowValue(std::string bytes) : there_(true), bytes_(std::move(bytes)) {}
  explicit RowValue(std::optional<std::string> bytes)
      : there_(bytes.has_value()), bytes_(std::move(bytes)) {}
  explicit RowValue(std::shared_ptr<const google::protobuf::MessageLite> message)
      : there_(true), message_(std::move(message)) {}

  bool there() const { return there_; }

  /// A message's canonical bytes: fields in rising order. Requires: there.
  const std::string& Bytes() const {
    if (!bytes_) bytes_ = message_->SerializeAsString();
    return *bytes_;
  }

  /// Null if there is no row. One that does not parse is damage of our own: stops.
  ///
  /// Requires: a row's message is the same whenever it is asked for.
  template <typename Row>
  std::shared_ptr<const Row> As() const {
    if (!there_) return nullptr;
    if (!message_) {
      auto row = std::make_shared<Row>();
      TEARLINE_INVARIANT(row->ParseFromString(*bytes_), "a state row parses as its message");
      message_ = std::move(row);
    }
    const google::protobuf::MessageLite& message = *message_;
    TEARLINE_INVARIANT(typeid(message) == typeid(Row), "a table has one kind of row");
    return std::static_pointer_cast<const Row>(message_);
  }

 private:
  bool there_ = false;
  mutable std::optional<std::string> bytes_;
  mutable std::shared_ptr<const google::protobuf::MessageLite> message_;
};

}  // namespace tearline::state
