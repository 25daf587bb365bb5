#include "clients/adapters/hmpps_codes.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/adapters/invented_message.h"

namespace tearline::adapters {
namespace {

std::string SummaryOf(const std::string& further) {
  InventedMessage message;
  message.further = further;
  return MustAdapt(message).event.segments(0).content();
}

/// The summary of a person.alert.created with these codes.
std::string With(const std::string& codes) {
  return R"({"eventType":"person.alert.created","codes":)" + codes + "}";
}

TEST(HmppsCodes, AreTakenFromKnownMembersOnly) {
  EXPECT_EQ(SummaryOf(R"({"alertCode":"XVL","source":"DPS","prisonId":"MDI"})"),
            With(R"({"prisonId":"MDI","alertCode":"XVL","source":"DPS"})"));
  EXPECT_EQ(SummaryOf(R"({"alertUuid":"ABC","nomsNumber":"A1111AA","secret":"YES"})"), With("{}"));
  EXPECT_EQ(SummaryOf(""), With("{}"));
  EXPECT_EQ(SummaryOf(R"("text")"), With("{}"));
}

TEST(HmppsCodes, AreNoSentencesNumbersOrPlaceholders) {
  for (const char* value :
       {"\"threatened a neighbour\"", "\"Threat\"", "\"A1111AA\"", "\"X111111\"", "\"26/1W\"",
        "\"{reason}\"", "\"\"", "\"JOHN SMITH\"", "24", "true", "null", "{}", "\"A\\nB\"",
        "\"ABCDEFGHIJABCDEFGHIJABCDEFGHIJABCDEFGHIJK\""}) {
    EXPECT_EQ(SummaryOf(R"({"reason":)" + std::string(value) + "}"), With("{}")) << value;
  }
  for (const char* value : {"\"RELEASED\"", "\"24\"", "\"P103\"", "\"M3\"", "\"BRE01\"",
                            "\"A-B_C\"", "\"ABCDEFGHIJABCDEFGHIJABCDEFGHIJABCDEFGHIJ\""}) {
    EXPECT_EQ(SummaryOf(R"({"reason":)" + std::string(value) + "}"),
              With(R"({"reason":)" + std::string(value) + "}"));
  }
}

TEST(HmppsCodes, MayBeAList) {
  EXPECT_EQ(SummaryOf(R"({"categoriesChanged":["STATUS","a note","SENTENCE"]})"),
            With(R"({"categoriesChanged":["STATUS","SENTENCE"]})"));
}

}  // namespace
}  // namespace tearline::adapters
