#include "clients/adapters/json_slices.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace tearline::adapters {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(JsonSlices, ElementsAreTheBytesBetweenTheCommas) {
  EXPECT_THAT(ElementsOf(" [ 1.10 , {\"a\":[1,{}],\"b\":\"]},\"} ,\n\"x\\\"],\", true,[[ ]] ]"),
              ElementsAre("1.10", "{\"a\":[1,{}],\"b\":\"]},\"}", "\"x\\\"],\"", "true", "[[ ]]"));
  EXPECT_THAT(ElementsOf("[]"), IsEmpty());
  EXPECT_THAT(ElementsOf("[ \t]"), IsEmpty());
  EXPECT_THAT(ElementsOf("\xEF\xBB\xBF[null]"), ElementsAre("null"));
  EXPECT_THAT(ElementsOf("{\"a\":[1]}"), IsEmpty());
  EXPECT_THAT(ElementsOf("7"), IsEmpty());
}

TEST(JsonSlices, AMembersValueIsItsBytes) {
  const std::string object =
      R"({"before" : "\"data\":1", "data" : { "n" : 1.10, "e":1e2 } , "after":-0})";
  EXPECT_EQ(SliceOf(object, "data"), R"({ "n" : 1.10, "e":1e2 })");
  EXPECT_EQ(SliceOf(object, "after"), "-0");
  EXPECT_EQ(SliceOf(object, "before"), R"("\"data\":1")");
  EXPECT_EQ(SliceOf(object, "n"), std::nullopt) << "not of the object itself";
  EXPECT_EQ(SliceOf("{}", "data"), std::nullopt);
  EXPECT_EQ(SliceOf("[1]", "data"), std::nullopt);
  EXPECT_EQ(SliceOf(R"({"d\u0061ta":"\\"})", "data"), R"("\\")") << "a key written with escapes";
}

TEST(JsonSlices, AnArrayIsToldByItsFirstByte) {
  EXPECT_TRUE(IsArray(" \n[1]"));
  EXPECT_FALSE(IsArray("{\"a\":[1]}"));
  EXPECT_FALSE(IsArray(""));
}

}  // namespace
}  // namespace tearline::adapters
