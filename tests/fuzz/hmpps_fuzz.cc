#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <variant>

#include "broker/sequencer/check_publish.h"
#include "broker/status/invariant.h"
#include "clients/adapters/hmpps.h"
#include "tearline/v1/publisher_service.pb.h"
#include "tests/fuzz/refusal.h"

namespace {

using namespace tearline;

/// The end of the year 9999: nothing is ahead of this clock.
constexpr std::int64_t kFarMs = 253'402'300'799'000;

/// Four digits in a row: what codes never hold and most numbers of persons do.
bool HoldsANumber(const std::string& text) {
  int run = 0;
  for (const char c : text) {
    run = c >= '0' && c <= '9' ? run + 1 : 0;
    if (run == 4) return true;
  }
  return false;
}

void ExpectCodesNameNobody(const v1::Event& event) {
  const std::string& codes = event.segments(0).content();
  for (const v1::NominalReference& nominal : event.nominals()) {
    const std::string& number = nominal.identifier().value();
    TEARLINE_INVARIANT(!HoldsANumber(number) || codes.find(number) == std::string::npos,
                       "that a person's number stays behind in the original bytes");
  }
}

void ExpectGoodEvent(const adapters::Adapted& adapted, std::string_view bytes) {
  v1::PublishItem item;
  item.set_request_id(adapted.request_id);
  *item.mutable_event() = adapted.event;
  TEARLINE_INVARIANT(sequencer::CheckPublish(item, kFarMs).ok(),
                     "that the broker takes the form of what the adapter makes");
  TEARLINE_INVARIANT(
      adapted.event.segments_size() == 2 && adapted.event.segments(1).content() == bytes,
      "that the original bytes travel whole");
  TEARLINE_INVARIANT(adapted.request_id == adapters::RequestIdOf(bytes),
                     "that the same bytes are the same request");
  ExpectCodesNameNobody(adapted.event);
  for (const adapters::Note& note : adapted.notes) {
    fuzz::ExpectQuotesNothing(note.sentence, bytes);
  }
}

}  // namespace

/// Whatever a queue holds: it becomes an event the broker takes, or is set aside with a sentence
/// that quotes nothing. Never an exception.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view view(reinterpret_cast<const char*>(bytes), size);
  const auto outcome = adapters::AdaptHmpps(view, {"prison-north/desk"});
  if (const auto* aside = std::get_if<adapters::Quarantined>(&outcome)) {
    TEARLINE_INVARIANT(!aside->sentence.empty(), "that a reason is given");
    fuzz::ExpectQuotesNothing(aside->sentence, view);
    return 0;
  }
  ExpectGoodEvent(std::get<adapters::Adapted>(outcome), view);
  return 0;
}
