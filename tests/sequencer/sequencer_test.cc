#include "broker/sequencer/sequencer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <set>
#include <thread>
#include <vector>

#include "broker/machine/machine.h"
#include "broker/model/limits.h"
#include "broker/sequencer/make_proposal.h"
#include "broker/sequencer/prepare_identifier.h"
#include "broker/sequencer/prepare_publish.h"
#include "broker/sequencer/replay.h"
#include "tests/sequencer/station.h"

namespace tearline::sequencer {
namespace {

using testing::ElementsAre;

Proposal With(Proposal proposal, std::function<void(const Result<machine::Applied>&)> done) {
  proposal.done = std::move(done);
  return proposal;
}

/// Registers a nominal, opens a case with ct-police answerable, and publishes about the nominal.
void PublishWithDuty(Station& station) {
  v1::RegisterNominalRequest request;
  *request.add_identifiers() = Station::Item("x").event().nominals(0).identifier();
  const stored::v1::Actor coordinator = Station::Holder("police/coordinator");
  const machine::Applied nominal =
      station.Say(*PrepareRegister(request, coordinator, station.Bench()));

  stored::v1::OpenCase open;
  open.mutable_case_()->set_nominal_id(nominal.made_id);
  open.mutable_case_()->set_category(v1::MAPPA_CATEGORY_4);
  open.mutable_case_()->set_level(v1::MAPPA_LEVEL_3);
  open.mutable_case_()->set_lead_agency("probation");
  open.mutable_case_()->set_area("london");
  const machine::Applied opened =
      station.Say(coordinator, stored::v1::COMMAND_NUMBER_OPEN_CASE, open);

  stored::v1::NameAccountable accountable;
  accountable.set_case_id(model::CaseId::Parse(opened.made_id)->Bytes());
  accountable.set_post("ct-police/accountable");
  station.Say(coordinator, stored::v1::COMMAND_NUMBER_NAME_ACCOUNTABLE, accountable);
  station.Say(
      *PreparePublish(Station::Item("r1"), Station::System("ct-police/intel"), station.Bench()));
}

/// One proposal of police's, which the writer waits with for the ledger until that is let go.
void HoldTheWriter(Station& station, Sequencer& sequencer, Answers& answers) {
  station.ledger->Hold();
  sequencer.Propose(With(Station::Harmless("police/panel"), answers.Next()));
  station.ledger->AwaitHeld();
}

/// The queue of police takes not one more, that of probation does; once the writer goes on, all
/// that was taken is recorded.
void ExpectFull(Station& station, Sequencer& sequencer, Answers& answers,
                const std::function<Proposal(const char*)>& proposal_of) {
  Answers one_more;
  sequencer.Propose(With(proposal_of("police/panel"), one_more.Next()));
  EXPECT_EQ(ReasonOf(one_more.All()[0].status()), v1::ERROR_REASON_TOO_BUSY);
  Answers another;
  sequencer.Propose(With(proposal_of("probation/chair"), another.Next()));
  station.ledger->LetGo();
  EXPECT_TRUE(another.All()[0].ok());
  for (const auto& answer : answers.All()) EXPECT_TRUE(answer.ok());
}

TEST(Sequencer, AnswersWhenTheRecordIsKeptAndTheViewShowsIt) {
  Station station;
  Sequencer& sequencer = station.Start();
  model::Position tip_when_answered = 0;
  model::Position view_when_answered = 0;
  Answers answers;
  const auto keep = answers.Next();
  sequencer.Propose(With(Station::Harmless("police/panel"), [&](const auto& answer) {
    tip_when_answered = station.ledger->Tip();
    view_when_answered = sequencer.View()->position();
    keep(answer);
  }));
  const auto all = answers.All();
  ASSERT_TRUE(all[0].ok());
  EXPECT_EQ(all[0]->outcome, audit::Outcome::kApplied);
  EXPECT_EQ(all[0]->position, 2u);  // after genesis
  EXPECT_EQ(tip_when_answered, 2u);
  EXPECT_EQ(view_when_answered, 2u);
}

TEST(Sequencer, WhatWaitsTogetherIsAppendedWithOneSync) {
  Station station;
  Sequencer& sequencer = station.Start();
  Answers answers;
  HoldTheWriter(station, sequencer, answers);
  for (int i = 0; i < 50; ++i) {
    sequencer.Propose(With(Station::Harmless("police/panel"), answers.Next()));
  }
  station.ledger->LetGo();
  for (const auto& answer : answers.All()) EXPECT_TRUE(answer.ok());
  EXPECT_THAT(station.ledger->groups(), ElementsAre(1, 1, 50)) << "genesis, held, the rest";
  EXPECT_FALSE(answers.CameTwice());
}

/// S5. Whatever part of the group was kept, nobody hears OK, and nothing is recorded afterwards.
TEST(Sequencer, AFailedSyncAnswersNobodyOkAndStops) {
  for (std::size_t kept = 0; kept <= 3; ++kept) {
    SCOPED_TRACE(kept);
    Station station;
    Sequencer& sequencer = station.Start();
    station.ledger->Hold();
    Answers before;
    Answers failed;
    Answers behind;
    sequencer.Propose(With(Station::Harmless("police/panel"), before.Next()));
    station.ledger->AwaitHeld();
    for (int i = 0; i < 3; ++i) {
      sequencer.Propose(With(Station::Harmless("police/panel"), failed.Next()));
    }
    station.ledger->LetOneGo();
    station.ledger->AwaitHeld();
    for (int i = 0; i < 3; ++i) {
      sequencer.Propose(With(Station::Harmless("police/coordinator"), behind.Next()));
    }
    station.ledger->FailGroup(2, kept);
    station.ledger->LetGo();

    EXPECT_TRUE(before.All()[0].ok());
    for (const auto& answer : failed.All()) {
      EXPECT_EQ(ReasonOf(answer.status()), v1::ERROR_REASON_UNKNOWN_OUTCOME);
    }
    for (const auto& answer : behind.All()) {
      EXPECT_EQ(ReasonOf(answer.status()), v1::ERROR_REASON_UNAVAILABLE);
    }
    const auto late = ProposeAndWait(sequencer, Station::Harmless("police/panel"));
    EXPECT_EQ(ReasonOf(late.status()), v1::ERROR_REASON_UNAVAILABLE);
    sequencer.Drain();
    EXPECT_EQ(station.fatal.size(), 1u);
    EXPECT_FALSE(before.CameTwice() || failed.CameTwice() || behind.CameTwice());

    EXPECT_EQ(station.database->Position(), 2u);  // genesis and the one before
    station.Reopen();
    EXPECT_EQ(station.ledger->Tip(), 2 + kept);
    EXPECT_TRUE(Replay(*station.ledger, *station.database, {}).ok());
    EXPECT_EQ(station.database->Position(), station.ledger->Tip());
  }
}

/// P1. Many callers, a failure at some group, any part of it kept: what was answered is kept.
TEST(Sequencer, WhatWasAnsweredOkIsKeptWhereverItFails) {
  for (std::size_t fails_at = 1; fails_at <= 8; ++fails_at) {
    SCOPED_TRACE(fails_at);
    Station station;
    station.ledger->FailGroup(fails_at, fails_at % 3);
    Sequencer& sequencer = station.Start();
    std::vector<std::vector<model::Position>> kept(3);
    std::vector<std::thread> callers;
    for (std::vector<model::Position>& positions : kept) {
      callers.emplace_back([&sequencer, &positions] {
        while (true) {
          const auto answer = ProposeAndWait(sequencer, Station::Harmless("police/panel"));
          if (!answer.ok()) return;
          positions.push_back(answer->position);
        }
      });
    }
    for (std::thread& caller : callers) caller.join();
    station.Reopen();
    ASSERT_TRUE(Replay(*station.ledger, *station.database, {}).ok());
    std::set<model::Position> all;
    for (const auto& positions : kept) {
      for (const model::Position position : positions) {
        EXPECT_TRUE(all.insert(position).second) << "a position was answered twice";
        EXPECT_LE(position, station.ledger->Tip());
      }
    }
    EXPECT_GE(all.size(), fails_at - 1);
  }
}

TEST(Sequencer, AFencedWriterStopsAndSaysThatNothingWasRecorded) {
  Station station;
  Sequencer& sequencer = station.Start();
  const doubles::MemoryLedger other(station.disk);
  const auto answer = ProposeAndWait(sequencer, Station::Harmless("police/panel"));
  EXPECT_EQ(ReasonOf(answer.status()), v1::ERROR_REASON_UNAVAILABLE);
  sequencer.Drain();
  EXPECT_EQ(station.fatal.size(), 1u);
  EXPECT_EQ(other.Tip(), 1u);
}

TEST(Sequencer, AFullQueueRefusesAndOtherAgenciesGoOn) {
  Station station;
  Sequencer& sequencer = station.Start();
  Answers answers;
  HoldTheWriter(station, sequencer, answers);
  for (std::size_t i = 0; i < model::kAgencyQueueMax; ++i) {
    sequencer.Propose(With(Station::Harmless("police/panel"), answers.Next()));
  }
  ExpectFull(station, sequencer, answers, Station::Harmless);
}

/// Both sides of the bytes that may wait, of one agency alone.
TEST(Sequencer, AQueueFullOfBytesRefusesAndOtherAgenciesGoOn) {
  Station station;
  Sequencer& sequencer = station.Start();
  Answers answers;
  HoldTheWriter(station, sequencer, answers);
  const auto large = [](const char* post) {
    Proposal proposal = Station::Harmless(post);
    proposal.segments = {std::string(model::kEventBytesMax, 's')};
    return proposal;
  };
  // Each is a little more than its segment: one fewer fits than segments alone would.
  constexpr std::size_t kFit = model::kAgencyQueueBytesMax / model::kEventBytesMax - 1;
  for (std::size_t i = 0; i < kFit; ++i) {
    sequencer.Propose(With(large("police/panel"), answers.Next()));
  }
  ExpectFull(station, sequencer, answers, large);
}

/// As many records go with one sync as one append holds, and not more.
TEST(Sequencer, AGroupHoldsNoMoreRecordsThanOneAppend) {
  Station station;
  Sequencer& sequencer = station.Start();
  Answers answers;
  HoldTheWriter(station, sequencer, answers);
  for (const char* post : {"police/panel", "probation/chair"}) {
    for (std::size_t i = 0; i < model::kAppendRecordsMax / 2 + 100; ++i) {
      sequencer.Propose(With(Station::Harmless(post), answers.Next()));
    }
  }
  station.ledger->LetGo();
  for (const auto& answer : answers.All()) EXPECT_TRUE(answer.ok());
  std::size_t largest = 0;
  for (const std::size_t records : station.ledger->groups()) largest = std::max(largest, records);
  EXPECT_LE(largest, model::kAppendRecordsMax);
  EXPECT_GT(largest, model::kAppendRecordsMax * 3 / 4) << "and it is used";
}

/// S6. A flood of one agency costs another no more than one turn.
TEST(Sequencer, AFloodDelaysAnotherAgencyByOneTurn) {
  Station station;
  Sequencer& sequencer = station.Start();
  Answers answers;
  HoldTheWriter(station, sequencer, answers);
  for (int i = 0; i < 500; ++i) {
    sequencer.Propose(With(Station::Harmless("police/panel"), answers.Next()));
  }
  Answers other;
  sequencer.Propose(With(Station::Harmless("probation/chair"), other.Next()));
  station.ledger->LetGo();
  EXPECT_LE(other.All()[0]->position, 4u);  // genesis, the held one, one of the flood
  answers.All();
}

TEST(Sequencer, AHeaderMayBeAsLargeAsTheLimitAndNoLarger) {
  Station station;
  Sequencer& sequencer = station.Start();
  Proposal proposal = Station::Harmless("police/panel");
  const std::size_t actor = proposal.actor.SerializeAsString().size();
  proposal.command_bytes.assign(model::kHeaderBytesMax - kHeaderFixedBytes - actor, 'x');
  Proposal larger = proposal;
  larger.command_bytes += 'x';

  const auto refused = ProposeAndWait(sequencer, std::move(larger));
  EXPECT_EQ(ReasonOf(refused.status()), v1::ERROR_REASON_LIMIT_PASSED);
  EXPECT_EQ(station.ledger->Tip(), 1u);
  EXPECT_TRUE(ProposeAndWait(sequencer, std::move(proposal)).ok());  // recorded, whatever it means
  EXPECT_EQ(station.ledger->Tip(), 2u);
}

TEST(Sequencer, OnlyAGenesisBeginsALedgerAndOnlyOnce) {
  Station station(/*with_genesis=*/false);
  Sequencer& sequencer = station.Start();
  EXPECT_EQ(ReasonOf(ProposeAndWait(sequencer, Station::Harmless("police/panel")).status()),
            v1::ERROR_REASON_GENESIS_MISSING);
  EXPECT_EQ(station.ledger->Tip(), 0u);
  const auto genesis = [] {
    return MakeProposal(BrokerActor(), stored::v1::COMMAND_NUMBER_GENESIS, Station::MakeGenesis());
  };
  EXPECT_TRUE(ProposeAndWait(sequencer, genesis()).ok());
  EXPECT_EQ(ReasonOf(ProposeAndWait(sequencer, genesis()).status()),
            v1::ERROR_REASON_GENESIS_EXISTS);
  EXPECT_EQ(station.ledger->Tip(), 1u);
}

/// S7. A deadline fires through a record of the broker's own, and nothing is recorded for nothing.
TEST(Sequencer, APulseIsRecordedWhenADeadlineIsDueAndOnlyThen) {
  Station station;
  station.Start();
  PublishWithDuty(station);
  const model::Position published = station.ledger->Tip();
  station.clock.Pass(4 * 3'600'000 - 1);
  std::this_thread::sleep_for(std::chrono::milliseconds(250));
  EXPECT_EQ(station.ledger->Tip(), published);

  station.clock.Pass(1);
  ASSERT_TRUE(station.AwaitTip(published + 1));
  const ledger::Header pulse = station.HeaderAt(published + 1);
  EXPECT_EQ(pulse.command, stored::v1::COMMAND_NUMBER_PULSE);
  EXPECT_EQ(pulse.stamp_ms, Station::kStartMs + 4 * 3'600'000);
  std::this_thread::sleep_for(std::chrono::milliseconds(250));
  EXPECT_EQ(station.ledger->Tip(), published + 1);  // the next step of escalation is an hour away
}

TEST(Sequencer, TellsItsListenerInWhichFeedsItemsWereLetGo) {
  Station station;
  Sequencer& sequencer = station.Start();
  station.Say(Station::Harmless("ct-police/accountable"));
  std::mutex mutex;
  std::set<std::string> touched;
  sequencer.Listen([&](const std::set<std::string>& feeds, machine::Change) {
    const std::lock_guard<std::mutex> lock(mutex);
    touched.insert(feeds.begin(), feeds.end());
  });
  PublishWithDuty(station);
  sequencer.Drain();
  EXPECT_THAT(touched, ElementsAre("ct-police/accountable"));
}

/// S9. Whoever hears that access changed knows that everybody else was told before.
TEST(Sequencer, MakesAChangeOfAccessKnownBeforeItAnswers) {
  Station station;
  Sequencer& sequencer = station.Start();
  std::mutex mutex;
  std::vector<std::string> heard;
  const auto hear = [&](const char* word) {
    const std::lock_guard<std::mutex> lock(mutex);
    heard.emplace_back(word);
  };
  sequencer.Listen([&](const std::set<std::string>&, machine::Change change) {
    if (change == machine::Change::kAccess) hear("told");
  });
  stored::v1::SetSuspension command;
  command.set_agency("police");
  command.set_suspended(true);
  Proposal suspension = MakeProposal(Station::System("desk/operator"),
                                     stored::v1::COMMAND_NUMBER_SET_SUSPENSION, command);
  suspension.done = [&](const Result<machine::Applied>& applied) {
    hear(applied.ok() && applied->access_changed ? "answered" : "refused");
  };
  sequencer.Propose(std::move(suspension));
  sequencer.Drain();
  EXPECT_THAT(heard, ElementsAre("told", "answered"));
}

TEST(Sequencer, DrainingFinishesWhatWaitsAndRefusesWhatComes) {
  Station station;
  Sequencer& sequencer = station.Start();
  station.ledger->Hold();
  Answers answers;
  for (int i = 0; i < 20; ++i) {
    sequencer.Propose(With(Station::Harmless("police/panel"), answers.Next()));
  }
  std::thread draining([&sequencer] { sequencer.Drain(); });
  station.ledger->LetGo();
  draining.join();
  for (const auto& answer : answers.All()) EXPECT_TRUE(answer.ok());
  EXPECT_EQ(ReasonOf(ProposeAndWait(sequencer, Station::Harmless("police/panel")).status()),
            v1::ERROR_REASON_UNAVAILABLE);
  EXPECT_EQ(station.ledger->Tip(), 21u);
}

}  // namespace
}  // namespace tearline::sequencer
