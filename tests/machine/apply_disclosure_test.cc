#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "broker/machine/access_limit.h"
#include "broker/machine/rows.h"
#include "broker/model/limits.h"
#include "tests/machine/world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

Actor Deciding(const std::string& post) {
  Actor actor = World::System(post);
  actor.set_purpose("public-protection");
  actor.set_legal_basis("CJA2003-327A");
  return actor;
}

class ApplyDisclosure : public testing::Test {
 protected:
  ApplyDisclosure()
      : nominal_(world_.Register(1)),
        case_(world_.OpenCase(nominal_, {{"probation/chair", v1::SEAT_KIND_CHAIR}})) {
    event_ = world_.NextEventId();
    world_.Publish(world_.Event(nominal_));
    world_.OpenSession("probation/chair");  // who knows of the event from here on
  }

  DecideDisclosure ToSchool() const {
    DecideDisclosure command;
    command.set_case_id(case_);
    command.set_third_party(v1::THIRD_PARTY_SCHOOL);
    command.set_decision(v1::DISCLOSURE_DECISION_DISCLOSE);
    command.add_matters(v1::DISCLOSED_MATTER_RISK);
    command.add_event_ids(event_);
    return command;
  }
  Applied Decide(const DecideDisclosure& command, const Actor& actor) {
    return world_.Say(actor, COMMAND_NUMBER_DECIDE_DISCLOSURE, command);
  }
  const DisclosureDetail* Decided() {
    details_ = world_.Details();
    for (const Detail& detail : details_) {
      if (detail.has_disclosure()) return &detail.disclosure();
    }
    return nullptr;
  }

  World world_;
  std::string nominal_;
  std::string case_;
  std::string event_;
  std::vector<Detail> details_;
};

/// Telling a third party takes two hands, and both are remembered.
TEST_F(ApplyDisclosure, IsDecidedByOnePostAndApprovedByAnother) {
  const Applied first = Decide(ToSchool(), Deciding("probation/chair"));
  EXPECT_EQ(first.outcome, audit::Outcome::kAwaitsSecondHand);
  EXPECT_EQ(Decided(), nullptr) << "nothing is decided yet";
  SecondHand second;
  second.set_pending_id(model::PendingId::Parse(first.made_id)->Bytes());
  EXPECT_EQ(world_.Say(Deciding("probation/chair"), COMMAND_NUMBER_SECOND_HAND, second).reason,
            v1::ERROR_REASON_SECOND_HAND_REQUIRED);
  const Applied done = world_.Say(Deciding("police/coordinator"), COMMAND_NUMBER_SECOND_HAND, second);
  EXPECT_EQ(done.outcome, audit::Outcome::kApplied) << done.sentence;

  const DisclosureDetail* decided = Decided();
  ASSERT_NE(decided, nullptr);
  EXPECT_EQ(decided->decided_by(), "probation/chair");
  EXPECT_EQ(decided->approved_by(), "police/coordinator");
  EXPECT_EQ(decided->legal_basis(), "CJA2003-327A");
  EXPECT_EQ(decided->nominal_id(), nominal_);
  EXPECT_EQ(decided->third_party(), v1::THIRD_PARTY_SCHOOL);
  EXPECT_TRUE(
      world_.state
          .Get(state::Key(state::Table::kEventTrail).Fixed(event_).U64(world_.records.size()))
          .has_value())
      << "who was told of the event leads here";
}

/// Whoever tells a third party speaks for the panel, is not kept out of the person, and knows what
/// the decision rests on; so does the second hand, but for that.
TEST_F(ApplyDisclosure, IsDecidedByWhoSpeaksForThePanelAndKnows) {
  EXPECT_EQ(Decide(ToSchool(), Deciding("police/coordinator")).reason, v1::ERROR_REASON_NOT_FOUND)
      << "it was told nothing of the event";
  const std::string other = world_.Register(2);
  const std::string led =
      world_.OpenCase(other, {{"police/panel", v1::SEAT_KIND_CHAIR}});
  DecideDisclosure of_other = ToSchool();
  of_other.set_case_id(led);
  of_other.clear_event_ids();
  EXPECT_EQ(Decide(of_other, Deciding("probation/chair")).reason, v1::ERROR_REASON_NOT_FOUND)
      << "it chairs another panel";

  LimitAccess limit;
  limit.set_nominal_id(nominal_);
  limit.add_excluded("police/coordinator");
  world_.Say(Deciding("probation/chair"), COMMAND_NUMBER_LIMIT_ACCESS, limit);
  SecondHand second;
  second.set_pending_id(
      model::PendingId::Parse(Decide(ToSchool(), Deciding("probation/chair")).made_id)->Bytes());
  EXPECT_EQ(world_.Say(Deciding("police/coordinator"), COMMAND_NUMBER_SECOND_HAND, second).reason,
            v1::ERROR_REASON_NOT_FOUND)
      << "it is kept out";
  EXPECT_EQ(Decided(), nullptr);
}

/// Whoever answers for an event hears that a third party is told something by it; nobody does of
/// what was declined, or decided before originators were told.
TEST_F(ApplyDisclosure, TellsWhoeverAnswersForTheEventsItRestsOn) {
  const auto told = [this] {
    world_.OpenSession("ct-police/intel");
    std::vector<ItemRow> items;
    for (const auto& [sequence, item] : world_.Released("ct-police/intel", v1::URGENCY_ROUTINE)) {
      if (item.kind() == ITEM_KIND_DISCLOSED) items.push_back(item);
    }
    return items;
  };
  const auto decide = [this] {
    SecondHand second;
    second.set_pending_id(
        model::PendingId::Parse(Decide(ToSchool(), Deciding("probation/chair")).made_id)
            ->Bytes());
    world_.Say(Deciding("police/coordinator"), COMMAND_NUMBER_SECOND_HAND, second);
  };
  world_.behaviour_version = kDisclosuresToldFrom - 1;
  decide();
  EXPECT_TRUE(told().empty()) << "as it was recorded then";

  world_.behaviour_version = kDisclosuresToldFrom;
  DecideDisclosure declined = ToSchool();
  declined.set_decision(v1::DISCLOSURE_DECISION_DECLINE);
  declined.clear_matters();
  Decide(declined, Deciding("probation/chair"));
  EXPECT_TRUE(told().empty());

  decide();
  ASSERT_EQ(told().size(), 1u);
  EXPECT_EQ(told()[0].event_id(), event_);
  EXPECT_EQ(told()[0].nominal_id(), nominal_);
  EXPECT_EQ(told()[0].third_party(), v1::THIRD_PARTY_SCHOOL);
  EXPECT_EQ(told()[0].other_post(), "probation/chair");
  for (const Detail& detail : world_.Details()) {
    EXPECT_EQ(detail.released().event_id(), "") << "a notice is not the event";
  }
}

/// It is no sharing: nobody's level changes, nothing is queued for anyone.
TEST_F(ApplyDisclosure, SharesNothing) {
  DecideDisclosure command = ToSchool();
  command.set_decision(v1::DISCLOSURE_DECISION_DECLINE);
  command.clear_matters();
  const std::size_t waiting = world_.Waiting("probation/chair", v1::URGENCY_URGENT);
  EXPECT_EQ(Decide(command, Deciding("probation/chair")).outcome, audit::Outcome::kApplied)
      << "to decline takes one hand";
  ASSERT_NE(Decided(), nullptr);
  EXPECT_EQ(Decided()->approved_by(), "");
  EXPECT_EQ(world_.Waiting("probation/chair", v1::URGENCY_URGENT), waiting);
  for (const Detail& detail : world_.Details()) {
    EXPECT_FALSE(detail.has_decision() || detail.has_released());
  }
}

/// P6. Whoever is kept out of the person, or speaks for no panel of theirs, is refused alike
/// whether a case is open, has ended, or never was.
TEST_F(ApplyDisclosure, TellsNobodyElseThatThereIsACase) {
  LimitAccess limit;
  limit.set_nominal_id(nominal_);
  limit.add_excluded("police/coordinator");
  world_.Say(Deciding("probation/chair"), COMMAND_NUMBER_LIMIT_ACCESS, limit);
  DecideDisclosure declines = ToSchool();
  declines.set_decision(v1::DISCLOSURE_DECISION_DECLINE);
  declines.clear_matters();
  declines.clear_event_ids();
  const auto refused = [&] { return Decide(declines, Deciding("police/coordinator")).sentence; };
  const std::string while_open = refused();
  EXPECT_FALSE(while_open.empty());
  EndCase end;
  end.set_case_id(case_);
  end.set_reason(v1::CASE_EXIT_REASON_ADDS_NOTHING);
  Override& unread = *end.add_overrides();  // An urgent event, which nobody has read.
  unread.set_work_id(event_);
  unread.set_reason(v1::WORK_OVERRIDE_REASON_AGENCY_GOES_ON);
  const Applied ended = world_.Say(World::System("probation/chair"), COMMAND_NUMBER_END_CASE, end);
  ASSERT_EQ(ended.sentence, "");
  EXPECT_EQ(refused(), while_open);
  EXPECT_EQ(Decide(declines, Deciding("probation/chair")).reason, v1::ERROR_REASON_WRONG_STATE)
      << "who speaks for it is told that it has ended";
  world_.behaviour_version = kRefusedAlikeFrom - 1;
  EXPECT_NE(refused(), while_open) << "as it was";
  world_.behaviour_version = kRefusedAlikeFrom;
  declines.set_case_id(std::string(16, 'x'));
  EXPECT_EQ(refused(), while_open);
}

TEST_F(ApplyDisclosure, RestsOnAsManyEventsAsTheLimitSays) {
  DecideDisclosure command = ToSchool();
  while (command.event_ids_size() < static_cast<int>(model::kDisclosureEventsMax)) {
    command.add_event_ids(world_.NextEventId());
    world_.Publish(world_.Event(nominal_));
  }
  EXPECT_EQ(Decide(command, Deciding("probation/chair")).outcome,
            audit::Outcome::kAwaitsSecondHand);
}

TEST_F(ApplyDisclosure, IsRefusedWithAReason) {
  const std::string other = world_.Register(2);
  const std::string about_other = world_.NextEventId();
  world_.Publish(world_.Event(other));
  const struct {
    const char* what;
    std::function<void(DecideDisclosure&, Actor&)> change;
    v1::ErrorReason reason;
  } kRows[] = {
      {"by a supervisor", [](auto&, Actor& a) { a = Deciding("probation/supervisor"); },
       v1::ERROR_REASON_NOT_PERMITTED},
      {"without purpose", [](auto&, Actor& a) { a.clear_purpose(); },
       v1::ERROR_REASON_PURPOSE_REQUIRED},
      {"without legal basis", [](auto&, Actor& a) { a.clear_legal_basis(); },
       v1::ERROR_REASON_FIELD_INVALID},
      {"of no case", [](auto& c, Actor&) { c.set_case_id(std::string(16, 'x')); },
       v1::ERROR_REASON_NOT_FOUND},
      {"to nobody", [](auto& c, Actor&) { c.clear_third_party(); }, v1::ERROR_REASON_FIELD_INVALID},
      {"to an unknown kind",
       [](auto& c, Actor&) { c.set_third_party(static_cast<v1::ThirdParty>(99)); },
       v1::ERROR_REASON_FIELD_INVALID},
      {"undecided", [](auto& c, Actor&) { c.clear_decision(); }, v1::ERROR_REASON_FIELD_INVALID},
      {"telling nothing", [](auto& c, Actor&) { c.clear_matters(); },
       v1::ERROR_REASON_FIELD_INVALID},
      {"telling twice", [](auto& c, Actor&) { c.add_matters(v1::DISCLOSED_MATTER_RISK); },
       v1::ERROR_REASON_FIELD_INVALID},
      {"telling the unknown",
       [](auto& c, Actor&) { c.add_matters(static_cast<v1::DisclosedMatter>(99)); },
       v1::ERROR_REASON_FIELD_INVALID},
      {"declining, and telling",
       [](auto& c, Actor&) { c.set_decision(v1::DISCLOSURE_DECISION_DECLINE); },
       v1::ERROR_REASON_FIELD_INVALID},
      {"of an event nobody knows", [](auto& c, Actor&) { c.add_event_ids(std::string(16, 'x')); },
       v1::ERROR_REASON_NOT_FOUND},
      {"of an event about another", [&](auto& c, Actor&) { c.add_event_ids(about_other); },
       v1::ERROR_REASON_NOT_FOUND},
      {"of an event twice", [&](auto& c, Actor&) { c.add_event_ids(event_); },
       v1::ERROR_REASON_FIELD_INVALID},
      {"of one event too many",
       [&](auto& c, Actor&) {
         for (std::size_t i = 0; i < model::kDisclosureEventsMax; ++i) {
           c.add_event_ids(std::string(16, static_cast<char>(i)));
         }
       },
       v1::ERROR_REASON_LIMIT_PASSED},
  };
  for (const auto& row : kRows) {
    DecideDisclosure command = ToSchool();
    Actor actor = Deciding("probation/chair");
    row.change(command, actor);
    const Applied applied = Decide(command, actor);
    EXPECT_EQ(applied.outcome, audit::Outcome::kRefused) << row.what;
    EXPECT_EQ(applied.reason, row.reason) << row.what;
  }
}

}  // namespace
}  // namespace tearline::machine
