#include "broker/rpc/look_at_obligations.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "broker/crypto/base64.h"
#include "broker/machine/obligation_row.h"
#include "broker/machine/rows.h"
#include "broker/rpc/server_limits.h"
#include "tests/rpc/owing.h"

namespace tearline::rpc {
namespace {

using LookAtObligationsTest = Owing;
constexpr std::int64_t kNowMs = Owing::kNowMs;

/// P6. An obligation is kept from whom one of its events is withheld, whoever was told of it once.
TEST_F(LookAtObligationsTest, ShowsNothingToWhomItIsKeptFrom) {
  stored::v1::ObligationRow row = Owed("prison/security", kNowMs);
  row.set_told_post("board/board");
  row.set_accountable_post("police/accountable");
  Put('a', row);
  EXPECT_EQ(Listed("board/board"), "a");
  EXPECT_EQ(Listed("police/accountable"), "a");
  rows_.Change([](state::Batch& batch) {
    for (const char* post : {"board/board", "police/accountable", "prison/security"}) {
      batch.Put(machine::MoreKey(std::string(16, 'a'), machine::More::kKeptFrom, post), "");
    }
  });
  EXPECT_EQ(Listed("board/board"), "");
  EXPECT_EQ(Listed("police/accountable"), "");
  EXPECT_EQ(Listed("prison/security"), "a") << "who must see to it";
}

/// P6. Whoever answers for one of its events is asked for that, and sees nothing of the others: not
/// even that there are any, although it may not hear of the obligation.
TEST_F(LookAtObligationsTest, WhoeverIsAskedSeesItsOwnEventsAlone) {
  stored::v1::ObligationRow row = Owed("police/accountable", kNowMs - 1);
  row.set_accountable_post("police/accountable");
  row.set_told_post("board/board");
  row.set_stage(2);
  row.add_event_ids(std::string(16, 'f'));
  row.set_count(2);
  Put('a', row);
  const std::string id(16, 'a');
  rows_.Change([&](state::Batch& batch) {
    batch.Put(machine::MoreKey(id, machine::More::kKeptFrom, "prison/security"), "");
    const std::string times = state::Key(state::Table::kObligationMore)
                                  .U64(kNowMs - 1000)
                                  .U64(kNowMs + 1000)
                                  .bytes()
                                  .substr(1);
    batch.Put(machine::MoreKey(id, machine::More::kAsked, "")
                  .Name("prison/security")
                  .Fixed(std::string(16, 'f')), times);
    machine::FindAsAsked("prison/security", id, batch);
  });
  EXPECT_EQ(Listed("prison/security"), "a");
  EXPECT_EQ(Listed("prison/other"), "");
  v1::ListObligationsRequest past_due;
  past_due.set_past_due(true);
  EXPECT_EQ(Listed("prison/security", past_due), "") << "its own is not due yet";
  EXPECT_EQ(Listed("police/accountable", past_due), "a");
  const auto shown = ShowTo("prison/security", id, row, *rows_.View());
  ASSERT_TRUE(shown.has_value());
  v1::Obligation expected;
  expected.set_obligation_id(ShowObligation(id, row).obligation_id());
  expected.set_type(row.type());
  expected.set_reason(row.reason());
  expected.set_debtor_post("police/accountable");
  expected.set_events(1);
  expected.mutable_opened_at()->set_seconds((kNowMs - 1000) / 1000);
  expected.mutable_due_at()->set_seconds((kNowMs + 1000) / 1000);
  EXPECT_EQ(shown->DebugString(), expected.DebugString());
}

TEST_F(LookAtObligationsTest, APostSeesWhatItOwesWasToldOfOrAnswersFor) {
  Put('a', Owed("police/intel", kNowMs + 1));
  auto told = Owed("police/other", kNowMs + 1);
  told.set_told_post("police/intel");
  Put('b', told);
  auto accountable = Owed("police/other", kNowMs + 1);
  accountable.set_accountable_post("police/intel");
  Put('c', accountable);
  Put('d', Owed("police/other", kNowMs + 1));
  EXPECT_EQ(Listed("police/intel"), "abc");
  EXPECT_EQ(Listed("police/panel"), "");  // To whom it is owed: it must not learn of it here.
  EXPECT_EQ(Listed(""), "");
  EXPECT_EQ(Listed("inspectorate/auditor"), "abcd");
}

/// Whom it is owed to is named whole, in both lists; the first by itself for older programs.
TEST_F(LookAtObligationsTest, EverybodyItIsOwedToIsNamed) {
  auto row = Owed("police/intel", kNowMs - 1);
  row.add_owed_posts("prison/security");
  row.set_owed_more(3);
  Put('a', row);
  v1::ListObligationsResponse listed;
  ASSERT_TRUE(LookAtObligations({}, As("police/intel"), *rows_.View(), kNowMs, seal_, listed).ok());
  ASSERT_EQ(listed.obligations_size(), 1);
  v1::ListWithheldResponse withheld;
  ASSERT_TRUE(LookAtWithheld({}, As("inspectorate/auditor"), *rows_.View(), kNowMs, withheld).ok());
  ASSERT_EQ(withheld.rows_size(), 1);
  const auto expect_all = [](const auto& shown) {
    EXPECT_EQ(shown.owed_post(), "police/panel");
    ASSERT_EQ(shown.owed_posts_size(), 2);
    EXPECT_EQ(shown.owed_posts(0), "police/panel");
    EXPECT_EQ(shown.owed_posts(1), "prison/security");
    EXPECT_EQ(shown.owed_more(), 3u);
  };
  expect_all(listed.obligations(0));
  expect_all(withheld.rows(0));
}

TEST_F(LookAtObligationsTest, EndedOnesAreShownOnRequestAndPastDueByThemselves) {
  Put('a', Owed("police/intel", kNowMs + 1));
  Put('b', Owed("police/intel", kNowMs));
  auto ended = Owed("police/intel", kNowMs - 1);
  ended.set_ended_ms(kNowMs);
  Put('c', ended);
  v1::ListObligationsRequest request;
  EXPECT_EQ(Listed("police/intel", request), "ab");
  request.set_ended(true);
  EXPECT_EQ(Listed("police/intel", request), "abc");
  request.set_past_due(true);
  EXPECT_EQ(Listed("police/intel", request), "b");
}

TEST_F(LookAtObligationsTest, PagesFollowOneAnotherWithoutGapOrRepetition) {
  for (const char id : std::string("abcde")) Put(id, Owed("police/intel", kNowMs));
  v1::ListObligationsRequest request;
  request.set_page_size(2);
  std::string all;
  do {
    all += Listed("police/intel", request) + "|";
    request.set_page_token(next_);
  } while (!next_.empty());
  EXPECT_EQ(all, "ab|cd|e|");
}

TEST_F(LookAtObligationsTest, MoreThanOneReadingOfRowsIsListedWhole) {
  rows_.Change([](state::Batch& batch) {
    for (int i = 0; i < 2500; ++i) {
      const std::string number = std::to_string(10'000 + i);
      const std::string id = std::string(16 - number.size(), '0') + number;
      PutInto(batch, id, Owed("police/intel", kNowMs));
    }
  });
  std::set<std::string> seen;
  v1::ListObligationsRequest request;
  request.set_page_size(999);
  do {
    v1::ListObligationsResponse response;
    ASSERT_TRUE(
        LookAtObligations(request, As("police/intel"), *rows_.View(), kNowMs, seal_, response)
            .ok());
    for (const auto& each : response.obligations()) {
      EXPECT_TRUE(seen.insert(each.obligation_id()).second);
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(seen.size(), 2500u);
}

/// What others owe shows neither as one more page nor in what a token says.
TEST_F(LookAtObligationsTest, OthersRowsShowInNoToken) {
  for (const char id : std::string("abc")) Put(id, Owed("police/intel", kNowMs));
  for (const char id : std::string("defg")) Put(id, Owed("probation/chair", kNowMs));
  v1::ListObligationsRequest request;
  request.set_page_size(3);
  EXPECT_EQ(Listed("police/intel", request), "abc");
  EXPECT_EQ(next_, "") << "nothing more is theirs";
  request.set_page_size(2);
  EXPECT_EQ(Listed("police/intel", request), "ab");
  EXPECT_EQ(crypto::Base64Decode(next_)->find(std::string(8, 'c')), std::string::npos);
  request.set_page_token(next_);
  v1::ListObligationsResponse response;
  EXPECT_EQ(ReasonOf(LookAtObligations(request, As("probation/chair"), *rows_.View(), kNowMs, seal_,
                                       response)),
            v1::ERROR_REASON_FIELD_INVALID)
      << "another post's token";
  EXPECT_EQ(Listed("police/intel", request), "c");
}

/// What others owe is not looked at, however much it is; and it ends, and nobody's list grows by it.
TEST_F(LookAtObligationsTest, APostsListTakesNoMoreForWhatOthersOwe) {
  Put('y', Owed("police/intel", kNowMs));
  auto told = Owed("police/other", kNowMs);
  told.set_told_post("police/intel");
  Put('z', told);
  const std::size_t before = ReadsOf("police/intel");
  rows_.Change([](state::Batch& batch) {
    for (std::size_t i = 0; i < 3'000; ++i) {
      const std::string number = std::to_string(100'000 + i);
      auto row = Owed("probation/chair", kNowMs);
      if (i % 2 == 1) row.set_ended_ms(kNowMs);
      PutInto(batch, std::string(16 - number.size(), '0') + number, row);
    }
  });
  EXPECT_EQ(ReadsOf("police/intel"), before);
  EXPECT_EQ(Listed("police/intel"), "yz");
  EXPECT_EQ(next_, "");
}

/// Whoever it concerns no more finds it no more; one that ended is found among those that ended.
TEST_F(LookAtObligationsTest, AnObligationIsFoundByWhomItConcernsNow) {
  auto row = Owed("police/intel", kNowMs);
  row.set_told_post("board/board");
  Put('a', row);
  EXPECT_EQ(Listed("board/board"), "a");
  row.set_told_post("police/intel");
  Put('a', row);
  EXPECT_EQ(Listed("board/board"), "");
  const std::size_t open = ReadsOf("police/intel");
  row.set_ended_ms(kNowMs);
  Put('a', row);
  EXPECT_LT(ReadsOf("police/intel"), open);
  Put('b', Owed("police/intel", kNowMs));
  v1::ListObligationsRequest request;
  request.set_ended(true);
  request.set_page_size(1);
  EXPECT_EQ(Listed("police/intel", request), "b") << "what is open comes first";
  request.set_page_token(next_);
  EXPECT_EQ(Listed("police/intel", request), "a");
  EXPECT_EQ(next_, "");
}

/// What has ended is looked at only where it is asked for, however much it is.
TEST_F(LookAtObligationsTest, AnAuditorsListTakesNoMoreForWhatHasEnded) {
  Put('a', Owed("police/intel", kNowMs));
  const std::size_t before = ReadsOf("inspectorate/auditor");
  rows_.Change([](state::Batch& batch) {
    for (std::size_t i = 0; i < 3'000; ++i) {
      const std::string number = std::to_string(100'000 + i);
      auto row = Owed("probation/chair", kNowMs);
      row.set_ended_ms(kNowMs);
      PutInto(batch, std::string(16 - number.size(), '0') + number, row);
    }
  });
  EXPECT_EQ(ReadsOf("inspectorate/auditor"), before);
  EXPECT_EQ(Listed("inspectorate/auditor"), "a");
  EXPECT_EQ(next_, "");
}

/// Each once, what is open first, wherever a page ends.
TEST_F(LookAtObligationsTest, AnAuditorsPagesFollowOneAnother) {
  auto of_a_person = Owed("police/intel", kNowMs);
  of_a_person.set_nominal_id(std::string(16, '\x01'));
  of_a_person.set_case_id(std::string(16, '\xff'));
  Put('a', of_a_person);
  auto ended = Owed("police/intel", kNowMs);
  ended.set_ended_ms(kNowMs);
  Put('b', ended);
  Put('c', Owed("prison/security", kNowMs));
  Put('d', Owed("police/intel", kNowMs));
  Put('e', ended);
  for (const std::uint32_t size : {1U, 2U, 3U}) {
    v1::ListObligationsRequest request;
    request.set_ended(true);
    request.set_page_size(size);
    std::string all;
    do {
      all += Listed("inspectorate/auditor", request);
      request.set_page_token(next_);
    } while (!next_.empty());
    EXPECT_EQ(all, "dcabe") << size;
  }
}

/// One call looks at a bounded number of rows, and the next goes on behind them.
TEST_F(LookAtObligationsTest, AnAuditorWithLittleAmongMuchGetsToTheEnd) {
  rows_.Change([](state::Batch& batch) {
    for (std::size_t i = 0; i < kPageRowsMax + 10; ++i) {
      const std::string number = std::to_string(100'000 + i);
      PutInto(batch, std::string(16 - number.size(), '0') + number,
              Owed("probation/chair", kNowMs + 1));
    }
  });
  Put('z', Owed("youth/team", kNowMs));
  v1::ListObligationsRequest request;
  request.set_past_due(true);
  EXPECT_EQ(Listed("inspectorate/auditor", request), "");
  ASSERT_NE(next_, "");
  request.set_page_token(next_);
  EXPECT_EQ(Listed("inspectorate/auditor", request), "z");
  EXPECT_EQ(next_, "");
}

TEST_F(LookAtObligationsTest, WithheldIsListedInOrderOfDueTimePageByPage) {
  Put('a', Owed("police/intel", kNowMs + 300));
  Put('b', Owed("police/intel", kNowMs + 100));
  Put('c', Owed("police/intel", kNowMs - 100));
  auto read = Owed("police/intel", kNowMs);
  read.set_type(v1::OBLIGATION_TYPE_READ);
  Put('d', read);
  auto ended = Owed("police/intel", kNowMs);
  ended.set_ended_ms(kNowMs);
  Put('e', ended);
  EXPECT_EQ(Withheld(), "cba");

  v1::ListWithheldRequest request;
  request.set_page_size(2);
  EXPECT_EQ(Withheld(request), "cb");
  request.set_page_token(next_);
  EXPECT_EQ(Withheld(request), "a");
  EXPECT_EQ(next_, "");

  v1::ListWithheldRequest past;
  past.set_past_review(true);
  EXPECT_EQ(Withheld(past), "c");
}

/// Whoever could not be judged for was told nothing either.
TEST_F(LookAtObligationsTest, WhatCouldNotBeJudgedIsWithheldToo) {
  Put('a', Owed("police/intel", kNowMs - 100));
  auto failed = Owed("desk/operator", kNowMs - 50);
  failed.set_type(v1::OBLIGATION_TYPE_JUDGING_FAILED);
  Put('b', failed);
  v1::ListWithheldRequest past;
  past.set_past_review(true);
  v1::ListWithheldResponse response;
  ASSERT_TRUE(
      LookAtWithheld(past, As("inspectorate/auditor"), *rows_.View(), kNowMs, response).ok());
  ASSERT_EQ(response.rows_size(), 2);
  EXPECT_EQ(response.rows(0).type(), v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW);
  EXPECT_EQ(response.rows(1).type(), v1::OBLIGATION_TYPE_JUDGING_FAILED);
}

TEST_F(LookAtObligationsTest, OnlyAnAuditorsListIsAQuestion) {
  EXPECT_FALSE(WhatOthersOwe(As("police/intel"), *rows_.View(), kNowMs));
  const auto looked = WhatOthersOwe(As("inspectorate/auditor"), *rows_.View(), kNowMs);
  ASSERT_TRUE(looked);
  EXPECT_EQ(looked->consulted.kind(), stored::v1::CONSULTATION_KIND_OPEN_OBLIGATIONS);
  EXPECT_EQ(looked->consulted.at_ms(), kNowMs);
}

TEST_F(LookAtObligationsTest, WithheldIsForAuditorsAlone) {
  v1::ListWithheldResponse response;
  EXPECT_EQ(
      ReasonOf(
          LookAtWithheld({}, As("probation/supervisor"), *rows_.View(), kNowMs, response).status()),
      v1::ERROR_REASON_NOT_PERMITTED);
}

/// To look at what others owe is a consultation: it needs a purpose.
TEST_F(LookAtObligationsTest, AnAuditorSaysWhy) {
  v1::ListObligationsRequest request;
  v1::ListObligationsResponse response;
  stored::v1::Actor actor = As("inspectorate/auditor");
  actor.clear_purpose();
  EXPECT_EQ(ReasonOf(LookAtObligations(request, actor, *rows_.View(), kNowMs, seal_, response)),
            v1::ERROR_REASON_PURPOSE_REQUIRED);
  actor.set_purpose("inspection");
  EXPECT_TRUE(LookAtObligations(request, actor, *rows_.View(), kNowMs, seal_, response).ok());
}

TEST_F(LookAtObligationsTest, PagesHaveTheirForm) {
  v1::ListObligationsRequest request;
  v1::ListObligationsResponse response;
  request.set_page_size(1001);
  EXPECT_EQ(ReasonOf(LookAtObligations(request, As(""), *rows_.View(), kNowMs, seal_, response)),
            v1::ERROR_REASON_LIMIT_PASSED);
  request.set_page_size(10);
  request.set_page_token("?");
  EXPECT_EQ(ReasonOf(LookAtObligations(request, As(""), *rows_.View(), kNowMs, seal_, response)),
            v1::ERROR_REASON_FIELD_INVALID);
}

}  // namespace
}  // namespace tearline::rpc
