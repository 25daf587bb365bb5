#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "broker/model/label_check.h"
#include "broker/model/marking.h"
#include "broker/status/invariant.h"
#include "tests/fuzz/refusal.h"

namespace {

using namespace tearline;

template <typename Message>
bool Read(std::string_view bytes, Message& message) {
  return message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

void TryLabel(std::string_view view) {
  v1::Label label;
  if (!Read(view, label)) return;
  const Status status = model::CheckLabel(label, "label");
  if (!status.ok()) return fuzz::ExpectGoodRefusal(status, view);
  TEARLINE_INVARIANT(label.GetReflection()->GetUnknownFields(label).empty(),
                     "that a label holds nothing this broker does not know");
  TEARLINE_INVARIANT(model::Dominates(label.marking(), label.marking()),
                     "that who holds a good marking may hold what bears it");
  TEARLINE_INVARIANT(!model::Dominates(v1::Marking(), label.marking()),
                     "that who holds nothing may hold nothing");
  TEARLINE_INVARIANT(model::MarkingText(label.marking()) != "UNMARKED",
                     "that a good marking can be written");
}

void TryTearLine(std::string_view view) {
  v1::TearLine tear_line;
  if (!Read(view, tear_line)) return;
  v1::Marking event;
  event.set_tier(v1::TIER_SECRET);
  const Status status = model::CheckTearLine(tear_line, event, "tear_line");
  if (!status.ok()) return fuzz::ExpectGoodRefusal(status, view);
  TEARLINE_INVARIANT(model::Dominates(event, tear_line.marking()),
                     "that a tear-line is not above its event");
}

void TryClearance(std::string_view view) {
  v1::Marking marking;
  if (!Read(view, marking)) return;
  const Status status = model::CheckClearance(marking, "clearance");
  if (!status.ok()) return fuzz::ExpectGoodRefusal(status, view);
  TEARLINE_INVARIANT(model::Dominates(marking, marking), "that a clearance reaches itself");
}

}  // namespace

/// Whatever restricts an event: what this broker does not understand of it is refused, and what it
/// takes, it can order and write.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view view(reinterpret_cast<const char*>(bytes), size);
  TryLabel(view);
  TryTearLine(view);
  TryClearance(view);
  return 0;
}
