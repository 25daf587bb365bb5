#include "broker/sequencer/prepare_move.h"

#include <google/protobuf/util/time_util.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "broker/crypto/digest.h"
#include "broker/machine/rows.h"
#include "broker/machine/subject_key.h"
#include "broker/sequencer/open_content.h"
#include "broker/sequencer/prepare_publish.h"
#include "broker/sequencer/prepare_withdraw.h"
#include "tests/sequencer/station.h"

namespace tearline::sequencer {
namespace {

using google::protobuf::util::TimeUtil;

constexpr char kIntel[] = "ct-police/intel";
constexpr char kOne[] = "A1234BC";
constexpr char kOther[] = "B7654CD";

class PrepareMoveTest : public testing::Test {
 protected:
  void SetUp() override { station_.Start(); }

  static stored::v1::Actor Asking(const std::string& post) {
    stored::v1::Actor actor = Station::System(post);
    actor.set_purpose("correction");
    actor.set_certificate_digest(crypto::Sha256(post).Bytes());  // each its own
    return actor;
  }
  /// Publishes what occurred so many seconds before the clock; "ev_…".
  std::string Publish(const std::string& request_id, const std::string& noms = kOne,
                      std::int64_t seconds_ago = 100) {
    v1::PublishItem item = Station::Item(request_id, noms);
    *item.mutable_event()->mutable_occurred_at() =
        TimeUtil::MillisecondsToTimestamp(Station::kStartMs - seconds_ago * 1000);
    return station_.Say(*PreparePublish(item, Station::System(kIntel), station_.Bench())).made_id;
  }
  /// What occurred at least 50 seconds before the clock.
  static v1::MoveBookingRequest Request(const std::string& from, const std::string& to) {
    v1::MoveBookingRequest request;
    request.mutable_from()->set_type(v1::IDENTIFIER_TYPE_NOMS);
    request.mutable_from()->set_value(from);
    request.mutable_to()->set_type(v1::IDENTIFIER_TYPE_NOMS);
    request.mutable_to()->set_value(to);
    *request.mutable_occurred_until() =
        TimeUtil::MillisecondsToTimestamp(Station::kStartMs - 50'000);
    request.set_reason(v1::BOOKING_MOVE_REASON_WRONG_NUMBER);
    return request;
  }
  Result<Proposal> Prepare(const std::string& from, const std::string& to) {
    const auto view = station_.sequencer->View();
    return PrepareMove(Request(from, to), Asking(kIntel), view->position(),
                       {*view, *station_.vault, Station::kStartMs});
  }
  /// Records, and destroys what that erased, as the key warden does.
  void Record(Result<Proposal> proposal) {
    ASSERT_TRUE(proposal.ok()) << SentenceOf(proposal.status());
    const machine::Applied applied = station_.Say(*std::move(proposal));
    std::vector<model::SubjectKeyId> erased;
    for (const std::string& id : applied.erased_keys) {
      erased.push_back(*model::SubjectKeyId::FromBytes(id));
    }
    if (erased.empty()) return;
    ASSERT_TRUE(station_.vault->Destroy(erased).ok());
  }
  void Move(const std::string& from, const std::string& to) { Record(Prepare(from, to)); }
  void Spill(const std::string& event_id) {
    v1::WithdrawEventRequest request;
    request.set_event_id(event_id);
    request.set_reason(v1::WITHDRAWAL_REASON_SPILLAGE);
    const auto view = station_.sequencer->View();
    Record(PrepareWithdraw(request, Asking(kIntel), view->position(),
                           {*view, *station_.vault, Station::kStartMs}));
  }
  void Erase(const std::string& nominal_id) {
    stored::v1::EraseNominal erase;
    erase.set_nominal_id(nominal_id);
    const auto asked = ProposeAndWait(
        *station_.sequencer,
        MakeProposal(Asking("desk/governance"), stored::v1::COMMAND_NUMBER_ERASE_NOMINAL, erase));
    ASSERT_EQ(asked->outcome, audit::Outcome::kAwaitsSecondHand) << asked->sentence;
    stored::v1::SecondHand second;
    second.set_pending_id(model::PendingId::Parse(asked->made_id)->Bytes());
    Record(MakeProposal(Asking("desk/operator"), stored::v1::COMMAND_NUMBER_SECOND_HAND, second));
  }
  stored::v1::EventRow RowOf(const std::string& event_id) {
    return *station_.Bench().view.Find<stored::v1::EventRow>(
        machine::EventKey(model::EventId::Parse(event_id)->Bytes()));
  }
  /// Whom an event is about now.
  std::string NominalOf(const std::string& event_id) { return RowOf(event_id).nominal_ids(0); }
  /// Whether its segment and its tear-line open, and say what they said.
  bool Opens(const std::string& event_id) {
    const stored::v1::EventRow event = RowOf(event_id);
    stored::v1::ItemRow full;
    full.set_level(v1::LEVEL_FULL);
    full.add_segments(0);
    stored::v1::ItemRow line;
    line.set_level(v1::LEVEL_TEAR_LINE);
    line.set_tear_line(0);
    const auto open = [&](const stored::v1::ItemRow& item) {
      return OpenContent(event, item, station_.HeaderAt(1).ledger_id, station_.Bench().view,
                         *station_.ledger, *station_.vault);
    };
    const Result<OpenedContent> all = open(full);
    const Result<OpenedContent> text = open(line);
    EXPECT_TRUE(all.ok()) << SentenceOf(all.status());
    EXPECT_TRUE(text.ok()) << SentenceOf(text.status());
    EXPECT_EQ(all->erased, text->erased);
    if (all->erased) return false;
    EXPECT_EQ(all->segments.at(0).content, "the quick brown fox was seen near the school");
    EXPECT_EQ(text->tear_line, "ask the intelligence desk about movements");
    return true;
  }
  std::size_t Keys() const { return station_.vault->List(std::nullopt, 1000)->size(); }

  Station station_;
};

TEST_F(PrepareMoveTest, WhatMovesAndWhatStaysOpenAsBefore) {
  const std::string moves = Publish("r1");
  const std::string stays = Publish("r2", kOne, 10);
  const std::string others = Publish("r3", kOther);
  const std::string other = NominalOf(others);
  Move(kOne, kOther);
  EXPECT_EQ(NominalOf(moves), other);
  EXPECT_NE(NominalOf(stays), other);
  for (const std::string& each : {moves, stays, others}) EXPECT_TRUE(Opens(each));
  EXPECT_TRUE(Opens(Publish("r4"))) << "and what is told tomorrow";
  EXPECT_TRUE(Opens(Publish("r5", kOther)));
}

/// P7. Erasing the one takes nothing of the other's that was recorded of the one by mistake.
TEST_F(PrepareMoveTest, ErasingWhomItLeftLeavesWhatMoved) {
  const std::string moves = Publish("r1");
  const std::string stays = Publish("r2", kOne, 10);
  const std::string others = Publish("r3", kOther);
  Move(kOne, kOther);
  Erase(NominalOf(stays));
  EXPECT_FALSE(Opens(stays));
  EXPECT_TRUE(Opens(moves));
  EXPECT_TRUE(Opens(others));
}

/// P7. And erasing the other takes it: no key of the one that it was sealed under is left.
TEST_F(PrepareMoveTest, ErasingWhoseItIsTakesWhatMoved) {
  const std::string moves = Publish("r1");
  const std::string stays = Publish("r2", kOne, 10);
  const std::string others = Publish("r3", kOther);
  const stored::v1::EventRow before = RowOf(moves);
  Move(kOne, kOther);
  Erase(NominalOf(others));
  EXPECT_FALSE(Opens(moves));
  EXPECT_FALSE(Opens(others));
  EXPECT_TRUE(Opens(stays));
  const auto left = station_.vault->List(std::nullopt, 1000);
  for (const stored::v1::WrappedKey& wrapped : before.publish().segments(0).keys()) {
    EXPECT_FALSE(
        station_.vault->Find(*model::SubjectKeyId::FromBytes(wrapped.subject_key_id())).ok());
    for (const model::SubjectKeyId& id : *left) {
      EXPECT_FALSE(station_.vault->FindRewrap(id, wrapped.wrapped())->has_value())
          << "what was erased is wrapped under no key that stands";
    }
  }
}

TEST_F(PrepareMoveTest, OpensHoweverOftenItMoved) {
  const std::string moves = Publish("r1");
  const std::string others = Publish("r2", kOther, 10);
  const std::string one = NominalOf(moves);
  for (int i = 0; i < 3; ++i) {
    Move(kOne, kOther);
    EXPECT_EQ(NominalOf(moves), NominalOf(others));
    EXPECT_TRUE(Opens(moves)) << i;
    Move(kOther, kOne);
    EXPECT_EQ(NominalOf(moves), one);
    EXPECT_TRUE(Opens(moves)) << i;
  }
  EXPECT_TRUE(Opens(others));
}

/// One that moved is spilled with the keys of whose it is, and the rest of both opens.
TEST_F(PrepareMoveTest, ASpillageFindsWhatMoved) {
  const std::string spilled = Publish("r1");
  const std::string moves = Publish("r2");
  const std::string stays = Publish("r3", kOne, 10);
  const std::string others = Publish("r4", kOther, 10);
  Move(kOne, kOther);
  Spill(spilled);
  EXPECT_FALSE(Opens(spilled));
  for (const std::string& each : {moves, stays, others}) EXPECT_TRUE(Opens(each));
}

TEST_F(PrepareMoveTest, LeavesWhatWasSpilledBefore) {
  const std::string spilled = Publish("r1");
  const std::string moves = Publish("r2");
  Publish("r3", kOther);
  Spill(spilled);
  Move(kOne, kOther);
  EXPECT_FALSE(Opens(spilled));
  EXPECT_TRUE(Opens(moves));
}

/// What was sealed between preparing and recording would be lost: the record is refused.
TEST_F(PrepareMoveTest, IsPreparedOnceMoreIfSomethingWasSealedMeanwhile) {
  const std::string moves = Publish("r1");
  Publish("r2", kOther);
  Result<Proposal> early = Prepare(kOne, kOther);
  ASSERT_TRUE(early.ok());
  EXPECT_EQ(early->new_keys.size(), 4U) << "two for segments, two for tear-lines";
  const std::string meanwhile = Publish("r3", kOne, 10);
  const auto refused = ProposeAndWait(*station_.sequencer, *std::move(early));
  ASSERT_TRUE(refused.ok());
  EXPECT_EQ(refused->reason, v1::ERROR_REASON_UNAVAILABLE);
  EXPECT_TRUE(Opens(moves));
  Move(kOne, kOther);
  EXPECT_TRUE(Opens(moves));
  EXPECT_TRUE(Opens(meanwhile));
}

/// What the machine refuses brings no keys.
TEST_F(PrepareMoveTest, MakesNoKeysForWhatIsRefused) {
  Publish("r1", kOther);
  const std::size_t keys = Keys();
  Result<Proposal> proposal = Prepare(kOne, kOther);
  ASSERT_TRUE(proposal.ok());
  const auto refused = ProposeAndWait(*station_.sequencer, *std::move(proposal));
  EXPECT_EQ(refused->reason, v1::ERROR_REASON_NOT_FOUND) << "nobody has the number";
  EXPECT_EQ(Keys(), keys);
}

TEST_F(PrepareMoveTest, SaysWhatIsWrongWithItsForm) {
  const auto reason = [this](auto change) {
    v1::MoveBookingRequest request = Request(kOne, kOther);
    change(request);
    const auto view = station_.sequencer->View();
    return ReasonOf(PrepareMove(request, Asking(kIntel), view->position(),
                                {*view, *station_.vault, Station::kStartMs})
                        .status());
  };
  using Request = v1::MoveBookingRequest;
  EXPECT_EQ(reason([](Request& request) { request.clear_to(); }), v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(reason([](Request& request) { request.set_from_id("nom_"); }),
            v1::ERROR_REASON_FIELD_INVALID)
      << "both ways at once";
  EXPECT_EQ(reason([](Request& request) {
              request.clear_from();
              request.clear_to();
              request.set_from_id("case_");
            }),
            v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(reason([](Request& request) { request.clear_occurred_until(); }),
            v1::ERROR_REASON_TIME_INVALID);
  EXPECT_EQ(reason([](Request& request) { request.mutable_occurred_from()->set_seconds(-1); }),
            v1::ERROR_REASON_TIME_INVALID);
}

/// The second hand brings the keys as they stand then: what was told meanwhile moves, too.
TEST_F(PrepareMoveTest, TheSecondHandBringsTheKeys) {
  const std::string first = Publish("r1");
  const std::string others = Publish("r2", kOther);
  stored::v1::OpenCase open;
  v1::Case& asked = *open.mutable_case_();
  asked.set_nominal_id(model::NominalId::FromBytes(NominalOf(others))->Text());
  asked.set_category(v1::MAPPA_CATEGORY_2);
  asked.set_level(v1::MAPPA_LEVEL_2);
  asked.set_lead_agency("probation");
  asked.set_area("north");
  asked.set_accountable_post("ct-police/accountable");
  station_.Say(Asking("police/coordinator"), stored::v1::COMMAND_NUMBER_OPEN_CASE, open);

  const auto waits = ProposeAndWait(*station_.sequencer, *Prepare(kOne, kOther));
  ASSERT_TRUE(waits.ok());
  ASSERT_EQ(waits->outcome, audit::Outcome::kAwaitsSecondHand) << waits->sentence;
  const std::string meanwhile = Publish("r3");
  v1::GiveSecondHandRequest second;
  second.set_pending_id(waits->made_id);
  const auto view = station_.sequencer->View();
  Record(PrepareSecondHand(second, Asking("desk/governance"), view->position(),
                           {*view, *station_.vault, Station::kStartMs}));
  for (const std::string& each : {first, meanwhile}) {
    EXPECT_EQ(NominalOf(each), NominalOf(others));
    EXPECT_TRUE(Opens(each));
  }
}

/// Any other second hand brings none, nor one that may not be given.
TEST_F(PrepareMoveTest, AnyOtherSecondHandBringsNoKeys) {
  v1::GiveSecondHandRequest second;
  const auto view = station_.sequencer->View();
  const Workbench bench{*view, *station_.vault, Station::kStartMs};
  second.set_pending_id("pend_");
  EXPECT_EQ(ReasonOf(PrepareSecondHand(second, Asking(kIntel), view->position(), bench).status()),
            v1::ERROR_REASON_FIELD_INVALID);
  second.set_pending_id("pend_" + std::string(32, '0'));
  const auto proposal = PrepareSecondHand(second, Asking(kIntel), view->position(), bench);
  ASSERT_TRUE(proposal.ok());
  EXPECT_TRUE(proposal->new_keys.empty());
}

}  // namespace
}  // namespace tearline::sequencer
