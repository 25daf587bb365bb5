#include "broker/machine/meeting.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "broker/model/limits.h"
#include "tests/machine/meeting_world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;
using testing::ElementsAre;

constexpr v1::ObligationType kOwed = v1::OBLIGATION_TYPE_RECORD_MINUTES;

MeetingRow WithDocuments(const std::vector<v1::DocumentKind>& kinds) {
  MeetingRow row;
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    MeetingDocumentRow& document = *row.add_documents();
    document.set_kind(kinds[i]);
    document.set_digest(std::string(32, static_cast<char>('a' + i)));
  }
  return row;
}

/// Each kind counts for itself; the newest of a kind is in force.
TEST(Meeting, CountsVersionsByKind) {
  const MeetingRow row = WithDocuments(
      {v1::DOCUMENT_KIND_MINUTES, v1::DOCUMENT_KIND_EXECUTIVE_SUMMARY, v1::DOCUMENT_KIND_MINUTES});
  EXPECT_EQ(VersionOf(row, 0), 1);
  EXPECT_EQ(VersionOf(row, 1), 1);
  EXPECT_EQ(VersionOf(row, 2), 2);
  EXPECT_EQ(NewestOf(row, v1::DOCUMENT_KIND_MINUTES)->digest(), std::string(32, 'c'));
  EXPECT_EQ(NewestOf(row, v1::DOCUMENT_KIND_EXECUTIVE_SUMMARY)->digest(), std::string(32, 'b'));
  EXPECT_EQ(NewestOf(MeetingRow(), v1::DOCUMENT_KIND_MINUTES), nullptr);
}

class MeetingTest : public testing::Test {
 protected:
  static constexpr const char* kChair = EventWorld::kChair;
  static constexpr const char* kMember = EventWorld::kMember;
  static constexpr const char* kCoordinator = MeetingWorld::kCoordinator;
  const std::string id_ = std::string(16, 'm');

  void Put(v1::MeetingOutcome outcome, std::size_t from = 0, std::size_t to = 1) {
    MeetingRow row;
    row.set_outcome(outcome);
    state::Batch batch(world_.state);
    for (std::size_t i = from; i < to; ++i) {
      std::string id = id_;
      id[0] = static_cast<char>('m' - i / 256);
      id[1] = static_cast<char>('m' - i % 256);
      batch.PutRow(MeetingKey(world_.case_id, id), row);
    }
    world_.state.Commit(batch);
  }
  v1::ErrorReason Room() const {
    return ReasonOf(CheckRoomForMeeting(world_.case_id, world_.state));
  }
  /// Has a post chair the panel too, or no more.
  void SeatChair(const std::string& post, bool leave = false) {
    SeatPost command;
    command.set_case_id(world_.case_id);
    command.mutable_seat()->set_post(post);
    command.mutable_seat()->set_kind(v1::SEAT_KIND_CHAIR);
    command.set_leave(leave);
    const char* other = post.starts_with("police/") ? kCoordinator : "police/coordinator";
    ASSERT_EQ(world_.Say(World::System(other), COMMAND_NUMBER_SEAT_POST, command).outcome,
              audit::Outcome::kApplied);
  }
  /// Who owes minutes, in order.
  std::vector<std::string> Owing() const {
    std::vector<std::string> posts;
    for (const auto& [post, id] : world_.Open(kOwed)) posts.push_back(post);
    return posts;
  }
  v1::ErrorReason Check(const std::string& case_id, const std::string& meeting_id) {
    return ReasonOf(CheckMeetingOfAction(case_id, meeting_id, world_.state));
  }
  MeetingWorld world_;
};

TEST_F(MeetingTest, HasRoomForSoManyThatArePlanned) {
  Put(v1::MEETING_OUTCOME_UNSPECIFIED, 0, model::kPlannedMeetingsMax - 1);
  EXPECT_EQ(Room(), v1::ERROR_REASON_UNSPECIFIED);
  Put(v1::MEETING_OUTCOME_UNSPECIFIED, 0, model::kPlannedMeetingsMax);
  EXPECT_EQ(Room(), v1::ERROR_REASON_LIMIT_PASSED);
  Put(v1::MEETING_OUTCOME_HELD);
  EXPECT_EQ(Room(), v1::ERROR_REASON_UNSPECIFIED);
}

/// Every one that ever was is looked at, hence there are only so many; then the case is ended and
/// another opened.
TEST_F(MeetingTest, HasRoomForSoManyEver) {
  Put(v1::MEETING_OUTCOME_CANCELLED, 0, model::kMeetingsEverMax - 1);
  EXPECT_EQ(Room(), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(world_.Plan(world_.Planning()).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(Room(), v1::ERROR_REASON_LIMIT_PASSED);
  EXPECT_EQ(world_.Plan(world_.Planning()).reason, v1::ERROR_REASON_LIMIT_PASSED);
}

/// Whoever chairs the panel writes the minutes, at the time that stood: they are no private debt of
/// the one who chaired the meeting.
TEST_F(MeetingTest, IsWrittenUpByWhoeverChairsNow) {
  const std::string meeting = world_.Hold();
  const std::int64_t due_ms = world_.MeetingOf(meeting).minutes_due_ms();
  world_.now_ms += MeetingWorld::kDayMs;
  SeatChair(kMember);
  EXPECT_THAT(Owing(), ElementsAre(kChair)) << "it chairs, too";
  SeatChair(kChair, /*leave=*/true);
  ASSERT_THAT(Owing(), ElementsAre(kMember));
  const std::string owed = world_.Open(kOwed).at(kMember);
  EXPECT_EQ(world_.state.Find<ObligationRow>(ObligationKey(owed))->due_ms(), due_ms);
  EXPECT_EQ(world_.MeetingOf(meeting).obligation_id(), owed);
  EXPECT_EQ(world_.MeetingOf(meeting).minutes_due_ms(), due_ms);
  ASSERT_EQ(world_.Record(world_.Recording(meeting)).outcome, audit::Outcome::kApplied);
  EXPECT_TRUE(Owing().empty());
}

/// Without anybody in the chair they stay owed, and climb; the next chair has them, late as they
/// are.
TEST_F(MeetingTest, IsWrittenUpByTheNextChairHoweverLate) {
  world_.Hold();
  world_.Hold();
  const std::int64_t due_ms = world_.now_ms + model::kMinutesWithin.count();
  SeatChair(kChair, /*leave=*/true);
  EXPECT_THAT(Owing(), ElementsAre(kChair));
  world_.PassStepByStep(2 * model::kMinutesWithin.count());
  SeatChair(kMember);
  EXPECT_THAT(Owing(), ElementsAre(kMember));
  EXPECT_EQ(world_.OpenObligations().size(), 2u) << "of each meeting";
  const std::string owed = world_.Open(kOwed).at(kMember);
  EXPECT_EQ(world_.state.Find<ObligationRow>(ObligationKey(owed))->due_ms(), due_ms)
      << "as late as it is";
  EXPECT_LE(NextDeadlineMs(world_.state), world_.now_ms) << "and chased at once";
}

/// P6. Nobody who is kept out of the person is told that they were met about.
TEST_F(MeetingTest, IsNotWrittenUpByWhoIsKeptOut) {
  LimitAccess limit;
  limit.set_nominal_id(world_.nominal);
  limit.add_excluded(kChair);
  Actor actor = World::System(kCoordinator);
  actor.set_purpose("public-protection");
  ASSERT_EQ(world_.Say(actor, COMMAND_NUMBER_LIMIT_ACCESS, limit).outcome,
            audit::Outcome::kApplied);
  world_.Hold();
  EXPECT_THAT(Owing(), ElementsAre(kCoordinator));
  SeatChair(kMember);
  EXPECT_THAT(Owing(), ElementsAre(kMember));
}

TEST_F(MeetingTest, IsNamedByActionsOfItsCaseUnlessItWasCancelled) {
  EXPECT_EQ(Check(world_.case_id, ""), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(Check(world_.case_id, id_), v1::ERROR_REASON_NOT_FOUND);
  for (const auto outcome : {v1::MEETING_OUTCOME_UNSPECIFIED, v1::MEETING_OUTCOME_HELD}) {
    Put(outcome);
    EXPECT_EQ(Check(world_.case_id, id_), v1::ERROR_REASON_UNSPECIFIED);
    EXPECT_EQ(Check(std::string(16, 'x'), id_), v1::ERROR_REASON_NOT_FOUND) << "another case's";
  }
  Put(v1::MEETING_OUTCOME_CANCELLED);
  EXPECT_EQ(Check(world_.case_id, id_), v1::ERROR_REASON_NOT_FOUND);
}

}  // namespace
}  // namespace tearline::machine
