#include "broker/machine/commission.h"

#include "broker/machine/case_row.h"
#include "broker/model/limits.h"
#include "tests/machine/commissioning.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

class Commission : public Commissioning {};

// -- Who and what ---------------------------------------------------------------------------------

struct Row {
  const char* what;
  void (*spoil)(CommissionReport&, std::int64_t now_ms);
  v1::ErrorReason reason;  // UNSPECIFIED: good
};

const Row kRows[] = {
    {"as asked", [](CommissionReport&, std::int64_t) {}, v1::ERROR_REASON_UNSPECIFIED},
    {"reaching back to nothing",
     [](CommissionReport& asked, std::int64_t) { asked.set_occurred_from_ms(0); },
     v1::ERROR_REASON_TIME_INVALID},
    {"reaching back to now",
     [](CommissionReport& asked, std::int64_t now_ms) { asked.set_occurred_from_ms(now_ms); },
     v1::ERROR_REASON_TIME_INVALID},
    {"reaching back a millisecond",
     [](CommissionReport& asked, std::int64_t now_ms) { asked.set_occurred_from_ms(now_ms - 1); },
     v1::ERROR_REASON_UNSPECIFIED},
    {"over already",
     [](CommissionReport& asked, std::int64_t now_ms) { asked.set_until_ms(now_ms); },
     v1::ERROR_REASON_TIME_INVALID},
    {"for a millisecond",
     [](CommissionReport& asked, std::int64_t now_ms) { asked.set_until_ms(now_ms + 1); },
     v1::ERROR_REASON_UNSPECIFIED},
    {"for a hearing in the past",
     [](CommissionReport& asked, std::int64_t now_ms) { asked.set_hearing_ms(now_ms - 1); },
     v1::ERROR_REASON_TIME_INVALID},
    {"for a hearing before its end",
     [](CommissionReport& asked, std::int64_t) { asked.set_hearing_ms(asked.until_ms() - 1); },
     v1::ERROR_REASON_TIME_INVALID},
    {"for a hearing at its end",
     [](CommissionReport& asked, std::int64_t) { asked.set_hearing_ms(asked.until_ms()); },
     v1::ERROR_REASON_UNSPECIFIED},
    {"for a hearing as far ahead as one may be",
     [](CommissionReport& asked, std::int64_t now_ms) {
       asked.set_hearing_ms(now_ms + model::kPanelDueMax.count());
     },
     v1::ERROR_REASON_UNSPECIFIED},
    {"for one a millisecond further",
     [](CommissionReport& asked, std::int64_t now_ms) {
       asked.set_hearing_ms(now_ms + model::kPanelDueMax.count() + 1);
     },
     v1::ERROR_REASON_TIME_INVALID},
    {"from a post nobody knows",
     [](CommissionReport& asked, std::int64_t) { asked.set_writer_post("prison/ghost"); },
     v1::ERROR_REASON_NOT_FOUND},
    {"from a seat",
     [](CommissionReport& asked, std::int64_t) { asked.set_writer_post("police/panel"); },
     v1::ERROR_REASON_WRONG_STATE},
    {"from the accountable officer",
     [](CommissionReport& asked, std::int64_t) { asked.set_writer_post("ct-police/accountable"); },
     v1::ERROR_REASON_WRONG_STATE},
    {"of a case that is not there",
     [](CommissionReport& asked, std::int64_t) { asked.set_case_id(std::string(16, 'x')); },
     v1::ERROR_REASON_NOT_FOUND},
    {"and ended at once",
     [](CommissionReport& asked, std::int64_t) { asked.set_end(true); },
     v1::ERROR_REASON_TIME_INVALID},
};

TEST_F(Commission, TakesWhatMakesSense) {
  for (const Row& row : kRows) {
    CommissionReport command = Asked();
    row.spoil(command, world_.now_ms);
    EXPECT_EQ(Refused(command), row.reason) << row.what;
    if (row.reason == v1::ERROR_REASON_UNSPECIFIED) Say(Ending());
  }
  ExpectReplays();
}

/// Whoever speaks for the panel, for a purpose.
TEST_F(Commission, IsTheChairsToSayOrACoordinators) {
  EXPECT_EQ(Refused(Asked(), "police/panel"), v1::ERROR_REASON_NOT_PERMITTED);
  EXPECT_EQ(Refused(Asked(), kWriter), v1::ERROR_REASON_NOT_PERMITTED);
  EXPECT_EQ(world_.Say(World::System(kChair), COMMAND_NUMBER_COMMISSION_REPORT, Asked()).reason,
            v1::ERROR_REASON_PURPOSE_REQUIRED);
  CommissionReport other = Asked();
  other.set_case_id(world_.OpenCase(world_.Register(2), {}));
  EXPECT_EQ(Refused(other), v1::ERROR_REASON_NOT_FOUND) << "the chair of another panel";
  EXPECT_EQ(Say(Asked(), "police/coordinator").sentence, "");
  EXPECT_EQ(Say(Ending(), kChair).sentence, "");
  ASSERT_EQ(Say(Asked()).sentence, "");
  EXPECT_EQ(Refused(Asked()), v1::ERROR_REASON_ALREADY_EXISTS);
  EXPECT_EQ(Say(Ending(), "police/coordinator").sentence, "");
  EXPECT_EQ(Refused(Ending()), v1::ERROR_REASON_WRONG_STATE) << "it has ended";
}

/// P10. Nobody commissions a report from their own agency alone.
TEST_F(Commission, TakesTwoHandsForAPostOfOnesOwn) {
  CommissionReport own = Asked();
  own.set_writer_post("probation/supervisor");
  EXPECT_EQ(Say(own).outcome, audit::Outcome::kAwaitsSecondHand);
  EXPECT_EQ(Case().named_posts_size(), 0);
  own.set_end(true);
  own.clear_until_ms();
  own.clear_hearing_ms();
  own.clear_occurred_from_ms();
  EXPECT_EQ(Refused(own), v1::ERROR_REASON_WRONG_STATE) << "to end it takes one";
}

TEST_F(Commission, CountsAmongThePostsThatACaseNames) {
  state::Batch batch(world_.state);
  auto row = *world_.state.Find<CaseRow>(CaseKey(case_));
  for (int i = 0; i < model::kNamedPostsMax; ++i) {
    v1::CasePost& named = *row.mutable_case_()->add_named_posts();
    named.set_post("agency/post-" + std::to_string(i));
    named.set_function(v1::CASE_FUNCTION_POLICE_OF_HOME);
  }
  batch.PutRow(CaseKey(case_), row);
  world_.state.Commit(batch);
  EXPECT_EQ(Refused(Asked()), v1::ERROR_REASON_LIMIT_PASSED);
  row.mutable_case_()->mutable_named_posts()->RemoveLast();
  state::Batch room(world_.state);
  room.PutRow(CaseKey(case_), row);
  world_.state.Commit(room);
  EXPECT_EQ(Say(Asked()).sentence, "");
}

/// NamePost has no times: it neither names a writer nor takes one away.
TEST_F(Commission, IsNoFunctionToBeNamedFor) {
  NamePost name;
  name.set_case_id(case_);
  name.mutable_named()->set_post(kWriter);
  name.mutable_named()->set_function(v1::CASE_FUNCTION_REPORT_WRITER);
  const auto say = [&] {
    return world_.Say(World::System("police/coordinator"), COMMAND_NUMBER_NAME_POST, name).reason;
  };
  EXPECT_EQ(say(), v1::ERROR_REASON_FIELD_INVALID);
  Begin();
  name.set_leave(true);
  EXPECT_EQ(say(), v1::ERROR_REASON_WRONG_STATE);
  EXPECT_EQ(Case().named_posts_size(), 1);
}

/// Law 10. What a broker that knew no writers refused stays refused.
TEST_F(Commission, IsNothingThatAnOlderPolicyCouldSpeakOf) {
  ProposePolicy propose;
  const std::string rules = PolicyOfWriters();
  propose.set_policy_text("id: \"next\" version: 2\n" + rules.substr(rules.find("rules")));
  const Actor author = World::System("desk/author");
  world_.behaviour_version = kCommissionsFrom - 1;
  const Applied then = world_.Say(author, COMMAND_NUMBER_PROPOSE_POLICY, propose);
  EXPECT_EQ(then.reason, v1::ERROR_REASON_POLICY_INVALID);
  EXPECT_NE(then.sentence.find("CASE_FUNCTION_REPORT_WRITER"), std::string::npos) << then.sentence;
  world_.behaviour_version = kCommissionsFrom;
  const Applied now = world_.Say(author, COMMAND_NUMBER_PROPOSE_POLICY, propose);
  EXPECT_EQ(now.sentence.find("CASE_FUNCTION_REPORT_WRITER"), std::string::npos) << now.sentence;
}

// -- What comes -----------------------------------------------------------------------------------

/// What was recorded comes once, late, as far back as the commission reaches; what is published
/// meanwhile, at once; nothing else.
TEST_F(Commission, BringsWhatOccurredSinceItReachesBackAndNothingElse) {
  const std::int64_t reach_ms = 730 * kDayMs;
  const std::string last = Tell(reach_ms);
  Tell(reach_ms + 1);
  const std::string recent = Tell();
  world_.Publish(world_.Event(nominal_), kOwner);  // intelligence: no security report
  EXPECT_FALSE(world_.DecisionFor(kWriter)) << "before it is commissioned";
  world_.OpenSession(kWriter);
  Begin();
  EXPECT_EQ(Out(), (std::vector<std::string>{last, recent}));
  for (const auto& [number, item] : world_.Released(kWriter, kUrgent)) {
    if (item.kind() != ITEM_KIND_EVENT) continue;
    EXPECT_TRUE(item.late());
  }
  const std::string live = Tell();
  EXPECT_FALSE(world_.DecisionFor(kWriter)->late());
  EXPECT_EQ(Out(), (std::vector<std::string>{last, recent, live}));
  EXPECT_EQ(Case().named_posts(0).function(), v1::CASE_FUNCTION_REPORT_WRITER);
  const auto row = *world_.state.Find<CaseRow>(CaseKey(case_));
  EXPECT_FALSE(MaySeeCase(row, World::System(kWriter), world_.state))
      << "to be told of reports is not to be shown the case";
  ExpectReplays();
}

/// Originators hear of the change of access, as of every other.
TEST_F(Commission, IsToldToOriginators) {
  Tell();
  Begin();
  bool told = false;
  for (const auto& [key, bytes] :
       world_.state.Scan(LaneRows(state::Table::kWaiting, kOwner, v1::URGENCY_ROUTINE), 100)) {
    ItemRow item;
    item.ParseFromString(bytes);
    told = told || (item.kind() == ITEM_KIND_ACCESS_CHANGED && item.other_post() == kWriter);
  }
  EXPECT_TRUE(told);
}

// -- What is owed ---------------------------------------------------------------------------------

/// Withheld although owed: asked of whoever answers for it, for the rule's time.
TEST_F(Commission, AsksTheOwnerOfWhatIsWithheld) {
  const std::string event = Withhold();
  Begin();
  ASSERT_EQ(OwedToWriter().size(), 1u);
  const ObligationRow owed = OwedToWriter().at(kOwner);
  EXPECT_EQ(owed.event_ids(0), event);
  EXPECT_EQ(owed.due_ms() - owed.opened_ms(), 5 * kDayMs);
  EXPECT_EQ(owed.escalate_every_ms(), 2 * kDayMs);
}

/// And chased in time: whatever the rule says, the deputy and the line hear of it before the end.
TEST_F(Commission, ChasesBeforeItsTimeIsOver) {
  Withhold();
  Begin(2 * kDayMs);
  const auto owed = [this] { return OwedToWriter().at(kOwner); };
  EXPECT_EQ(owed().due_ms() - owed().opened_ms(), kDayMs);
  Pass(kDayMs);
  EXPECT_EQ(owed().stage(), 1u);
  Pass(kDayMs / 2);
  EXPECT_EQ(owed().stage(), 2u);
  EXPECT_EQ(owed().told_post(), "board/board");
}

TEST(CommissionTerms, AreShortenedToHalfAndAQuarterOfWhatIsLeft) {
  struct Terms {
    std::int64_t left, within, every, due, step;
  };
  for (const Terms& row : {Terms{100, 50, 25, 50, 25}, Terms{100, 51, 26, 50, 25},
                           Terms{100, 10, 5, 10, 5}, Terms{1, 10, 5, 0, 0}}) {
    const policy::OpenedObligation terms = InTimeFor(
        1000 + row.left, {v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW, row.within, row.every}, 1000);
    EXPECT_EQ(terms.within_ms, row.due) << row.within;
    EXPECT_EQ(terms.escalate_every_ms, row.step) << row.every;
    EXPECT_EQ(terms.type, v1::OBLIGATION_TYPE_SANITISE_OR_REVIEW);
  }
}

/// A tear-line that its owner writes reaches the writer, and ends what was owed.
TEST_F(Commission, BringsWhatWasSanitised) {
  Publish event = world_.Event(nominal_);
  event.set_event_type("security.report.submitted");
  event.mutable_label()->set_originator_controlled(true);
  event.mutable_label()->set_existence_may_be_told(true);
  event.mutable_label()->set_pointer_post(kOwner);
  const std::string id = world_.NextEventId();
  ASSERT_EQ(world_.Publish(event, kOwner).sentence, "");
  world_.OpenSession(kWriter);
  Begin();
  ASSERT_EQ(Out(), std::vector<std::string>{id});
  ASSERT_EQ(world_.Released(kWriter, kUrgent).at(1).level(), v1::LEVEL_POINTER);
  AmendEvent amend;
  amend.set_event_id(id);
  SealedTearLine& words = *amend.add_tear_lines();
  words.mutable_text()->set_ciphertext("sealed text");
  words.mutable_marking()->set_tier(v1::TIER_OFFICIAL);
  words.mutable_audience()->add_agency_kinds(v1::AGENCY_KIND_PRISON);
  ASSERT_EQ(world_.Say(Why(World::System(kOwner)), COMMAND_NUMBER_AMEND_EVENT, amend).sentence, "");
  ItemRow last;
  for (const auto& [number, item] : world_.Released(kWriter, kUrgent)) {
    if (item.kind() == ITEM_KIND_EVENT) last = item;
  }
  EXPECT_EQ(last.level(), v1::LEVEL_TEAR_LINE);
  EXPECT_TRUE(last.superseding());
  EXPECT_TRUE(OwedToWriter().empty());
  ExpectReplays();
}

}  // namespace
}  // namespace tearline::machine
