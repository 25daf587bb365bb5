#include "broker/policy/facts.h"

#include <gtest/gtest.h>

#include "tests/policy/plain_words.h"

namespace tearline::policy {
namespace {

TEST(Facts, SayWhatAPostIsByTheCase) {
  const auto its_case = Read<v1::Case>(R"(
    category: MAPPA_CATEGORY_4 level: MAPPA_LEVEL_3 lead_agency: "probation"
    supervising_post: "probation/supervisor" accountable_post: "police/accountable"
    seats { post: "probation/chair" kind: SEAT_KIND_CHAIR }
    named_posts { post: "police/home" function: CASE_FUNCTION_POLICE_OF_HOME }
    named_posts { post: "police/home" function: CASE_FUNCTION_POLICE_OF_OFFENCE })");
  const NominalFacts chair = StandingIn(its_case, "probation/chair");
  EXPECT_TRUE(chair.has_case);
  EXPECT_EQ(chair.category, v1::MAPPA_CATEGORY_4);
  EXPECT_EQ(chair.level, v1::MAPPA_LEVEL_3);
  EXPECT_EQ(chair.lead_agency, "probation");
  EXPECT_EQ(chair.seat, v1::SEAT_KIND_CHAIR);
  EXPECT_FALSE(chair.supervising || chair.accountable_officer);
  EXPECT_TRUE(StandingIn(its_case, "probation/supervisor").supervising);
  EXPECT_TRUE(StandingIn(its_case, "police/accountable").accountable_officer);
  EXPECT_EQ(StandingIn(its_case, "police/home").functions,
            (std::vector<v1::CaseFunction>{v1::CASE_FUNCTION_POLICE_OF_HOME,
                                           v1::CASE_FUNCTION_POLICE_OF_OFFENCE}));
  EXPECT_EQ(StandingIn(its_case, "police/else").seat, std::nullopt);
}

}  // namespace
}  // namespace tearline::policy
