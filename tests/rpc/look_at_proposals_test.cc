#include "broker/rpc/look_at_proposals.h"

#include <gtest/gtest.h>

#include <string>

#include "broker/machine/proposal.h"
#include "broker/machine/rows.h"
#include "broker/model/ids.h"
#include "tests/rpc/directory_rows.h"

namespace tearline::rpc {
namespace {

constexpr std::int64_t kNow = 1'800'000'000'000;
const std::string kCase(16, 'c');
const std::string kNominal(16, 'n');
const std::string kEvent(16, 'e');

/// A case with police/panel and trust/events on its panel; police/panel was told of an event.
class LookAtProposalsTest : public testing::Test {
 protected:
  LookAtProposalsTest() {
    for (const char* agency : {"probation", "police", "trust", "inspectorate"}) {
      rows_.SetAgency(agency, rows_.police(), false, "");
    }
    rows_.SetPost("inspectorate/auditor", "x", {v1::POST_ROLE_AUDITOR});
    rows_.Change([](state::Batch& batch) {
      stored::v1::CaseRow row;
      v1::Case& shown = *row.mutable_case_();
      shown.set_case_id(CaseText());
      shown.set_nominal_id(model::NominalId::FromBytes(kNominal)->Text());
      shown.set_lead_agency("probation");
      shown.set_area("north");
      shown.add_seats()->set_post("police/panel");
      shown.add_seats()->set_post("trust/events");
      batch.PutRow(machine::CaseKey(kCase), row);
      stored::v1::NominalRow nominal;
      nominal.set_case_id(kCase);
      batch.PutRow(machine::NominalKey(kNominal), nominal);
      stored::v1::EventRow event;
      event.set_answering_post("unit/desk");
      event.add_nominal_ids(kNominal);
      batch.PutRow(machine::EventKey(kEvent), event);
      batch.PutRow(machine::LetGoKey("police/panel", kEvent), stored::v1::LetGoRow());
    });
  }
  static std::string CaseText() { return model::CaseId::FromBytes(kCase)->Text(); }

  /// A proposal of the trust; police/panel has answered or not.
  void Put(const std::string& id, bool answered) {
    stored::v1::ProposalRow row;
    row.set_kind(v1::PROPOSAL_KIND_ATTEND_EVENT);
    row.set_event_id(kEvent);
    row.mutable_proposed_by()->set_post("trust/events");
    row.set_made_ms(kNow - 2000);
    row.set_answer_by_ms(kNow - 1000);
    row.set_closed_ms(kNow - 500);
    stored::v1::AskedRow& asked = *row.add_asked();
    asked.set_post("police/panel");
    asked.set_asked_ms(kNow - 2000);
    asked.set_silent(true);
    if (answered) {
      asked.set_answer(v1::PROPOSAL_ANSWER_OBJECTION);
      asked.set_answered_ms(kNow);
      stored::v1::EarlierAnswerRow& earlier = *asked.add_earlier();
      earlier.set_answer(v1::PROPOSAL_ANSWER_NOTHING_KNOWN);
      earlier.set_answered_ms(kNow - 1);
    }
    stored::v1::AskedRow& left = *row.add_asked();
    left.set_post("prison/security");
    left.set_left_ms(kNow - 1500);
    rows_.Change([&](state::Batch& batch) {
      batch.PutRow(machine::ProposalKey(kCase, id), row);
      stored::v1::OpenProposalsRow open;
      open.add_proposal_ids(id);
      batch.PutRow(machine::ProposalsOf(kCase), open);
    });
  }
  Result<Looked> Look(const std::string& post, v1::ListProposalsRequest request = {}) {
    if (request.case_id().empty()) request.set_case_id(CaseText());
    stored::v1::Actor actor;
    actor.set_agency(post.substr(0, post.find('/')));
    actor.set_post(post);
    response_.Clear();
    return LookAtProposals(request, actor, *rows_.View(), kNow, response_);
  }

  DirectoryRows rows_;
  v1::ListProposalsResponse response_;
};

TEST_F(LookAtProposalsTest, ShowsEveryAnswerAndEverySilenceToWhoMaySeeTheCase) {
  Put(std::string(16, 'a'), /*answered=*/false);
  for (const char* post : {"police/panel", "trust/events", "probation/anybody"}) {
    const auto looked = Look(post);
    ASSERT_TRUE(looked.ok()) << post;
    EXPECT_EQ(looked->consulted.kind(), stored::v1::CONSULTATION_KIND_CASE);
    EXPECT_EQ(looked->consulted.at_ms(), 0);
    ASSERT_EQ(response_.proposals_size(), 1) << post;
    const v1::Proposal& shown = response_.proposals(0);
    EXPECT_EQ(shown.unanswered(), 1u);
    ASSERT_EQ(shown.asked_size(), 2);
    EXPECT_TRUE(shown.asked(0).silent());
    EXPECT_FALSE(shown.asked(0).has_answered_at());
    EXPECT_TRUE(shown.asked(1).has_left_at());
  }
}

TEST_F(LookAtProposalsTest, LeavesOutWhatIsAnsweredUnlessAsked) {
  Put(std::string(16, 'a'), /*answered=*/true);
  ASSERT_TRUE(Look("police/panel").ok());
  EXPECT_EQ(response_.proposals_size(), 0);
  v1::ListProposalsRequest all;
  all.set_answered(true);
  ASSERT_TRUE(Look("police/panel", all).ok());
  ASSERT_EQ(response_.proposals_size(), 1);
  const v1::AskedPost& asked = response_.proposals(0).asked(0);
  EXPECT_EQ(asked.answer(), v1::PROPOSAL_ANSWER_OBJECTION);
  EXPECT_TRUE(asked.silent()) << "it stays so";
  ASSERT_EQ(asked.earlier_size(), 1);
  EXPECT_EQ(asked.earlier(0).answer(), v1::PROPOSAL_ANSWER_NOTHING_KNOWN);
}

/// P6. Nobody learns from a proposal of an event of which they were not told.
TEST_F(LookAtProposalsTest, NamesTheEventOnlyToWhoKnowsOfIt) {
  Put(std::string(16, 'a'), false);
  ASSERT_TRUE(Look("police/panel").ok());
  EXPECT_EQ(response_.proposals(0).event_id(), model::EventId::FromBytes(kEvent)->Text());
  ASSERT_TRUE(Look("trust/events").ok());
  EXPECT_EQ(response_.proposals(0).event_id(), "");
  rows_.Change([](state::Batch& batch) {
    stored::v1::LetGoRow ended;
    ended.set_ended(true);
    batch.PutRow(machine::LetGoKey("police/panel", kEvent), ended);
  });
  ASSERT_TRUE(Look("police/panel").ok());
  EXPECT_EQ(response_.proposals(0).event_id(), "");
}

TEST_F(LookAtProposalsTest, IsAnAuditorsQuestionAsOfNow) {
  Put(std::string(16, 'a'), false);
  const auto looked = Look("inspectorate/auditor");
  ASSERT_TRUE(looked.ok());
  EXPECT_EQ(looked->consulted.kind(), stored::v1::CONSULTATION_KIND_KNOWN_AT);
  EXPECT_EQ(looked->consulted.nominal_id(), kNominal);
  EXPECT_EQ(looked->consulted.at_ms(), kNow);
  ASSERT_EQ(response_.proposals_size(), 1);
  EXPECT_NE(response_.proposals(0).event_id(), "");
}

TEST_F(LookAtProposalsTest, AnswersNobodyElseAsIfThereWereNoCase) {
  Put(std::string(16, 'a'), false);
  v1::ListProposalsRequest other;
  other.set_case_id(model::CaseId::FromBytes(std::string(16, 'x'))->Text());
  EXPECT_EQ(ReasonOf(Look("police/other").status()), v1::ERROR_REASON_NOT_FOUND);
  EXPECT_EQ(Look("police/other").status(), Look("police/other", other).status());
  EXPECT_EQ(Look("inspectorate/auditor", other).status(), Look("police/other").status());
  v1::ListProposalsRequest malformed;
  malformed.set_case_id("prop_1");
  EXPECT_EQ(ReasonOf(Look("police/panel", malformed).status()), v1::ERROR_REASON_FIELD_INVALID);
  malformed = v1::ListProposalsRequest();
  malformed.set_after_proposal_id("nonsense");
  EXPECT_EQ(ReasonOf(Look("police/panel", malformed).status()), v1::ERROR_REASON_FIELD_INVALID);
}

/// Each is shown once, however many lie between that everybody has answered.
TEST_F(LookAtProposalsTest, GoesOnWhereAPageEnded) {
  std::string id(16, 'a');
  constexpr std::size_t kAll = 100;
  for (std::size_t i = 0; i < kAll; ++i) {
    id[15] = static_cast<char>(i);
    Put(id, /*answered=*/i % 2 == 1);
  }
  v1::ListProposalsRequest request;
  int shown = 0;
  int pages = 0;
  do {
    ASSERT_TRUE(Look("police/panel", request).ok());
    EXPECT_LE(response_.proposals_size(), 32);
    shown += response_.proposals_size();
    request.set_after_proposal_id(response_.after_proposal_id());
  } while (!request.after_proposal_id().empty() && ++pages < 100);
  EXPECT_EQ(shown, 50);
  EXPECT_EQ(pages, 1);
}

}  // namespace
}  // namespace tearline::rpc
