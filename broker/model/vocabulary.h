#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>

#include "broker/status/status.h"

namespace tearline::model {

/// Whether everything in `message`, however deep, is of the vocabulary this broker was built with:
/// no unknown fields, no unknown enum values, no list that holds an enum's zero. A single enum
/// field that is zero is absent, not wrong. `path` names the message in the refusal; below it,
/// fields are named as in the proto and places in lists counted from 0.
///
/// An old broker must not under-restrict: what it does not understand of a label it refuses.
///
/// Refuses: `reason`.
[[nodiscard]] Status CheckVocabulary(const google::protobuf::Message& message,
                                     const std::string& path, v1::ErrorReason reason);

/// A value's code, as leaves and people have it: "ACTION_KIND_HOME_VISIT" without its prefix is
/// "home-visit". A name without the prefix keeps all its words.
[[nodiscard]] std::string CodeOf(std::string_view name, std::string_view prefix);

}  // namespace tearline::model
