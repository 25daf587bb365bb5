#include "broker/machine/numbers_disagree.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "broker/machine/consultation.h"
#include "broker/machine/identifiers.h"
#include "broker/machine/numbers.h"
#include "broker/machine/rows.h"
#include "broker/machine/silence.h"
#include "tests/machine/merging.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

/// The person with the case has number 1, the other 2: both asserted by police.
class NumbersDisagree : public Merging {
 protected:
  /// Tells of somebody by these numbers; nobody whose they are is named.
  Applied TellOf(const std::vector<int>& numbers, const std::string& post = "ct-police/intel") {
    stored::v1::Publish event = world_.Event(known_);
    event.clear_nominals();
    StoredNominal& nominal = *event.add_nominals();
    for (const int number : numbers) *nominal.add_identifiers() = World::Number(number);
    if (occurred_ms_ != 0) event.set_occurred_ms(occurred_ms_);
    event_ = world_.NextEventId();
    const Applied applied = world_.Publish(event, post);
    EXPECT_EQ(applied.outcome, audit::Outcome::kApplied) << applied.sentence;
    return applied;
  }
  std::string TakenBy() const {
    return world_.state.Find<EventRow>(EventKey(event_))->nominal_ids(0);
  }
  std::vector<ObligationRow> Reviews() const {
    std::vector<ObligationRow> reviews;
    for (const auto& [id, row] : world_.OpenObligations()) {
      if (row.type() == v1::OBLIGATION_TYPE_REVIEW_NUMBERS) reviews.push_back(row);
    }
    return reviews;
  }
  std::vector<std::string> SaidInTheLeaf() const {
    std::vector<std::string> said;
    for (const Detail& detail : world_.Details()) {
      if (detail.changed().what() != "numbers-disagree") continue;
      said.push_back(detail.changed().name() + " " + detail.changed().other());
    }
    return said;
  }

  int SaidOutOfItsTime() const {
    int times = 0;
    for (const Detail& detail : world_.Details()) {
      times += detail.changed().what() == "number-out-of-its-time" ? 1 : 0;
    }
    return times;
  }
  /// The agency that asserted a number says until when it holds.
  void HoldUntil(int number, std::int64_t until_ms) {
    LinkIdentifier link;
    link.set_nominal_id(known_);
    *link.mutable_identifier() = World::Number(number);
    link.mutable_identifier()->set_valid_until_ms(until_ms);
    ASSERT_EQ(
        world_.Say(Why(World::System("police/coordinator")), COMMAND_NUMBER_LINK_IDENTIFIER, link)
            .outcome,
        audit::Outcome::kApplied);
  }
  void DischargeReviews() {
    for (const auto& [id, row] : world_.OpenObligations()) {
      if (row.type() != v1::OBLIGATION_TYPE_REVIEW_NUMBERS) continue;
      DischargeObligation discharge;
      discharge.set_obligation_id(id);
      discharge.set_method(DISCHARGE_METHOD_REVIEWED);
      EXPECT_EQ(world_
                    .Say(Why(World::System(row.debtor_post())), COMMAND_NUMBER_DISCHARGE_OBLIGATION,
                         discharge)
                    .sentence,
                "");
    }
  }

  std::string event_;
  std::int64_t occurred_ms_ = 0;  ///< Of what is told; 0 for as the world has it.
};

TEST_F(NumbersDisagree, TheFirstThatIsKnownTakesItAndSomebodyMustReviewIt) {
  TellOf({99, 2, 1, 2, 1});
  EXPECT_EQ(TakenBy(), other_);
  EXPECT_EQ(SaidInTheLeaf(), std::vector<std::string>{Text(other_) + " " + Text(known_)});
  ASSERT_EQ(Reviews().size(), 1u);
  const ObligationRow review = Reviews().front();
  EXPECT_EQ(review.reason(), v1::RULE_REASON_NUMBERS_DISAGREE);
  EXPECT_EQ(review.nominal_id(), other_);
  EXPECT_EQ(review.debtor_post(), "desk/governance") << "nobody answers for either";
  EXPECT_EQ(review.due_ms() - world_.now_ms, 72 * 60 * 60 * 1000);
  EXPECT_EQ(DisagreeingFor(other_, "desk/governance", world_.state),
            std::vector<std::string>{known_});
  EXPECT_TRUE(DisagreeingFor(other_, kChair, world_.state).empty()) << "not for whoever asks";
  ExpectReplays();
}

/// Who answers for one of the two knows best, and sees with whom it disagrees; once is enough.
TEST_F(NumbersDisagree, ItIsReviewedOnceByWhoAnswersForOneOfThem) {
  NameAccountable name;
  name.set_case_id(case_);
  name.set_post("ct-police/accountable");
  ASSERT_EQ(world_.Say(World::System("police/coordinator"), COMMAND_NUMBER_NAME_ACCOUNTABLE, name)
                .outcome,
            audit::Outcome::kApplied);
  TellOf({1, 2});
  EXPECT_EQ(TakenBy(), known_);
  ASSERT_EQ(Reviews().size(), 1u);
  EXPECT_EQ(Reviews().front().debtor_post(), "ct-police/accountable");
  EXPECT_EQ(Reviews().front().count(), 1u);

  TellOf({1, 2});
  TellOf({2, 1});
  EXPECT_EQ(Reviews().size(), 1u);
  EXPECT_EQ(Reviews().front().count(), 1u);
  EXPECT_EQ(SaidInTheLeaf().size(), 1u) << "each leaf says it";

  DischargeObligation discharge;
  for (const auto& [each, row] : world_.OpenObligations()) {
    if (row.type() == v1::OBLIGATION_TYPE_REVIEW_NUMBERS) discharge.set_obligation_id(each);
  }
  discharge.set_method(DISCHARGE_METHOD_OVERTAKEN);
  const Actor officer = Why(World::System("ct-police/accountable"));
  EXPECT_EQ(world_.Say(officer, COMMAND_NUMBER_DISCHARGE_OBLIGATION, discharge).reason,
            v1::ERROR_REASON_FIELD_INVALID)
      << "nothing ends it but that somebody looked";
  discharge.set_method(DISCHARGE_METHOD_REVIEWED);
  EXPECT_EQ(world_.Say(officer, COMMAND_NUMBER_DISCHARGE_OBLIGATION, discharge).outcome,
            audit::Outcome::kApplied);
  TellOf({1, 2});
  EXPECT_TRUE(Reviews().empty()) << "looked at already";
}

/// A number tells of its person only as long as it holds: by when the event occurred. Told of
/// outside of that by no other, it is attached, said, and reviewed once.
TEST_F(NumbersDisagree, ANumberOutOfItsTimeIsAttachedSaidAndReviewedOnce) {
  HoldUntil(1, world_.now_ms - 1000);
  occurred_ms_ = world_.now_ms - 1001;
  TellOf({1});
  EXPECT_TRUE(Reviews().empty()) << "it held when the event occurred, whenever that is told";
  occurred_ms_ = world_.now_ms - 1000;
  EXPECT_FALSE(TellOf({1}).numbers_disagree) << "that the number is known here is not told";
  EXPECT_EQ(TakenBy(), known_);
  EXPECT_EQ(SaidOutOfItsTime(), 1);
  ASSERT_EQ(Reviews().size(), 1u);
  EXPECT_EQ(Reviews().front().nominal_id(), known_);
  TellOf({1});
  EXPECT_EQ(SaidOutOfItsTime(), 1) << "each leaf says it";
  ASSERT_EQ(Reviews().size(), 1u);
  EXPECT_EQ(Reviews().front().count(), 1u);
  EXPECT_TRUE(DisagreeingFor(known_, Reviews().front().debtor_post(), world_.state).empty());
  DischargeReviews();
  TellOf({1});
  EXPECT_TRUE(Reviews().empty()) << "looked at already";
  HoldUntil(1, world_.now_ms - 500);
  TellOf({1});
  EXPECT_EQ(SaidOutOfItsTime(), 0);
  occurred_ms_ = world_.now_ms;
  TellOf({1});
  EXPECT_EQ(Reviews().size(), 1u) << "its agency has said something else since";
  ExpectReplays();
}

/// P6. Who answers for data where the number was asserted reviews it; whoever gives it, and has
/// nothing to do with the person, would hear that it is known.
TEST_F(NumbersDisagree, OfANumberOutOfItsTimeNobodyHearsForHavingGivenIt) {
  SetPost own;
  *own.mutable_post() = world_.state.Find<PostRow>(PostKey("ct-police/accountable"))->post();
  own.mutable_post()->clear_escalates_to();
  own.mutable_post()->add_roles(v1::POST_ROLE_INFORMATION_GOVERNANCE);
  const Applied asked = world_.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, own);
  ASSERT_EQ(asked.outcome, audit::Outcome::kAwaitsSecondHand);
  SecondHand second;
  second.set_pending_id(model::PendingId::Parse(asked.made_id)->Bytes());
  Actor confirming = World::System("board/operator");
  confirming.set_purpose("directory");
  ASSERT_EQ(world_.Say(confirming, COMMAND_NUMBER_SECOND_HAND, second).outcome,
            audit::Outcome::kApplied);
  HoldUntil(1, world_.now_ms - 1000);
  occurred_ms_ = world_.now_ms - 1000;
  TellOf({1});
  ASSERT_EQ(Reviews().size(), 1u);
  EXPECT_EQ(Reviews().front().debtor_post(), "desk/governance");
  DischargeReviews();
  HoldUntil(1, world_.now_ms - 500);
  KeepOut(known_, "desk/governance");
  occurred_ms_ = world_.now_ms;
  TellOf({1});
  EXPECT_EQ(SaidOutOfItsTime(), 1);
  EXPECT_TRUE(Reviews().empty()) << "nor for want of another: it is asked again when it is given";
  ExpectReplays();
}

/// One that held goes before one that did not, in whichever order they are given; what is imported
/// has its leaf alone.
TEST_F(NumbersDisagree, ANumberThatHeldGoesBeforeOthers) {
  HoldUntil(1, world_.now_ms - 1000);
  occurred_ms_ = world_.now_ms;
  TellOf({1, 2});
  EXPECT_EQ(TakenBy(), other_);
  EXPECT_EQ(SaidOutOfItsTime(), 0);
  EXPECT_EQ(SaidInTheLeaf(), std::vector<std::string>{Text(other_) + " " + Text(known_)});
  EXPECT_EQ(Reviews().size(), 1u);
  world_.behaviour_version = kValidityJudgedFrom - 1;
  TellOf({1, 2});
  EXPECT_EQ(TakenBy(), known_) << "as it was: the first that is known";
  ExpectReplays();
}

/// P6. The review names nobody whom its post is kept out of, and nobody who is the same person by
/// now; and whoever is named was looked at.
TEST_F(NumbersDisagree, TheReviewNamesWhoStillDisagreesAsFarAsItsPostMayKnow) {
  const std::string third = world_.Register(3);
  TellOf({1, 2});
  TellOf({1, 3});
  const std::string reviewer = Reviews().front().debtor_post();
  ASSERT_EQ(DisagreeingFor(known_, reviewer, world_.state),
            (std::vector<std::string>{other_, third}));
  Consult look;
  look.set_kind(CONSULTATION_KIND_NOMINAL);
  look.set_nominal_id(known_);
  const auto looks = [this](const std::string& id) {
    return world_.state.Scan(NominalLooked(id), 10).size();
  };
  const std::size_t before = looks(other_);
  ASSERT_EQ(world_.Say(Why(World::System(reviewer)), COMMAND_NUMBER_CONSULT, look).sentence, "");
  EXPECT_EQ(looks(other_), before + 1);
  EXPECT_EQ(world_.Details().back().consulted().nominal_ids_size(), 3);

  ASSERT_EQ(Merge(third, known_).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(DisagreeingFor(known_, reviewer, world_.state), std::vector<std::string>{other_});
  KeepOut(other_, reviewer);
  EXPECT_TRUE(DisagreeingFor(known_, reviewer, world_.state).empty());
  KeepOut(known_, reviewer);
  EXPECT_TRUE(DisagreeingFor(known_, reviewer, world_.state).empty());
  ExpectReplays();
}

/// P3, P6. Nobody who is kept out of either reviews it, or hears of it; where there is nobody else,
/// who gave them does; and what nobody could be asked to review is not taken for reviewed.
TEST_F(NumbersDisagree, IsReviewedByWhoGaveThemWhereNobodyElseMay) {
  KeepOut(other_, "desk/governance");
  KeepOut(known_, "ct-police/intel");
  TellOf({1, 2}, "ct-police/intel");
  EXPECT_TRUE(Reviews().empty());
  TellOf({1, 2}, "police/coordinator");
  ASSERT_EQ(Reviews().size(), 1u);
  EXPECT_EQ(Reviews().front().debtor_post(), "police/coordinator");
  for (const auto& [id, row] : world_.OpenObligations()) {
    if (row.type() != v1::OBLIGATION_TYPE_REVIEW_NUMBERS) continue;
    EXPECT_FALSE(MayHearOf(id, row, "ct-police/intel", world_.state));
    EXPECT_TRUE(MayHearOf(id, row, "police/panel", world_.state));
  }
  ExpectReplays();
}

TEST_F(NumbersDisagree, NumbersOfOnePersonDoNot) {
  ASSERT_EQ(Merge(other_, known_).outcome, audit::Outcome::kApplied);
  EXPECT_FALSE(TellOf({1, 2}, "police/coordinator").numbers_disagree);
  EXPECT_TRUE(SaidInTheLeaf().empty());
  EXPECT_TRUE(Reviews().empty());
}

/// P6: a receipt tells nobody that a number is known here, or that two are not one person.
TEST_F(NumbersDisagree, OnlyWhoKnowsWhoseBothAreIsWarned) {
  EXPECT_FALSE(TellOf({1, 2}, "ct-police/intel").numbers_disagree) << "police asserted both";
  EXPECT_TRUE(TellOf({1, 2}, "police/coordinator").numbers_disagree);
  EXPECT_FALSE(TellOf({1, 2}, kChair).numbers_disagree) << "works with the one alone";
  LinkIdentifier link;
  link.set_nominal_id(other_);
  *link.mutable_identifier() = World::Number(10);
  ASSERT_EQ(
      world_.Say(Why(World::System("probation/supervisor")), COMMAND_NUMBER_LINK_IDENTIFIER, link)
          .outcome,
      audit::Outcome::kApplied);
  EXPECT_TRUE(TellOf({1, 10}, kChair).numbers_disagree) << "and its agency asserted the other's";
}

/// A merge that is kept from it is not to be seen by the warning that does not come.
TEST_F(NumbersDisagree, WhoIsKeptOutIsWarnedAsBeforeTheMerge) {
  KeepOut(other_, "police/coordinator");
  EXPECT_TRUE(TellOf({1, 2}, "police/coordinator").numbers_disagree);
  ASSERT_EQ(world_.Merge(other_, known_).outcome, audit::Outcome::kApplied);
  EXPECT_TRUE(TellOf({1, 2}, "police/coordinator").numbers_disagree);
}

TEST_F(NumbersDisagree, TheSameRequestIsWarnedAgain) {
  stored::v1::Publish event = world_.Event(known_);
  event.clear_nominals();
  *event.add_nominals()->add_identifiers() = World::Number(1);
  *event.mutable_nominals(0)->add_identifiers() = World::Number(2);
  EXPECT_TRUE(world_.Publish(event, "police/coordinator").numbers_disagree);
  const Applied again = world_.Publish(event, "police/coordinator");
  EXPECT_EQ(again.outcome, audit::Outcome::kRepeated);
  EXPECT_TRUE(again.numbers_disagree);
}

/// History opens no deadlines; the leaf says it all the same, and what comes live has it reviewed.
TEST_F(NumbersDisagree, OfWhatIsImportedTheLeafAloneSaysIt) {
  NumbersGiven given;
  EXPECT_FALSE(given.IsWarned());
  stored::v1::Publish command = world_.Event(known_);
  command.set_originating_agency("police");
  const auto row_of = [this](int number) {
    const StoredIdentifier identifier = World::Number(number);
    return *world_.state.Find<IdentifierRow>(IdentifierKey(identifier.type(), identifier.index()));
  };
  state::Batch batch(world_.state);
  ledger::Header header;
  header.behaviour_version = kBehaviourVersion;
  header.stamp_ms = world_.now_ms;
  header.seed = std::string(32, 's');
  Step step{
      .header = header, .batch = batch, .actor = World::System("police/coordinator"), .ledger = {}};
  given.Note(row_of(1), row_of(2), command, step);
  EXPECT_TRUE(given.IsWarned());
  given.HaveReviewed(/*imported=*/true, step);
  ASSERT_EQ(step.details.size(), 1u);
  EXPECT_EQ(batch.Find<NominalRow>(NominalKey(known_))->disagreeing_ids_size(), 0);
  given.HaveReviewed(/*imported=*/false, step);
  EXPECT_EQ(batch.Find<NominalRow>(NominalKey(known_))->disagreeing_ids_size(), 1);
  EXPECT_EQ(batch.Find<NominalRow>(NominalKey(other_))->disagreeing_ids_size(), 1);
}

/// One remembers sixteen; with more, each is reviewed again.
TEST_F(NumbersDisagree, SixteenAreRemembered) {
  for (int i = 0; i < kDisagreeingMax + 1; ++i) {
    world_.Register(100 + i);
    TellOf({1, 100 + i});
  }
  const auto row = world_.state.Find<NominalRow>(NominalKey(known_));
  EXPECT_EQ(row->disagreeing_ids_size(), kDisagreeingMax);
  ASSERT_EQ(Reviews().size(), 1u);
  EXPECT_EQ(Reviews().front().count(), static_cast<std::uint64_t>(kDisagreeingMax + 1));
}

TEST_F(NumbersDisagree, AnOlderVersionSaysNothing) {
  world_.behaviour_version = kDisagreementsSaidFrom - 1;
  EXPECT_FALSE(TellOf({1, 2}, "police/coordinator").numbers_disagree);
  EXPECT_EQ(TakenBy(), known_);
  EXPECT_TRUE(SaidInTheLeaf().empty());
  EXPECT_TRUE(Reviews().empty());
}

}  // namespace
}  // namespace tearline::machine
