#pragma once

#include <google/protobuf/repeated_field.h>

#include <string>

#include "tearline/v1/nominal.pb.h"
#include "tearline/v1/nominal_service.pb.h"

namespace tearline::cli {

/// What was done to a number, in words: "trimmed, upper-cased"; "" if nothing was.
[[nodiscard]] std::string NotesText(const google::protobuf::RepeatedField<int>& notes);

/// What is to be said of how numbers were read, a line for each that is odd; "" if none is.
[[nodiscard]] std::string OddText(
    const google::protobuf::RepeatedPtrField<v1::IdentifierReading>& readings);

/// What asking whose numbers are came to, in lines.
[[nodiscard]] std::string ResolutionText(const v1::ResolveNominalResponse& response);

}  // namespace tearline::cli
