#include "broker/sequencer/replay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

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

/// Makes the rows of a state those of another build: its shape is not the one of this.
void GiveAnotherShape(std::unique_ptr<state::Database>& database, const std::filesystem::path& at) {
  database.reset();
  rocksdb::DB* opened = nullptr;
  ASSERT_TRUE(rocksdb::DB::Open(rocksdb::Options(), at.string(), &opened).ok());
  const std::unique_ptr<rocksdb::DB> rows(opened);
  const state::Key shape(state::Table::kStateShape);
  ASSERT_TRUE(rows->Delete(rocksdb::WriteOptions(), shape.bytes()).ok());
}

/// What an upgrade asks of an operator is nothing: rows of another shape are rebuilt.
TEST(Replay, RebuildsAStateOfAnotherShape) {
  Station station;
  SayMuch(station);
  auto old = EmptyState(station, "old");
  ASSERT_TRUE(Replay(*station.ledger, *old, {}).ok());
  GiveAnotherShape(old, station.directory.path() / "old");
  old = EmptyState(station, "old");
  ASSERT_FALSE(old->HasThisShape());
  const auto report = Replay(*station.ledger, *old, {});
  ASSERT_TRUE(report.ok()) << SentenceOf(report.status());
  EXPECT_EQ(report->from, 0u);
  EXPECT_EQ(report->to, 5u);
  EXPECT_TRUE(old->HasThisShape());
  EXPECT_EQ(old->Digest(), station.database->Digest());
}

/// A lost tail is noticed before anything is emptied: the old rows are the proof of it.
TEST(Replay, RefusesAStateAheadOfItsLedgerInWhateverShape) {
  Station station;
  SayMuch(station);
  auto old = EmptyState(station, "old");
  ASSERT_TRUE(Replay(*station.ledger, *old, {}).ok());
  GiveAnotherShape(old, station.directory.path() / "old");
  old = EmptyState(station, "old");
  station.disk->records.resize(3);
  station.Reopen();
  const auto report = Replay(*station.ledger, *old, {});
  EXPECT_EQ(ReasonOf(report.status()), v1::ERROR_REASON_LEDGER_TAIL_LOST);
  EXPECT_EQ(old->Position(), 5u);
  EXPECT_FALSE(old->HasThisShape());
}

TEST(Replay, RefusesTheStateOfAnotherLedger) {
  Station station;
  Station other;
  const auto report = Replay(*other.ledger, *station.database, {});
  EXPECT_EQ(ReasonOf(report.status()), v1::ERROR_REASON_STATE_CORRUPT);
}

/// A backup that was put back and then written to again has other records at the same positions.
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
