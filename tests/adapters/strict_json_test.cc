#include "clients/adapters/strict_json.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <variant>

namespace tearline::adapters {
namespace {

using nlohmann::json;

/// `depth` arrays in one another.
std::string Nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

bool Reads(const std::string& bytes) { return std::holds_alternative<json>(ReadJson(bytes)); }

JsonFault FaultOf(const std::string& bytes) {
  const auto read = ReadJson(bytes);
  if (const JsonFault* fault = std::get_if<JsonFault>(&read)) return *fault;
  ADD_FAILURE() << "was read: " << bytes.substr(0, 200);
  return JsonFault::kMalformed;
}

TEST(StrictJson, ReadsOneValueWithBlanksAndAByteOrderMark) {
  for (const char* bytes : {"{}", " {} \r\n\t", "\xEF\xBB\xBF{}", "[1,2]", "null", "\"x\"", "1e3",
                            "{\"a\":{\"a\":1},\"b\":[{\"a\":1},{\"a\":2}]}"}) {
    EXPECT_TRUE(Reads(bytes)) << bytes;
  }
}

TEST(StrictJson, RefusesWhatIsNotOneValue) {
  for (const char* bytes : {"",
                            " ",
                            "{",
                            "}",
                            "{}{}",
                            "{} x",
                            "{\"a\":1,}",
                            "{'a':1}",
                            "{a:1}",
                            "// note\n{}",
                            "NaN",
                            "[1 2]",
                            "{\"a\"}",
                            "\"unterminated",
                            "\"line\nbreak\"",
                            "\"\\x\"",
                            "\"\\ud800\"",
                            "01",
                            "1e999",
                            "\xEF\xBB\xBF"}) {
    EXPECT_EQ(FaultOf(bytes), JsonFault::kMalformed) << bytes;
  }
  EXPECT_EQ(FaultOf(std::string("{}\0", 3)), JsonFault::kMalformed);
}

TEST(StrictJson, RefusesBytesThatAreNotUtf8) {
  for (const char* bytes : {"\"\xFF\"", "\"\xC3\"", "\"\xC0\xAF\"", "\"\xED\xA0\x80\"",
                            "\"\xF5\x80\x80\x80\"", "\"\xE2\x82\"", "\"\x80\"", "\xFF\xFE{",
                            "\"\xE0\x80\x80\"", "\"\xF0\x80\x80\x80\"", "\"\xF4\x90\x80\x80\""}) {
    EXPECT_EQ(FaultOf(bytes), JsonFault::kInvalidUtf8);
  }
  EXPECT_TRUE(Reads("\"\xC3\xA9 \xE2\x88\x95 \xF0\x9F\x98\x80 \xED\x9F\xBF \xF4\x8F\xBF\xBF\""));
}

TEST(StrictJson, RefusesNestingBeyondItsDepth) {
  EXPECT_TRUE(Reads(Nested(kJsonDepthMax)));
  EXPECT_EQ(FaultOf(Nested(kJsonDepthMax + 1)), JsonFault::kTooDeep);
  EXPECT_EQ(FaultOf(Nested(100'000)), JsonFault::kTooDeep);
  EXPECT_EQ(FaultOf(std::string(100'000, '[')), JsonFault::kTooDeep);
}

TEST(StrictJson, RefusesAMemberGivenTwiceInOneObject) {
  EXPECT_EQ(FaultOf(R"({"a":1,"a":1})"), JsonFault::kDuplicateKey);
  EXPECT_EQ(FaultOf(R"({"b":{"a":1,"\u0061":2}})"), JsonFault::kDuplicateKey);
  EXPECT_TRUE(Reads(R"({"a":1,"A":1})"));
}

TEST(StrictJson, GivesStringsAndWholeNumbersAsText) {
  const json value = std::get<json>(ReadJson(
      R"({"s":"x","n":42,"m":-7,"big":9007199254740993,"top":18446744073709551615,
          "over":18446744073709551616,"f":1.5,"b":true,"z":null,"o":{},"a":[]})"));
  EXPECT_EQ(MemberText(value, "s"), "x");
  EXPECT_EQ(MemberText(value, "n"), "42");
  EXPECT_EQ(MemberText(value, "m"), "-7");
  EXPECT_EQ(MemberText(value, "big"), "9007199254740993");  // beyond 2^53, to the last digit
  EXPECT_EQ(MemberText(value, "top"), "18446744073709551615");
  for (const char* key : {"over", "f", "b", "z", "o", "a", "absent"}) {
    EXPECT_EQ(MemberText(value, key), std::nullopt) << key;
  }
}

TEST(StrictJson, FindsNoMemberInWhatIsNoObject) {
  EXPECT_EQ(Member(json("text"), "a"), nullptr);
  EXPECT_EQ(Member(json::array({1}), "a"), nullptr);
  EXPECT_EQ(Member(json::object({{"a", nullptr}}), "a"), nullptr);
  EXPECT_NE(Member(json::object({{"a", false}}), "a"), nullptr);
}

}  // namespace
}  // namespace tearline::adapters
