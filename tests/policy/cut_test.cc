#include "broker/policy/cut.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/policy/plain_words.h"

namespace tearline::policy {
namespace {

/// One judgement per level, to which no rule spoke.
std::vector<Judgement> Levels(const std::vector<v1::Level>& levels) {
  std::vector<Judgement> judgements(levels.size());
  for (std::size_t i = 0; i < levels.size(); ++i) judgements[i].level = levels[i];
  return judgements;
}

/// An event with one segment per list of places.
EventFacts Segments(const std::vector<std::vector<std::size_t>>& about) {
  EventFacts event = PlainEvent();
  event.segments.clear();
  for (const std::vector<std::size_t>& places : about) event.segments.push_back({{}, places});
  return event;
}

constexpr v1::Level kFull = v1::LEVEL_FULL;
constexpr v1::Level kTear = v1::LEVEL_TEAR_LINE;
constexpr v1::Level kPointer = v1::LEVEL_POINTER;
constexpr v1::Level kWithheld = v1::LEVEL_WITHHELD;

struct Row {
  const char* what;
  std::vector<v1::Level> nominals;
  std::vector<std::vector<std::size_t>> segments;
  v1::Level level;
  std::vector<std::uint32_t> given;
};

TEST(Cut, GivesSegmentsAndLevelsAsTheTableSays) {
  const Row rows[] = {
      {"one nominal, one segment", {kFull}, {{0}}, kFull, {0}},
      {"a segment that names nobody is about everybody", {kFull}, {{}}, kFull, {0}},
      {"the same, where one of two is withheld", {kFull, kWithheld}, {{}}, kWithheld, {}},
      {"each about one of two", {kFull, kWithheld}, {{0}, {1}}, kFull, {0}},
      {"the lowest over a segment's nominals", {kFull, kPointer}, {{0}, {0, 1}}, kFull, {0}},
      {"all about both", {kFull, kPointer}, {{0, 1}, {1, 0}}, kPointer, {}},
      {"none at full: the lowest", {kTear, kPointer}, {{0}, {1}}, kPointer, {}},
      {"at full, but nothing is about it", {kFull, kTear}, {{1}}, kTear, {}},
      {"at full, but there are no segments", {kFull}, {}, kTear, {}},
      {"tear-line", {kTear}, {{0}, {}}, kTear, {}},
      {"withheld", {kWithheld}, {{0}}, kWithheld, {}},
      {"three, two of them", {kFull, kWithheld, kFull}, {{0, 2}, {1}, {2}, {}}, kFull, {0, 2}},
  };
  for (const Row& row : rows) {
    const Cut cut = CutSegments(Segments(row.segments), Levels(row.nominals));
    EXPECT_EQ(LevelWord(cut.level), LevelWord(row.level)) << row.what;
    EXPECT_EQ(cut.given, row.given) << row.what;
  }
}

TEST(Cut, HidesBySegmentFlagAndByTheNominalTheMaskSpokeAbout) {
  const PolicySet policy = Rules("mask M1 witness; mask M2 victim-address; mask M3 witness");
  std::vector<Judgement> judgements = Levels({kFull, kFull, kWithheld});
  judgements[0].spoke = {&policy.rules()[0], &policy.rules()[1]};
  judgements[2].spoke = {&policy.rules()[2]};
  EventFacts event = Segments({{0}, {0}, {1}, {0, 1}, {2}});
  event.segments[1].flags = {v1::CONTENT_FLAG_CHILD_IDENTITY};
  for (const std::size_t i : {0u, 2u, 3u, 4u}) {
    event.segments[i].flags = {v1::CONTENT_FLAG_CHILD_IDENTITY, v1::CONTENT_FLAG_WITNESS};
  }
  const Cut cut = CutSegments(event, judgements);
  EXPECT_EQ(cut.fates, (std::vector<SegmentFate>{SegmentFate::kHidden, SegmentFate::kGiven,
                                                 SegmentFate::kGiven, SegmentFate::kHidden,
                                                 SegmentFate::kBelow}));
  EXPECT_EQ(cut.given, (std::vector<std::uint32_t>{1, 2}));
  // M2 found nothing of its own; M3 spoke of a segment that was below full anyway.
  EXPECT_EQ(cut.masks, (std::set<std::string>{"M1"}));
}

TEST(Cut, WithEverythingHiddenFallsToATearLine) {
  const PolicySet policy = Rules("mask M1 witness");
  std::vector<Judgement> judgements = Levels({kFull});
  judgements[0].spoke = {&policy.rules()[0]};
  EventFacts event = Segments({{0}});
  event.segments[0].flags = {v1::CONTENT_FLAG_WITNESS};
  const Cut cut = CutSegments(event, judgements);
  EXPECT_EQ(cut.level, kTear);
  EXPECT_EQ(cut.masks, (std::set<std::string>{"M1"}));
}

struct MeetsRow {
  const char* what;
  std::vector<v1::Level> nominals;
  std::vector<std::vector<std::size_t>> segments;
  v1::Level told;
  v1::Level owed;  // About the nominal at place 0.
  bool met;
};

TEST(Cut, ADutyIsMetAsTheTableSays) {
  const MeetsRow rows[] = {
      {"a tear-line is a tear-line", {kTear}, {{0}}, kTear, kTear, true},
      {"a tear-line is more than a pointer", {kTear}, {{0}}, kTear, kPointer, true},
      {"a pointer is less than a tear-line", {kTear}, {{0}}, kPointer, kTear, false},
      {"nothing is less than a pointer", {kPointer}, {{0}}, kWithheld, kPointer, false},
      {"full is full", {kFull}, {{0}}, kFull, kFull, true},
      {"full is more than a pointer", {kFull}, {{0}}, kFull, kPointer, true},
      {"full about another only", {kTear, kFull}, {{0}, {1}}, kFull, kTear, false},
      {"full about another, and a pointer owed",
       {kPointer, kFull},
       {{0}, {1}},
       kFull,
       kPointer,
       false},
      {"full, less a segment shared with another",
       {kFull, kWithheld},
       {{0}, {0, 1}},
       kFull,
       kFull,
       false},
      {"the same, a tear-line owed", {kFull, kWithheld}, {{0}, {0, 1}}, kFull, kTear, true},
      {"full, another's segment cut", {kFull, kWithheld}, {{0}, {1}}, kFull, kFull, true},
      {"nothing is about it, and it is full", {kFull, kFull}, {{1}}, kFull, kFull, true},
      {"nothing is about it, and it is not", {kTear, kFull}, {{1}}, kFull, kFull, false},
  };
  for (const MeetsRow& row : rows) {
    const EventFacts event = Segments(row.segments);
    const std::vector<Judgement> judgements = Levels(row.nominals);
    const Cut cut = CutSegments(event, judgements);
    EXPECT_EQ(Meets(row.told, row.owed, 0, event, judgements, cut), row.met) << row.what;
  }
}

TEST(Cut, AMaskMeetsADutyOfFullUnlessItHidesAllThereIsAboutTheNominal) {
  const PolicySet policy = Rules("mask M1 witness");
  std::vector<Judgement> judgements = Levels({kFull, kFull});
  judgements[0].spoke = {&policy.rules()[0]};
  EventFacts event = Segments({{0}, {0}, {1}});
  event.segments[0].flags = {v1::CONTENT_FLAG_WITNESS};
  EXPECT_TRUE(Meets(kFull, kFull, 0, event, judgements, CutSegments(event, judgements)));
  event.segments[1].flags = {v1::CONTENT_FLAG_WITNESS};
  EXPECT_FALSE(Meets(kFull, kFull, 0, event, judgements, CutSegments(event, judgements)));
  EXPECT_TRUE(Meets(kFull, kFull, 1, event, judgements, CutSegments(event, judgements)));
}

}  // namespace
}  // namespace tearline::policy
