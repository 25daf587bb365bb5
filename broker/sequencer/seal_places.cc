#include "broker/sequencer/seal_places.h"

#include <algorithm>

#include "broker/crypto/digest.h"
#include "broker/model/limits.h"

namespace tearline::sequencer {

std::string EventIdOf(const std::string& seed) {
  return crypto::Sha256({"tearline event id", seed}).Bytes().substr(0, model::EventId::kBytes);
}

stored::v1::ContentClass ClassOf(const google::protobuf::RepeatedField<int>& flags) {
  const bool original =
      std::find(flags.begin(), flags.end(), v1::CONTENT_FLAG_ORIGINAL_BYTES) != flags.end();
  return original ? stored::v1::CONTENT_CLASS_ORIGINAL : stored::v1::CONTENT_CLASS_SEGMENT;
}

vault::Place PlaceOf(const model::LedgerId& ledger_id, const std::string& event_id,
                     stored::v1::ContentClass content_class, std::uint32_t index) {
  vault::Place place;
  place.ledger_id = ledger_id;
  place.owner = event_id;
  place.kind = static_cast<std::uint8_t>(content_class);
  place.index = index;
  return place;
}

std::string ManifestDigest(const stored::v1::Publish& publish) {
  crypto::Sha256Stream slots;
  for (int slot = 0; slot < static_cast<int>(model::kEventSegmentsMax); ++slot) {
    if (slot < publish.segments_size()) {
      slots.Update(publish.segments(slot).content_digest());
    } else {
      const std::string number{'\0', '\0', '\0', static_cast<char>(slot)};
      slots.Update(crypto::Sha256({"tearline empty slot", publish.event_id(), number}).View());
    }
  }
  return slots.Finish().Bytes();
}

}  // namespace tearline::sequencer
