#include "broker/delivery/session.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "broker/machine/lane.h"
#include "broker/machine/rows.h"
#include "broker/model/limits.h"
#include "broker/state/batch.h"
#include "tests/doubles/memory_ledger.h"
#include "tests/doubles/memory_state.h"
#include "tests/doubles/memory_vault.h"

namespace tearline::delivery {
namespace {

using state::Table;
using stored::v1::ItemRow;

constexpr char kFeed[] = "police/panel";
constexpr std::int64_t kOpenedMs = 1'800'000'000'000;
constexpr std::size_t kPlenty = 1024 * 1024;

class SessionTest : public testing::Test {
 protected:
  SessionTest() {
    state::Batch batch(state_);
    stored::v1::LedgerRow ledger;
    ledger.set_ledger_id(std::string(16, 'L'));
    batch.PutRow(state::Key(Table::kLedger), ledger);
    state_.Commit(batch);
  }

  static ItemRow Notice(std::int64_t released_ms = kOpenedMs) {
    ItemRow item;
    item.set_kind(stored::v1::ITEM_KIND_ACCESS_CHANGED);
    item.set_other_post("housing/desk");
    item.set_released_ms(released_ms);
    item.set_tries(1);
    return item;
  }

  void PutLane(v1::Urgency lane, const std::function<void(stored::v1::LaneRow&)>& change) {
    state::Batch batch(state_);
    stored::v1::LaneRow row = machine::ReadLane(kFeed, lane, state_);
    change(row);
    batch.PutRow(machine::LaneKey(kFeed, lane), row);
    state_.Commit(batch);
  }

  /// The machine lets an item go; its number.
  std::uint64_t Release(v1::Urgency lane, const ItemRow& item) {
    std::uint64_t sequence = 0;
    PutLane(lane, [&sequence](stored::v1::LaneRow& row) {
      sequence = row.next_sequence();
      row.set_next_sequence(sequence + 1);
    });
    Put(lane, sequence, item);
    return sequence;
  }
  void Put(v1::Urgency lane, std::uint64_t sequence, const ItemRow& item) {
    state::Batch batch(state_);
    batch.PutRow(machine::LaneItem(Table::kReleased, kFeed, lane, sequence), item);
    state_.Commit(batch);
  }
  void Settle(v1::Urgency lane, std::uint64_t sequence) {
    state::Batch batch(state_);
    batch.Erase(machine::LaneItem(Table::kReleased, kFeed, lane, sequence));
    state_.Commit(batch);
  }

  Session NewSession() { return {kFeed, kOpenedMs, ledger_, vault_}; }

  /// What the next frame holds, as "lane/number" and, above 1, "xATTEMPT".
  std::vector<std::string> Next(Session& session, std::size_t bytes_max = kPlenty) {
    std::vector<std::string> words;
    for (const v1::Delivery& each : session.Next(state_, bytes_max)) {
      words.push_back(std::to_string(each.lane()) + "/" + std::to_string(each.sequence()) +
                      (each.attempt() == 1 ? "" : "x" + std::to_string(each.attempt())));
    }
    return words;
  }

  using Words = std::vector<std::string>;
  doubles::MemoryState state_;
  doubles::MemoryLedger ledger_;
  doubles::MemoryVault vault_;  ///< Without keys: pointers and notices need none.
};

TEST_F(SessionTest, SendsWhatIsReleasedOnceTheFastestLaneFirst) {
  for (int i = 0; i < 2; ++i) Release(v1::URGENCY_ROUTINE, Notice());
  Release(v1::URGENCY_URGENT, Notice());
  Release(v1::URGENCY_IMMEDIATE, Notice());
  Session session = NewSession();
  EXPECT_EQ(Next(session), (Words{"1/1", "2/1", "3/1", "3/2"}));
  EXPECT_EQ(Next(session), Words{});
  Release(v1::URGENCY_IMMEDIATE, Notice());
  EXPECT_EQ(Next(session), Words{"1/2"});
}

/// Both sides of a frame's measure: the item that passes it is the last.
TEST_F(SessionTest, AFrameIsFullWithTheItemThatPassesItsMeasure) {
  Release(v1::URGENCY_URGENT, Notice());
  const std::size_t bytes = NewSession().Next(state_, kPlenty).at(0).ByteSizeLong();
  for (std::size_t i = 0; i <= model::kFrameBytesMax / bytes; ++i) {
    Release(v1::URGENCY_URGENT, Notice());
  }
  std::size_t filled = 0;
  const auto frame = NewSession().Next(state_, model::kFrameBytesMax);
  for (const v1::Delivery& each : frame) filled += each.ByteSizeLong();
  EXPECT_GE(filled, model::kFrameBytesMax);
  EXPECT_LT(filled - frame.back().ByteSizeLong(), model::kFrameBytesMax);
}

TEST_F(SessionTest, AFrameEndsAtItsMeasureButHoldsAtLeastOneItem) {
  for (int i = 0; i < 3; ++i) Release(v1::URGENCY_URGENT, Notice());
  Session session = NewSession();
  for (const char* one : {"2/1", "2/2", "2/3"}) EXPECT_EQ(Next(session, 1), Words{one});
  EXPECT_EQ(Next(session, 1), Words{});
}

TEST_F(SessionTest, AnImmediateItemOvertakesARoutineBacklog) {
  for (int i = 0; i < 200; ++i) Release(v1::URGENCY_ROUTINE, Notice());
  Session session = NewSession();
  EXPECT_EQ(Next(session, 1), Words{"3/1"});
  Release(v1::URGENCY_IMMEDIATE, Notice());
  EXPECT_EQ(Next(session, 1), Words{"1/1"});
  EXPECT_EQ(Next(session).size(), 199u);
}

TEST_F(SessionTest, ANewSessionSendsAgainWhatWasNotAcknowledged) {
  for (int i = 0; i < 3; ++i) Release(v1::URGENCY_URGENT, Notice(kOpenedMs - 1000));
  Settle(v1::URGENCY_URGENT, 2);
  Session session = NewSession();
  EXPECT_EQ(Next(session), (Words{"2/1x2", "2/3x2"}));
}

TEST_F(SessionTest, ReachesTheLastReleasedAlthoughManyBeforeAreSettled) {
  for (int i = 0; i < 300; ++i) Release(v1::URGENCY_URGENT, Notice());
  for (std::uint64_t i = 1; i < 300; ++i) Settle(v1::URGENCY_URGENT, i);
  Session session = NewSession();
  EXPECT_EQ(Next(session), Words{"2/300"});
  EXPECT_TRUE(session.ProgressOf(state_, kOpenedMs)->caught_up());
}

TEST_F(SessionTest, ARetriedItemWaitsForTheMachineAndIsThenSentWithItsNextAttempt) {
  const std::uint64_t sequence = Release(v1::URGENCY_URGENT, Notice());
  Session session = NewSession();
  EXPECT_EQ(Next(session), Words{"2/1"});

  ItemRow held = Notice();
  held.set_not_before_ms(kOpenedMs + 60'000);
  Put(v1::URGENCY_URGENT, sequence, held);
  session.SendAgain(v1::URGENCY_URGENT, sequence);
  EXPECT_EQ(Next(session), Words{});

  ItemRow fired = Notice();
  fired.set_tries(2);
  Put(v1::URGENCY_URGENT, sequence, fired);
  EXPECT_EQ(Next(session), Words{"2/1x2"});
  EXPECT_EQ(Next(session), Words{});
}

TEST_F(SessionTest, ARetriedItemThatIsSettledMeanwhileIsNotSent) {
  const std::uint64_t sequence = Release(v1::URGENCY_URGENT, Notice());
  Session session = NewSession();
  EXPECT_EQ(Next(session).size(), 1u);
  session.SendAgain(v1::URGENCY_URGENT, sequence);
  Settle(v1::URGENCY_URGENT, sequence);
  EXPECT_EQ(Next(session), Words{});
}

TEST_F(SessionTest, ANewSessionKeepsARetrysDelay) {
  ItemRow held = Notice(kOpenedMs - 1000);
  held.set_not_before_ms(kOpenedMs + 60'000);
  const std::uint64_t sequence = Release(v1::URGENCY_URGENT, held);
  Session session = NewSession();
  EXPECT_EQ(Next(session), Words{});
  held.set_not_before_ms(0);
  held.set_tries(2);
  Put(v1::URGENCY_URGENT, sequence, held);
  EXPECT_EQ(Next(session), Words{"2/1x2"});
}

TEST_F(SessionTest, ProgressTellsNumbersPerLaneAndWhetherAnythingIsLeft) {
  Session session = NewSession();
  EXPECT_TRUE(session.ProgressOf(state_, kOpenedMs)->caught_up());

  Release(v1::URGENCY_IMMEDIATE, Notice());
  Release(v1::URGENCY_ROUTINE, Notice());
  const v1::Progress progress = *session.ProgressOf(state_, kOpenedMs);
  EXPECT_FALSE(progress.caught_up());  // Released, not sent yet.
  EXPECT_EQ(progress.released_size(), 3);
  EXPECT_EQ(progress.released(0), 1u);
  EXPECT_EQ(progress.released(1), 0u);
  EXPECT_EQ(progress.released(2), 1u);
  EXPECT_EQ(progress.broker_time().seconds(), kOpenedMs / 1000);

  EXPECT_EQ(Next(session).size(), 2u);
  EXPECT_TRUE(session.ProgressOf(state_, kOpenedMs)->caught_up());

  PutLane(v1::URGENCY_ROUTINE, [](stored::v1::LaneRow& row) { row.set_waiting(1); });
  EXPECT_FALSE(session.ProgressOf(state_, kOpenedMs)->caught_up());  // Waits for its window.
}

/// P6. Of a lane that goes through history nothing is said before it rests. Other lanes go on.
TEST_F(SessionTest, SaysNothingOfALaneThatGoesThroughHistory) {
  Session session = NewSession();
  Release(v1::URGENCY_IMMEDIATE, Notice());
  Release(v1::URGENCY_ROUTINE, Notice());
  PutLane(v1::URGENCY_ROUTINE, [](stored::v1::LaneRow& row) { row.set_going_on(true); });
  EXPECT_EQ(Next(session), Words{"1/1"});
  EXPECT_FALSE(session.ProgressOf(state_, kOpenedMs).has_value());
  PutLane(v1::URGENCY_ROUTINE, [](stored::v1::LaneRow& row) { row.set_going_on(false); });
  EXPECT_EQ(Next(session), Words{"3/1"});
  EXPECT_TRUE(session.ProgressOf(state_, kOpenedMs)->caught_up());
}

TEST_F(SessionTest, SendsPointersObligationsChangesOfAccessAndWithdrawals) {
  state::Batch batch(state_);
  stored::v1::EventRow event;
  event.mutable_publish()->set_event_id(std::string(16, 'e'));
  event.mutable_publish()->mutable_label()->set_pointer_post("police/desk");
  batch.PutRow(machine::EventKey(std::string(16, 'e')), event);
  stored::v1::ObligationRow obligation;
  obligation.set_type(v1::OBLIGATION_TYPE_READ);
  batch.PutRow(machine::ObligationKey(std::string(16, 'o')), obligation);
  state_.Commit(batch);

  ItemRow pointer = Notice();
  pointer.set_kind(stored::v1::ITEM_KIND_EVENT);
  pointer.set_event_id(std::string(16, 'e'));
  pointer.set_level(v1::LEVEL_POINTER);
  ItemRow owed = Notice();
  owed.set_kind(stored::v1::ITEM_KIND_OBLIGATION);
  owed.set_obligation_id(std::string(16, 'o'));
  ItemRow withdrawn = Notice();
  withdrawn.set_kind(stored::v1::ITEM_KIND_ACCESS_WITHDRAWN);
  withdrawn.set_event_id(std::string(16, 'e'));
  withdrawn.set_withdrawn_sequence(7);
  Release(v1::URGENCY_URGENT, pointer);
  Release(v1::URGENCY_URGENT, owed);
  Release(v1::URGENCY_URGENT, Notice());
  Release(v1::URGENCY_URGENT, withdrawn);

  Session session = NewSession();
  const std::vector<v1::Delivery> frame = session.Next(state_, kPlenty);
  ASSERT_EQ(frame.size(), 4u);
  EXPECT_EQ(frame[0].event().ask_post(), "police/desk");
  EXPECT_EQ(frame[1].obligation().type(), v1::OBLIGATION_TYPE_READ);
  EXPECT_EQ(frame[2].access_change().post(), "housing/desk");
  EXPECT_EQ(frame[3].access_withdrawn().event_id(), frame[0].event().event_id());
  EXPECT_EQ(frame[3].access_withdrawn().sequence(), 7u);
}

/// An event whose segment is not in the ledger, at full; and one told as a pointer, which opens
/// nothing.
class SessionWithEvents : public SessionTest {
 protected:
  SessionWithEvents() {
    state::Batch batch(state_);
    stored::v1::EventRow event;
    event.set_position(4711);
    event.mutable_publish()->set_event_id(std::string(16, 'e'));
    event.mutable_publish()->add_segments()->set_length(40);
    event.mutable_publish()->mutable_label()->set_pointer_post("police/desk");
    event.add_nominal_ids(std::string(16, 'n'));
    batch.PutRow(machine::EventKey(std::string(16, 'e')), event);
    batch.PutRow(machine::NominalKey(std::string(16, 'n')), stored::v1::NominalRow());
    state_.Commit(batch);
  }
  static ItemRow Pointer() {
    ItemRow item = Notice();
    item.set_kind(stored::v1::ITEM_KIND_EVENT);
    item.set_event_id(std::string(16, 'e'));
    item.set_level(v1::LEVEL_POINTER);
    item.set_judged_position(10);
    return item;
  }
  static ItemRow Damaged() {
    ItemRow item = Pointer();
    item.set_level(v1::LEVEL_FULL);
    item.add_segments(0);
    return item;
  }
  void NominalChangesAt(model::Position position) {
    state::Batch batch(state_);
    stored::v1::NominalRow row;
    row.set_changed_position(position);
    batch.PutRow(machine::NominalKey(std::string(16, 'n')), row);
    state_.Commit(batch);
  }
};

/// One item that cannot be opened holds up nothing else, in its lane or in another.
TEST_F(SessionWithEvents, AnItemThatDoesNotOpenIsSetAsideAndTheOthersGo) {
  Release(v1::URGENCY_IMMEDIATE, Damaged());
  Release(v1::URGENCY_IMMEDIATE, Notice());
  Release(v1::URGENCY_URGENT, Notice());
  Session session = NewSession();
  testing::internal::CaptureStderr();
  EXPECT_EQ(Next(session), (Words{"1/2", "2/1"}));
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_NE(log.find("\"content_unreadable\""), std::string::npos) << log;
  EXPECT_NE(log.find("LEDGER_CORRUPT"), std::string::npos) << log;
  EXPECT_EQ(log.find(kFeed), std::string::npos) << log;
  EXPECT_EQ(Next(session), Words{}) << "tried once a session";
  EXPECT_TRUE(state_.Get(machine::LaneItem(Table::kReleased, kFeed, v1::URGENCY_IMMEDIATE, 1)))
      << "it stays owed";
}

/// What was set aside is tried again by the next session, and goes out if it opens by then.
TEST_F(SessionWithEvents, WhatWasSetAsideIsTriedByTheNextSession) {
  const std::uint64_t sequence = Release(v1::URGENCY_URGENT, Damaged());
  Session first = NewSession();
  EXPECT_EQ(Next(first), Words{});
  Put(v1::URGENCY_URGENT, sequence, Pointer());  // opens without the ledger
  Session second = NewSession();
  EXPECT_EQ(Next(second), Words{"2/1"});
}

TEST_F(SessionWithEvents, ARetriedItemThatDoesNotOpenIsSetAsideToo) {
  const std::uint64_t sequence = Release(v1::URGENCY_URGENT, Pointer());
  Session session = NewSession();
  EXPECT_EQ(Next(session), Words{"2/1"});
  Put(v1::URGENCY_URGENT, sequence, Damaged());
  session.SendAgain(v1::URGENCY_URGENT, sequence);
  Release(v1::URGENCY_URGENT, Notice());
  EXPECT_EQ(Next(session), Words{"2/2"});
  EXPECT_EQ(Next(session), Words{});
}

/// Judged before the last change: it is not sent, nor anything behind it, until the machine has
/// judged it again. Other lanes go on.
TEST_F(SessionWithEvents, WhatWasJudgedBeforeTheLastChangeWaitsForTheMachine) {
  const std::uint64_t sequence = Release(v1::URGENCY_URGENT, Pointer());
  Release(v1::URGENCY_URGENT, Notice());
  Release(v1::URGENCY_ROUTINE, Notice());
  NominalChangesAt(11);
  Session session = NewSession();
  EXPECT_EQ(Next(session), Words{"3/1"});
  EXPECT_TRUE(session.MustLookAgain());
  EXPECT_FALSE(session.ProgressOf(state_, kOpenedMs)->caught_up());

  ItemRow judged = Pointer();
  judged.set_judged_position(12);
  Put(v1::URGENCY_URGENT, sequence, judged);
  EXPECT_EQ(Next(session), (Words{"2/1", "2/2"}));
  EXPECT_FALSE(session.MustLookAgain());
}

/// The limit's other side: judged at the very position of the change is judged by it.
TEST_F(SessionWithEvents, WhatWasJudgedWithTheLastChangeIsSent) {
  Release(v1::URGENCY_URGENT, Pointer());
  NominalChangesAt(10);
  Session session = NewSession();
  EXPECT_EQ(Next(session), Words{"2/1"});
}

TEST_F(SessionWithEvents, ARetriedItemJudgedBeforeTheLastChangeWaitsToo) {
  const std::uint64_t sequence = Release(v1::URGENCY_URGENT, Pointer());
  Session session = NewSession();
  EXPECT_EQ(Next(session), Words{"2/1"});
  NominalChangesAt(11);
  session.SendAgain(v1::URGENCY_URGENT, sequence);
  EXPECT_EQ(Next(session), Words{});
  EXPECT_TRUE(session.MustLookAgain());
}

/// While the machine is looking, it need not be asked.
TEST_F(SessionWithEvents, DoesNotAskForALookThatIsUnderWay) {
  Release(v1::URGENCY_URGENT, Pointer());
  NominalChangesAt(11);
  state::Batch batch(state_);
  auto row = *state_.Find<stored::v1::LaneRow>(machine::LaneKey(kFeed, v1::URGENCY_URGENT));
  row.set_look_again_from(1);
  batch.PutRow(machine::LaneKey(kFeed, v1::URGENCY_URGENT), row);
  state_.Commit(batch);
  Session session = NewSession();
  EXPECT_EQ(Next(session), Words{});
  EXPECT_FALSE(session.MustLookAgain());
}

TEST_F(SessionTest, WhatIsTakenBackComesWithTheNextFrame) {
  const std::uint64_t first = Release(v1::URGENCY_URGENT, Notice());
  Session session = NewSession();
  EXPECT_EQ(Next(session), Words{"2/1"});
  session.SendAgain(v1::URGENCY_URGENT, first);
  Release(v1::URGENCY_URGENT, Notice());
  EXPECT_EQ(Next(session), (Words{"2/1", "2/2"}));
  session.TakeBack();
  EXPECT_EQ(Next(session), (Words{"2/1", "2/2"}));
  EXPECT_EQ(Next(session), Words{});
}

}  // namespace
}  // namespace tearline::delivery
