#include "broker/machine/office.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "broker/machine/obligation.h"
#include "broker/model/limits.h"
#include "tests/machine/action_world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;
using testing::Contains;
using testing::IsEmpty;
using testing::Not;

constexpr std::int64_t kHourMs = 3'600'000;
constexpr char kNext[] = "prison/security";

/// The world of one panel, whose accountable officer changes.
struct OfficeWorld : ActionWorld {
  explicit OfficeWorld(const std::string& further_rules = "") {
    if (further_rules.empty()) return;
    PutInForce("id: \"office\" version: 2" + PanelRules() + further_rules);
  }

  Applied Name(const std::string& post) {
    NameAccountable command;
    command.set_case_id(case_id);
    command.set_post(post);
    command.set_with_history(true);
    return Say(System("police/coordinator"), COMMAND_NUMBER_NAME_ACCOUNTABLE, command);
  }
  /// What was recorded before is judged for whoever it is to be judged for.
  void Settle() {
    for (int i = 0; i < 8 && NextDeadlineMs(state) <= now_ms; ++i) PassAndPulse(0);
  }
  /// What a post owes of a type; nothing if it owes none, or several.
  std::optional<ObligationRow> OwedBy(const std::string& post, v1::ObligationType type) const {
    std::optional<ObligationRow> owed;
    for (const auto& [id, row] : OpenObligations()) {
      if (row.type() != type || row.debtor_post() != post) continue;
      if (owed) return std::nullopt;
      owed = row;
    }
    return owed;
  }
  std::size_t Count(v1::ObligationType type) const {
    std::size_t count = 0;
    for (const auto& [id, row] : OpenObligations()) count += row.type() == type ? 1 : 0;
    return count;
  }
  void ExpectReplays() const { EXPECT_EQ(Replay(records).Digest().Hex(), state.Digest().Hex()); }
};

constexpr v1::ObligationType kRead = v1::OBLIGATION_TYPE_READ;
constexpr v1::ObligationType kSanitise = v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW;
constexpr v1::ObligationType kArrived = v1::OBLIGATION_TYPE_HISTORY_ARRIVED;

/// Three of four hours are left to read it: the next officer has them, and gets it at once.
TEST(Office, HandsOnWhatMustBeReadAndTheTimeThatIsLeft) {
  OfficeWorld world;
  world.OpenSession(kNext);
  world.PublishOne();
  const std::int64_t due_ms = world.now_ms + 4 * kHourMs;
  ASSERT_EQ(world.OwedBy(OfficeWorld::kAccountable, kRead)->due_ms(), due_ms);
  world.PassAndPulse(kHourMs);
  ASSERT_EQ(world.Name(kNext).sentence, "");
  EXPECT_THAT(world.Inbox(kNext), Contains("event full"));
  EXPECT_FALSE(world.OwedBy(OfficeWorld::kAccountable, kRead)) << "who answers no longer";
  ASSERT_TRUE(world.OwedBy(kNext, kRead));
  EXPECT_EQ(world.OwedBy(kNext, kRead)->due_ms(), due_ms);
  world.Settle();
  EXPECT_EQ(world.Count(kArrived), 0u) << "what must be read needs no chair to look at it";
  EXPECT_EQ(world.Count(kRead), 1u);
  EXPECT_EQ(world.Set(world.To(v1::MAPPA_LEVEL_2)).reason, v1::ERROR_REASON_WORK_OPEN)
      << "the gate counts it as before";
  world.PassAndPulse(3 * kHourMs);
  EXPECT_EQ(world.OwedBy(kNext, kRead)->stage(), 1u) << "due when it was due";
  world.ExpectReplays();
}

/// What was overdue is; a change of officer gives nobody time.
TEST(Office, HandsOnWhatIsOverdueAsOverdue) {
  OfficeWorld world;
  world.PublishOne();
  world.PassAndPulse(5 * kHourMs);
  ASSERT_EQ(world.Name(kNext).sentence, "");
  EXPECT_EQ(world.OwedBy(kNext, kRead)->due_ms(), world.now_ms);
  world.PassAndPulse(0);
  EXPECT_EQ(world.OwedBy(kNext, kRead)->stage(), 1u);
}

/// Whoever has read it, or still sits on the panel, is asked nothing anew.
TEST(Office, HandsOnNothingThatWasRead) {
  OfficeWorld world;
  world.PublishOne();
  world.OpenSession(OfficeWorld::kAccountable);
  for (const auto& [number, item] : world.Released(OfficeWorld::kAccountable, OfficeWorld::kLane)) {
    if (item.kind() != ITEM_KIND_EVENT) continue;
    ReadItem read;
    read.set_feed(OfficeWorld::kAccountable);
    read.set_lane(OfficeWorld::kLane);
    read.set_sequence(number);
    world.Say(World::Holder(OfficeWorld::kAccountable), COMMAND_NUMBER_READ, read);
  }
  ASSERT_EQ(world.Count(kRead), 0u);
  ASSERT_EQ(world.Name(kNext).sentence, "");
  world.Settle();
  EXPECT_EQ(world.Count(kRead), 0u);
  EXPECT_EQ(world.Count(kArrived), 1u) << "it comes late, as ever, and the chair is told";
}

/// P3. Who comes received it, and would be told nothing of it now: it reads what it received, in
/// the time that is left. Kept out of the person, it is asked to read nothing, and what is owed is
/// seen to otherwise.
TEST(Office, HandsOnWhatWasReceivedThoughItWouldBeWithheldNow) {
  for (const bool kept_out : {false, true}) {
    OfficeWorld world;
    SeatPost seat;
    seat.set_case_id(world.case_id);
    seat.mutable_seat()->set_post(kNext);
    seat.mutable_seat()->set_kind(v1::SEAT_KIND_MEMBER);
    ASSERT_EQ(
        world.Say(World::System("police/coordinator"), COMMAND_NUMBER_SEAT_POST, seat).sentence,
        "");
    const std::string session = world.OpenSession(kNext);
    world.PublishOne();
    const std::int64_t due_ms = world.now_ms + 4 * kHourMs;
    const auto released = world.Released(kNext, OfficeWorld::kLane);
    ASSERT_EQ(released.size(), 1u);
    world.Acknowledge(kNext, session, OfficeWorld::kLane, {released.begin()->first});
    ASSERT_FALSE(world.OwedBy(kNext, kRead));
    world.PutInForce("id: \"narrower\" version: 3" + World::PanelRules() + R"(
rules { id: "A1" kind: RULE_KIND_CAP_ABSOLUTE level: LEVEL_WITHHELD reason: RULE_REASON_)" +
                     (kept_out ? "ACCESS_LIMITED" : "CLEARANCE") +
                     R"( when { recipient { agency_kind: AGENCY_KIND_PRISON } } })");
    world.PassAndPulse(kHourMs);
    ASSERT_EQ(world.Name(kNext).sentence, "");
    EXPECT_FALSE(world.OwedBy(OfficeWorld::kAccountable, kRead));
    EXPECT_EQ(world.OwedBy(kNext, kRead).has_value(), !kept_out);
    world.Settle();
    EXPECT_EQ(world.Count(kRead) + world.Count(kSanitise), 1u) << "somebody sees to it";
    if (!kept_out) {
      EXPECT_EQ(world.OwedBy(kNext, kRead)->due_ms(), due_ms);
    }
    world.ExpectReplays();
  }
}

/// What the one was to sanitise or review is the other's, due as it was.
TEST(Office, HandsOnWhatIsOwedAboutTheCase) {
  OfficeWorld world;
  world.OpenSession(kNext);
  world.PublishControlled();
  const auto before = world.OwedBy(OfficeWorld::kAccountable, kSanitise);
  ASSERT_TRUE(before);
  world.PassAndPulse(kHourMs);
  ASSERT_EQ(world.Name(kNext).sentence, "");
  EXPECT_FALSE(world.OwedBy(OfficeWorld::kAccountable, kSanitise));
  const auto after = world.OwedBy(kNext, kSanitise);
  ASSERT_TRUE(after);
  EXPECT_EQ(after->due_ms(), before->due_ms());
  EXPECT_EQ(after->escalate_every_ms(), before->escalate_every_ms());
  EXPECT_EQ(after->accountable_post(), kNext);
  EXPECT_EQ(after->owed_posts(0), OfficeWorld::kChair);
  EXPECT_THAT(world.Inbox(kNext), Contains("obligation sanitise-or-review"));
  world.Settle();
  EXPECT_EQ(world.Count(kSanitise), 1u);
  world.ExpectReplays();
}

/// P6. What is withheld from who comes is not theirs to see to, and they hear nothing of it.
TEST(Office, HandsOnNothingThatIsWithheldFromWhoComes) {
  OfficeWorld world(R"(
rules { id: "A1" kind: RULE_KIND_CAP_ABSOLUTE level: LEVEL_WITHHELD
  reason: RULE_REASON_ACCESS_LIMITED when { recipient { excluded: true } } })");
  LimitAccess limit;
  limit.set_nominal_id(world.nominal);
  limit.add_excluded(kNext);
  Actor asking = World::System("police/coordinator");
  asking.set_purpose("public-protection");
  ASSERT_EQ(world.Say(asking, COMMAND_NUMBER_LIMIT_ACCESS, limit).sentence, "");
  world.OpenSession(kNext);
  world.PublishControlled();
  ASSERT_TRUE(world.OwedBy(OfficeWorld::kAccountable, kSanitise));
  ASSERT_EQ(world.Name(kNext).sentence, "");
  world.Settle();
  EXPECT_FALSE(world.OwedBy(OfficeWorld::kAccountable, kSanitise));
  EXPECT_FALSE(world.OwedBy(kNext, kSanitise));
  EXPECT_FALSE(world.OwedBy(kNext, kRead));
  EXPECT_THAT(world.Inbox(kNext), Not(Contains("event full")));
  EXPECT_THAT(world.Inbox(kNext), Not(Contains("obligation sanitise-or-review")));
  for (const auto& [id, row] : world.OpenObligations()) {
    if (row.type() != kSanitise) continue;
    EXPECT_EQ(row.debtor_post(), OfficeWorld::kIntel) << "whoever published it";
    EXPECT_NE(row.accountable_post(), kNext);
  }
  EXPECT_GT(world.Count(kSanitise), 0u);
  world.ExpectReplays();
}

/// Of a panel without a chair: what arrived, and what a fact left open, in the time that is left.
TEST(Office, HandsOnWhatWhoeverAnswersForTheCaseOwes) {
  OfficeWorld world;
  SeatPost unseat;
  unseat.set_case_id(world.case_id);
  unseat.mutable_seat()->set_post(OfficeWorld::kChair);
  unseat.set_leave(true);
  const Actor coordinator = World::System("police/coordinator");
  ASSERT_EQ(world.Say(coordinator, COMMAND_NUMBER_SEAT_POST, unseat).sentence, "");
  SetPost intake;
  *intake.mutable_post() = world.state.Find<PostRow>(PostKey(OfficeWorld::kIntel))->post();
  intake.mutable_post()->add_roles(v1::POST_ROLE_INTAKE);
  ASSERT_EQ(world.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, intake).sentence,
            "");
  stored::v1::Publish imported = world.Event(world.nominal);
  imported.set_imported(true);
  ASSERT_EQ(world.World::Publish(imported).sentence, "");
  const std::string action =
      model::ActionId::Parse(world.Add(world.Asked(), "police/coordinator").made_id)->Bytes();
  SetLevel fact = world.To(v1::MAPPA_LEVEL_1);
  fact.set_as_fact(true);
  ASSERT_EQ(world.Set(fact, ActionWorld::Feed()).sentence, "");
  constexpr v1::ObligationType kSeeTo = v1::OBLIGATION_TYPE_SEE_TO_OPEN_WORK;
  for (const v1::ObligationType type : {kArrived, kSeeTo}) {
    ASSERT_TRUE(world.OwedBy(OfficeWorld::kAccountable, type)) << type;
  }
  const std::int64_t arrived_due_ms = world.OwedBy(OfficeWorld::kAccountable, kArrived)->due_ms();
  const std::int64_t see_to_due_ms = world.OwedBy(OfficeWorld::kAccountable, kSeeTo)->due_ms();
  world.now_ms += kHourMs;
  ASSERT_EQ(world.Name(kNext).sentence, "");
  world.Settle();
  for (const v1::ObligationType type : {kArrived, kSeeTo}) {
    EXPECT_FALSE(world.OwedBy(OfficeWorld::kAccountable, type)) << type;
    ASSERT_TRUE(world.OwedBy(kNext, type)) << type;
  }
  EXPECT_EQ(world.OwedBy(kNext, kArrived)->due_ms(), arrived_due_ms);
  EXPECT_EQ(world.OwedBy(kNext, kSeeTo)->due_ms(), see_to_due_ms);
  EXPECT_EQ(world.OwedBy(kNext, kSeeTo)->action_ids(0), action);
  world.EndIt(world.Ending(action, v1::ACTION_END_DONE), OfficeWorld::kMember);
  EXPECT_EQ(world.Count(kSeeTo), 0u) << "it ends with the last action, whoever owes it";
  world.ExpectReplays();
}

/// What arrived is handed on for the one panel whose chair is not told of it any more: the other
/// that the event is about has seen to it.
TEST(Office, HandsOnWhatArrivedForOnePanelAlone) {
  for (const std::uint16_t version :
       {static_cast<std::uint16_t>(kHistoryHandedOnAloneFrom - 1), kHistoryHandedOnAloneFrom}) {
    OfficeWorld world;
    world.PutInForce(R"(id: "office" version: 2
rules { id: "G1" kind: RULE_KIND_GRANT level: LEVEL_FULL reason: RULE_REASON_NEED_TO_KNOW
  when { recipient { seat: [SEAT_KIND_CHAIR, SEAT_KIND_MEMBER] } } }
rules { id: "D1" kind: RULE_KIND_DUTY level: LEVEL_FULL
  reason: RULE_REASON_ACCOUNTABLE_OFFICER_MUST_KNOW
  when { recipient { accountable_officer: true } }
  oblige { type: OBLIGATION_TYPE_READ within: "4h" } }
rules { id: "A1" kind: RULE_KIND_CAP_ABSOLUTE level: LEVEL_WITHHELD
  reason: RULE_REASON_ACCESS_LIMITED when { recipient { excluded: true } } })");
    const std::string other = world.Register(5);
    world.OpenCase(other, {{kNext, v1::SEAT_KIND_CHAIR}});
    SetPost intake;
    *intake.mutable_post() = world.state.Find<PostRow>(PostKey(OfficeWorld::kIntel))->post();
    intake.mutable_post()->add_roles(v1::POST_ROLE_INTAKE);
    world.Say(World::System("desk/operator"), COMMAND_NUMBER_SET_POST, intake);
    stored::v1::Publish imported = world.Event(world.nominal);
    imported.add_nominals()->set_nominal_id(other);
    *imported.add_segments() = imported.segments(0);
    imported.mutable_segments(1)->set_nominal_indexes(0, 1);  // each panel is told its own part
    imported.set_imported(true);
    world.OpenSession(OfficeWorld::kChair);
    ASSERT_EQ(world.World::Publish(imported).sentence, "");
    ASSERT_TRUE(world.OwedBy(OfficeWorld::kChair, kArrived));
    ASSERT_TRUE(world.Open(kArrived).contains(kNext));
    ASSERT_EQ(
        world.Discharge(world.Open(kArrived).at(kNext), DISCHARGE_METHOD_TOLD_OTHERWISE, kNext)
            .sentence,
        "");
    world.behaviour_version = version;
    LimitAccess limit;
    limit.set_nominal_id(world.nominal);
    limit.add_excluded(OfficeWorld::kChair);
    Actor asking = World::System("police/coordinator");
    asking.set_purpose("public-protection");
    ASSERT_EQ(world.Say(asking, COMMAND_NUMBER_LIMIT_ACCESS, limit).sentence, "");
    world.Settle();
    EXPECT_FALSE(world.OwedBy(OfficeWorld::kChair, kArrived));
    EXPECT_TRUE(world.OwedBy(OfficeWorld::kAccountable, kArrived));
    EXPECT_EQ(world.OwedBy(kNext, kArrived).has_value(), version < kHistoryHandedOnAloneFrom);
    world.ExpectReplays();
  }
}

/// The next officer takes it over in person; whoever is named first has nothing to take over.
TEST(Office, IsTakenOver) {
  OfficeWorld world;
  constexpr v1::ObligationType kTakeOver = v1::OBLIGATION_TYPE_TAKE_OVER;
  ASSERT_EQ(world.Name(OfficeWorld::kAccountable).sentence, "") << "as it was";
  EXPECT_EQ(world.Count(kTakeOver), 0u);
  ASSERT_EQ(world.Name(kNext).sentence, "");
  ASSERT_TRUE(world.OwedBy(kNext, kTakeOver));
  EXPECT_EQ(world.OwedBy(kNext, kTakeOver)->due_ms(),
            world.now_ms + model::kTakeOverWithin.count());
  world.now_ms += kHourMs;
  ASSERT_EQ(world.Name(OfficeWorld::kAccountable).sentence, "");
  ASSERT_EQ(world.Name(kNext).sentence, "") << "and again: one hand-over, and its time stands";
  EXPECT_EQ(world.OwedBy(kNext, kTakeOver)->due_ms(),
            world.now_ms - kHourMs + model::kTakeOverWithin.count());

  OfficeWorld first;
  first.case_id = first.OpenCase(first.Register(5), {});
  ASSERT_EQ(first.Name(kNext).sentence, "");
  EXPECT_EQ(first.Count(kTakeOver), 0u);
}

/// Law 10. Records of before mean what they meant.
TEST(Office, HandedOnNothingBefore) {
  OfficeWorld world;
  world.behaviour_version = kOfficesHandedOnFrom - 1;
  world.PublishOne();
  ASSERT_EQ(world.Name(kNext).sentence, "");
  world.Settle();
  EXPECT_TRUE(world.OwedBy(OfficeWorld::kAccountable, kRead));
  EXPECT_FALSE(world.OwedBy(kNext, kRead));
  EXPECT_EQ(world.Count(kArrived), 1u);
  EXPECT_EQ(world.Count(v1::OBLIGATION_TYPE_TAKE_OVER), 0u);
}

/// One record judges so many events; what is beyond stays with who had it, and climbs.
TEST(Office, HandsOnSoManyInOneRecord) {
  OfficeWorld world;
  for (int i = 0; i <= model::kReleaseRowsMax; ++i) world.PublishOne();
  ASSERT_EQ(world.Count(kRead), static_cast<std::size_t>(model::kReleaseRowsMax) + 1);
  ASSERT_EQ(world.Name(kNext).sentence, "");
  std::size_t handed = 0;
  for (const auto& [id, row] : world.OpenObligations()) {
    handed += row.type() == kRead && row.debtor_post() == kNext ? 1 : 0;
  }
  EXPECT_EQ(handed, static_cast<std::size_t>(model::kReleaseRowsMax));
  EXPECT_TRUE(world.OwedBy(OfficeWorld::kAccountable, kRead));
  world.ExpectReplays();
}

}  // namespace
}  // namespace tearline::machine
