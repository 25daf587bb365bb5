#include "clients/adapters/event_type_text.h"

#include <gtest/gtest.h>

#include <string>

namespace tearline::adapters {
namespace {

TEST(EventTypeText, OtherPeoplesSpellingsBecomeOurs) {
  const struct {
    const char* raw;
    const char* ours;
  } rows[] = {
      {"custody.recall.ordered", "custody.recall.ordered"},
      {"uk.gov.hearingCompleted", "uk.gov.hearing-completed"},
      {"OASysAssessment.signed_off", "oa-sys-assessment.signed-off"},
      {"prisoner2Moved", "prisoner2-moved"},
  };
  for (const auto& row : rows) EXPECT_EQ(EventTypeFrom(row.raw), row.ours) << row.raw;
}

TEST(EventTypeText, WhatIsNoTypeIsNotGuessed) {
  for (const std::string& raw : {std::string(), std::string("a..b"), std::string(".a"),
                                 std::string("a."), std::string("a b"), std::string("a/b"),
                                 std::string("caf\xC3\xA9"), std::string(201, 'a')}) {
    EXPECT_EQ(EventTypeFrom(raw), std::nullopt) << raw.size();
  }
  EXPECT_TRUE(EventTypeFrom(std::string(200, 'a')).has_value());
}

}  // namespace
}  // namespace tearline::adapters
