#include "broker/sequencer/rewrapping.h"

#include <gtest/gtest.h>

#include <string>

#include "broker/crypto/seal.h"
#include "broker/machine/rows.h"
#include "broker/sequencer/prepare_publish.h"
#include "tests/sequencer/station.h"

namespace tearline::sequencer {
namespace {

class RewrappingTest : public testing::Test {
 protected:
  void SetUp() override { station_.Start(); }

  stored::v1::EventRow Publish(const std::string& request_id) {
    const std::string id =
        station_
            .Say(*PreparePublish(Station::Item(request_id), Station::System("ct-police/intel"),
                                 station_.Bench()))
            .made_id;
    return *station_.Bench().view.Find<stored::v1::EventRow>(
        machine::EventKey(model::EventId::Parse(id)->Bytes()));
  }

  Station station_;
};

/// Each event goes under the successor that was chosen for it, or under none; every wrap opens what
/// the recorded one opened.
TEST_F(RewrappingTest, WrapsEachEventUnderItsSuccessor) {
  const stored::v1::EventRow first = Publish("r1");
  const stored::v1::EventRow second = Publish("r2");
  const stored::v1::EventRow third = Publish("r3");
  const stored::v1::WrappedKey& recorded = first.publish().segments(0).keys(0);
  const auto choose = [&](const stored::v1::EventRow& event) -> std::optional<std::size_t> {
    if (event.position() == first.position()) return 0;
    if (event.position() == second.position()) return 1;
    return std::nullopt;
  };
  const Workbench bench = station_.Bench();
  const auto made = WrapAnew(recorded.subject_key_id(), 2, choose, bench);
  ASSERT_TRUE(made.ok()) << SentenceOf(made.status());
  ASSERT_EQ(made->size(), 2U);
  EXPECT_NE(made->at(0).id.Bytes(), made->at(1).id.Bytes());
  const auto old_key =
      station_.vault->Find(*model::SubjectKeyId::FromBytes(recorded.subject_key_id()));
  for (std::size_t i = 0; i < 2; ++i) {
    const stored::v1::EventRow& event = i == 0 ? first : second;
    const vault::Successor& successor = made->at(i);
    ASSERT_EQ(successor.wraps.size(), static_cast<std::size_t>(event.publish().segments_size()));
    for (std::size_t at = 0; at < successor.wraps.size(); ++at) {
      const vault::Rewrap& wrap = successor.wraps[at];
      EXPECT_EQ(wrap.recorded, event.publish().segments(static_cast<int>(at)).keys(0).wrapped());
      EXPECT_EQ(*crypto::Unwrap(successor.key.View(), wrap.anew),
                *crypto::Unwrap(old_key->View(), wrap.recorded));
    }
  }
  EXPECT_EQ(third.publish().segments(0).keys(0).subject_key_id(), recorded.subject_key_id());
}

TEST_F(RewrappingTest, SaysThatAKeyIsMissing) {
  const stored::v1::EventRow event = Publish("r1");
  const std::string id = event.publish().segments(0).keys(0).subject_key_id();
  ASSERT_TRUE(station_.vault->Destroy({*model::SubjectKeyId::FromBytes(id)}).ok());
  const auto none = [](const stored::v1::EventRow&) { return std::optional<std::size_t>(); };
  EXPECT_EQ(ReasonOf(WrapAnew(id, 1, none, station_.Bench()).status()),
            v1::ERROR_REASON_KEY_MISSING);
}

}  // namespace
}  // namespace tearline::sequencer
