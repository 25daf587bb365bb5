#include "broker/sequencer/key_warden.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "broker/sequencer/prepare_identifier.h"
#include "broker/sequencer/prepare_publish.h"
#include "tests/sequencer/station.h"

namespace tearline::sequencer {
namespace {

class KeyWardenTest : public testing::Test {
 protected:
  void SetUp() override {
    station_.Start();
    warden_ = std::make_unique<KeyWarden>(*station_.sequencer, *station_.vault,
                                          [this] { return station_.sequencer->View(); });
  }
  void TearDown() override {
    station_.sequencer->Drain();
    warden_.reset();
  }

  Proposal Prepare(const v1::PublishItem& item) {
    return *PreparePublish(item, Station::System("ct-police/intel"), station_.Bench());
  }
  Result<machine::Applied> Say(Proposal proposal) {
    return ProposeAndWait(*warden_, std::move(proposal));
  }
  bool AreThere(const std::vector<model::SubjectKeyId>& ids) const {
    EXPECT_FALSE(ids.empty());
    for (const model::SubjectKeyId& id : ids) {
      if (!station_.vault->Find(id).ok()) return false;
    }
    return true;
  }
  /// Waits until each of `ids` is gone; the test's own time limit ends it if they stay.
  void AwaitGone(const std::vector<model::SubjectKeyId>& ids) const {
    ASSERT_FALSE(ids.empty());
    for (const model::SubjectKeyId& id : ids) {
      while (station_.vault->Find(id).ok()) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
      }
    }
  }

  Station station_;
  std::unique_ptr<KeyWarden> warden_;
};

/// What was said twice at once is recorded twice and sealed twice; the second's keys are nobody's.
TEST_F(KeyWardenTest, DestroysTheKeysOfARepetitionAndOfThatAlone) {
  Proposal first = Prepare(Station::Item("r1"));
  Proposal second = Prepare(Station::Item("r1"));
  const auto kept = first.new_keys;
  const auto loose = second.new_keys;
  ASSERT_EQ(Say(std::move(first))->outcome, audit::Outcome::kApplied);
  ASSERT_EQ(Say(std::move(second))->outcome, audit::Outcome::kRepeated);
  AwaitGone(loose);
  EXPECT_TRUE(AreThere(kept));
}

TEST_F(KeyWardenTest, DestroysTheKeysOfARefusal) {
  v1::PublishItem item = Station::Item("r1");
  item.mutable_event()->mutable_label()->set_pointer_post("police/ghost");
  Proposal proposal = Prepare(item);
  const auto loose = proposal.new_keys;
  ASSERT_EQ(Say(std::move(proposal))->outcome, audit::Outcome::kRefused);
  AwaitGone(loose);
}

TEST_F(KeyWardenTest, DestroysTheKeysOfWhatWasNotRecorded) {
  Proposal proposal = Prepare(Station::Item("r1"));
  const auto loose = proposal.new_keys;
  station_.sequencer->Drain();
  ASSERT_EQ(ReasonOf(Say(std::move(proposal)).status()), v1::ERROR_REASON_UNAVAILABLE);
  AwaitGone(loose);
}

/// What may have been recorded is decided by replay; its keys must outlast the doubt.
TEST_F(KeyWardenTest, LeavesTheKeysOfWhatMayHaveBeenRecorded) {
  station_.ledger->FailGroup(station_.ledger->groups().size(), 1);
  Proposal doubtful = Prepare(Station::Item("r1"));
  const auto kept = doubtful.new_keys;
  ASSERT_EQ(ReasonOf(Say(std::move(doubtful)).status()), v1::ERROR_REASON_UNKNOWN_OUTCOME);
  Proposal refused = Prepare(Station::Item("r2"));
  const auto loose = refused.new_keys;
  ASSERT_EQ(ReasonOf(Say(std::move(refused)).status()), v1::ERROR_REASON_UNAVAILABLE);
  AwaitGone(loose);  // Had the others been given up, they would have gone before these.
  EXPECT_TRUE(AreThere(kept));
}

/// Whoever hands it a key by mistake is not believed: only the state says what is loose.
TEST_F(KeyWardenTest, NeverDestroysAKeyThatTheStateKnows) {
  Proposal proposal = Prepare(Station::Item("r1"));
  const auto kept = proposal.new_keys;
  ASSERT_EQ(Say(std::move(proposal))->outcome, audit::Outcome::kApplied);
  const auto loose = *station_.vault->Make(1);
  std::vector<model::SubjectKeyId> both = kept;
  both.push_back(loose.front());
  warden_->Take(both);
  AwaitGone(loose);
  EXPECT_TRUE(AreThere(kept));
}

TEST_F(KeyWardenTest, StopsAtOnceAndLeavesTheRestToTheNextStart) {
  const auto loose = *station_.vault->Make(1);
  warden_->Stop();
  warden_->Take(loose);
  warden_->Stop();
  EXPECT_TRUE(AreThere(loose));
}

/// P7. When the record that erases is durable and applied, the vault's keys go, and no others.
TEST_F(KeyWardenTest, DestroysWhatARecordErased) {
  Proposal about_one = Prepare(Station::Item("r1", "A1234BC"));
  Proposal about_another = Prepare(Station::Item("r2", "B7654CD"));
  const auto erased = about_one.new_keys;
  const auto kept = about_another.new_keys;
  ASSERT_EQ(Say(std::move(about_one))->outcome, audit::Outcome::kApplied);
  ASSERT_EQ(Say(std::move(about_another))->outcome, audit::Outcome::kApplied);
  stored::v1::SubjectKeyRow row = *station_.sequencer->View()->Find<stored::v1::SubjectKeyRow>(
      state::Key(state::Table::kSubjectKey).Fixed(erased.at(0).Bytes()));
  stored::v1::EraseNominal erase;
  erase.set_nominal_id(row.nominal_id());
  stored::v1::Actor actor = Station::System("desk/operator");
  actor.set_purpose("data-protection");
  const auto asked = Say(MakeProposal(actor, stored::v1::COMMAND_NUMBER_ERASE_NOMINAL, erase));
  ASSERT_EQ(asked->outcome, audit::Outcome::kAwaitsSecondHand) << asked->sentence;
  EXPECT_TRUE(AreThere(erased)) << "nothing goes before both hands are given";
  stored::v1::SecondHand second;
  second.set_pending_id(model::PendingId::Parse(asked->made_id)->Bytes());
  actor = Station::System("desk/governance");
  actor.set_certificate_digest(std::string(32, 'd'));
  actor.set_purpose("data-protection");
  const auto confirmed = Say(MakeProposal(actor, stored::v1::COMMAND_NUMBER_SECOND_HAND, second));
  ASSERT_EQ(confirmed->outcome, audit::Outcome::kApplied) << confirmed->sentence;
  AwaitGone(erased);
  EXPECT_TRUE(AreThere(kept));
}

}  // namespace
}  // namespace tearline::sequencer
