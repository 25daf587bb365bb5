#include "broker/machine/access_limit.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tearline::machine {
namespace {

using Names = std::vector<const char*>;

stored::v1::NominalRow Limits(const Names& excluded, const Names& only) {
  stored::v1::NominalRow row;
  for (const char* name : excluded) row.add_excluded(name);
  for (const char* name : only) row.add_only(name);
  return row;
}

struct Row {
  Names excluded;
  Names only;
  const char* post;
  bool kept_out;
};

// Read each row as: "with <excluded> excluded, or <only> alone let see it, <post> is kept out".
TEST(AccessLimit, KeepsOutExactlyWhomTheTableSays) {
  const Row rows[] = {
      // excluded                  only                            post            kept out
      {{}, {}, "police/desk", false},
      {{"police/desk"}, {}, "police/desk", true},
      {{"police/desk"}, {}, "police/panel", false},
      {{"police"}, {}, "police/desk", true},
      {{"police"}, {}, "police-met/desk", false},  // A name's beginning is not the name.
      {{"police-met"}, {}, "police/desk", false},
      {{}, {"probation"}, "police/desk", true},
      {{}, {"probation"}, "probation/chair", false},
      {{}, {"probation/chair"}, "probation/desk", true},
      {{"probation/desk"}, {"probation"}, "probation/desk", true},  // Excluded wins.
      {{"probation/desk"}, {"probation"}, "probation/chair", false},
  };
  for (const Row& row : rows) {
    const auto limits = Limits(row.excluded, row.only);
    EXPECT_EQ(IsKeptOut(row.post, limits), row.kept_out) << row.post;
    EXPECT_EQ(IsLimited(limits), !row.excluded.empty() || !row.only.empty());
  }
}

TEST(AccessLimit, KnowsWhoIsInConflict) {
  stored::v1::NominalRow row;
  row.add_in_conflict("police/desk");
  EXPECT_TRUE(IsInConflict("police/desk", row));
  EXPECT_FALSE(IsInConflict("police/panel", row));
  EXPECT_FALSE(IsInConflict("police", row));
}

struct Change {
  const char* what;
  Names excluded_before, only_before, excluded_after, only_after;
  bool police_see_more;
};

/// P10. Whether police, setting these limits, would let themselves see more.
TEST(AccessLimit, TellsWhetherAnAgencyLetsItselfSeeMore) {
  const Change changes[] = {
      {"nothing", {}, {}, {}, {}, false},
      {"excluding oneself", {}, {}, {"police"}, {}, false},
      {"lifting one's own exclusion", {"police"}, {}, {}, {}, true},
      {"lifting one post's", {"police/desk"}, {}, {}, {}, true},
      {"lifting another's", {"prison"}, {}, {}, {}, false},
      {"narrowing one's exclusion", {"police"}, {}, {"police/desk"}, {}, true},
      {"limiting to another", {}, {}, {}, {"probation"}, false},
      {"lifting that", {}, {"probation"}, {}, {}, true},
      {"joining those let see it", {}, {"probation"}, {}, {"police/desk", "probation"}, true},
      {"another joining them", {}, {"probation"}, {}, {"prison", "probation"}, false},
      {"leaving them", {}, {"police", "probation"}, {}, {"probation"}, false},
  };
  for (const Change& change : changes) {
    EXPECT_EQ(LetsSeeMore("police", Limits(change.excluded_before, change.only_before),
                          Limits(change.excluded_after, change.only_after)),
              change.police_see_more)
        << change.what;
  }
}

}  // namespace
}  // namespace tearline::machine
