#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "broker/machine/rows.h"
#include "broker/model/limits.h"
#include "tests/machine/world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

std::string KeyId(char letter) { return std::string(model::SubjectKeyId::kBytes, letter); }

class ApplyErase : public testing::Test {
 protected:
  /// An event about both, with one segment about each, sealed under keys 'a' and 'b'.
  stored::v1::Publish AboutBoth() const {
    stored::v1::Publish event = world_.Event(nominal_);
    event.add_nominals()->set_nominal_id(other_);
    event.mutable_segments(0)->add_keys()->set_subject_key_id(KeyId('a'));
    SealedSegment& second = *event.add_segments();
    second = event.segments(0);
    second.mutable_keys(0)->set_subject_key_id(KeyId('b'));
    return event;
  }
  /// The same, bringing the keys into use.
  Applied PublishFirst() {
    stored::v1::Publish event = AboutBoth();
    for (std::uint32_t place = 0; place < 2; ++place) {
      SubjectKeyUse& use = *event.add_keys();
      use.set_subject_key_id(KeyId(place == 0 ? 'a' : 'b'));
      use.set_nominal_index(place);
      use.set_content_class(CONTENT_CLASS_SEGMENT);
      use.set_quarter(200);
    }
    return world_.Publish(event);
  }
  static Actor Asking(const std::string& post) {
    Actor actor = World::System(post);
    actor.set_purpose("data-protection");
    return actor;
  }
  Applied Ask(const std::string& nominal_id) {
    EraseNominal erase;
    erase.set_nominal_id(nominal_id);
    return world_.Say(Asking("desk/governance"), COMMAND_NUMBER_ERASE_NOMINAL, erase);
  }
  Applied Erase(const std::string& nominal_id) {
    SecondHand second;
    second.set_pending_id(model::PendingId::Parse(Ask(nominal_id).made_id)->Bytes());
    return world_.Say(Asking("desk/operator"), COMMAND_NUMBER_SECOND_HAND, second);
  }
  SubjectKeyRow KeyRow(char letter) const {
    return *world_.state.Find<SubjectKeyRow>(SubjectKeyKey(KeyId(letter)));
  }

  World world_;
  std::string nominal_ = world_.Register(1);
  std::string other_ = world_.Register(2);
};

/// What is also about somebody else still opens, and must be read until that is erased, too.
TEST_F(ApplyErase, LeavesToBeReadWhatStillOpens) {
  world_.OpenCase(nominal_, {}, "ct-police/accountable");
  PublishFirst();
  const auto to_read = [this] {
    const auto open = world_.OpenObligations();
    return std::count_if(open.begin(), open.end(), [](const auto& each) {
      return each.second.type() == v1::OBLIGATION_TYPE_READ;
    });
  };
  ASSERT_EQ(to_read(), 1);
  ASSERT_EQ(Erase(nominal_).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(to_read(), 1);
  ASSERT_EQ(Erase(other_).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(to_read(), 0);
  EXPECT_EQ(Replay(world_.records).Digest().Hex(), world_.state.Digest().Hex());
}

/// P7. What is about one person is gone; what is about another stands.
TEST_F(ApplyErase, MarksTheKeysOfOnePersonAndOfNobodyElse) {
  PublishFirst();
  const Applied erased = Erase(nominal_);
  ASSERT_EQ(erased.outcome, audit::Outcome::kApplied) << erased.sentence;
  EXPECT_EQ(erased.erased_keys, std::vector<std::string>{KeyId('a')});
  EXPECT_EQ(erased.HowFar(), Change::kTelling) << "no frame begun before goes out after it";
  EXPECT_EQ(KeyRow('a').erased_position(), world_.records.size());
  EXPECT_EQ(KeyRow('b').erased_position(), 0u);
  const auto in_use = world_.state.Scan(state::Key(state::Table::kSubjectKeyOf), 10);
  ASSERT_EQ(in_use.size(), 1u) << "nothing is sealed under an erased key any more";
  EXPECT_TRUE(in_use[0].first.ends_with(KeyId('b')));
}

/// A person is all nominals that were merged; after it was taken back, each is its own again.
TEST_F(ApplyErase, ErasesAllThatIsOnePerson) {
  PublishFirst();
  stored::v1::MergeNominals merge;
  merge.set_removed_id(other_);
  merge.set_surviving_id(nominal_);
  ASSERT_EQ(world_.Say(Asking("police/coordinator"), COMMAND_NUMBER_MERGE_NOMINALS, merge).outcome,
            audit::Outcome::kApplied);
  const Applied erased = Erase(other_);
  EXPECT_EQ(erased.erased_keys, (std::vector<std::string>{KeyId('a'), KeyId('b')}));
}

TEST_F(ApplyErase, ErasesItsOwnAloneOnceAMergeWasTakenBack) {
  PublishFirst();
  stored::v1::MergeNominals merge;
  merge.set_removed_id(other_);
  merge.set_surviving_id(nominal_);
  world_.Say(Asking("police/coordinator"), COMMAND_NUMBER_MERGE_NOMINALS, merge);
  stored::v1::UnmergeNominals unmerge;
  unmerge.set_removed_id(other_);
  ASSERT_EQ(
      world_.Say(Asking("police/coordinator"), COMMAND_NUMBER_UNMERGE_NOMINALS, unmerge).outcome,
      audit::Outcome::kApplied);
  EXPECT_EQ(Erase(other_).erased_keys, std::vector<std::string>{KeyId('b')});
}

/// It cannot be undone: nobody does it alone, and nobody without a reason.
TEST_F(ApplyErase, NeedsASecondHandAndAPurpose) {
  PublishFirst();
  EXPECT_EQ(Ask(nominal_).outcome, audit::Outcome::kAwaitsSecondHand);
  EXPECT_EQ(KeyRow('a').erased_position(), 0u);
  EraseNominal erase;
  erase.set_nominal_id(nominal_);
  EXPECT_EQ(
      world_.Say(World::System("desk/governance"), COMMAND_NUMBER_ERASE_NOMINAL, erase).reason,
      v1::ERROR_REASON_PURPOSE_REQUIRED);
  EXPECT_EQ(world_.Say(Asking("police/coordinator"), COMMAND_NUMBER_ERASE_NOMINAL, erase).reason,
            v1::ERROR_REASON_NOT_PERMITTED);
}

TEST_F(ApplyErase, RefusesWhomNobodyKnowsAndWhatIsGoneAlready) {
  EXPECT_EQ(Ask(std::string(16, 'x')).reason, v1::ERROR_REASON_NOT_FOUND);
  EXPECT_EQ(Ask(nominal_).reason, v1::ERROR_REASON_WRONG_STATE) << "nothing was ever sealed";
  PublishFirst();
  Erase(nominal_);
  EXPECT_EQ(Ask(nominal_).reason, v1::ERROR_REASON_WRONG_STATE);
}

/// Nobody is chased for telling what is gone; whoever told it hears that it is.
TEST_F(ApplyErase, EndsWhatIsOwedAndTellsWhoeverToldSomething) {
  world_.OpenCase(nominal_, {{"probation/chair", v1::SEAT_KIND_CHAIR}}, "ct-police/accountable");
  PublishFirst();
  stored::v1::Publish controlled = world_.Event(nominal_);
  controlled.mutable_label()->set_originator_controlled(true);
  world_.Publish(controlled);
  const auto owed = [this] {
    const auto open = world_.OpenObligations();
    return std::count_if(open.begin(), open.end(), [](const auto& each) {
      return each.second.type() == v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW;
    });
  };
  ASSERT_EQ(owed(), 1);
  world_.OpenSession("ct-police/intel");
  Erase(nominal_);
  EXPECT_EQ(owed(), 0);
  std::vector<std::string> told;
  for (const auto& [sequence, item] : world_.Released("ct-police/intel", v1::URGENCY_ROUTINE)) {
    if (item.kind() == ITEM_KIND_ERASED) told.push_back(item.nominal_id());
  }
  EXPECT_EQ(told, std::vector<std::string>{nominal_});
}

/// Sealed before the erasure and recorded after it, content would be lost unsaid: it is sent again.
TEST_F(ApplyErase, RefusesWhatWasSealedUnderAKeyThatIsErasedMeanwhile) {
  PublishFirst();
  const stored::v1::Publish on_its_way = AboutBoth();
  Erase(nominal_);
  EXPECT_EQ(world_.Publish(on_its_way).reason, v1::ERROR_REASON_UNAVAILABLE);
  stored::v1::Publish again = on_its_way;
  again.mutable_segments(0)->mutable_keys(0)->set_subject_key_id(KeyId('b'));
  EXPECT_EQ(world_.Publish(again).outcome, audit::Outcome::kApplied)
      << "the request id was not used up";
}

/// P8. The machine reads no content: the ledger means the same, told again.
TEST_F(ApplyErase, IsReplayedByteForByte) {
  PublishFirst();
  Erase(nominal_);
  EXPECT_EQ(Replay(world_.records).Digest(), world_.state.Digest());
}

class ApplyAcceptLostKeys : public ApplyErase {
 protected:
  Applied Accept(const std::vector<std::string>& ids, const std::string& second_by = "B. Second",
                 const std::string& because = "the disk burnt and so did its copy") {
    AcceptLostKeys lost;
    for (const std::string& id : ids) lost.add_subject_key_ids(id);
    lost.set_because(because);
    lost.set_second_by(second_by);
    Actor broker = World::Broker();
    broker.set_on_behalf_of_user("A. First");
    return world_.Say(broker, COMMAND_NUMBER_ACCEPT_LOST_KEYS, lost);
  }
};

TEST_F(ApplyAcceptLostKeys, CountAsErasedAndTheLeafSaysWhoLookedAndWhy) {
  PublishFirst();
  ASSERT_EQ(Accept({KeyId('a'), KeyId('b')}).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(KeyRow('a').erased_position(), world_.records.size());
  EXPECT_EQ(KeyRow('b').erased_position(), world_.records.size());
  const std::vector<Detail> details = world_.Details();
  ASSERT_EQ(details.size(), 3u);
  EXPECT_EQ(details[0].actor().on_behalf_of_user(), "A. First");
  EXPECT_EQ(details[1].changed().what(), "keys-lost");
  EXPECT_EQ(details[1].changed().name(), "2");
  EXPECT_EQ(details[1].changed().other(), "the disk burnt and so did its copy");
  EXPECT_EQ(details[2].changed().name(), "B. Second");
}

TEST_F(ApplyAcceptLostKeys, NeedTwoPeopleAndAKeyThatWasKnown) {
  PublishFirst();
  EXPECT_EQ(Accept({KeyId('a')}, "").reason, v1::ERROR_REASON_SECOND_HAND_REQUIRED);
  EXPECT_EQ(Accept({KeyId('a')}, "A. First").reason, v1::ERROR_REASON_SECOND_HAND_REQUIRED);
  EXPECT_EQ(Accept({KeyId('x')}).reason, v1::ERROR_REASON_NOT_FOUND);
  const std::string longest(model::kBecauseBytesMax, 'x');
  EXPECT_EQ(Accept({KeyId('a')}, "B. Second", longest + "x").reason,
            v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(KeyRow('a').erased_position(), 0u);
  EXPECT_EQ(Accept({KeyId('a')}, "B. Second", longest).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(Accept({KeyId('a')}).outcome, audit::Outcome::kApplied) << "again: nothing";
}

/// Both sides of what one record holds.
TEST_F(ApplyAcceptLostKeys, AreAtMostAThousandAndTwentyFourInOneRecord) {
  PublishFirst();
  EXPECT_EQ(Accept({}).reason, v1::ERROR_REASON_LIMIT_PASSED);
  EXPECT_EQ(Accept(std::vector<std::string>(model::kLostKeysMax + 1, KeyId('a'))).reason,
            v1::ERROR_REASON_LIMIT_PASSED);
  EXPECT_EQ(Accept(std::vector<std::string>(model::kLostKeysMax, KeyId('a'))).outcome,
            audit::Outcome::kApplied);
}

}  // namespace
}  // namespace tearline::machine
