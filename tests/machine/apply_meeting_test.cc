#include "broker/machine/apply_meeting.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "broker/machine/action.h"
#include "broker/machine/case_row.h"
#include "broker/machine/meeting.h"
#include "broker/machine/rows.h"
#include "broker/model/limits.h"
#include "tests/machine/meeting_world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;
using testing::ElementsAre;

constexpr std::int64_t kDayMs = PanelWorld::kDayMs;
constexpr v1::ObligationType kOwed = v1::OBLIGATION_TYPE_RECORD_MINUTES;

class ApplyMeeting : public testing::Test {
 protected:
  static constexpr const char* kChair = EventWorld::kChair;
  static constexpr const char* kMember = EventWorld::kMember;
  static constexpr const char* kGuest = EventWorld::kGuest;
  static constexpr const char* kAccountable = EventWorld::kAccountable;
  static constexpr const char* kCoordinator = MeetingWorld::kCoordinator;

  /// "probation/chair present", "police/panel absent", "x/y present, not expected".
  std::vector<std::string> Attendance(const std::string& id) const {
    std::vector<std::string> all;
    const MeetingRow row = world_.MeetingOf(id);
    for (const v1::MeetingAttendee& each : row.attendees()) {
      const bool present = each.attendance() == v1::MEETING_ATTENDANCE_PRESENT;
      const bool sorry = each.attendance() == v1::MEETING_ATTENDANCE_APOLOGIES;
      all.push_back(each.post() +
                    (present ? " present"
                     : sorry ? " apologies"
                             : "") +
                    (each.expected() ? "" : ", not expected"));
    }
    return all;
  }
  MeetingWorld world_;
};

/// Every seat and the accountable officer are expected, unless some are named.
TEST_F(ApplyMeeting, ExpectsThePanel) {
  const Applied planned = world_.Plan(world_.Planning());
  ASSERT_EQ(planned.outcome, audit::Outcome::kApplied) << planned.sentence;
  ASSERT_TRUE(planned.made_id.starts_with("meet_"));
  EXPECT_EQ(world_.Said("meeting-planned"), 1);
  const std::string id = model::MeetingId::Parse(planned.made_id)->Bytes();
  EXPECT_THAT(Attendance(id), ElementsAre(kAccountable, kGuest, kMember, kChair));
  EXPECT_EQ(world_.MeetingOf(id).planned_by(), kCoordinator);
  PlanMeeting some = world_.Planning();
  some.add_expected(kMember);
  some.add_expected(kAccountable);
  EXPECT_THAT(Attendance(model::MeetingId::Parse(world_.Plan(some).made_id)->Bytes()),
              ElementsAre(kAccountable, kMember));
}

TEST_F(ApplyMeeting, IsForWhoSpeaksForThePanel) {
  for (const char* post : {kCoordinator, "police/coordinator", kChair}) {
    EXPECT_EQ(world_.Plan(world_.Planning(), post).outcome, audit::Outcome::kApplied) << post;
  }
  EXPECT_EQ(world_.Plan(world_.Planning(), kMember).reason, v1::ERROR_REASON_NOT_PERMITTED);
  PlanMeeting none = world_.Planning();
  none.set_case_id(std::string(16, 'x'));
  EXPECT_EQ(world_.Plan(none).reason, v1::ERROR_REASON_NOT_FOUND);
  const std::string id = world_.Plan();
  EXPECT_EQ(world_.End(world_.Holding(id), kMember).reason, v1::ERROR_REASON_NOT_PERMITTED);
  EXPECT_EQ(world_.Record(world_.Recording(id), kMember).reason, v1::ERROR_REASON_NOT_PERMITTED);
}

TEST_F(ApplyMeeting, IsPlannedWhole) {
  PlanMeeting command = world_.Planning();
  command.set_kind(v1::MEETING_KIND_UNSPECIFIED);
  EXPECT_EQ(world_.Plan(command).reason, v1::ERROR_REASON_FIELD_INVALID);
  command.set_kind(static_cast<v1::MeetingKind>(99));
  EXPECT_EQ(world_.Plan(command).reason, v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(world_.Plan(world_.Planning(0)).reason, v1::ERROR_REASON_TIME_INVALID);
  const std::int64_t most = model::kPanelDueMax.count();
  EXPECT_EQ(world_.Plan(world_.Planning(most + 1)).reason, v1::ERROR_REASON_TIME_INVALID);
  EXPECT_EQ(world_.Plan(world_.Planning(most)).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(world_.Plan(world_.Planning(1)).outcome, audit::Outcome::kApplied);
  command = world_.Planning();
  command.add_expected("prison/security");
  EXPECT_EQ(world_.Plan(command).reason, v1::ERROR_REASON_NOT_FOUND)
      << "the case does not bring it in";
  command.set_expected(0, "prison");
  EXPECT_EQ(world_.Plan(command).reason, v1::ERROR_REASON_NAME_INVALID);
  command.set_expected(0, kMember);
  command.add_expected(kMember);
  EXPECT_EQ(world_.Plan(command).reason, v1::ERROR_REASON_FIELD_INVALID) << "twice";
  while (command.expected_size() <= model::kAttendeesMax) command.add_expected(kMember);
  EXPECT_EQ(world_.Plan(command).reason, v1::ERROR_REASON_LIMIT_PASSED);
  command.mutable_expected()->RemoveLast();
  EXPECT_EQ(world_.Plan(command).reason, v1::ERROR_REASON_FIELD_INVALID)
      << "not too many, but twice";
}

TEST_F(ApplyMeeting, HasOnlySoManyPlanned) {
  std::string last;
  for (std::size_t i = 0; i < model::kPlannedMeetingsMax; ++i) last = world_.Plan();
  EXPECT_EQ(world_.Plan(world_.Planning()).reason, v1::ERROR_REASON_LIMIT_PASSED);
  EndMeeting cancel;
  cancel.set_case_id(world_.case_id);
  cancel.set_meeting_id(last);
  cancel.set_outcome(v1::MEETING_OUTCOME_CANCELLED);
  EXPECT_EQ(world_.End(cancel).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(world_.Said("meeting-cancelled"), 1);
  EXPECT_EQ(world_.Plan(world_.Planning()).outcome, audit::Outcome::kApplied);
}

TEST_F(ApplyMeeting, IsPlannedForOpenCases) {
  CaseRow row = *world_.state.Find<CaseRow>(CaseKey(world_.case_id));
  row.set_ended_ms(1);
  state::Batch batch(world_.state);
  batch.PutRow(CaseKey(world_.case_id), row);
  world_.state.Commit(batch);
  EXPECT_EQ(world_.Plan(world_.Planning()).reason, v1::ERROR_REASON_WRONG_STATE);
}

/// Who came, who sent word, who did not; and who came unexpected. Then the minutes are owed.
TEST_F(ApplyMeeting, IsHeldByThoseWhoCame) {
  const std::string id = world_.Plan();
  const std::int64_t planned_for = world_.MeetingOf(id).planned_for_ms();
  world_.now_ms += 8 * kDayMs;
  EndMeeting command = world_.Holding(id, {kChair, "prison/security"});
  command.add_apologies(kMember);
  ASSERT_EQ(world_.End(command).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(world_.Said("meeting-held"), 1);
  EXPECT_THAT(Attendance(id), ElementsAre(kAccountable, kGuest, std::string(kMember) + " apologies",
                                          "prison/security present, not expected",
                                          std::string(kChair) + " present"));
  EXPECT_EQ(world_.MeetingOf(id).held_ms(), planned_for);
  const auto owed = world_.state.Find<ObligationRow>(ObligationKey(world_.Open(kOwed).at(kChair)));
  EXPECT_EQ(owed->reason(), v1::RULE_REASON_MEETING_HELD);
  EXPECT_EQ(owed->due_ms(), world_.now_ms + model::kMinutesWithin.count());
  EXPECT_EQ(owed->meeting_id(), id);
  EXPECT_EQ(world_.MeetingOf(id).minutes_due_ms(), owed->due_ms());
  EXPECT_EQ(world_.End(command).reason, v1::ERROR_REASON_WRONG_STATE) << "it was held";
}

TEST_F(ApplyMeeting, IsHeldWhole) {
  const std::string id = world_.Plan();
  EXPECT_EQ(world_.End(world_.Holding(id)).reason, v1::ERROR_REASON_TIME_INVALID)
      << "it is still to come";
  EndMeeting command = world_.Holding(id);
  command.set_held_ms(world_.now_ms + 1);
  EXPECT_EQ(world_.End(command).reason, v1::ERROR_REASON_TIME_INVALID);
  command.set_held_ms(world_.now_ms);
  command.clear_present();
  EXPECT_EQ(world_.End(command).reason, v1::ERROR_REASON_FIELD_INVALID) << "by whom?";
  command.add_present("nobody/nowhere");
  EXPECT_EQ(world_.End(command).reason, v1::ERROR_REASON_NOT_FOUND);
  command.set_present(0, kChair);
  command.add_apologies(kChair);
  EXPECT_EQ(world_.End(command).reason, v1::ERROR_REASON_FIELD_INVALID) << "both";
  command.clear_apologies();
  while (command.present_size() <= model::kAttendeesMax) command.add_present(kChair);
  EXPECT_EQ(world_.End(command).reason, v1::ERROR_REASON_LIMIT_PASSED);
  command = world_.Holding(id);
  command.set_held_ms(world_.now_ms);
  command.set_outcome(v1::MEETING_OUTCOME_UNSPECIFIED);
  EXPECT_EQ(world_.End(command).reason, v1::ERROR_REASON_FIELD_INVALID);
  command.set_outcome(v1::MEETING_OUTCOME_CANCELLED);
  EXPECT_EQ(world_.End(command).reason, v1::ERROR_REASON_FIELD_INVALID) << "nobody was at it";
  command.set_outcome(v1::MEETING_OUTCOME_HELD);
  EndMeeting none = command;
  none.set_meeting_id(std::string(16, 'x'));
  EXPECT_EQ(world_.End(none).reason, v1::ERROR_REASON_NOT_FOUND);
  EXPECT_EQ(world_.End(command).outcome, audit::Outcome::kApplied) << "earlier than planned";
}

/// Held without minutes, it is chased: the chair's deputy, and up the line. With them it ends.
TEST_F(ApplyMeeting, IsChasedForItsMinutes) {
  const std::string id = world_.Hold();
  const std::string owed = world_.Open(kOwed).at(kChair);
  world_.PassStepByStep(model::kMinutesWithin.count() - 1);
  EXPECT_EQ(world_.state.Find<ObligationRow>(ObligationKey(owed))->stage(), 0u);
  world_.PassStepByStep(1);
  EXPECT_EQ(world_.state.Find<ObligationRow>(ObligationKey(owed))->stage(), 1u);
  world_.PassStepByStep(kDayMs);
  EXPECT_EQ(world_.state.Find<ObligationRow>(ObligationKey(owed))->told_post(), "board/board");
  EXPECT_EQ(world_.Discharge(owed, DISCHARGE_METHOD_OVERTAKEN, kChair).reason,
            v1::ERROR_REASON_WRONG_STATE);
  RecordMinutes summary = world_.Recording(id, 's');
  summary.set_kind(v1::DOCUMENT_KIND_EXECUTIVE_SUMMARY);
  ASSERT_EQ(world_.Record(summary).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(world_.Open(kOwed).size(), 1u) << "a summary does not stand for them";
  ASSERT_EQ(world_.Record(world_.Recording(id)).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(world_.Said("meeting-minutes"), 1);
  EXPECT_EQ(world_.Open(kOwed).size(), 0u);
}

/// Two meetings owe two sets of minutes.
TEST_F(ApplyMeeting, OwesMinutesForEach) {
  const std::string first = world_.Hold();
  const std::string second = world_.Hold();
  EXPECT_EQ(world_.OpenObligations().size(), 2u);
  world_.Record(world_.Recording(first));
  EXPECT_EQ(world_.OpenObligations().size(), 1u);
  world_.Record(world_.Recording(second));
  EXPECT_EQ(world_.OpenObligations().size(), 0u);
}

/// Without a chair, whoever says that it was held owes them.
TEST_F(ApplyMeeting, OwesMinutesWithoutAChair) {
  world_.Seat(kChair, /*leave=*/true);
  const std::string id = world_.Plan();
  world_.now_ms += 8 * kDayMs;
  ASSERT_EQ(world_.End(world_.Holding(id, {kMember})).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(world_.Open(kOwed).count(kCoordinator), 1u);
}

/// A later document takes the place of the one before, which stays.
TEST_F(ApplyMeeting, KeepsEveryDocument) {
  const std::string id = world_.Hold();
  ASSERT_EQ(world_.Record(world_.Recording(id, 'a')).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(world_.Record(world_.Recording(id, 'a')).reason, v1::ERROR_REASON_WRONG_STATE)
      << "the same";
  RecordMinutes later = world_.Recording(id, 'b');
  later.set_kept_by(kMember);
  ASSERT_EQ(world_.Record(later).outcome, audit::Outcome::kApplied);
  const MeetingRow row = world_.MeetingOf(id);
  ASSERT_EQ(row.documents_size(), 2);
  EXPECT_EQ(row.documents(0).kept_by(), kCoordinator);
  EXPECT_EQ(row.documents(1).kept_by(), kMember);
  EXPECT_EQ(row.documents(1).form_edition(), "mappa-2022");
}

/// So many of a kind, whatever there is of others: minutes are recorded, and what is owed ends,
/// when no more summaries go in.
TEST_F(ApplyMeeting, KeepsOnlySoManyOfAKind) {
  const std::string id = world_.Hold();
  const auto fill = [&](v1::DocumentKind kind) {
    RecordMinutes command = world_.Recording(id);
    command.set_kind(kind);
    for (int i = 0; i < model::kMeetingDocumentsMax; ++i) {
      command.set_digest(std::string(32, static_cast<char>('a' + i)));
      EXPECT_EQ(world_.Record(command).outcome, audit::Outcome::kApplied) << i;
    }
    command.set_digest(std::string(32, 'z'));
    return world_.Record(command).reason;
  };
  EXPECT_EQ(fill(v1::DOCUMENT_KIND_EXECUTIVE_SUMMARY), v1::ERROR_REASON_LIMIT_PASSED);
  EXPECT_EQ(world_.Open(kOwed).size(), 1u);
  EXPECT_EQ(fill(v1::DOCUMENT_KIND_MINUTES), v1::ERROR_REASON_LIMIT_PASSED);
  EXPECT_EQ(world_.Open(kOwed).size(), 0u);
}

TEST_F(ApplyMeeting, RecordsDocumentsThatAreWhole) {
  const std::string planned = world_.Plan();
  EXPECT_EQ(world_.Record(world_.Recording(planned)).reason, v1::ERROR_REASON_WRONG_STATE)
      << "not held";
  const std::string id = world_.Hold();
  RecordMinutes command = world_.Recording(id);
  command.set_kind(v1::DOCUMENT_KIND_UNSPECIFIED);
  EXPECT_EQ(world_.Record(command).reason, v1::ERROR_REASON_FIELD_INVALID);
  command = world_.Recording(id);
  command.set_form_edition("MAPPA C");
  EXPECT_EQ(world_.Record(command).reason, v1::ERROR_REASON_NAME_INVALID);
  command = world_.Recording(id);
  command.set_digest("short");
  EXPECT_EQ(world_.Record(command).reason, v1::ERROR_REASON_FIELD_INVALID);
  command = world_.Recording(id);
  command.set_kept_by("nobody/nowhere");
  EXPECT_EQ(world_.Record(command).reason, v1::ERROR_REASON_NOT_FOUND);
  command = world_.Recording(std::string(16, 'x'));
  EXPECT_EQ(world_.Record(command).reason, v1::ERROR_REASON_NOT_FOUND);
  command = world_.Recording(id);
  command.clear_form_edition();
  EXPECT_EQ(world_.Record(command).outcome, audit::Outcome::kApplied);
}

/// An action says at which meeting it was agreed, and which went through it; the meeting says so,
/// too.
TEST_F(ApplyMeeting, IsNamedByItsActions) {
  const std::string id = world_.Hold();
  AddAction add;
  add.set_case_id(world_.case_id);
  add.set_kind(v1::ACTION_KIND_HOME_VISIT);
  add.set_owner_post(kMember);
  add.set_due_ms(world_.now_ms + 7 * kDayMs);
  add.set_meeting_id(std::string(16, 'x'));
  const auto say = [&] {
    return world_.Say(World::System(kChair), COMMAND_NUMBER_ADD_ACTION, add);
  };
  EXPECT_EQ(say().reason, v1::ERROR_REASON_NOT_FOUND);
  add.set_meeting_id(id);
  const std::string action = model::ActionId::Parse(say().made_id)->Bytes();
  const std::string next = world_.Hold();
  EndAction carry;
  carry.set_case_id(world_.case_id);
  carry.set_action_id(action);
  carry.set_end(v1::ACTION_END_CARRIED_OVER);
  carry.set_due_ms(world_.now_ms + 14 * kDayMs);
  carry.set_meeting_id(next);
  ASSERT_EQ(world_.Say(World::System(kChair), COMMAND_NUMBER_END_ACTION, carry).outcome,
            audit::Outcome::kApplied);
  const auto row = world_.state.Find<ActionRow>(ActionKey(world_.case_id, action));
  EXPECT_EQ(row->set_at_meeting_id(), id);
  EXPECT_EQ(row->reviewed_at_meeting_id(), next);
  EXPECT_THAT(world_.MeetingOf(id).actions_set(), ElementsAre(action));
  EXPECT_EQ(world_.MeetingOf(id).actions_reviewed_size(), 0);
  EXPECT_THAT(world_.MeetingOf(next).actions_reviewed(), ElementsAre(action));
}

/// A meeting names so many actions, and no more; the actions name it all the same.
TEST_F(ApplyMeeting, NamesOnlySoManyActions) {
  const std::string id = world_.Plan();
  std::string last;
  for (int i = 0; i <= model::kMeetingActionsMax; ++i) {
    AddAction add;
    add.set_case_id(world_.case_id);
    add.set_kind(v1::ACTION_KIND_HOME_VISIT);
    add.set_owner_post(kMember);
    add.set_due_ms(world_.now_ms + 7 * kDayMs);
    add.set_meeting_id(id);
    const Applied added = world_.Say(World::System(kChair), COMMAND_NUMBER_ADD_ACTION, add);
    ASSERT_EQ(added.outcome, audit::Outcome::kApplied) << added.sentence;
    last = model::ActionId::Parse(added.made_id)->Bytes();
    EndAction end;
    end.set_case_id(world_.case_id);
    end.set_action_id(last);
    end.set_end(v1::ACTION_END_OVERTAKEN);
    world_.Say(World::System(kChair), COMMAND_NUMBER_END_ACTION, end);
  }
  EXPECT_EQ(world_.MeetingOf(id).actions_set_size(), model::kMeetingActionsMax);
  EXPECT_EQ(world_.state.Find<ActionRow>(ActionKey(world_.case_id, last))->set_at_meeting_id(), id);
}

/// Minutes that are missing do not hold the case: they may be of the meeting that decided it.
TEST_F(ApplyMeeting, HoldsNoCase) {
  world_.Hold();
  SetLevel command;
  command.set_case_id(world_.case_id);
  command.set_category(v1::MAPPA_CATEGORY_4);
  command.set_level(v1::MAPPA_LEVEL_2);
  EXPECT_EQ(world_.Say(World::System(kChair), COMMAND_NUMBER_SET_LEVEL, command).reason,
            v1::ERROR_REASON_UNSPECIFIED);
}

}  // namespace
}  // namespace tearline::machine
