#include "broker/rpc/look_at_case.h"

#include <gtest/gtest.h>

#include <string>

#include "broker/machine/rows.h"
#include "broker/model/ids.h"
#include "tests/rpc/directory_rows.h"

namespace tearline::rpc {
namespace {

const std::string& CaseBytes() {
  static const std::string id(16, 'c');
  return id;
}
const std::string& NominalBytes() {
  static const std::string id(16, 'n');
  return id;
}

class LookAtCaseTest : public testing::Test {
 protected:
  LookAtCaseTest() {
    for (const char* agency : {"probation", "police", "housing", "north", "national"}) {
      const std::string area = agency == std::string("national") ? "" : agency;
      rows_.SetAgency(agency, rows_.police(), false, area);
    }
    rows_.SetPost("police/coordinator", "x", {v1::POST_ROLE_COORDINATOR});
    rows_.SetPost("north/coordinator", "x", {v1::POST_ROLE_COORDINATOR});
    rows_.SetPost("national/coordinator", "x", {v1::POST_ROLE_COORDINATOR});
    rows_.Change([](state::Batch& batch) {
      stored::v1::CaseRow row;
      v1::Case& shown = *row.mutable_case_();
      shown.set_case_id(model::CaseId::FromBytes(CaseBytes())->Text());
      shown.set_nominal_id(model::NominalId::FromBytes(NominalBytes())->Text());
      shown.set_lead_agency("probation");
      shown.set_area("police");
      shown.set_supervising_post("housing/supervisor");
      shown.set_accountable_post("housing/accountable");
      shown.add_seats()->set_post("housing/panel");
      batch.PutRow(machine::CaseKey(CaseBytes()), row);
      stored::v1::NominalRow nominal;
      nominal.set_case_id(CaseBytes());
      batch.PutRow(machine::NominalKey(NominalBytes()), nominal);
    });
  }

  Status Look(const std::string& post, const v1::GetCaseRequest& request) {
    stored::v1::Actor actor;
    actor.set_agency(post.substr(0, post.find('/')));
    actor.set_post(post);
    return LookAtCase(request, actor, *rows_.View(), response_).status();
  }
  static v1::GetCaseRequest ById(const std::string& bytes = CaseBytes()) {
    v1::GetCaseRequest request;
    request.set_case_id(model::CaseId::FromBytes(bytes)->Text());
    return request;
  }

  DirectoryRows rows_;
  v1::GetCaseResponse response_;
};

TEST_F(LookAtCaseTest, IsShownToThoseItConcernsAndNobodyElse) {
  struct Row {
    const char* post;
    bool sees;
  };
  const Row rows[] = {
      {"probation/anybody", true},     // its agency leads
      {"housing/panel", true},         // seated
      {"housing/supervisor", true},    //
      {"housing/accountable", true},   //
      {"police/coordinator", true},    // of the case's area
      {"national/coordinator", true},  // of no area: of all
      {"north/coordinator", false},    // of another area
      {"police/other", false},         // the area alone is no reason
      {"housing/other", false},        // a seat is a post's, not an agency's
      {"", false},
  };
  for (const Row& row : rows) EXPECT_EQ(Look(row.post, ById()).ok(), row.sees) << row.post;
}

/// P6: nobody learns from the answer whether the case exists.
TEST_F(LookAtCaseTest, WhatMayNotBeSeenAnswersLikeWhatDoesNotExist) {
  EXPECT_EQ(Look("housing/other", ById()), Look("housing/other", ById(std::string(16, 'x'))));
  v1::GetCaseRequest by_nominal;
  by_nominal.set_nominal_id(model::NominalId::FromBytes(NominalBytes())->Text());
  v1::GetCaseRequest by_stranger;
  by_stranger.set_nominal_id(model::NominalId::FromBytes(std::string(16, 'x'))->Text());
  EXPECT_EQ(Look("housing/other", by_nominal), Look("housing/other", by_stranger));
  EXPECT_EQ(Look("housing/other", by_nominal), Look("housing/other", ById()));
}

TEST_F(LookAtCaseTest, IsFoundByNominalToo) {
  v1::GetCaseRequest request;
  request.set_nominal_id(model::NominalId::FromBytes(NominalBytes())->Text());
  ASSERT_TRUE(Look("housing/panel", request).ok());
  EXPECT_EQ(response_.case_().lead_agency(), "probation");
}

/// Who sat on it then may have forgotten it; who answers for the area has not.
TEST_F(LookAtCaseTest, IsShownToFewerOnceItHasEnded) {
  rows_.SetPost("housing/auditor", "x", {v1::POST_ROLE_AUDITOR});
  rows_.Change([](state::Batch& batch) {
    auto row = *batch.Find<stored::v1::CaseRow>(machine::CaseKey(CaseBytes()));
    row.set_ended_ms(1);
    batch.PutRow(machine::CaseKey(CaseBytes()), row);
  });
  EXPECT_TRUE(Look("police/coordinator", ById()).ok());
  EXPECT_TRUE(response_.has_ended_at());
  EXPECT_TRUE(Look("housing/auditor", ById()).ok());
  for (const char* post : {"probation/anybody", "housing/panel", "housing/accountable"}) {
    EXPECT_FALSE(Look(post, ById()).ok()) << post;
  }
}

TEST_F(LookAtCaseTest, SaysWhichIdsFormIsWrong) {
  EXPECT_EQ(ReasonOf(Look("housing/panel", v1::GetCaseRequest())), v1::ERROR_REASON_FIELD_INVALID);
  v1::GetCaseRequest request;
  request.set_case_id("nom_1");
  EXPECT_EQ(ReasonOf(Look("housing/panel", request)), v1::ERROR_REASON_FIELD_INVALID);
}

}  // namespace
}  // namespace tearline::rpc
