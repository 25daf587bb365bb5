#include "broker/sequencer/replay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker/audit/audit_log.h"
#include "broker/crypto/digest.h"
#include "broker/machine/machine.h"
#include "broker/sequencer/prepare_publish.h"
#include "tests/sequencer/station.h"

namespace tearline::sequencer {
namespace {

using testing::HasSubstr;

void SayMuch(Station& station) {
  station.Start();
  station.Say(Station::Harmless("police/panel"));
  for (const char* request : {"r1", "r2", "r3"}) {
    station.Say(*PreparePublish(Station::Item(request), Station::System("ct-police/intel"),
                                station.Bench()));
  }
  station.sequencer.reset();
}

crypto::Digest RootOf(const state::Database& database) {
  const auto view = database.Now();
  return audit::AuditTree(*view).RootAt(view->position());
}

std::unique_ptr<state::Database> EmptyState(const Station& station, const char* name) {
  return *state::Database::Open(station.directory.path() / name);
}

TEST(Replay, RebuildsADeletedStateByteForByte) {
  Station station;
  SayMuch(station);
  const auto anew = EmptyState(station, "anew");
  std::vector<model::Position> reached;
  const auto report = Replay(*station.ledger, *anew, [&](model::Position at, model::Position tip) {
    reached.push_back(at);
    EXPECT_EQ(tip, 5u);
  });
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->from, 0u);
  EXPECT_EQ(report->to, 5u);
  EXPECT_EQ(reached.back(), 5u);
  EXPECT_EQ(anew->Digest(), station.database->Digest());
  EXPECT_EQ(RootOf(*anew), RootOf(*station.database));
}

/// P7, P8. Erasure destroys keys, never records: the machine reads no content, so a replay with
/// every subject key gone gives the same state and root, byte for byte.
TEST(Replay, IsTheSameBeforeAndAfterErasure) {
  Station station;
  SayMuch(station);
  const crypto::Digest digest = station.database->Digest();
  std::vector<model::SubjectKeyId> keys;
  const auto view = station.database->Now();
  for (const auto& [key, row] : view->Scan(state::Key(state::Table::kSubjectKey), 1000)) {
    keys.push_back(*model::SubjectKeyId::FromBytes(key.substr(1)));
  }
  ASSERT_FALSE(keys.empty());
  ASSERT_TRUE(station.vault->Destroy(keys).ok());
  for (const model::SubjectKeyId& id : keys) ASSERT_FALSE(station.vault->Find(id).ok());

  const auto anew = EmptyState(station, "anew");
  ASSERT_TRUE(Replay(*station.ledger, *anew, {}).ok());
  EXPECT_EQ(anew->Digest(), digest);
  EXPECT_EQ(RootOf(*anew), RootOf(*station.database));
}

TEST(Replay, OfNothingNewDoesNothing) {
  Station station;
  const crypto::Digest before = station.database->Digest();
  const auto report = Replay(*station.ledger, *station.database, {});
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->from, report->to);
  EXPECT_EQ(station.database->Digest(), before);
}

TEST(Replay, RefusesAStateAheadOfItsLedgerAndSaysHowFarABackupMustReach) {
  Station station;
  SayMuch(station);
  station.disk->records.resize(3);
  station.Reopen();
  const auto report = Replay(*station.ledger, *station.database, {});
  EXPECT_EQ(ReasonOf(report.status()), v1::ERROR_REASON_LEDGER_TAIL_LOST);
  EXPECT_THAT(SentenceOf(report.status()), HasSubstr("at least 5 records"));
}

TEST(Replay, RefusesTheStateOfAnotherLedger) {
  Station station;
  Station other;
  const auto report = Replay(*other.ledger, *station.database, {});
  EXPECT_EQ(ReasonOf(report.status()), v1::ERROR_REASON_STATE_CORRUPT);
}

/// A backup that was put back and then written to again has other records at the same positions.
/// A state that an older broker made lacks rows that this one needs: it is rebuilt, not gone on with.
TEST(Replay, RefusesAStateOfAnotherShape) {
  Station station;
  SayMuch(station);
  const state::Key key(state::Table::kLedger);
  auto row = *station.database->Now()->Find<stored::v1::LedgerRow>(key);
  row.clear_shape();
  const auto older = EmptyState(station, "older");
  const auto view = older->Now();
  state::Batch batch(*view);
  batch.PutRow(key, row);
  ASSERT_TRUE(older->Commit(batch, station.ledger->Tip()).ok());
  const auto report = Replay(*station.ledger, *older, {});
  EXPECT_EQ(ReasonOf(report.status()), v1::ERROR_REASON_STATE_CORRUPT);
  EXPECT_THAT(SentenceOf(report.status()), HasSubstr("delete the state directory"));
}

TEST(Replay, RefusesALedgerThatWentOnAnotherWay) {
  Station station;
  SayMuch(station);
  const auto all = station.disk->records;
  station.disk->records.resize(2);
  station.Reopen();
  const auto fresh = EmptyState(station, "fresh");
  ASSERT_TRUE(Replay(*station.ledger, *fresh, {}).ok());
  {
    const auto writer =
        Sequencer::Start(*station.ledger, *fresh, station.clock, [](const std::string&) {});
    for (int i = 0; i < 3; ++i) {
      ASSERT_TRUE(ProposeAndWait(*writer, Station::Harmless("probation/chair")).ok());
    }
  }
  const auto report = Replay(*station.ledger, *station.database, {});
  EXPECT_EQ(ReasonOf(report.status()), v1::ERROR_REASON_LEDGER_CORRUPT);
}

TEST(Replay, RefusesARecordThatNeedsANewerBuild) {
  Station station;
  const auto first = station.ledger->ReadHeaders(0, 1);
  ledger::Header header = first->front().header;
  header.position = 2;
  header.previous = first->front().digest;
  header.behaviour_version = machine::kBehaviourVersion + 1;
  const ledger::Record record{2, ledger::EncodeHeader(header), {}};
  ASSERT_TRUE(station.ledger->Append({&record, 1}).ok());
  const auto report = Replay(*station.ledger, *station.database, {});
  EXPECT_EQ(ReasonOf(report.status()), v1::ERROR_REASON_WRONG_STATE);
  EXPECT_EQ(station.database->Position(), 1u);
}

}  // namespace
}  // namespace tearline::sequencer
