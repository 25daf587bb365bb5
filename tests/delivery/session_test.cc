#include "broker/delivery/session.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "broker/machine/rows.h"
#include "broker/state/batch.h"
#include "tests/doubles/memory_ledger.h"
#include "tests/doubles/memory_state.h"

namespace tearline::delivery {
namespace {

using state::Table;
using stored::v1::ItemRow;

constexpr char kFeed[] = "police/panel";
constexpr std::int64_t kOpenedMs = 1'800'000'000'000;
constexpr std::size_t kPlenty = 1024 * 1024;

/// No content is opened in these tests: pointers and notices have none.
class EmptyVault final : public vault::Vault {
 public:
  Result<std::vector<model::SubjectKeyId>> Make(std::size_t) override { return Missing(); }
  Result<crypto::Secret> Find(const model::SubjectKeyId&) const override { return Missing(); }
  Status Destroy(const std::vector<model::SubjectKeyId>&) override { return {}; }
  const crypto::Secret& IndexKey() const override { return key_; }

 private:
  static Status Missing() { return Refuse(v1::ERROR_REASON_KEY_MISSING, "no keys here"); }
  crypto::Secret key_;
};

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

  /// The machine lets an item go; its number.
  std::uint64_t Release(v1::Urgency lane, const ItemRow& item) {
    state::Batch batch(state_);
    auto row = state_.Find<stored::v1::LaneRow>(machine::LaneKey(kFeed, lane));
    if (!row) row.emplace().set_next_sequence(1);
    const std::uint64_t sequence = row->next_sequence();
    row->set_next_sequence(sequence + 1);
    batch.PutRow(machine::LaneKey(kFeed, lane), *row);
    batch.PutRow(machine::LaneItem(Table::kReleased, kFeed, lane, sequence), item);
    state_.Commit(batch);
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
    const Result<std::vector<v1::Delivery>> frame = session.Next(state_, bytes_max);
    EXPECT_TRUE(frame.ok());
    std::vector<std::string> words;
    for (const v1::Delivery& each : *frame) {
      words.push_back(std::to_string(each.lane()) + "/" + std::to_string(each.sequence()) +
                      (each.attempt() == 1 ? "" : "x" + std::to_string(each.attempt())));
    }
    return words;
  }

  using Words = std::vector<std::string>;
  doubles::MemoryState state_;
  doubles::MemoryLedger ledger_;
  EmptyVault vault_;
};

TEST_F(SessionTest, SendsWhatIsReleasedOnceTheFastestLaneFirst) {
  Release(v1::URGENCY_ROUTINE, Notice());
  Release(v1::URGENCY_ROUTINE, Notice());
  Release(v1::URGENCY_URGENT, Notice());
  Release(v1::URGENCY_IMMEDIATE, Notice());
  Session session = NewSession();
  EXPECT_EQ(Next(session), (Words{"1/1", "2/1", "3/1", "3/2"}));
  EXPECT_EQ(Next(session), Words{});
  Release(v1::URGENCY_IMMEDIATE, Notice());
  EXPECT_EQ(Next(session), Words{"1/2"});
}

TEST_F(SessionTest, AFrameEndsAtItsMeasureButHoldsAtLeastOneItem) {
  for (int i = 0; i < 3; ++i) Release(v1::URGENCY_URGENT, Notice());
  Session session = NewSession();
  EXPECT_EQ(Next(session, 1), Words{"2/1"});
  EXPECT_EQ(Next(session, 1), Words{"2/2"});
  EXPECT_EQ(Next(session, 1), Words{"2/3"});
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
  EXPECT_TRUE(session.ProgressOf(state_, kOpenedMs).caught_up());
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
  EXPECT_TRUE(session.ProgressOf(state_, kOpenedMs).caught_up());

  Release(v1::URGENCY_IMMEDIATE, Notice());
  Release(v1::URGENCY_ROUTINE, Notice());
  v1::Progress progress = session.ProgressOf(state_, kOpenedMs);
  EXPECT_FALSE(progress.caught_up());  // Released, not sent yet.
  EXPECT_EQ(progress.released_size(), 3);
  EXPECT_EQ(progress.released(0), 1u);
  EXPECT_EQ(progress.released(1), 0u);
  EXPECT_EQ(progress.released(2), 1u);
  EXPECT_EQ(progress.broker_time().seconds(), kOpenedMs / 1000);

  EXPECT_EQ(Next(session).size(), 2u);
  EXPECT_TRUE(session.ProgressOf(state_, kOpenedMs).caught_up());

  state::Batch batch(state_);
  batch.PutRow(machine::LaneItem(Table::kWaiting, kFeed, v1::URGENCY_ROUTINE, 9), Notice());
  state_.Commit(batch);
  EXPECT_FALSE(session.ProgressOf(state_, kOpenedMs).caught_up());  // Waits for its window.
}

TEST_F(SessionTest, SendsPointersObligationsAndChangesOfAccess) {
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
  Release(v1::URGENCY_URGENT, pointer);
  Release(v1::URGENCY_URGENT, owed);
  Release(v1::URGENCY_URGENT, Notice());

  Session session = NewSession();
  const Result<std::vector<v1::Delivery>> frame = session.Next(state_, kPlenty);
  ASSERT_TRUE(frame.ok());
  ASSERT_EQ(frame->size(), 3u);
  EXPECT_EQ((*frame)[0].event().ask_post(), "police/desk");
  EXPECT_EQ((*frame)[1].obligation().type(), v1::OBLIGATION_TYPE_READ);
  EXPECT_EQ((*frame)[2].access_change().post(), "housing/desk");
}

TEST_F(SessionTest, DamagedContentEndsTheSessionAndIsNotSent) {
  state::Batch batch(state_);
  stored::v1::EventRow event;
  event.set_position(1);
  event.mutable_publish()->set_event_id(std::string(16, 'e'));
  event.mutable_publish()->add_segments()->set_length(40);
  batch.PutRow(machine::EventKey(std::string(16, 'e')), event);
  state_.Commit(batch);
  ItemRow item = Notice();
  item.set_kind(stored::v1::ITEM_KIND_EVENT);
  item.set_event_id(std::string(16, 'e'));
  item.set_level(v1::LEVEL_FULL);
  item.add_segments(0);
  Release(v1::URGENCY_URGENT, item);
  Session session = NewSession();
  const auto frame = session.Next(state_, kPlenty);  // The ledger is empty.
  EXPECT_EQ(ReasonOf(frame.status()), v1::ERROR_REASON_LEDGER_CORRUPT);
}

}  // namespace
}  // namespace tearline::delivery
