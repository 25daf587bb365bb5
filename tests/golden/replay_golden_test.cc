#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "broker/audit/audit_log.h"
#include "broker/ledger/record.h"
#include "broker/machine/feed_name.h"
#include "broker/machine/reach.h"
#include "broker/machine/rows.h"
#include "broker/model/limits.h"
#include "broker/sequencer/past.h"
#include "tests/doubles/hex.h"
#include "tests/machine/world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

/// A ledger as each behaviour version wrote it, one header a line in hexadecimal. Made once by Tell
/// below and kept: what it means may never change (P8, law 10).
/// The state each means in today's shape. If a digest changes, what lies on disks was written
/// otherwise: raise state::kShape and kShapeOfDigests with it.
struct Golden {
  const char* file;
  const char* root;
  const char* state_digest;
};
constexpr std::uint32_t kShapeOfDigests = 8;
constexpr Golden kGolden[] = {
    {"ledger_v1.hex", "66bc5db77bc71e9b335447291e5f6d62a907901ae8ed076607dcf8b87059c304",
     "f019cffe9794cdb4f43ea73c1e6bcfd7cf8bf43818f0fc22e6980238104fade6"},
    {"ledger_v2.hex", "1f1082d2228d5abc2c32afed3ba559c2632ba08e91920f75d91d65282ef8bde0",
     "90274f888ee1bbf7f4346956d418f3c9120e9c98e69485b29e4856e7da1071e8"},
    {"ledger_v3.hex", "899d6b06f9eaa5f39a0415ae973689aed621fe575dce162306bd2b3080b7f48f",
     "fd852c0555f05993a1ae78c380809a42046a26b61e089fe4d0e594eead2eca4a"},
    {"ledger_v4.hex", "d11011b60b239b9ecd099ecd2d36825f8d97c77f740a29ce76d34270cd985f98",
     "e4c4f42a99802956d49f2b8aff7d7e72d70d5db9dae0abedd09b59a274aa65cb"},
    {"ledger_v5.hex", "07631bf4c5cc6d3996479deb7829cd2bda660f1fd2c97bd62febcef3b8b869f7",
     "7d9f1c0199aa1edf8a7fb56fffcff18d6b29be1c1a7312496d087902fc938d39"},
    {"ledger_v6.hex", "4c986338cc5ac36c3b84a5729e3a057aa66d3b27f62399206caa07589a8e3f24",
     "e781a31fb02f62422cf3257e60d62e6942808943cda432b50e031826869a7d65"},
    {"ledger_v7.hex", "8696a9c0c9c5352f335e1d513f624be592858f73d8eb7eef41deffa5a5634419",
     "83991e7fb9bcf4d526f8b22965557b955db0b95580f5bc392ef17e8e289e6cfb"},
    {"ledger_v8.hex", "bd7bd17c29435e29280632b6570d2186b9fd2503cf121ca33a4934c8d7a5aafb",
     "66b370846a835e05f1bab6803866b5412411307a6a7af77946f19c6b66e6d93a"},
};

/// What everybody else has in their world, and a rule by which two reports from one agency make
/// one.
Genesis Beginning() {
  Genesis genesis;
  EXPECT_TRUE(genesis.ParseFromString(World().records.front().header.command_bytes));
  genesis.set_policy_text(genesis.policy_text() +
                          R"(composites { name: "reports" member_type: "intelligence." events: 2
  agencies: 1 within: "30d" event_type: "composite.reports.made" urgency: URGENCY_URGENT })");
  return genesis;
}

/// Back in reach, an agency tells a tear-line, and the whole waits to take its place, for whoever is
/// to have nothing to do with it once it is moved: as behaviour version 6 has it.
void TellLessThanWaits(World& world, const std::string& nominal) {
  SetSuspension back;
  back.set_agency("ct-police");
  world.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_SUSPENSION, back);
  world.PassAndPulse(0);
  const std::string session = world.OpenSession("probation/chair");
  const std::string event_id = world.NextEventId();
  Publish event = world.Event(nominal);
  event.mutable_label()->set_originator_controlled(true);
  SealedTearLine& tear_line = *event.add_tear_lines();
  tear_line.mutable_text()->set_ciphertext("sealed text");
  tear_line.mutable_marking()->set_tier(v1::TIER_OFFICIAL);
  tear_line.mutable_audience()->set_panels(true);
  world.Publish(event);
  CloseSession close;
  close.set_feed("probation/chair");
  close.set_session_id(session);
  world.Say(World::System("probation/chair"), COMMAND_NUMBER_CLOSE_SESSION, close);
  AmendEvent amend;
  amend.set_event_id(event_id);
  amend.mutable_terms()->set_originator_controlled(false);
  Actor author = World::System("ct-police/intel");
  author.set_purpose("correction");
  world.Say(author, COMMAND_NUMBER_AMEND_EVENT, amend);
}

/// A post that was kept out by mistake is let see again, and told what it was not; a report is
/// commissioned, and ended by its time; offices in a case are handed on: as behaviour version 6 has
/// it.
void RaiseCommissionAndHandOn(World& world, const std::string& nominal,
                              const std::string& case_id) {
  Actor chair = World::System("probation/chair");
  chair.set_purpose("public-protection");
  LimitAccess limit;
  limit.set_nominal_id(nominal);
  limit.add_excluded("police/panel");
  EXPECT_EQ(world.Say(chair, COMMAND_NUMBER_LIMIT_ACCESS, limit).sentence, "");
  world.Publish(world.Event(nominal));
  limit.clear_excluded();
  EXPECT_EQ(world.Say(chair, COMMAND_NUMBER_LIMIT_ACCESS, limit).sentence, "");
  CommissionReport commission;
  commission.set_case_id(case_id);
  commission.set_writer_post("prison/security");
  commission.set_occurred_from_ms(1);
  commission.set_until_ms(world.now_ms + 1000);
  commission.set_hearing_ms(world.now_ms + 2000);
  EXPECT_EQ(world.Say(chair, COMMAND_NUMBER_COMMISSION_REPORT, commission).sentence, "");
  world.PassAndPulse(0);
  world.PassAndPulse(1000);
  ChangeCase change;
  change.set_case_id(case_id);
  change.set_supervising_post("probation/supervisor");
  EXPECT_EQ(world.Say(World::System("police/coordinator"), COMMAND_NUMBER_CHANGE_CASE, change).sentence,
            "");
  NameAccountable name;
  name.set_case_id(case_id);
  name.set_post("ct-police/intel");
  EXPECT_EQ(
      world.Say(World::System("probation/coordinator"), COMMAND_NUMBER_NAME_ACCOUNTABLE, name).sentence,
      "");
  world.PassAndPulse(0);
}

/// A number is nobody's any more, says whoever asserted it, and says by what to find that again; the
/// certificates of all who act for a post end, and one is renewed: as behaviour version 7 has it.
void CorrectAndRunOut(World& world) {
  Actor author = World::System("police/coordinator");
  author.set_purpose("public-protection");
  author.set_correlation_id("golden-7");
  CorrectIdentifier correct;
  *correct.mutable_identifier() = World::Number(2);
  correct.set_status(v1::IDENTIFIER_STATUS_IN_ERROR);
  correct.set_because(v1::IDENTIFIER_CORRECTION_MISTYPED);
  EXPECT_EQ(world.Say(author, COMMAND_NUMBER_CORRECT_IDENTIFIER, correct).sentence, "");
  Actor deputy = World::Holder("police/panel");
  deputy.set_member("panel-deputy");
  OpenSession open;
  open.set_feed("police/panel");
  open.set_window_messages(100);
  open.set_window_bytes(model::kWindowBytesMin);
  for (const Actor& actor : {World::Holder("police/panel"), deputy, World::System("police/panel")}) {
    open.set_certificate_until_ms(world.now_ms + 1000);
    EXPECT_EQ(world.Say(actor, COMMAND_NUMBER_OPEN_SESSION, open).sentence, "");
  }
  world.PassAndPulse(1000 + model::kCertificateWait.count());
  world.PassAndPulse(0);
  EXPECT_EQ(OutOfReach("police/panel", world.state), v1::RULE_REASON_RECIPIENT_UNCERTIFIED);
  open.set_certificate_until_ms(world.now_ms + 1000);
  EXPECT_EQ(world.Say(World::System("police/panel"), COMMAND_NUMBER_OPEN_SESSION, open).sentence, "");
  world.PassAndPulse(0);
}

/// A subscription of a post's to what is about a nominal; its feed.
std::string WishFor(World& world, const std::string& post, const std::string& nominal) {
  CreateSubscription wish;
  wish.mutable_selector()->add_nominal_ids(model::NominalId::FromBytes(nominal)->Text());
  wish.set_from(v1::START_FROM_NOW);
  const Applied made = world.Say(World::System(post), COMMAND_NUMBER_CREATE_SUBSCRIPTION, wish);
  EXPECT_EQ(made.sentence, "");
  return SubscriptionFeed(post, model::SubscriptionId::Parse(made.made_id)->Bytes());
}

/// Two are taken for one person whose case names a supervisor, and parted again: who was named for
/// the one meanwhile supervises it, and subscriptions have nothing of whom they name no more, be it
/// out or waiting: as behaviour version 8 has it.
void Part(World& world, const std::string& nominal) {
  world.PutInForce(R"(id: "wishes" version: 9 purpose: "For tests."
rules { id: "G2" kind: RULE_KIND_GRANT level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW
  when { recipient { role: [POST_ROLE_STRATEGIC_BOARD, POST_ROLE_INFORMATION_GOVERNANCE] } } })" +
                   World::PanelRules());
  const std::string other = world.Register(3);
  const std::string open = WishFor(world, "board/board", nominal);
  const std::string closed = WishFor(world, "desk/governance", nominal);
  world.OpenSession(open);
  EXPECT_EQ(world.Merge(other, nominal).sentence, "");
  Actor clerk = World::System("police/coordinator");
  clerk.set_purpose("public-protection");
  SetSupervisor name;
  name.set_nominal_id(other);
  name.set_post("prison/security");
  EXPECT_EQ(world.Say(clerk, COMMAND_NUMBER_SET_SUPERVISOR, name).sentence, "");
  world.Publish(world.Event(other));
  EXPECT_EQ(world.Released(open, v1::URGENCY_URGENT).size(), 1U);
  EXPECT_EQ(world.Waiting(closed, v1::URGENCY_URGENT), 1U);
  UnmergeNominals part;
  part.set_removed_id(other);
  EXPECT_EQ(world.Say(clerk, COMMAND_NUMBER_UNMERGE_NOMINALS, part).sentence, "");
  world.PassAndPulse(0);
  EXPECT_TRUE(world.DecisionFor("prison/security").has_value());
  world.OpenSession(closed);
  EXPECT_EQ(world.Waiting(closed, v1::URGENCY_URGENT), 0U);
  EXPECT_TRUE(world.Released(closed, v1::URGENCY_URGENT).empty());
}

/// What an agency told of somebody turns out to be about another; what is asked for twice waits
/// once: as behaviour version 5 has it.
void MoveToAnother(World& world, const std::string& nominal) {
  stored::v1::MoveBooking move;
  move.set_from_id(nominal);
  move.set_to_id(world.Register(2));
  move.set_until_ms(world.now_ms);
  move.set_agency("ct-police");
  move.set_reason(v1::BOOKING_MOVE_REASON_WRONG_NUMBER);
  Actor author = World::System("ct-police/intel");
  author.set_purpose("public-protection");
  world.Say(author, COMMAND_NUMBER_MOVE_BOOKING, move);
  const Applied asked = world.Say(author, COMMAND_NUMBER_MOVE_BOOKING, move);
  SecondHand second;
  second.set_pending_id(model::PendingId::Parse(asked.made_id)->Bytes());
  Actor other = World::System("desk/governance");
  other.set_purpose("public-protection");
  EXPECT_EQ(world.Say(other, COMMAND_NUMBER_SECOND_HAND, second).sentence, "");
  world.PassAndPulse(0);
}

/// A seat's agency is suspended, and what it has not read goes to others: as behaviour version 4
/// has it.
void GoOutOfReach(World& world) {
  SetSuspension suspend;
  suspend.set_agency("ct-police");
  suspend.set_suspended(true);
  world.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_SUSPENSION, suspend);
  world.Say(World::System("education/guest"), COMMAND_NUMBER_PULSE, Pulse());
}

/// A post changes hands and is taken over; another is left by everybody, and what it owes climbs at
/// once: as behaviour version 3 has it.
void ChangeHands(World& world, const std::string& nominal) {
  const auto change = [&world](const std::string& post, const std::string& holder) {
    SetPost set;
    *set.mutable_post() = world.state.Find<PostRow>(PostKey(post))->post();
    set.mutable_post()->set_holder(holder);
    if (holder.empty()) {
      set.mutable_post()->clear_deputy();
      set.mutable_post()->clear_services();
    }
    world.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, set);
  };
  change("probation/chair", "supervisor-holder");
  Actor holder = World::Holder("probation/supervisor");
  holder.set_post("probation/chair");
  holder.set_purpose("hand-over");
  Consult ask;
  ask.set_kind(CONSULTATION_KIND_HAND_OVER);
  world.Say(holder, COMMAND_NUMBER_CONSULT, ask);
  DischargeObligation taken;
  taken.set_method(DISCHARGE_METHOD_TAKEN_OVER);
  for (const auto& [id, row] : world.OpenObligations()) {
    if (row.type() == v1::OBLIGATION_TYPE_TAKE_OVER) taken.set_obligation_id(id);
  }
  world.Say(holder, COMMAND_NUMBER_DISCHARGE_OBLIGATION, taken);
  change("ct-police/accountable", "");
  world.Publish(world.Event(nominal));
  world.PassAndPulse(0);
}

/// A small history with every kind of outcome: seats, a second hand, a tear-line, a withholding
/// that escalates, a retry, a park, a read, a change of policy, a refusal and a record from the
/// future.
std::vector<ledger::StoredHeader> Tell() {
  World world(Beginning());
  const std::string nominal = world.Register(1);
  const std::string case_id = world.OpenCase(
      nominal, {{"probation/chair", v1::SEAT_KIND_CHAIR}, {"education/guest", v1::SEAT_KIND_GUEST}},
      "ct-police/accountable");
  SeatPost own;
  own.set_case_id(case_id);
  own.mutable_seat()->set_post("police/panel");
  own.mutable_seat()->set_kind(v1::SEAT_KIND_MEMBER);
  const Applied kept =
      world.Say(World::System("police/coordinator"), COMMAND_NUMBER_SEAT_POST, own);
  SecondHand second;
  second.set_pending_id(model::PendingId::Parse(kept.made_id)->Bytes());
  world.Say(World::System("probation/coordinator"), COMMAND_NUMBER_SECOND_HAND, second);

  const std::string session = world.OpenSession("probation/chair");
  world.OpenSession("ct-police/accountable");
  Publish event = world.Event(nominal);
  event.mutable_label()->set_originator_controlled(true);
  SealedTearLine& tear_line = *event.add_tear_lines();
  tear_line.mutable_text()->set_ciphertext("sealed text");
  tear_line.mutable_marking()->set_tier(v1::TIER_OFFICIAL);
  tear_line.mutable_audience()->set_panels(true);
  world.Publish(event);
  event = world.Event(nominal);
  event.mutable_label()->set_originator_controlled(true);
  world.Publish(event);
  world.Publish(world.Event(nominal), "prison/security");

  Retry retry;
  retry.set_feed("probation/chair");
  retry.set_session_id(session);
  retry.set_lane(v1::URGENCY_URGENT);
  retry.set_sequence(1);
  retry.set_delay_ms(1000);
  world.Say(World::System("probation/chair"), COMMAND_NUMBER_RETRY, retry);
  world.PassAndPulse(1000);
  world.Acknowledge("probation/chair", session, v1::URGENCY_URGENT, {1});
  Park park;
  park.set_feed("probation/chair");
  park.set_session_id(session);
  park.set_lane(v1::URGENCY_URGENT);
  park.set_sequence(2);
  world.Say(World::System("probation/chair"), COMMAND_NUMBER_PARK, park);
  world.PassAndPulse(5ll * 60 * 60 * 1000);
  ReadItem read;
  read.set_feed("ct-police/accountable");
  read.set_lane(v1::URGENCY_URGENT);
  read.set_sequence(1);
  world.Say(World::Holder("ct-police/accountable"), COMMAND_NUMBER_READ, read);
  world.Say(World::System("education/guest"), COMMAND_NUMBER_PULSE, Pulse());
  ChangeHands(world, nominal);
  GoOutOfReach(world);
  TellLessThanWaits(world, nominal);
  RaiseCommissionAndHandOn(world, nominal, case_id);
  MoveToAnother(world, nominal);
  CorrectAndRunOut(world);
  Part(world, nominal);
  world.Say(World::Broker(), static_cast<CommandNumber>(999), std::string("from the future"));
  return world.records;
}

std::vector<ledger::StoredHeader> ReadLedger(const std::string& name) {
  std::vector<ledger::StoredHeader> records;
  std::ifstream file(TEARLINE_SOURCE_DIR "/tests/golden/" + name);
  for (std::string line; std::getline(file, line);) {
    ledger::StoredHeader record;
    record.bytes = doubles::FromHex(line);
    record.digest = crypto::Sha256(record.bytes);
    record.header = *ledger::DecodeHeader(record.bytes);
    records.push_back(std::move(record));
  }
  return records;
}

TEST(ReplayGolden, MeansTodayWhatItMeantYesterday) {
  EXPECT_EQ(state::kShape, kShapeOfDigests);
  for (const Golden& golden : kGolden) {
    const std::vector<ledger::StoredHeader> records = ReadLedger(golden.file);
    ASSERT_GT(records.size(), 15u) << "the golden ledger is in the tree";
    const doubles::MemoryState state = Replay(records);
    EXPECT_EQ(audit::AuditTree(state).RootAt(records.size()).Hex(), golden.root) << golden.file;
    EXPECT_EQ(state.Digest().Hex(), golden.state_digest) << golden.file;
  }
}

/// P4. Whatever version decided, today's judgement of the facts of then gives what was recorded,
/// but for what no policy decided: a simulation, and an auditor's replay, can speak of all of it.
TEST(ReplayGolden, EveryDecisionIsMadeAgainAsItWasRecorded) {
  for (const Golden& golden : kGolden) {
    Machine machine;
    doubles::MemoryState state;
    sequencer::PastJudge judge(nullptr);
    int again = 0;
    for (const ledger::StoredHeader& record : ReadLedger(golden.file)) {
      state::Batch batch(state);
      machine.Apply(record, batch);
      const model::Position position = record.header.position;
      for (const Detail& detail : audit::DetailsAt(position, batch)) {
        if (!detail.has_decision()) continue;
        if (detail.decision().shortfall() == v1::RULE_REASON_WITHDRAWN) continue;
        const auto judged = judge.Judge(detail.decision(), record.header.stamp_ms, batch);
        EXPECT_TRUE(judged.as_recorded) << golden.file << ", position " << position << ", "
                                        << detail.decision().post() << ": " << judged.because;
        ++again;
      }
      state.Commit(batch);
    }
    EXPECT_GT(again, 10) << golden.file;
  }
}

/// The same history told today lies in the same bytes.
TEST(ReplayGolden, IsWrittenTodayAsItWasYesterday) {
  const std::vector<ledger::StoredHeader> golden = ReadLedger("ledger_v8.hex");
  const std::vector<ledger::StoredHeader> today = Tell();
  ASSERT_EQ(today.size(), golden.size());
  for (std::size_t i = 0; i < today.size(); ++i) {
    EXPECT_EQ(doubles::ToHex(today[i].bytes), doubles::ToHex(golden[i].bytes))
        << "position " << i + 1;
  }
}

}  // namespace
}  // namespace tearline::machine
