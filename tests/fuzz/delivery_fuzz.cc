#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "broker/status/invariant.h"
#include "clients/signing/signing_key.h"
#include "clients/verifier/originator.h"
#include "tests/fuzz/refusal.h"

namespace {

using namespace tearline;
using v1::DeliveredEvent;
using verifier::Signed;

const signing::SigningKey& Key() {
  static const signing::SigningKey key = signing::SigningKey::FromSeed(std::string(32, 'k'));
  return key;
}

verifier::OriginatorKeys Known(bool demanded) {
  verifier::OriginatorKeys known{"log", {}, demanded};
  v1::SigningKey& key = known.keys.emplace_back();
  key.set_agency("police");
  key.set_public_key(Key().PublicKey());
  key.mutable_valid_until()->set_seconds(4'000'000'000);
  return known;
}

/// Every change of what a reader is shown, whatever its level.
using Bend = void (*)(DeliveredEvent& event);
const Bend kBends[] = {
    [](DeliveredEvent& event) { event.mutable_originating_agency()->push_back('x'); },
    [](DeliveredEvent& event) { event.mutable_originating_post()->push_back('x'); },
    [](DeliveredEvent& event) { event.mutable_event_type()->push_back('x'); },
    [](DeliveredEvent& event) {
      event.mutable_occurred_at()->set_seconds(event.occurred_at().seconds() + 1);
    },
    [](DeliveredEvent& event) {
      event.mutable_occurred_at()->set_nanos(event.occurred_at().nanos() ^ 1);
    },
    [](DeliveredEvent& event) {
      const bool is_assumed = event.occurred_quality() == v1::TIME_QUALITY_ASSUMED;
      event.set_occurred_quality(is_assumed ? v1::TIME_QUALITY_UNSPECIFIED
                                            : v1::TIME_QUALITY_ASSUMED);
    },
    [](DeliveredEvent& event) {
      if (event.has_marking()) return event.clear_marking();
      event.mutable_marking();
    },
    [](DeliveredEvent& event) {
      if (event.has_grading()) return event.clear_grading();
      event.mutable_grading();
    },
    [](DeliveredEvent& event) { event.mutable_facts()->set_breach(!event.facts().breach()); },
    [](DeliveredEvent& event) {
      if (event.segments().empty()) event.add_segments();
      event.mutable_segments(0)->mutable_content()->push_back('x');
    },
    [](DeliveredEvent& event) { event.mutable_tear_line()->push_back('x'); },
    [](DeliveredEvent& event) { event.mutable_ask_post()->push_back('x'); },
    [](DeliveredEvent& event) { event.mutable_signature()->mutable_salt()->push_back('x'); },
};

void ExpectNoneElseVerifies(const DeliveredEvent& good) {
  for (const Bend bend : kBends) {
    DeliveredEvent event = good;
    bend(event);
    TEARLINE_INVARIANT(CheckOriginator(event, Known(true)).standing != Signed::kVerified,
                       "that nothing else is shown as what was signed");
  }
}

void ExpectMissed(DeliveredEvent event) {
  event.clear_signature();
  const verifier::OriginatorCheck check = CheckOriginator(event, Known(true));
  TEARLINE_INVARIANT(event.level() == v1::LEVEL_POINTER || !check.sentence.empty(),
                     "that a signature which is taken away is missed");
}

}  // namespace

/// Whatever a broker delivers, with a statement that the originator's own key signs, whatever it
/// says: what verifies as shown verifies no other way, and is missed without its signature.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view view(reinterpret_cast<const char*>(bytes), size);
  DeliveredEvent event;
  if (!event.ParseFromArray(bytes, static_cast<int>(size))) return 0;
  if (event.signature().envelope().signatures_size() == 1) {
    v1::Envelope& envelope = *event.mutable_signature()->mutable_envelope();
    envelope = Key().Sign(envelope.payload_type(), envelope.payload());
  }
  const verifier::OriginatorCheck check = CheckOriginator(event, Known(false));
  const bool is_silent = check.standing == Signed::kNot || check.standing == Signed::kVerified;
  TEARLINE_INVARIANT(check.sentence.empty() == is_silent, "that what is wrong is said");
  if (check.standing == Signed::kOtherwise) fuzz::ExpectQuotesNothing(check.sentence, view);
  ExpectMissed(event);
  if (check.standing == Signed::kVerified) ExpectNoneElseVerifies(event);
  return 0;
}
