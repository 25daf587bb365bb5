#include "tests/simulation/persons.h"

#include <gtest/gtest.h>

namespace tearline::simulation {
namespace {

using Same = std::set<std::string>;

TEST(Persons, AreOneThroughEveryMergeBetweenThem) {
  Persons persons;
  persons.Merge("a", "b");
  persons.Merge("b", "c");
  persons.Merge("d", "c");
  EXPECT_EQ(persons.Of("a"), (Same{"a", "b", "c", "d"}));
  EXPECT_TRUE(persons.AreOne("a", "d"));
  EXPECT_FALSE(persons.AreOne("a", "e"));
  EXPECT_EQ(persons.Of("e"), Same{"e"});
}

TEST(Persons, PartWhereTheyWereMergedAndForGood) {
  Persons persons;
  persons.Merge("a", "b");
  persons.Merge("b", "c");
  persons.Part("b");
  EXPECT_EQ(persons.Of("a"), (Same{"a", "b"})) << "what had been merged into it stays with it";
  EXPECT_EQ(persons.Of("c"), Same{"c"});
  EXPECT_FALSE(persons.WasMerged("b"));
  EXPECT_TRUE(persons.WereParted("a", "c")) << "through what they were merged into";
  EXPECT_TRUE(persons.WereParted("c", "b"));
  EXPECT_FALSE(persons.WereParted("a", "b"));
}

TEST(Persons, GoWithWhatTheyWereMergedInto) {
  Persons persons;
  persons.Merge("a", "b");
  persons.Merge("b", "c");
  EXPECT_EQ(persons.GoingWith("b"), (Same{"a", "b"}));
  EXPECT_EQ(persons.GoingWith("a"), Same{"a"});
  EXPECT_EQ(persons.GoingWith("c"), (Same{"a", "b", "c"}));
}

}  // namespace
}  // namespace tearline::simulation
