#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include <nlohmann/json.hpp>

#include "broker/status/invariant.h"
#include "clients/adapters/hmpps.h"
#include "clients/adapters/strict_json.h"

namespace {

using namespace tearline::adapters;

/// The event without the bytes it came in, which the envelope changes.
std::string WithoutOriginal(tearline::v1::Event event) {
  event.mutable_segments()->RemoveLast();
  return event.SerializeAsString();
}

}  // namespace

/// Whatever lies in a notification: the envelope changes nothing. What is adapted bare is adapted
/// to the same event wrapped, and what is set aside bare is set aside for the same reason.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view view(reinterpret_cast<const char*>(bytes), size);
  const auto json = ReadJson(view);
  const auto* body = std::get_if<nlohmann::json>(&json);
  if (body == nullptr || Member(*body, "eventType") == nullptr) return 0;

  const std::string wrapped =
      nlohmann::json({{"Type", "Notification"}, {"Message", std::string(view)}}).dump();
  const HmppsOptions options{"prison-north/desk"};
  const auto bare = AdaptHmpps(view, options);
  const auto within = AdaptHmpps(wrapped, options);
  TEARLINE_INVARIANT(bare.index() == within.index(), "that an envelope changes no outcome");
  if (const auto* aside = std::get_if<Quarantined>(&bare)) {
    TEARLINE_INVARIANT(aside->reason == std::get<Quarantined>(within).reason,
                       "that an envelope changes no reason");
    return 0;
  }
  TEARLINE_INVARIANT(WithoutOriginal(std::get<Adapted>(bare).event) ==
                         WithoutOriginal(std::get<Adapted>(within).event),
                     "that an envelope changes no event");
  return 0;
}
