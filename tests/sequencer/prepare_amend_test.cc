#include "broker/sequencer/prepare_amend.h"

#include <gtest/gtest.h>

#include <string>

#include "broker/machine/rows.h"
#include "broker/model/limits.h"
#include "broker/sequencer/open_content.h"
#include "broker/sequencer/prepare_publish.h"
#include "tests/sequencer/station.h"

namespace tearline::sequencer {
namespace {

constexpr char kIntel[] = "ct-police/intel";
constexpr char kText[] = "ask before you visit";

class PrepareAmendTest : public testing::Test {
 protected:
  void SetUp() override {
    station_.Start();
    event_id_ =
        station_
            .Say(*PreparePublish(Station::Item("r1"), Station::System(kIntel), station_.Bench()))
            .made_id;
  }
  static v1::AmendEventRequest Writing(const std::string& event_id) {
    v1::AmendEventRequest request;
    request.set_event_id(event_id);
    v1::TearLine& line = *request.mutable_amendment()->add_tear_lines();
    line.set_text(kText);
    line.mutable_marking()->set_tier(v1::TIER_OFFICIAL);
    line.mutable_audience()->set_panels(true);
    return request;
  }
  Result<Proposal> Prepare(const v1::AmendEventRequest& request, const std::string& post = kIntel) {
    stored::v1::Actor actor = Station::System(post);
    actor.set_purpose("public-protection");
    return PrepareAmend(request, actor, station_.Bench());
  }
  v1::ErrorReason Refusal(const v1::AmendEventRequest& request, const std::string& post = kIntel) {
    return ReasonOf(Prepare(request, post).status());
  }

  Station station_;
  std::string event_id_;
};

/// Written later, it is sealed as if it had been published, and opens at its own place.
TEST_F(PrepareAmendTest, SealsATearLineThatOpensAtItsPlace) {
  Result<Proposal> proposal = Prepare(Writing(event_id_));
  ASSERT_TRUE(proposal.ok()) << SentenceOf(proposal.status());
  EXPECT_EQ(proposal->command_bytes.find(kText), std::string::npos);
  EXPECT_TRUE(proposal->new_keys.empty()) << "the quarter's key is used again";
  station_.Say(*std::move(proposal));
  const auto event = station_.Bench().view.Find<stored::v1::EventRow>(
      machine::EventKey(model::EventId::Parse(event_id_)->Bytes()));
  stored::v1::ItemRow item;
  item.set_level(v1::LEVEL_TEAR_LINE);
  item.set_tear_line(1);
  const Result<OpenedContent> opened =
      OpenContent(*event, item, station_.HeaderAt(1).ledger_id, station_.Bench().view,
                  *station_.ledger, *station_.vault);
  ASSERT_TRUE(opened.ok()) << SentenceOf(opened.status());
  EXPECT_EQ(opened->tear_line, kText);
  item.set_tear_line(0);
  EXPECT_EQ(OpenContent(*event, item, station_.HeaderAt(1).ledger_id, station_.Bench().view,
                        *station_.ledger, *station_.vault)
                ->tear_line,
            "ask the intelligence desk about movements");
}

TEST_F(PrepareAmendTest, MakesKeysInAQuarterThatHasNone) {
  station_.clock.Pass(std::int64_t{100} * 24 * 60 * 60 * 1000);
  const Result<Proposal> proposal = Prepare(Writing(event_id_));
  ASSERT_TRUE(proposal.ok()) << SentenceOf(proposal.status());
  EXPECT_EQ(proposal->new_keys.size(), 1u);
}

/// Nothing is sealed for whoever does not answer for the event.
TEST_F(PrepareAmendTest, SealsNothingForAnybodyElse) {
  const Status not_theirs = Prepare(Writing(event_id_), "police/panel").status();
  const Status not_there = Prepare(Writing("ev_" + std::string(32, '0'))).status();
  EXPECT_EQ(ReasonOf(not_theirs), v1::ERROR_REASON_NOT_FOUND);
  EXPECT_EQ(ReasonOf(not_there), v1::ERROR_REASON_NOT_FOUND);
  EXPECT_EQ(SentenceOf(not_theirs), SentenceOf(not_there));
  EXPECT_EQ(Refusal(Writing("ev_1")), v1::ERROR_REASON_FIELD_INVALID);
}

TEST_F(PrepareAmendTest, ChecksATearLineAsAPublishDoes) {
  v1::AmendEventRequest empty = Writing(event_id_);
  empty.mutable_amendment()->mutable_tear_lines(0)->set_text("");
  EXPECT_EQ(Refusal(empty), v1::ERROR_REASON_FIELD_INVALID);
  v1::AmendEventRequest longest = Writing(event_id_);
  longest.mutable_amendment()->mutable_tear_lines(0)->set_text(
      std::string(model::kTearLineBytesMax, 'x'));
  EXPECT_TRUE(Prepare(longest).ok());
  longest.mutable_amendment()->mutable_tear_lines(0)->mutable_text()->push_back('x');
  EXPECT_EQ(Refusal(longest), v1::ERROR_REASON_LIMIT_PASSED);
  v1::AmendEventRequest above = Writing(event_id_);
  above.mutable_amendment()->mutable_tear_lines(0)->mutable_marking()->set_tier(v1::TIER_SECRET);
  EXPECT_EQ(Refusal(above), v1::ERROR_REASON_LABEL_INVALID);
  v1::AmendEventRequest many = Writing(event_id_);
  for (std::size_t i = 0; i < model::kTearLinesMax; ++i) {
    *many.mutable_amendment()->add_tear_lines() = many.amendment().tear_lines(0);
  }
  EXPECT_EQ(Refusal(many), v1::ERROR_REASON_LIMIT_PASSED);
}

}  // namespace
}  // namespace tearline::sequencer
