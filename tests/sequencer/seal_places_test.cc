#include "broker/sequencer/seal_places.h"

#include <gtest/gtest.h>

#include "broker/crypto/digest.h"

namespace tearline::sequencer {
namespace {

TEST(EventIdOf, IsTheFirst16BytesOfTheLabelledSeedsDigest) {
  const std::string seed(32, 's');
  EXPECT_EQ(EventIdOf(seed), crypto::Sha256("tearline event id" + seed).Bytes().substr(0, 16));
}

TEST(ClassOf, TellsTheBytesAnAdapterReceivedFromOtherSegments) {
  google::protobuf::RepeatedField<int> flags;
  EXPECT_EQ(ClassOf(flags), stored::v1::CONTENT_CLASS_SEGMENT);
  flags.Add(v1::CONTENT_FLAG_HEALTH_DETAIL);
  EXPECT_EQ(ClassOf(flags), stored::v1::CONTENT_CLASS_SEGMENT);
  flags.Add(v1::CONTENT_FLAG_ORIGINAL_BYTES);
  EXPECT_EQ(ClassOf(flags), stored::v1::CONTENT_CLASS_ORIGINAL);
}

TEST(ManifestDigest, HasEightSlotsWhateverTheNumberOfSegments) {
  stored::v1::Publish publish;
  publish.set_event_id("0123456789abcdef");
  publish.add_segments()->set_content_digest(std::string(32, 'c'));
  std::string slots(32, 'c');
  for (char slot = 1; slot < 8; ++slot) {
    slots +=
        crypto::Sha256("tearline empty slot0123456789abcdef" + std::string{'\0', '\0', '\0', slot})
            .Bytes();
  }
  EXPECT_EQ(ManifestDigest(publish), crypto::Sha256(slots).Bytes());
  publish.add_segments()->set_content_digest(std::string(32, 'd'));
  EXPECT_NE(ManifestDigest(publish), crypto::Sha256(slots).Bytes());
}

}  // namespace
}  // namespace tearline::sequencer
