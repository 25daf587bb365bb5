#include "broker/rpc/who_looked.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "tests/rpc/inquiry.h"

namespace tearline::rpc {
namespace {

class WhoLookedTest : public testing::Test, public Inquiry {
 protected:
  void Consult(const stored::v1::Consult& command, const std::string& post = kAuditor) {
    stored::v1::Actor actor = As(post);
    actor.set_on_behalf_of_user("u-17");
    ASSERT_EQ(world.Say(actor, stored::v1::COMMAND_NUMBER_CONSULT, command).outcome,
              audit::Outcome::kApplied);
  }
  void MergeThem(const std::string& other) {
    stored::v1::MergeNominals merge;
    merge.set_removed_id(other);
    merge.set_surviving_id(nominal);
    ASSERT_EQ(world.Say(As("police/coordinator"), stored::v1::COMMAND_NUMBER_MERGE_NOMINALS, merge)
                  .outcome,
              audit::Outcome::kApplied);
  }
  void Part(const std::string& other) {
    stored::v1::UnmergeNominals unmerge;
    unmerge.set_removed_id(other);
    ASSERT_EQ(
        world.Say(As("police/coordinator"), stored::v1::COMMAND_NUMBER_UNMERGE_NOMINALS, unmerge)
            .outcome,
        audit::Outcome::kApplied);
  }
  v1::WhoLookedResponse Ask(v1::WhoLookedRequest request = {}, const std::string& as = kAuditor) {
    request.set_nominal_id(NominalText());
    v1::WhoLookedResponse response;
    status_ = WhoLooked(request, As(as), world.state, response).status();
    return response;
  }

  Status status_;
};

/// By the event, by the case, by a number, and by what was of everybody; oldest first.
TEST_F(WhoLookedTest, FindsEveryWayOfLooking) {
  stored::v1::Consult told;
  told.set_kind(stored::v1::CONSULTATION_KIND_WHO_WAS_TOLD);
  told.set_event_id(Publish());
  Consult(told);
  stored::v1::ResolveNominal resolve;
  *resolve.mutable_identifier() = machine::World::Number(1);
  world.Say(As("prison/security"), stored::v1::COMMAND_NUMBER_RESOLVE_NOMINAL, resolve);
  stored::v1::Consult leaves;
  leaves.set_kind(stored::v1::CONSULTATION_KIND_LEAVES);
  leaves.set_end_leaf(5);
  Consult(leaves);
  stored::v1::Consult looked;
  looked.set_kind(stored::v1::CONSULTATION_KIND_CASE);
  looked.set_case_id(its_case);
  looked.set_nominal_id(nominal);
  Consult(looked, kChair);

  const v1::WhoLookedResponse response = Ask();
  std::vector<std::string> what;
  for (const v1::LookedRow& row : response.rows()) what.push_back(row.what());
  EXPECT_EQ(what, (std::vector<std::string>{"who was told of an event", "whose a number is",
                                            "the log, leaves 0 up to 5", "the case"}));
  ASSERT_EQ(response.rows_size(), 4);
  EXPECT_EQ(response.rows(0).post(), kAuditor);
  EXPECT_EQ(response.rows(0).purpose(), "inspection");
  EXPECT_EQ(response.rows(0).on_behalf_of_user(), "u-17");
  EXPECT_EQ(response.rows(0).event_id(), EventText(told.event_id()));
  EXPECT_EQ(response.rows(1).agency(), "prison");
  EXPECT_TRUE(response.rows(2).everybody());
  EXPECT_NE(response.rows(3).sentence().find("looked at the case; the purpose was inspection"),
            std::string::npos);
}

/// Every kind of question has words of its own.
TEST_F(WhoLookedTest, EveryQuestionIsNamed) {
  std::set<std::string> said;
  const auto& kinds = *stored::v1::ConsultationKind_descriptor();
  for (int i = 0; i < kinds.value_count(); ++i) {
    stored::v1::ConsultedDetail consulted;
    consulted.set_kind(static_cast<stored::v1::ConsultationKind>(kinds.value(i)->number()));
    const std::string words = LookedAtWords(consulted, world.state);
    EXPECT_TRUE(said.insert(words).second) << words;
    EXPECT_EQ(words.find("does not know by name") != std::string::npos,
              consulted.kind() == stored::v1::CONSULTATION_KIND_UNSPECIFIED)
        << kinds.value(i)->name();
  }
}

/// What was told by mistake is asked in the form of another question, and is not that.
TEST_F(WhoLookedTest, WhatWasToldMeanwhileIsNotWhatAPanelKnew) {
  const std::string other = world.Register(2);
  MergeThem(other);
  world.now_ms += 60'000;
  Part(other);
  stored::v1::Consult meanwhile;
  meanwhile.set_kind(stored::v1::CONSULTATION_KIND_KNOWN_AT);
  meanwhile.set_nominal_id(nominal);
  meanwhile.set_at_ms(world.now_ms);
  Consult(meanwhile);
  meanwhile.set_at_ms(1);
  Consult(meanwhile);
  meanwhile.set_at_ms(world.now_ms - 1);
  Consult(meanwhile);
  const v1::WhoLookedResponse response = Ask();
  ASSERT_EQ(response.rows_size(), 3);
  EXPECT_EQ(response.rows(0).what(), "who was told what while it was taken for another");
  EXPECT_EQ(response.rows(1).what(), "who was told of what was moved to another nominal");
  EXPECT_EQ(response.rows(2).what().rfind("what the panel knew 20", 0), 0u);
}

/// Parted again, each was looked at under the other's id for as long as they were one: not before,
/// and not since.
TEST_F(WhoLookedTest, FindsLooksUnderTheOtherIdWhileTheyWereOne) {
  const std::string other = world.Register(2);
  const auto look = [&](std::int64_t ms) {
    stored::v1::Consult looked;
    looked.set_kind(stored::v1::CONSULTATION_KIND_WHO_LOOKED);
    looked.set_nominal_id(other);
    world.now_ms += ms;
    Consult(looked);
    world.now_ms += 1000;
    return static_cast<std::uint64_t>(world.records.size() - 1);
  };
  look(0);
  MergeThem(other);
  const std::uint64_t first = look(1000);
  const std::uint64_t second = look(0);
  Part(other);
  look(1000);
  std::vector<std::uint64_t> leaves;
  v1::WhoLookedRequest request;
  request.set_page_size(1);
  do {
    const v1::WhoLookedResponse response = Ask(request);
    for (const v1::LookedRow& row : response.rows()) leaves.push_back(row.leaf_index());
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(leaves, (std::vector<std::uint64_t>{first, second}));
}

TEST_F(WhoLookedTest, PagesFollowOneAnother) {
  for (int i = 0; i < 3; ++i) {
    stored::v1::Consult looked;
    looked.set_kind(stored::v1::CONSULTATION_KIND_WHO_LOOKED);
    looked.set_nominal_id(nominal);
    Consult(looked);
    stored::v1::Consult withheld;
    withheld.set_kind(stored::v1::CONSULTATION_KIND_WITHHELD);
    Consult(withheld);
  }
  v1::WhoLookedRequest request;
  request.set_page_size(4);
  const v1::WhoLookedResponse first = Ask(request);
  EXPECT_EQ(first.rows_size(), 4);
  request.set_page_token(first.next_page_token());
  const v1::WhoLookedResponse second = Ask(request);
  ASSERT_EQ(second.rows_size(), 2);
  EXPECT_GT(second.rows(0).leaf_index(), first.rows(3).leaf_index());
  EXPECT_EQ(second.next_page_token(), "");
}

TEST_F(WhoLookedTest, IsForAuditorsInTheirAreas) {
  Ask({}, kChair);
  EXPECT_EQ(ReasonOf(status_), v1::ERROR_REASON_NOT_PERMITTED);
  Ask({}, kSouthern);
  EXPECT_EQ(ReasonOf(status_), v1::ERROR_REASON_NOT_FOUND);
}

}  // namespace
}  // namespace tearline::rpc
