#include "clients/adapters/outcome.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace tearline::adapters {
namespace {

TEST(Outcome, NamesEveryReasonAndNoteDifferently) {
  std::set<std::string> names;
  const int reasons = kQuarantineReasonsMax;
  for (int i = 1; i <= reasons; ++i) names.insert(NameOf(static_cast<QuarantineReason>(i)));
  const int notes = static_cast<int>(NoteKind::kExtensionIgnored) + 1;
  for (int i = 0; i < notes; ++i) {
    names.insert(NameOf(static_cast<NoteKind>(i)));
    EXPECT_FALSE(MakeNote(static_cast<NoteKind>(i)).sentence.empty()) << i;
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(reasons + notes));
  EXPECT_FALSE(names.contains("UNKNOWN"));
}

TEST(Outcome, NamesEveryChangeOfIdentity) {
  EXPECT_EQ(NameOf(IdentityChange::Kind::kMerged), "MERGED");
  EXPECT_EQ(NameOf(IdentityChange::Kind::kUnmerged), "UNMERGED");
  EXPECT_EQ(NameOf(IdentityChange::Kind::kBookingMoved), "BOOKING_MOVED");
}

TEST(Outcome, NamesEveryReasonToLeaveALevel) {
  std::set<std::string> names;
  for (int i = 1; i <= kLevelLeftMax; ++i) {
    names.insert(NameOf(static_cast<LevelLeft>(i)));
    EXPECT_FALSE(SentenceOf(static_cast<LevelLeft>(i)).empty()) << i;
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(kLevelLeftMax));
  EXPECT_FALSE(names.contains("UNKNOWN"));
}

}  // namespace
}  // namespace tearline::adapters
