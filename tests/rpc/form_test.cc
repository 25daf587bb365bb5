#include "broker/rpc/form.h"

#include <gtest/gtest.h>

#include "broker/model/ids.h"
#include "broker/rpc/server_limits.h"

namespace tearline::rpc {
namespace {

TEST(Form, AnIdIsReadOrItsFieldIsNamed) {
  const std::string text = "nom_" + std::string(32, '0');
  EXPECT_TRUE(ReadId<model::NominalId>(text, "nominal_id").ok());
  const Status refusal = ReadId<model::NominalId>("N17", "nominal_id").status();
  EXPECT_EQ(ReasonOf(refusal), v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_TRUE(SentenceOf(refusal).starts_with("`nominal_id`"));
  EXPECT_EQ(SentenceOf(refusal).find("N17"), std::string::npos);
  EXPECT_FALSE(ReadId<model::CaseId>(text, "case_id").ok());
}

TEST(Form, ADigestHas32Bytes) {
  EXPECT_TRUE(ReadDigest(std::string(32, 'x'), "digest").ok());
  EXPECT_FALSE(ReadDigest(std::string(31, 'x'), "digest").ok());
  EXPECT_FALSE(ReadDigest(std::string(33, 'x'), "digest").ok());
}

TEST(Form, ATimeLiesBetweenTheYears1And9999) {
  struct Row {
    std::int64_t seconds;
    std::int32_t nanos;
    bool valid;
  };
  const Row rows[] = {
      {0, 0, true},
      {1'800'000'000, 123'000'000, true},
      {-62'135'596'800, 0, true},
      {-62'135'596'801, 0, false},
      {253'402'300'799, 999'999'999, true},
      {253'402'300'800, 0, false},
      {0, -1, false},
      {0, 1'000'000'000, false},
  };
  for (const Row& row : rows) {
    google::protobuf::Timestamp time;
    time.set_seconds(row.seconds);
    time.set_nanos(row.nanos);
    EXPECT_EQ(ReadTime(time, "review_at").ok(), row.valid) << row.seconds << " " << row.nanos;
  }
  google::protobuf::Timestamp time;
  time.set_seconds(2);
  time.set_nanos(345'999'999);
  EXPECT_EQ(*ReadTime(time, "review_at"), 2345);
}

TEST(Form, APageHas100EntriesIfNobodySaysAnd1000AtMost) {
  EXPECT_EQ(*ReadPageSize(0), kPageDefault);
  EXPECT_EQ(*ReadPageSize(1), 1u);
  EXPECT_EQ(*ReadPageSize(1000), 1000u);
  EXPECT_EQ(ReasonOf(ReadPageSize(1001).status()), v1::ERROR_REASON_LIMIT_PASSED);
}

TEST(Form, APageTokenIsReadBackAndNothingElseIs) {
  const std::string place("\x03 police\0x", 10);
  EXPECT_EQ(*ReadPageToken(WritePageToken(place)), place);
  EXPECT_EQ(*ReadPageToken(""), "");
  for (const std::string& token :
       {std::string("no token"), std::string("AA"), std::string(1000, 'A'), std::string("====")}) {
    EXPECT_EQ(ReasonOf(ReadPageToken(token).status()), v1::ERROR_REASON_FIELD_INVALID) << token;
  }
}

}  // namespace
}  // namespace tearline::rpc
