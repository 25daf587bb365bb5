#include "broker/model/name.h"

#include <gtest/gtest.h>

#include <string>

#include "broker/model/limits.h"

namespace tearline::model {
namespace {

const std::string kForty(kNameBytesMax, 'a');

TEST(Name, IsOneToFortyOfLowerCaseDigitsAndInnerHyphens) {
  for (const std::string& name : {std::string("police-met"), std::string("a"), std::string("42"),
                                  std::string("st--elsewhere"), kForty}) {
    EXPECT_TRUE(CheckName(name, "agency").ok()) << name;
  }
  for (const std::string& name :
       {std::string(), kForty + "a", std::string("Police"), std::string("police met"),
        std::string("police/met"), std::string("police_met"), std::string("-met"),
        std::string("met-"), std::string("-"), std::string("met\n"), std::string("m\0t", 3),
        std::string("m\xC3\xA9t")}) {
    EXPECT_EQ(ReasonOf(CheckName(name, "agency")), v1::ERROR_REASON_NAME_INVALID) << name;
  }
}

TEST(Name, OfAPostIsTwoNamesJoinedByOneSlash) {
  EXPECT_TRUE(CheckPostName("police-met/offender-management", "post").ok());
  EXPECT_TRUE(CheckPostName(kForty + "/" + kForty, "post").ok());
  for (const std::string& name :
       {std::string("police-met"), std::string("police-met/"), std::string("/chair"),
        std::string("a/b/c"), std::string("police-met//chair"), std::string("police met/chair"),
        kForty + "a/chair", "chair/" + kForty + "a", std::string("/")}) {
    EXPECT_EQ(ReasonOf(CheckPostName(name, "post")), v1::ERROR_REASON_NAME_INVALID) << name;
  }
}

TEST(Name, OfAPurposeOrLegalBasisMayHaveCapitals) {
  for (const std::string& code : {std::string("CJA2003-325-4"), std::string("DPA18-P3"),
                                  std::string("mappa-review"), std::string(40, 'A')}) {
    EXPECT_TRUE(CheckCode(code, "legal_basis").ok()) << code;
  }
  for (const std::string& code :
       {std::string(), std::string(41, 'A'), std::string("CJA 2003"), std::string("s.325"),
        std::string("325(4)"), std::string("A_B")}) {
    EXPECT_EQ(ReasonOf(CheckCode(code, "legal_basis")), v1::ERROR_REASON_FIELD_INVALID) << code;
  }
}

TEST(Name, IsRefusedByFieldAndLengthNeverByItsWords) {
  const std::string sentence = SentenceOf(CheckName("Jane Doe", "event.label.pointer_post"));
  EXPECT_NE(sentence.find("`event.label.pointer_post` is 8 bytes"), std::string::npos) << sentence;
  EXPECT_EQ(sentence.find("Jane"), std::string::npos) << sentence;
}

}  // namespace
}  // namespace tearline::model
