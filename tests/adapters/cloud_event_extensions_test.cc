#include "clients/adapters/cloud_event_extensions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "tests/adapters/invented_cloud_event.h"
#include "tests/adapters/invented_message.h"

namespace tearline::adapters {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;

v1::Event EventWith(const std::string& attribute, const std::string& value) {
  return MustAdaptCloudEvent(CloudEvent({{attribute, value}})).event;
}

TEST(CloudEventExtensions, SayHowFastAndHowClosely) {
  EXPECT_EQ(EventWith("tearlineurgency", "\"immediate\"").urgency(), v1::URGENCY_IMMEDIATE);
  EXPECT_EQ(EventWith("tearlineurgency", "\"urgent\"").urgency(), v1::URGENCY_URGENT);
  v1::Marking marking = EventWith("tearlinemarking", "\"OFFICIAL\"").label().marking();
  EXPECT_EQ(marking.tier(), v1::TIER_OFFICIAL);
  EXPECT_FALSE(marking.sensitive());
  EXPECT_TRUE(EventWith("tearlinemarking", "\"OFFICIAL-SENSITIVE\"").label().marking().sensitive());
  EXPECT_EQ(EventWith("tearlinemarking", "\"SECRET\"").label().marking().tier(), v1::TIER_SECRET);
  EXPECT_EQ(EventWith("tearlinemarking", "\"TOP SECRET\"").label().marking().tier(),
            v1::TIER_TOP_SECRET);
  marking = EventWith("tearlinecaveats", "\"ct-briefed-only police-only\"").label().marking();
  EXPECT_THAT(marking.caveats(), ElementsAre(v1::CAVEAT_POLICE_ONLY, v1::CAVEAT_CT_BRIEFED_ONLY))
      << "in rising order, as labels have them";
  EXPECT_TRUE(marking.sensitive());
}

TEST(CloudEventExtensions, GradeAsItIsWritten) {
  v1::Grading grading = EventWith("tearlinegrading", "\"1AP\"").label().grading();
  EXPECT_EQ(grading.source(), v1::SOURCE_GRADE_RELIABLE);
  EXPECT_EQ(grading.information(), v1::INFORMATION_GRADE_KNOWN_DIRECTLY);
  EXPECT_EQ(grading.handling(), v1::HANDLING_CODE_PERMITTED);
  EXPECT_EQ(grading.action(), v1::ACTION_CODE_UNSPECIFIED);
  grading = EventWith("tearlinegrading", "\"3EC A3 S2\"").label().grading();
  EXPECT_EQ(grading.source(), v1::SOURCE_GRADE_NOT_RELIABLE);
  EXPECT_EQ(grading.information(), v1::INFORMATION_GRADE_SUSPECTED_FALSE);
  EXPECT_EQ(grading.handling(), v1::HANDLING_CODE_CONDITIONS);
  EXPECT_EQ(grading.action(), v1::ACTION_CODE_A3);
  EXPECT_EQ(grading.sanitisation(), v1::SANITISATION_CODE_S2);
  EXPECT_FALSE(MustAdaptCloudEvent(CloudEvent()).event.label().has_grading());
}

TEST(CloudEventExtensions, SayWhoControlsIt) {
  EXPECT_TRUE(EventWith("tearlinecontrolled", "true").label().originator_controlled());
  EXPECT_FALSE(EventWith("tearlinecontrolled", "false").label().originator_controlled());
  EXPECT_TRUE(EventWith("tearlinenameholder", "true").label().holder_may_be_named());
  EXPECT_THAT(EventWith("tearlinereleasedto", "\"a/b c/d\"").label().released_to_posts(),
              ElementsAre("a/b", "c/d"));
}

TEST(CloudEventExtensions, NameWhomItConcerns) {
  const std::string nominal_id = "nom_" + std::string(32, 'a');
  const Adapted adapted = MustAdaptCloudEvent(CloudEvent(
      {{"tearlinenominals", "\"noms:A1111AA,crn:X111111 " + nominal_id + " other:7:8\""}}));
  EXPECT_THAT(NominalsOf(adapted),
              ElementsAre("NOMS A1111AA = CRN X111111", testing::_, "OTHER 7:8"));
  EXPECT_EQ(adapted.event.nominals(1).nominal_id(), nominal_id);
  for (const v1::Segment& segment : adapted.event.segments()) {
    EXPECT_THAT(segment.nominal_indexes(), ElementsAre(0, 1, 2)) << "both concern all of them";
  }
  EXPECT_THAT(NotesOf(adapted), Not(Contains("NOBODY")));
}

/// A mask that hides the data must hide the bytes it came in.
TEST(CloudEventExtensions, FlagsOfTheDataAreTheOriginalsToo) {
  const v1::Event event = EventWith("tearlineflags", "\"health-detail victim-address\"");
  EXPECT_THAT(event.segments(0).flags(),
              ElementsAre(v1::CONTENT_FLAG_VICTIM_ADDRESS, v1::CONTENT_FLAG_HEALTH_DETAIL));
  EXPECT_THAT(event.segments(1).flags(),
              ElementsAre(v1::CONTENT_FLAG_VICTIM_ADDRESS, v1::CONTENT_FLAG_HEALTH_DETAIL,
                          v1::CONTENT_FLAG_ORIGINAL_BYTES));
}

TEST(CloudEventExtensions, BecomeFacts) {
  EXPECT_EQ(EventWith("tearlinerisk", "\"imminent\"").facts().risk(), v1::RISK_IMMINENT);
  EXPECT_EQ(EventWith("tearlinecustody", "\"recalled\"").facts().custody_change(),
            v1::CUSTODY_CHANGE_RECALLED);
  EXPECT_TRUE(EventWith("tearlinebreach", "true").facts().breach());
  EXPECT_EQ(EventWith("tearlinemappacat", "\"4\"").facts().mappa_category(), v1::MAPPA_CATEGORY_4);
  EXPECT_EQ(EventWith("tearlinemappacat", "\"unknown\"").facts().mappa_category(),
            v1::MAPPA_CATEGORY_UNKNOWN);
  EXPECT_EQ(EventWith("tearlinemappalevel", "\"3\"").facts().mappa_level(), v1::MAPPA_LEVEL_3);
  EXPECT_EQ(EventWith("tearlinereleasedate", "\"1970-01-11\"").facts().release_date_days(), 10);
}

// Read each row as: "<attribute> <value> sets the event aside".
TEST(CloudEventExtensions, WhatIsNotOfTheTableNeverLoosensALabel) {
  const struct {
    const char* attribute;
    const char* value;
  } rows[] = {
      {"tearlineurgency", "\"Urgent\""},
      {"tearlineurgency", "\"unspecified\""},
      {"tearlineurgency", "\"\""},
      {"tearlineurgency", "2"},
      {"tearlinemarking", "\"OFFICIAL SENSITIVE\""},
      {"tearlinemarking", "\"official\""},
      {"tearlinecaveats", "\"police-only police-only\""},
      {"tearlinecaveats", "\"police-only  uk-eyes-only\""},
      {"tearlinecaveats", "\"Quagga\""},
      {"tearlinegrading", "\"4AP\""},
      {"tearlinegrading", "\"1FP\""},
      {"tearlinegrading", "\"1AC\""},
      {"tearlinegrading", "\"1AC A4 S1\""},
      {"tearlinegrading", "\"1AC A1 S3\""},
      {"tearlinegrading", "\"1AC-A1-S1\""},
      {"tearlinegrading", "\"1AP A1 S1\""},
      {"tearlinegrading", "\"\""},
      {"tearlinecontrolled", "\"true\""},
      {"tearlinecontrolled", "1"},
      {"tearlinereleasedto", "\"a/b  c/d\""},
      {"tearlinepointerpost", "\"\""},
      {"tearlineflags", "\"original-bytes\""},
      {"tearlineflags", "\"witness witness\""},
      {"tearlinenominals", "\"A1111AA\""},
      {"tearlinenominals", "\"noms:\""},
      {"tearlinenominals", "\"dog:Quagga\""},
      {"tearlinenominals", "\"noms:A1111AA,\""},
      {"tearlinenominals", "\"nom_123\""},
      {"tearlinenominals", "\"noms:1 noms:2 noms:3 noms:4 noms:5 noms:6 noms:7 noms:8 noms:9\""},
      {"tearlinenominals",
       "\"noms:1,noms:2,noms:3,noms:4,noms:5,noms:6,noms:7,noms:8,noms:9,noms:0\""},
      {"tearlinerisk", "\"extreme\""},
      {"tearlinecustody", "\"escaped\""},
      {"tearlinemappacat", "\"5\""},
      {"tearlinemappalevel", "\"4\""},
      {"tearlinereleasedate", "\"soon\""},
      {"tearlineurgancy", "\"urgent\""},
      {"tearlinequagga", "\"Quagga\""},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(MustSetAsideCloudEvent(CloudEvent({{row.attribute, row.value}})),
              QuarantineReason::kExtensionUnusable)
        << row.attribute << ' ' << row.value;
  }
  const std::string long_number = "\"noms:" + std::string(65, '1') + "\"";
  EXPECT_EQ(MustSetAsideCloudEvent(CloudEvent({{"tearlinenominals", long_number}})),
            QuarantineReason::kExtensionUnusable);
}

TEST(CloudEventExtensions, OthersStayInTheOriginalBytesAndThatIsNoticed) {
  const Adapted adapted =
      MustAdaptCloudEvent(CloudEvent({{"traceparent", "\"00-ab\""}, {"rank", "7"}}));
  EXPECT_THAT(NotesOf(adapted), Contains("EXTENSION_IGNORED"));
  EXPECT_THAT(NotesOf(MustAdaptCloudEvent(CloudEvent({{"tearlinerisk", "null"}}))),
              Not(Contains("EXTENSION_IGNORED")))
      << "null is as if it were not there";
}

}  // namespace
}  // namespace tearline::adapters
