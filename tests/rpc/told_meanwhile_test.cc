#include "broker/rpc/told_meanwhile.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "tests/rpc/inquiry.h"

namespace tearline::rpc {
namespace {

using stored::v1::Actor;

constexpr std::int64_t kHourMs = 60 * 60 * 1000;

class ToldMeanwhileTest : public testing::Test, public Inquiry {
 protected:
  ToldMeanwhileTest() { world.OpenSession(kChair); }

  Actor Coordinator() const { return As("police/coordinator"); }
  void Merge() {
    stored::v1::MergeNominals merge;
    merge.set_removed_id(other);
    merge.set_surviving_id(nominal);
    ASSERT_EQ(world.Say(Coordinator(), stored::v1::COMMAND_NUMBER_MERGE_NOMINALS, merge).outcome,
              audit::Outcome::kApplied);
    world.PassAndPulse(kHourMs);
  }
  void Part() {
    stored::v1::UnmergeNominals unmerge;
    unmerge.set_removed_id(other);
    ASSERT_EQ(
        world.Say(Coordinator(), stored::v1::COMMAND_NUMBER_UNMERGE_NOMINALS, unmerge).outcome,
        audit::Outcome::kApplied);
    world.now_ms += kHourMs;
  }
  std::string Tell(const std::string& about, bool held_back = false) {
    std::string id = world.NextEventId();
    stored::v1::Publish event = world.Event(about);
    event.mutable_label()->set_originator_controlled(held_back);
    world.Publish(event);
    world.now_ms += kHourMs;
    return EventText(id);
  }
  /// A person reads the newest that the chair has of an event, 16 bytes.
  void ReadNewest(const std::string& event_id) {
    std::uint64_t newest = 0;
    for (const auto& [number, item] : world.Released(kChair, v1::URGENCY_URGENT)) {
      if (item.event_id() == event_id) newest = number;
    }
    ASSERT_NE(newest, 0u);
    Read(kChair, newest);
  }
  v1::ToldMeanwhileRequest Request() const {
    v1::ToldMeanwhileRequest request;
    request.set_removed_id(model::NominalId::FromBytes(other)->Text());
    request.set_other_id(NominalText());
    return request;
  }
  v1::ToldMeanwhileResponse Ask(const v1::ToldMeanwhileRequest& request,
                                const std::string& as = kAuditor) {
    v1::ToldMeanwhileResponse response;
    reason_ = ReasonOf(ToldMeanwhile(request, As(as), world.state, response).status());
    return response;
  }
  /// Event, post and whether it is in doubt.
  using Row = std::tuple<std::string, std::string, bool>;
  static std::set<Row> Rows(const v1::ToldMeanwhileResponse& response) {
    std::set<Row> rows;
    for (const v1::ToldMeanwhileRow& row : response.rows()) {
      rows.emplace(row.event_id(), row.post(), row.in_doubt());
    }
    return rows;
  }

  const std::string other = world.Register(2);
  v1::ErrorReason reason_ = v1::ERROR_REASON_UNSPECIFIED;
};

/// What came by the wrong merge stands out; what was told before, or after, is not there.
TEST_F(ToldMeanwhileTest, ListsWhatWasLetGoWhileTheyWereOne) {
  Tell(nominal);
  const std::string past = Tell(other);
  Merge();
  const std::string own = Tell(nominal);
  const std::string wrong = Tell(other);
  Part();
  Tell(nominal);
  const v1::ToldMeanwhileResponse response = Ask(Request());
  EXPECT_EQ(reason_, v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(Rows(response),
            (std::set<Row>{{past, kChair, true}, {wrong, kChair, true}, {own, kChair, false}}));
  for (const v1::ToldMeanwhileRow& row : response.rows()) {
    EXPECT_EQ(row.level(), v1::LEVEL_FULL);
    EXPECT_EQ(row.nominal_id() == NominalText(), row.event_id() == own);
    EXPECT_GE(row.released_at().seconds(), response.merged_at().seconds());
    EXPECT_LE(row.released_at().seconds(), response.parted_at().seconds());
  }
}

TEST_F(ToldMeanwhileTest, PagesFollowOneAnother) {
  Merge();
  Tell(nominal);
  Tell(other);
  Tell(other);
  Part();
  v1::ToldMeanwhileRequest request = Request();
  request.set_page_size(1);
  std::set<Row> all;
  int pages = 0;
  do {
    const v1::ToldMeanwhileResponse response = Ask(request);
    ASSERT_EQ(reason_, v1::ERROR_REASON_UNSPECIFIED);
    all.merge(Rows(response));
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty() && ++pages < 8);
  EXPECT_EQ(all.size(), 3u);
  EXPECT_EQ(all, Rows(Ask(Request())));
}

/// For auditors, and for the post that must review it: of its own events that are withheld from it
/// it learns nothing here either (P6).
TEST_F(ToldMeanwhileTest, IsForAuditorsAndForWhoeverOwesTheReview) {
  Merge();
  const std::string told = Tell(nominal);
  Part();
  EXPECT_EQ(Rows(Ask(Request(), "ct-police/accountable")), (std::set<Row>{{told, kChair, false}}))
      << "it answers for the case";
  EXPECT_EQ(reason_, v1::ERROR_REASON_UNSPECIFIED);
  Ask(Request(), kChair);
  EXPECT_EQ(reason_, v1::ERROR_REASON_NOT_PERMITTED);
  Ask(Request(), kSouthern);
  EXPECT_EQ(reason_, v1::ERROR_REASON_NOT_FOUND) << "an auditor of another area";
}

/// What was let go under the nominal that a booking left; what its own case would have brought in
/// is in no doubt.
TEST_F(ToldMeanwhileTest, ListsWhatWasToldBeforeItWasMoved) {
  world.OpenCase(other, {}, "prison/security");
  const std::string told = Tell(nominal);
  MoveBooking(nominal, other);
  Tell(nominal);
  v1::ToldMeanwhileRequest request;
  request.set_moved_from_id(NominalText());
  request.set_moved_to_id(model::NominalId::FromBytes(other)->Text());
  const v1::ToldMeanwhileResponse response = Ask(request);
  EXPECT_EQ(reason_, v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(Rows(response), (std::set<Row>{{told, kChair, true}}));
  ASSERT_EQ(response.rows_size(), 1);
  EXPECT_EQ(response.rows(0).nominal_id(), request.moved_to_id());
  EXPECT_TRUE(response.rows(0).has_moved_at());
  EXPECT_EQ(Rows(Ask(request, "prison/security")).size(), 1u) << "it owes the review";
  Ask(request, kChair);
  EXPECT_EQ(reason_, v1::ERROR_REASON_NOT_PERMITTED);
  std::swap(*request.mutable_moved_from_id(), *request.mutable_moved_to_id());
  EXPECT_TRUE(Ask(request).rows().empty()) << "nothing was moved that way";
  request.set_removed_id(NominalText());
  Ask(request);
  EXPECT_EQ(reason_, v1::ERROR_REASON_FIELD_INVALID) << "both ways at once";
}

/// What was moved to somebody else is for whoever reviews that: a debtor does not learn of any
/// other destination, nor of its own once it is kept out of that person.
TEST_F(ToldMeanwhileTest, ADebtorLearnsOfNoOtherDestination) {
  const std::string third = world.Register(3);
  world.OpenCase(other, {}, "prison/security");
  world.OpenCase(third, {}, "probation/supervisor");
  const std::string first = Tell(nominal);
  MoveBooking(nominal, other);
  const std::string second = Tell(nominal);
  MoveBooking(nominal, third);
  const auto ask = [&](const std::string& to, const std::string& as) {
    v1::ToldMeanwhileRequest request;
    request.set_moved_from_id(NominalText());
    request.set_moved_to_id(model::NominalId::FromBytes(to)->Text());
    std::set<Row> rows = Rows(Ask(request, as));
    EXPECT_EQ(reason_, v1::ERROR_REASON_UNSPECIFIED);
    return rows;
  };
  EXPECT_EQ(ask(other, "prison/security"), (std::set<Row>{{first, kChair, true}}));
  EXPECT_EQ(ask(third, "prison/security"), std::set<Row>()) << "another's to review";
  EXPECT_EQ(ask(third, "probation/supervisor"), (std::set<Row>{{second, kChair, true}}));
  EXPECT_EQ(ask(other, "probation/supervisor"), std::set<Row>());
  EXPECT_EQ(ask(third, kAuditor).size(), 1u);

  stored::v1::LimitAccess limit;
  limit.set_nominal_id(third);
  limit.add_excluded("probation/supervisor");
  ASSERT_EQ(world.Say(Coordinator(), stored::v1::COMMAND_NUMBER_LIMIT_ACCESS, limit).outcome,
            audit::Outcome::kApplied);
  EXPECT_EQ(ask(third, "probation/supervisor"), std::set<Row>()) << "kept out since";
}

/// Each reading belongs to what had been let go by then: neither of what was read before the two
/// were one, nor of what came in its place later, does a row say that it was read.
TEST_F(ToldMeanwhileTest, SaysWhatWasReadOfWhatWasLetGoMeanwhile) {
  const std::string early = world.NextEventId();
  Tell(nominal, /*held_back=*/true);
  WriteTearLine(early);
  world.now_ms += kHourMs;
  ReadNewest(early);
  world.now_ms += kHourMs;
  Merge();
  Control(early, false);  // in full, and never read
  world.now_ms += kHourMs;
  const std::string late = world.NextEventId();
  Tell(nominal, /*held_back=*/true);
  WriteTearLine(late);  // never read either
  world.now_ms += kHourMs;
  const std::string both = world.NextEventId();
  Tell(nominal, /*held_back=*/true);
  WriteTearLine(both);
  world.now_ms += kHourMs;
  const std::int64_t read = world.now_ms;
  ReadNewest(both);
  Part();
  for (const std::string& id : {late, both}) Control(id, false);
  world.now_ms += kHourMs;
  for (const std::string& id : {late, both}) ReadNewest(id);
  const v1::ToldMeanwhileResponse response = Ask(Request());
  ASSERT_EQ(response.rows_size(), 3);
  for (const v1::ToldMeanwhileRow& row : response.rows()) {
    const bool was_read = row.event_id() == EventText(both);
    EXPECT_EQ(row.has_read_at(), was_read) << row.event_id();
    EXPECT_EQ(row.level(),
              row.event_id() == EventText(early) ? v1::LEVEL_FULL : v1::LEVEL_TEAR_LINE);
    EXPECT_EQ(row.read_at().seconds(), was_read ? read / 1000 : 0);
  }
}

TEST_F(ToldMeanwhileTest, TwoThatWereNeverPartedAreNotThere) {
  Ask(Request());
  EXPECT_EQ(reason_, v1::ERROR_REASON_NOT_FOUND);
  Merge();
  Ask(Request());
  EXPECT_EQ(reason_, v1::ERROR_REASON_NOT_FOUND) << "they are one person still";
  v1::ToldMeanwhileRequest request = Request();
  request.set_other_id("nom_1");
  Ask(request);
  EXPECT_EQ(reason_, v1::ERROR_REASON_FIELD_INVALID);
}

}  // namespace
}  // namespace tearline::rpc
