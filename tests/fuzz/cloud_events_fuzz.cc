#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <variant>

#include "broker/sequencer/check_publish.h"
#include "broker/status/invariant.h"
#include "clients/adapters/cloud_events.h"
#include "tearline/v1/publisher_service.pb.h"
#include "tests/fuzz/refusal.h"

namespace {

using namespace tearline;

/// The end of the year 9999: nothing is ahead of this clock.
constexpr std::int64_t kFarMs = 253'402'300'799'000;

/// What an adapter may hand on and the broker still refuse: contradictions within a label, names of
/// posts, and times beyond what is recorded. They are the originator's, and the broker names them.
bool IsTheOriginators(v1::ErrorReason reason) {
  return reason == v1::ERROR_REASON_LABEL_INVALID || reason == v1::ERROR_REASON_NAME_INVALID ||
         reason == v1::ERROR_REASON_LIMIT_PASSED || reason == v1::ERROR_REASON_FIELD_INVALID;
}

void ExpectGoodEvent(const adapters::Adapted& adapted, std::string_view bytes) {
  const v1::Event& event = adapted.event;
  v1::PublishItem item;
  item.set_request_id(adapted.request_id);
  *item.mutable_event() = event;
  const Status form = sequencer::CheckPublish(item, kFarMs);
  TEARLINE_INVARIANT(form.ok() || IsTheOriginators(ReasonOf(form)),
                     "that the broker takes the form of what the adapter makes");
  const v1::Segment& original = event.segments(event.segments_size() - 1);
  TEARLINE_INVARIANT(event.segments_size() <= 2 && original.content() == bytes,
                     "that the original bytes travel whole");
  TEARLINE_INVARIANT(original.flags_size() ==
                         event.segments(0).flags_size() + (event.segments_size() == 2 ? 1 : 0),
                     "that what hides the data hides the original");
  for (const adapters::Note& note : adapted.notes) {
    fuzz::ExpectQuotesNothing(note.sentence, bytes);
  }
}

void TakeOne(std::string_view bytes) {
  const auto outcome = adapters::AdaptCloudEvent(bytes, {"health/desk"});
  if (const auto* aside = std::get_if<adapters::Quarantined>(&outcome)) {
    TEARLINE_INVARIANT(!aside->sentence.empty(), "that a reason is given");
    fuzz::ExpectQuotesNothing(aside->sentence, bytes);
    return;
  }
  ExpectGoodEvent(std::get<adapters::Adapted>(outcome), bytes);
}

}  // namespace

/// Whatever a gateway sends, alone or in a batch: each event becomes one the broker takes or names
/// the fault of, or is set aside with a sentence that quotes nothing. Never an exception, and a
/// batch's elements lie in it, one behind the other.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view view(reinterpret_cast<const char*>(bytes), size);
  const char* end = view.data();
  for (const std::string_view event : adapters::CloudEventsOf(view)) {
    TEARLINE_INVARIANT(event.data() >= end && event.data() + event.size() <= view.data() + size,
                       "that elements lie within the batch, in order");
    end = event.data() + event.size();
    TakeOne(event);
  }
  return 0;
}
