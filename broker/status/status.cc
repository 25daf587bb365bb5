#include "broker/status/status.h"

#include <charconv>
#include <string>

#include "broker/status/invariant.h"

namespace tearline {
namespace {

/// Where the reason lies within an absl::Status.
constexpr char kReasonUrl[] = "tearline.v1/reason";

}  // namespace

Status Refuse(v1::ErrorReason reason, const std::string& sentence) {
  TEARLINE_INVARIANT(reason != v1::ERROR_REASON_UNSPECIFIED, "a refusal has a reason");
  Status status(absl::StatusCode::kFailedPrecondition, sentence);
  status.SetPayload(kReasonUrl, absl::Cord(std::to_string(static_cast<int>(reason))));
  return status;
}

v1::ErrorReason ReasonOf(const Status& status) {
  const auto payload = status.GetPayload(kReasonUrl);
  if (!payload.has_value()) return v1::ERROR_REASON_UNSPECIFIED;
  const std::string text(*payload);
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return static_cast<v1::ErrorReason>(number);
}

std::string SentenceOf(const Status& status) { return std::string(status.message()); }

std::string ReasonName(v1::ErrorReason reason) {
  constexpr std::size_t kPrefixLength = sizeof("ERROR_REASON_") - 1;
  const std::string& name = v1::ErrorReason_Name(reason);
  return name.size() > kPrefixLength ? name.substr(kPrefixLength) : "UNSPECIFIED";
}

}  // namespace tearline
