#include "broker/machine/directory_check.h"

#include <gtest/gtest.h>

#include "broker/model/limits.h"

namespace tearline::machine {
namespace {

v1::Agency GoodAgency() {
  v1::Agency agency;
  agency.set_agency("north-probation");
  agency.set_kind(v1::AGENCY_KIND_PROBATION);
  agency.set_authority_spki_digest(std::string(32, 'a'));
  agency.set_authority_certificate("a certificate");
  return agency;
}

v1::Post GoodPost() {
  v1::Post post;
  post.set_post("north-probation/chair");
  post.add_roles(v1::POST_ROLE_CHAIR);
  post.mutable_clearance()->set_tier(v1::TIER_OFFICIAL);
  return post;
}

TEST(DirectoryCheck, AcceptsAGoodAgencyAndSaysWhatIsWrongWithOthers) {
  EXPECT_TRUE(CheckAgency(GoodAgency(), "agency").ok());
  v1::Agency agency = GoodAgency();
  agency.set_agency("North Probation");
  EXPECT_EQ(ReasonOf(CheckAgency(agency, "agency")), v1::ERROR_REASON_NAME_INVALID);
  agency = GoodAgency();
  agency.set_agency("broker");
  EXPECT_EQ(ReasonOf(CheckAgency(agency, "agency")), v1::ERROR_REASON_NAME_INVALID)
      << "the broker's own name is nobody's";
  agency = GoodAgency();
  agency.clear_kind();
  EXPECT_EQ(ReasonOf(CheckAgency(agency, "agency")), v1::ERROR_REASON_FIELD_INVALID);
  agency = GoodAgency();
  agency.set_authority_spki_digest("short");
  EXPECT_EQ(ReasonOf(CheckAgency(agency, "agency")), v1::ERROR_REASON_FIELD_INVALID);
}

TEST(DirectoryCheck, LimitsForWhomAnAgencyPublishes) {
  v1::Agency agency = GoodAgency();
  for (std::size_t i = 0; i < model::kPublishesForMax; ++i) {
    agency.add_publishes_for("agency-" + std::to_string(i));
  }
  EXPECT_TRUE(CheckAgency(agency, "agency").ok());
  agency.add_publishes_for("one-more");
  EXPECT_EQ(ReasonOf(CheckAgency(agency, "agency")), v1::ERROR_REASON_LIMIT_PASSED);
}

TEST(DirectoryCheck, LimitsThePostsServices) {
  v1::Post post = GoodPost();
  for (std::size_t i = 0; i < model::kPostServicesMax; ++i) {
    post.add_services("service-" + std::to_string(i));
  }
  EXPECT_TRUE(CheckPost(post, "post").ok());
  post.add_services("one-more");
  EXPECT_EQ(ReasonOf(CheckPost(post, "post")), v1::ERROR_REASON_LIMIT_PASSED);
}

TEST(DirectoryCheck, RefusesAPostThatEscalatesToItself) {
  v1::Post post = GoodPost();
  post.set_escalates_to("north-probation/chair");
  EXPECT_EQ(ReasonOf(CheckPost(post, "post")), v1::ERROR_REASON_FIELD_INVALID);
  post.set_escalates_to("north-probation/board");
  EXPECT_TRUE(CheckPost(post, "post").ok());
}

TEST(DirectoryCheck, RefusesRolesTwiceOrUnknown) {
  v1::Post post = GoodPost();
  post.add_roles(v1::POST_ROLE_CHAIR);
  EXPECT_EQ(ReasonOf(CheckPost(post, "post")), v1::ERROR_REASON_FIELD_INVALID);
  post = GoodPost();
  post.mutable_roles()->Add(999);
  EXPECT_EQ(ReasonOf(CheckPost(post, "post")), v1::ERROR_REASON_FIELD_INVALID);
}

TEST(DirectoryCheck, RefusesAMemberOfNoKind) {
  v1::Member member;
  member.set_agency("north-probation");
  member.set_member("one");
  EXPECT_EQ(ReasonOf(CheckMember(member, "member")), v1::ERROR_REASON_FIELD_INVALID);
  member.set_kind(v1::MEMBER_KIND_SERVICE);
  EXPECT_TRUE(CheckMember(member, "member").ok());
}

}  // namespace
}  // namespace tearline::machine
