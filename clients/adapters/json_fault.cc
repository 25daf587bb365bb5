#include "clients/adapters/json_fault.h"

namespace tearline::adapters {

Quarantined FromFault(JsonFault fault, const std::string& where) {
  switch (fault) {
    case JsonFault::kInvalidUtf8:
      return {QuarantineReason::kInvalidUtf8, where + " is not UTF-8 throughout"};
    case JsonFault::kTooDeep:
      return {QuarantineReason::kTooDeep, where + " is nested more than 32 deep"};
    case JsonFault::kDuplicateKey:
      return {QuarantineReason::kDuplicateKey, where + " gives a member twice"};
    case JsonFault::kMalformed:
      break;
  }
  return {QuarantineReason::kMalformedJson, where + " must be one JSON value and nothing after it"};
}

}  // namespace tearline::adapters
