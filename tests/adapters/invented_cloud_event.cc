#include "tests/adapters/invented_cloud_event.h"

#include <gtest/gtest.h>

#include <variant>

#include "clients/adapters/cloud_events.h"

namespace tearline::adapters {

std::string CloudEvent(const std::map<std::string, std::string>& changed) {
  std::map<std::string, std::string> members = {
      {"id", "\"7f1c\""},
      {"source", "\"https://intake.example/desk\""},
      {"specversion", "\"1.0\""},
      {"time", "\"2026-02-03T04:05:06.789Z\""},
      {"type", "\"uk.example.assessment.completed\""},
      {"data", R"({ "words" : "that must stay behind", "score" : 1.10 })"},
  };
  for (const auto& [name, value] : changed) members[name] = value;
  std::string text = "{";
  for (const auto& [name, value] : members) {
    if (!value.empty()) text += (text.size() == 1 ? "\"" : ",\"") + name + "\":" + value;
  }
  return text + "}";
}

Adapted MustAdaptCloudEvent(const std::string& bytes) {
  auto outcome = AdaptCloudEvent(bytes, {});
  if (const auto* aside = std::get_if<Quarantined>(&outcome)) {
    ADD_FAILURE() << NameOf(aside->reason) << ": " << aside->sentence << "\n  " << bytes;
    return {};
  }
  return std::get<Adapted>(outcome);
}

QuarantineReason MustSetAsideCloudEvent(const std::string& bytes) {
  const auto outcome = AdaptCloudEvent(bytes, {});
  const auto* aside = std::get_if<Quarantined>(&outcome);
  if (aside == nullptr) {
    ADD_FAILURE() << "adapted: " << bytes.substr(0, 500);
    return QuarantineReason::kUnreadable;
  }
  EXPECT_FALSE(aside->sentence.empty());
  EXPECT_EQ(aside->sentence.find("Quagga"), std::string::npos) << aside->sentence;
  return aside->reason;
}

}  // namespace tearline::adapters
