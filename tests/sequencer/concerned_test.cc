#include "broker/sequencer/concerned.h"

#include <gtest/gtest.h>

#include "broker/sequencer/prepare_publish.h"
#include "broker/sequencer/subject_keys.h"
#include "tests/sequencer/station.h"

namespace tearline::sequencer {
namespace {

TEST(Concerned, AreKnownByAnyOfTheirNumbers) {
  Station station;
  station.Start();
  station.Say(*PreparePublish(Station::Item("r1", "A1234BC"), Station::System("ct-police/intel"),
                              station.Bench()));
  v1::Event event = Station::Item("r2", "B7654CD").event();
  EXPECT_EQ(Identify(event, "ct-police", station.Bench())->at(0).nominal_id, "");
  *event.mutable_nominals(0)->add_also_known_by() =
      Station::Item("x", "A1234BC").event().nominals(0).identifier();
  const auto concerned = Identify(event, "ct-police", station.Bench());
  ASSERT_EQ(concerned->size(), 1u);
  EXPECT_EQ(concerned->at(0).nominal_id.size(), 16u);
  EXPECT_EQ(concerned->at(0).identifiers.size(), 2u);
}

TEST(Concerned, AreNobodyIfTheIdIsNobodys) {
  Station station;
  v1::Event event = Station::Item("r1").event();
  event.mutable_nominals(0)->set_nominal_id("nom_" + std::string(32, 'a'));
  EXPECT_EQ(ReasonOf(Identify(event, "ct-police", station.Bench()).status()),
            v1::ERROR_REASON_NOT_FOUND);
}

TEST(Concerned, ASegmentAboutNobodyIsNobodysAndATearLineIsEverybodys) {
  v1::Segment segment;
  EXPECT_EQ(AboutWhom(segment), std::vector<std::uint32_t>{kNobody});
  segment.add_nominal_indexes(1);
  EXPECT_EQ(AboutWhom(segment), std::vector<std::uint32_t>{1});
  EXPECT_EQ(AboutAll(0), std::vector<std::uint32_t>{kNobody});
  EXPECT_EQ(AboutAll(2), (std::vector<std::uint32_t>{0, 1}));
}

}  // namespace
}  // namespace tearline::sequencer
