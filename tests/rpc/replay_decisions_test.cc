#include "broker/rpc/replay_decisions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "broker/audit/audit_log.h"
#include "tests/doubles/temporary_directory.h"
#include "tests/machine/told_ledger.h"
#include "tests/rpc/inquiry.h"

namespace tearline::rpc {
namespace {

using machine::ToldLedger;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

/// All that a replay told.
struct Told {
  std::vector<v1::ReplayedDecision> decisions;
  std::vector<v1::ReplayProgress> progress;
  v1::ReplaySummary summary;
  bool ended = false;
};

class ReplayDecisionsTest : public testing::Test, public Inquiry {
 protected:
  Result<ReplayPlan> Read(const v1::ReplayDecisionsRequest& request,
                          const std::string& as = kAuditor) const {
    return ReadReplay(request, As(as), world.state);
  }
  Told Ask(const v1::ReplayDecisionsRequest& request, const std::string& as = kAuditor,
           std::size_t frames_max = 1'000'000) {
    Told told;
    const Result<ReplayPlan> plan = Read(request, as);
    EXPECT_TRUE(plan.ok()) << plan.status();
    if (!plan.ok()) return told;
    const doubles::TemporaryDirectory directory;
    std::unique_ptr<state::Database> scratch;
    std::size_t frames = 0;
    const Status status = ReplayDecisions(
        *plan, ToldLedger(world), world.state,
        [&]() -> Result<state::Database*> {
          scratch = *state::Database::Open(directory.path() / "state");
          return scratch.get();
        },
        [&](v1::ReplayDecisionsResponse frame) {
          if (frames++ == frames_max) return false;
          if (frame.has_decision()) told.decisions.push_back(frame.decision());
          if (frame.has_progress()) told.progress.push_back(frame.progress());
          if (frame.has_summary()) told.summary = frame.summary();
          told.ended = told.ended || frame.has_summary();
          return true;
        });
    EXPECT_EQ(status.ok(), told.ended);
    return told;
  }
  /// Every decision is recorded with a rule that had no part in it.
  void BendDecisions() {
    constexpr std::size_t kSaltBytes = 16;
    state::Batch batch(world.state);
    for (model::Position position = 1; position <= audit::AuditTree(world.state).Size();
         ++position) {
      stored::v1::LeafRow row = audit::LeafRowAt(position, world.state);
      for (std::string& salted : *row.mutable_salted()) {
        stored::v1::Detail detail;
        ASSERT_TRUE(detail.ParseFromString(salted.substr(kSaltBytes)));
        if (!detail.has_decision()) continue;
        detail.mutable_decision()->add_rules("Z9");
        salted = salted.substr(0, kSaltBytes) + detail.SerializeAsString();
      }
      batch.PutRow(state::Key(state::Table::kLeaf).U64(position), row);
    }
    world.state.Commit(batch);
  }
  static std::vector<std::string> Posts(const Told& told) {
    std::vector<std::string> posts;
    for (const auto& decision : told.decisions) posts.push_back(decision.post());
    return posts;
  }
};

TEST_F(ReplayDecisionsTest, TellsWhatWasRecorded) {
  const std::string event = Publish();
  const Told told = Ask({});
  EXPECT_THAT(Posts(told), ElementsAre("ct-police/accountable", kChair));
  EXPECT_EQ(told.decisions[0].event_id(), EventText(event));
  EXPECT_EQ(told.decisions[0].level(), v1::LEVEL_FULL);
  EXPECT_EQ(told.decisions[0].leaf_index(), world.records.size() - 1);
  EXPECT_THAT(told.decisions[0].policy_digest(), SizeIs(32));
  EXPECT_FALSE(told.decisions[0].has_judged()) << "nobody asked for it";
  EXPECT_EQ(told.summary.decisions(), 2U);
  EXPECT_EQ(told.progress.back().next_index(), world.records.size());
}

TEST_F(ReplayDecisionsTest, FiltersByPersonAgencyTypeAndTime) {
  Publish();
  const std::int64_t between = world.now_ms + 1;
  world.now_ms += 1000;
  const std::string other = world.Register(2);
  world.OpenCase(other, {{"police/panel", v1::SEAT_KIND_CHAIR}});
  world.Publish(world.Event(other));

  v1::ReplayDecisionsRequest person;
  person.set_nominal_id(NominalText());
  EXPECT_THAT(Posts(Ask(person)), ElementsAre("ct-police/accountable", kChair));
  v1::ReplayDecisionsRequest agency;
  agency.set_agency("police");
  EXPECT_THAT(Posts(Ask(agency)), ElementsAre("police/panel"));
  agency.set_agency(Ask({}).decisions[0].originating_agency());
  EXPECT_THAT(Posts(Ask(agency)), SizeIs(3)) << "all come from there";
  v1::ReplayDecisionsRequest type;
  const std::string whole = Ask({}).decisions[0].event_type();
  type.set_event_type(whole.substr(0, whole.find('.')));
  EXPECT_THAT(Posts(Ask(type)), SizeIs(3));
  type.set_event_type(whole.substr(0, whole.find('.') - 1));
  EXPECT_THAT(Posts(Ask(type)), IsEmpty()) << "half a word is no type";
  v1::ReplayDecisionsRequest late;
  *late.mutable_from() = Time(between);
  EXPECT_THAT(Posts(Ask(late)), ElementsAre("police/panel"));
  v1::ReplayDecisionsRequest early;
  *early.mutable_to() = Time(between);
  EXPECT_THAT(Posts(Ask(early)), ElementsAre("ct-police/accountable", kChair));
}

TEST_F(ReplayDecisionsTest, ByThePolicyOfThenItComesOutAsRecorded) {
  Publish();
  Publish(/*withheld=*/true);
  world.PutInForce("id: 'shut' version: 9");
  v1::ReplayDecisionsRequest request;
  request.set_policy(v1::REPLAY_POLICY_AS_THEN);
  const Told told = Ask(request);
  ASSERT_GE(told.decisions.size(), 4U);
  EXPECT_EQ(told.summary.same() + told.summary.not_replayed(), told.summary.decisions());
  EXPECT_EQ(told.summary.different(), 0U);
  EXPECT_TRUE(told.decisions[0].judged().same());
  EXPECT_EQ(told.decisions[0].judged().policy_digest(), told.decisions[0].policy_digest());
}

/// Why it cannot be said stands only where it cannot: an inspector must not take one for the other.
TEST_F(ReplayDecisionsTest, WhatComesOutOtherwiseIsNotSaidToBeUnsayable) {
  Publish();
  BendDecisions();
  v1::ReplayDecisionsRequest request;
  request.set_policy(v1::REPLAY_POLICY_AS_THEN);
  const Told then = Ask(request);
  EXPECT_EQ(then.summary.different(), 2U);
  for (const v1::ReplayedDecision& each : then.decisions) {
    EXPECT_TRUE(each.has_judged());
    EXPECT_EQ(each.because(), "");
  }
  request.set_policy(v1::REPLAY_POLICY_AS_NOW);
  const Told now = Ask(request);
  EXPECT_EQ(now.summary.not_replayed(), 2U);
  for (const v1::ReplayedDecision& each : now.decisions) {
    EXPECT_FALSE(each.has_judged());
    EXPECT_NE(each.because(), "");
  }
}

/// On the facts of then: who has left since is judged as who they were.
TEST_F(ReplayDecisionsTest, ByThePolicyOfNowDifferencesShow) {
  Publish();
  v1::ReplayDecisionsRequest request;
  request.set_policy(v1::REPLAY_POLICY_AS_NOW);
  const Told same = Ask(request);
  EXPECT_EQ(same.summary.same(), 2U) << "the same policy is in force";

  world.PutInForce(
      "id: 'chairs' version: 9 rules { id: 'G7' kind: RULE_KIND_GRANT level: LEVEL_FULL "
      "reason: RULE_REASON_NEED_TO_KNOW when { recipient { seat: SEAT_KIND_CHAIR } } }");
  request.set_end_index(world.records.size() - 2);
  const Told told = Ask(request);
  ASSERT_THAT(Posts(told), ElementsAre("ct-police/accountable", kChair));
  EXPECT_EQ(told.summary.different(), 2U);
  EXPECT_EQ(told.decisions[0].level(), v1::LEVEL_FULL);
  EXPECT_EQ(told.decisions[0].judged().level(), v1::LEVEL_WITHHELD);
  EXPECT_EQ(told.decisions[1].judged().level(), v1::LEVEL_FULL) << "by another rule";
  EXPECT_THAT(told.decisions[1].judged().rules(), ElementsAre("G7"));
  EXPECT_FALSE(told.decisions[1].judged().same());
  EXPECT_FALSE(told.decisions[1].judged().raised());
  EXPECT_NE(told.decisions[1].judged().policy_digest(), told.decisions[1].policy_digest());
}

/// Whoever goes on from the last progress has every decision once.
TEST_F(ReplayDecisionsTest, GoesOnWhereItWasInterrupted) {
  for (int i = 0; i < 3; ++i) Publish();
  for (const v1::ReplayPolicy policy : {v1::REPLAY_POLICY_UNSPECIFIED, v1::REPLAY_POLICY_AS_THEN}) {
    v1::ReplayDecisionsRequest request;
    request.set_policy(policy);
    const Told whole = Ask(request);
    ASSERT_THAT(whole.decisions, SizeIs(6));
    request.set_first_index(whole.decisions[2].leaf_index());
    request.set_end_index(whole.summary.end_index());
    const Told rest = Ask(request);
    ASSERT_THAT(rest.decisions, SizeIs(4));
    EXPECT_EQ(rest.decisions[0].SerializeAsString(), whole.decisions[2].SerializeAsString());
    EXPECT_EQ(rest.decisions[3].SerializeAsString(), whole.decisions[5].SerializeAsString());
  }
  EXPECT_FALSE(Ask({}, kAuditor, 2).ended) << "nobody listened any more";
}

TEST_F(ReplayDecisionsTest, IsForAuditorsInTheirAreas) {
  Publish();
  v1::ReplayDecisionsRequest person;
  person.set_nominal_id(NominalText());
  EXPECT_EQ(ReasonOf(Read({}, kChair).status()), v1::ERROR_REASON_NOT_PERMITTED);
  EXPECT_EQ(ReasonOf(Read({}, kSouthern).status()), v1::ERROR_REASON_NOT_PERMITTED)
      << "the whole log lies in no area";
  EXPECT_EQ(ReasonOf(Read(person, kSouthern).status()), v1::ERROR_REASON_NOT_FOUND);
  MakeAuditor("police/panel", "north");
  EXPECT_THAT(Posts(Ask(person, "police/panel")), SizeIs(2));
}

/// An event that also concerns somebody elsewhere is not in scope, as if it were not there.
TEST_F(ReplayDecisionsTest, TellsNothingOfWhoLiesElsewhere) {
  const std::string elsewhere = world.Register(2);  // in no case, so in no area
  Publish();
  stored::v1::Publish both = world.Event(nominal);
  both.add_nominals()->set_nominal_id(elsewhere);
  both.mutable_segments(0)->add_nominal_indexes(1);
  const std::string event = world.NextEventId();
  world.Publish(both);
  MakeAuditor("police/panel", "north");
  v1::ReplayDecisionsRequest person;
  person.set_nominal_id(NominalText());
  EXPECT_THAT(Posts(Ask(person)), SizeIs(4)) << "to who may ask of everybody";
  for (const auto& decision : Ask(person, "police/panel").decisions) {
    EXPECT_NE(decision.event_id(), EventText(event));
  }
  EXPECT_THAT(Posts(Ask(person, "police/panel")), SizeIs(2));
}

// Read each row as: "<what is wrong> is refused as <reason>".
TEST_F(ReplayDecisionsTest, RefusesWhatHasNoForm) {
  struct Row {
    const char* what;
    void (*bend)(v1::ReplayDecisionsRequest&);
    v1::ErrorReason reason;
  };
  const Row rows[] = {
      {"an id that is none", [](auto& r) { r.set_nominal_id("nom_x"); },
       v1::ERROR_REASON_FIELD_INVALID},
      {"an agency that is no name", [](auto& r) { r.set_agency("A B"); },
       v1::ERROR_REASON_NAME_INVALID},
      {"a type that is none", [](auto& r) { r.set_event_type("a..b"); },
       v1::ERROR_REASON_EVENT_TYPE_INVALID},
      {"a time out of range", [](auto& r) { r.mutable_from()->set_nanos(-1); },
       v1::ERROR_REASON_TIME_INVALID},
      {"another time out of range", [](auto& r) { r.mutable_to()->set_nanos(-1); },
       v1::ERROR_REASON_TIME_INVALID},
      {"an end that is not after the beginning",
       [](auto& r) {
         r.mutable_from()->set_seconds(2);
         r.mutable_to()->set_seconds(2);
       },
       v1::ERROR_REASON_TIME_INVALID},
      {"a policy there is not", [](auto& r) { r.set_policy(static_cast<v1::ReplayPolicy>(9)); },
       v1::ERROR_REASON_FIELD_INVALID},
      {"a leaf there is not", [](auto& r) { r.set_first_index(1'000'000); },
       v1::ERROR_REASON_LIMIT_PASSED},
      {"an end there is not", [](auto& r) { r.set_end_index(1'000'000); },
       v1::ERROR_REASON_LIMIT_PASSED},
  };
  for (const Row& row : rows) {
    v1::ReplayDecisionsRequest request;
    row.bend(request);
    EXPECT_EQ(ReasonOf(Read(request).status()), row.reason) << row.what;
  }
}

}  // namespace
}  // namespace tearline::rpc
