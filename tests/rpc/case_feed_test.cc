#include "broker/rpc/case_feed.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/time_util.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "broker/machine/case_row.h"
#include "broker/machine/consultation.h"
#include "broker/machine/rows.h"
#include "broker/machine/settle.h"
#include "broker/machine/since.h"
#include "broker/rpc/server_limits.h"
#include "tests/rpc/case_feeding.h"

namespace tearline::rpc {
namespace {

using namespace stored::v1;
using google::protobuf::util::TimeUtil;
using machine::EventWorld;
using machine::World;

constexpr auto kMember = EventWorld::kMember;
constexpr auto kGuest = EventWorld::kGuest;
constexpr auto kAccountable = EventWorld::kAccountable;

using CaseFeedTest = CaseFeeding;

/// In the order of the ledger, with all the times there are, and no content.
TEST_F(CaseFeedTest, ShowsWhatCameToThePostInTheLedgersOrder) {
  const std::string first = world_.PublishOne();
  world_.now_ms += 1000;
  const std::string second = world_.PublishOne();
  const Entries entries = Read();
  ASSERT_EQ(Ids(entries), (std::vector<std::string>{Text(first), Text(second)}));
  const v1::CaseFeedEntry& entry = entries[1];
  EXPECT_EQ(entry.event().level(), v1::LEVEL_FULL);
  EXPECT_EQ(entry.event().event_type(), world_.RowOf(second).publish().event_type());
  EXPECT_TRUE(entry.event().marking().sensitive());
  EXPECT_EQ(entry.event().segments_size(), 0);
  EXPECT_EQ(entry.urgency(), EventWorld::kLane);
  EXPECT_EQ(TimeUtil::TimestampToMilliseconds(entry.event().accepted_at()), world_.now_ms);
  EXPECT_EQ(TimeUtil::TimestampToMilliseconds(entry.released_at()), world_.now_ms);
  EXPECT_EQ(TimeUtil::TimestampToMilliseconds(entry.changed_at()), world_.now_ms);
  EXPECT_FALSE(entry.has_acknowledged_at());
  EXPECT_FALSE(entry.event().late());
}

TEST_F(CaseFeedTest, ShowsWhatIsToldUnderAnyNominalOfThePerson) {
  const std::string other = world_.Register(2);
  ASSERT_EQ(world_.Merge(other, world_.nominal).sentence, "");
  const std::string under_other = world_.NextEventId();
  ASSERT_EQ(world_.Publish(world_.Event(other)).sentence, "");
  const std::string under_own = world_.PublishOne();
  const std::string again = world_.NextEventId();
  ASSERT_EQ(world_.Publish(world_.Event(other)).sentence, "");
  EXPECT_EQ(Ids(Read()),
            (std::vector<std::string>{Text(under_other), Text(under_own), Text(again)}));
}

/// What came by catching up is marked late, and keeps its own times.
TEST_F(CaseFeedTest, SaysWhatCameLate) {
  const std::string other = world_.Register(2);
  const std::string early = world_.NextEventId();
  world_.Publish(world_.Event(other));
  const std::int64_t then_ms = world_.now_ms;
  world_.now_ms += 3'600'000;
  ASSERT_EQ(world_.Merge(other, world_.nominal).sentence, "");
  world_.PassAndPulse(1000);
  const Entries entries = Read();
  ASSERT_EQ(Ids(entries), (std::vector<std::string>{Text(early)}));
  EXPECT_TRUE(entries[0].event().late());
  EXPECT_EQ(TimeUtil::TimestampToMilliseconds(entries[0].event().accepted_at()), then_ms);
  EXPECT_GT(TimeUtil::TimestampToMilliseconds(entries[0].released_at()), then_ms);
}

/// To the chair, who of the panel received and read: a system's receipt is not a person's reading.
TEST_F(CaseFeedTest, TellsTheChairWhoReceivedAndWhoRead) {
  const std::string member = world_.OpenSession(kMember);
  world_.OpenSession(kAccountable);
  const std::string event = world_.PublishOne();
  EXPECT_EQ(Read()[0].panel_size(), 0) << "let go is not received";
  world_.now_ms += 1000;
  world_.Acknowledge(kMember, member, EventWorld::kLane, {NumberOf(event, kMember)});
  const std::int64_t acknowledged_ms = world_.now_ms;
  world_.now_ms += 1000;
  ReadByAPerson(kAccountable, NumberOf(event, kAccountable));
  const v1::CaseFeedEntry entry = Read()[0];
  ASSERT_EQ(entry.panel_size(), 2);
  EXPECT_EQ(entry.panel(0).post(), kAccountable);
  EXPECT_EQ(TimeUtil::TimestampToMilliseconds(entry.panel(0).read_at()), world_.now_ms);
  EXPECT_FALSE(entry.panel(0).has_acknowledged_at());
  EXPECT_EQ(entry.panel(1).post(), kMember);
  EXPECT_EQ(TimeUtil::TimestampToMilliseconds(entry.panel(1).acknowledged_at()), acknowledged_ms);
  EXPECT_FALSE(entry.panel(1).has_read_at());
  EXPECT_EQ(TimeUtil::TimestampToMilliseconds(entry.changed_at()), world_.now_ms);
}

TEST_F(CaseFeedTest, TellsNobodyButTheChairOfOthers) {
  const std::string member = world_.OpenSession(kMember);
  const std::string event = world_.PublishOne();
  world_.Acknowledge(kChair, chair_session_, EventWorld::kLane, {NumberOf(event, kChair)});
  world_.Acknowledge(kMember, member, EventWorld::kLane, {NumberOf(event, kMember)});
  const Entries entries = Read(kMember);
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_TRUE(entries[0].has_acknowledged_at()) << "its own";
  EXPECT_EQ(entries[0].panel_size(), 0);
}

/// P6: what is withheld from the chair is as if it had not happened, entry by entry and byte by
/// byte.
TEST_F(CaseFeedTest, IsTheSameWhetherSomethingIsWithheldOrNothingHappened) {
  const auto told = [&] {
    Entries entries = Read();
    std::string bytes;
    for (v1::CaseFeedEntry& each : entries) {
      each.mutable_event()->clear_event_id();  // ids are drawn
      bytes += each.SerializeAsString() + '\n';
    }
    return bytes;
  };
  world_.PublishOne();
  const std::string before = told();
  world_.OpenSession(kAccountable);
  const std::string withheld = world_.PublishControlled();
  ReadByAPerson(kAccountable, NumberOf(withheld, kAccountable));
  EXPECT_EQ(told(), before);
  EXPECT_TRUE(Read(kChair, {Tip() - 3, Tip()}).empty());
  const Entries accountable = Read(kAccountable);
  ASSERT_FALSE(accountable.empty()) << "or this shows nothing";
  EXPECT_EQ(accountable.back().event().event_id(), Text(withheld));
}

/// P6: of a seat from which it is withheld the chair hears as much as of one that has not fetched
/// it.
TEST_F(CaseFeedTest, DoesNotTellAWithheldSeatFromAQuietOne) {
  world_.PublishOne();  // let go to the member, withheld from the guest; neither has fetched it
  const Entries entries = Read();
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].panel_size(), 0);
  EXPECT_TRUE(Read(kGuest).empty());
}

/// A pointer says that something is held, and whom to ask: not who holds it.
TEST_F(CaseFeedTest, NamesNobodyBesideAPointer) {
  const std::string member = world_.OpenSession(kMember);
  const std::string event = world_.PublishOne();
  world_.Acknowledge(kMember, member, EventWorld::kLane, {NumberOf(event, kMember)});
  ASSERT_EQ(Read()[0].panel_size(), 1);
  const model::Position tip = Tip();
  state::Batch batch(world_.state);
  auto row = batch.Find<LetGoRow>(machine::LetGoKey(kChair, event));
  row->set_level(v1::LEVEL_POINTER);
  batch.PutRow(machine::LetGoKey(kChair, event), *row);
  world_.state.Commit(batch);
  const Entries entries = Read(kChair, {0, tip});
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].panel_size(), 0);
  EXPECT_EQ(entries[0].event().event_type(), "");
  EXPECT_FALSE(entries[0].has_published_at());
  // What only others did is no change of what is shown.
  EXPECT_TRUE(Read(kChair, {tip - 1, tip}).empty());
}

/// A stretch holds what changed in it, whole; to go on after one leaves nothing out and repeats
/// nothing.
TEST_F(CaseFeedTest, ShowsWhatChangedWithinAStretch) {
  const std::string member = world_.OpenSession(kMember);
  const std::string first = world_.PublishOne();
  const std::string second = world_.PublishOne();
  const model::Position told = Tip();
  EXPECT_TRUE(Read(kChair, {told, Tip()}).empty());
  world_.Acknowledge(kMember, member, EventWorld::kLane, {NumberOf(first, kMember)});
  const Entries since = Read(kChair, {told, Tip()});
  ASSERT_EQ(Ids(since), (std::vector<std::string>{Text(first)}));
  EXPECT_EQ(since[0].panel_size(), 1);
  EXPECT_TRUE(since[0].has_released_at()) << "the entry is whole";
  const Entries before = Read(kChair, {0, told});
  ASSERT_EQ(Ids(before), (std::vector<std::string>{Text(first), Text(second)}));
  EXPECT_EQ(before[0].panel_size(), 0) << "nothing from after the stretch";
}

/// Cut after any entry, what comes after it is not left out: though of the last one shown something
/// changed after all that was not shown yet.
TEST_F(CaseFeedTest, LeavesNothingOutWhereverItIsCut) {
  const std::string other = world_.Register(2);
  const std::string late = world_.NextEventId();  // spoken of first, let go last
  world_.Publish(world_.Event(other));
  world_.now_ms += 1000;
  const std::string first = world_.PublishOne();
  world_.now_ms += 1000;
  const std::string second = world_.PublishOne();
  world_.now_ms += 1000;
  ASSERT_EQ(world_.Merge(other, world_.nominal).sentence, "");
  world_.PassAndPulse(1000);
  world_.now_ms += 1000;
  world_.Acknowledge(kChair, chair_session_, EventWorld::kLane, {NumberOf(first, kChair)});
  for (const std::size_t pieces : {1U, 32U}) {
    const Entries all = Read(kChair, {0, Tip()}, pieces);
    ASSERT_EQ(Ids(all), (std::vector<std::string>{Text(first), Text(second), Text(late)}))
        << "by the first change that is shown";
    EXPECT_EQ(TimeUtil::TimestampToMilliseconds(all[0].changed_at()), world_.now_ms);
    for (std::size_t cut = 0; cut < all.size(); ++cut) {
      if (cut != 0) {
        EXPECT_TRUE(all[cut - 1].go_on_from() < all[cut].go_on_from());
      }
      const std::vector<std::string> rest = Ids(Read(kChair, From(all[cut])));
      for (std::size_t i = cut + 1; i < all.size(); ++i) {
        EXPECT_THAT(rest, testing::Contains(all[i].event().event_id())) << "cut after " << cut;
      }
    }
  }
}

/// P6: where frames end tells nothing of what is not shown, be it one row or more than are looked
/// at at once.
TEST_F(CaseFeedTest, EndsItsFramesWhereverTheyEndWithoutWhatIsWithheld) {
  world_.OpenSession(kAccountable);
  for (int i = 0; i + 1 < kCaseFeedEntriesMax; ++i) world_.PublishOne();
  for (std::size_t i = 0; i <= kCaseFeedRowsMax; ++i) {
    world_.PublishControlled();
    if (i % 100 == 99) world_.now_ms += 3'600'000;
  }
  world_.PublishOne();
  constexpr std::size_t kFull = kCaseFeedEntriesMax;
  EXPECT_EQ(Frames(kChair), std::vector<std::size_t>{kFull});
  EXPECT_GT(Frames(kAccountable).size(), 1U) << "or nothing was withheld";
  world_.PublishOne();
  EXPECT_EQ(Frames(kChair), (std::vector<std::size_t>{kFull, 1}));
}

/// However small the pieces, each event comes once; a piece taken back comes again.
TEST_F(CaseFeedTest, ComesInPiecesOfAnySize) {
  const std::string other = world_.Register(2);
  ASSERT_EQ(world_.Merge(other, world_.nominal).sentence, "");
  std::vector<std::string> ids;
  for (int i = 0; i < 40; ++i) {
    ids.push_back(Text(world_.NextEventId()));
    world_.Publish(world_.Event(i % 3 == 0 ? other : world_.nominal));
  }
  EXPECT_EQ(Ids(Read(kChair, {0, Tip()}, kCaseFeedEntriesMax, kCaseFeedRowsMax)), ids);
  EXPECT_EQ(Ids(Read(kChair, {0, Tip()}, 1, 2)), ids);
  CaseFeed feed(kChair, {0, Tip()});
  const auto frame = [&](bool go_on = true) {
    return feed.NextFrame(Case(), world_.state, kCaseFeedEntriesMax, kCaseFeedRowsMax,
                          [go_on] { return go_on; });
  };
  EXPECT_TRUE(frame(/*go_on=*/false).empty());
  const Entries page = frame();
  ASSERT_EQ(page.size(), static_cast<std::size_t>(kCaseFeedEntriesMax));
  feed.TakeBack();
  const Entries again = frame();
  EXPECT_EQ(Ids(again), Ids(page));
  EXPECT_FALSE(feed.Done());
  EXPECT_LT(feed.LookedUntil(), Tip());
  EXPECT_EQ(frame().size(), 8u);
  EXPECT_TRUE(feed.Done());
  EXPECT_EQ(feed.LookedUntil(), Tip());
  EXPECT_TRUE(frame().empty());
  feed.TakeBack();
  EXPECT_TRUE(frame().empty()) << "the frame before was sent";
  EXPECT_TRUE(feed.Done());
}

/// Once the post has been told that it is over, the event's id is left and no word of what it was.
TEST_F(CaseFeedTest, LeavesOfWhatWasTakenBackTheIdAlone) {
  const std::string event = world_.PublishOne();
  world_.Acknowledge(kChair, chair_session_, EventWorld::kLane, {NumberOf(event, kChair)});
  const model::Position told = Tip();
  world_.now_ms += 1000;
  ASSERT_EQ(world_.Withdraw(event, v1::WITHDRAWAL_REASON_WRONG_PERSON).sentence, "");
  const Entries entries = Read(kChair, {told, Tip()});
  ASSERT_EQ(Ids(entries), (std::vector<std::string>{Text(event)}));
  EXPECT_TRUE(entries[0].has_taken_back_at());
  EXPECT_EQ(entries[0].event().event_type(), "");
  EXPECT_FALSE(entries[0].event().has_marking());
  EXPECT_EQ(entries[0].panel_size(), 0);
}

/// A pack is found again by the post that read it, for its case.
TEST_F(CaseFeedTest, FindsThePostsLastPack) {
  const auto last = [this](const std::string& post) {
    return LastPackMs(Case(), post, world_.now_ms, Tip(), world_.state);
  };
  const auto look = [this](const std::string& post, ConsultationKind kind) {
    Consult command;
    command.set_kind(kind);
    command.set_case_id(world_.case_id);
    command.set_nominal_id(world_.nominal);
    command.set_end_leaf(Tip());
    Actor actor = World::Holder(post);
    actor.set_purpose("panel-meeting");
    ASSERT_EQ(world_.Say(actor, COMMAND_NUMBER_CONSULT, command).sentence, "");
  };
  EXPECT_EQ(last(kChair), 0);
  world_.now_ms += 1000;
  look(kChair, CONSULTATION_KIND_CASE_PACK);
  const std::int64_t pack_ms = world_.now_ms;
  world_.now_ms += 1000;
  look(kChair, CONSULTATION_KIND_CASE_FEED);
  look(kMember, CONSULTATION_KIND_CASE_PACK);
  EXPECT_EQ(last(kChair), pack_ms);
  EXPECT_EQ(last(kMember), world_.now_ms);
  EXPECT_EQ(last(kAccountable), 0);
  for (std::size_t i = 0; i + 3 < kLastPackLooksMax; ++i) {
    look(i % 2 == 0 ? kAccountable : kMember, CONSULTATION_KIND_CASE_FEED);
    if (i % 1000 == 999) world_.now_ms += 3'600'000;  // within the quota of an hour
  }
  EXPECT_EQ(last(kChair), pack_ms);
  look(kMember, CONSULTATION_KIND_CASE_FEED);
  EXPECT_EQ(last(kChair), 0) << "beyond what is looked at";
  // The newest are looked at, however many there were before: more than any page has rows.
  while (world_.state.Scan(machine::NominalLooked(world_.nominal), kPageRowsMax).size() <
         kPageRowsMax) {
    world_.now_ms += 3'600'000;
    for (int i = 0; i < 1000; ++i) look(kMember, CONSULTATION_KIND_CASE_FEED);
  }
  look(kChair, CONSULTATION_KIND_CASE_PACK);
  EXPECT_EQ(last(kChair), world_.now_ms);
}

}  // namespace
}  // namespace tearline::rpc
