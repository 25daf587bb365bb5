#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "broker/machine/event_terms.h"
#include "broker/machine/rows.h"
#include "broker/model/limits.h"
#include "tests/machine/event_world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;
using testing::ElementsAre;

class ApplyAmend : public testing::Test {
 protected:
  static constexpr const char* kChair = EventWorld::kChair;

  AmendEvent Retiring(const std::string& event, const std::vector<std::uint32_t>& places) const {
    AmendEvent command;
    command.set_event_id(event);
    command.mutable_retired_tear_lines()->Add(places.begin(), places.end());
    return command;
  }

  EventWorld world_;
};

/// What was said lies in the ledger as it was said; the amendment is a record of its own.
TEST_F(ApplyAmend, LeavesWhatWasPublishedAsItWas) {
  const std::string event = world_.PublishControlled();
  const stored::v1::Publish published = world_.RowOf(event).publish();
  const Applied applied = world_.Amend(EventWorld::Controlling(event, false));
  ASSERT_EQ(applied.outcome, audit::Outcome::kApplied) << applied.sentence;
  EXPECT_EQ(applied.HowFar(), Change::kTelling);
  const EventRow row = world_.RowOf(event);
  EXPECT_EQ(row.publish().SerializeAsString(), published.SerializeAsString());
  EXPECT_FALSE(LabelOf(row).originator_controlled());
  EXPECT_EQ(row.changed_position(), world_.records.size());
  for (const Detail& detail : world_.Details()) {
    if (!detail.has_amended()) continue;
    EXPECT_EQ(detail.amended().event_id(), event);
    EXPECT_EQ(detail.amended().amended_by(), EventWorld::kIntel);
    return;
  }
  FAIL() << "the leaf does not say that it was amended";
}

TEST_F(ApplyAmend, IsForThePostThatAnswersForTheEvent) {
  const std::string event = world_.PublishControlled();
  const Applied not_theirs = world_.Amend(EventWorld::Controlling(event, false), "prison/security");
  const Applied not_there =
      world_.Amend(EventWorld::Controlling(std::string(16, 'x'), false), "prison/security");
  EXPECT_EQ(not_theirs.reason, v1::ERROR_REASON_NOT_FOUND);
  EXPECT_EQ(not_there.reason, v1::ERROR_REASON_NOT_FOUND);
  EXPECT_EQ(not_theirs.sentence, not_there.sentence);
  EXPECT_EQ(world_.Amend(EventWorld::Controlling(event, false), "desk/governance").reason,
            v1::ERROR_REASON_NOT_PERMITTED);
}

TEST_F(ApplyAmend, RefusesWhatWasWithdrawnAndWhatChangesNothing) {
  const std::string event = world_.PublishControlled();
  EXPECT_EQ(world_.Amend(EventWorld::Controlling(event, true)).reason,
            v1::ERROR_REASON_NOTHING_AMENDED)
      << "it is controlled";
  AmendEvent nothing;
  nothing.set_event_id(event);
  EXPECT_EQ(world_.Amend(nothing).reason, v1::ERROR_REASON_NOTHING_AMENDED);
  world_.Withdraw(event, v1::WITHDRAWAL_REASON_INACCURATE);
  EXPECT_EQ(world_.Amend(EventWorld::Controlling(event, false)).reason,
            v1::ERROR_REASON_EVENT_WITHDRAWN);
}

TEST_F(ApplyAmend, ChecksTheTermsAsALabelsAre) {
  const std::string event = world_.PublishControlled();
  AmendEvent command = EventWorld::Controlling(event, true);
  command.mutable_terms()->set_existence_may_be_told(true);
  EXPECT_EQ(world_.Amend(command).reason, v1::ERROR_REASON_LABEL_INVALID) << "whom to ask?";
  command.mutable_terms()->set_pointer_post("nobody/there");
  EXPECT_EQ(world_.Amend(command).reason, v1::ERROR_REASON_NOT_FOUND);
  command.mutable_terms()->set_pointer_post(EventWorld::kIntel);
  EXPECT_EQ(world_.Amend(command).outcome, audit::Outcome::kApplied);
}

/// Places are given once: what retires keeps its own, and is not retired twice.
TEST_F(ApplyAmend, GivesEachTearLineAPlaceForGood) {
  const std::string event = world_.PublishControlled();
  EXPECT_EQ(world_.Amend(Retiring(event, {0})).reason, v1::ERROR_REASON_FIELD_INVALID);
  world_.Amend(world_.Writing(event));
  world_.Amend(world_.Writing(event));
  EXPECT_EQ(world_.Amend(Retiring(event, {1, 0})).reason, v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(world_.Amend(Retiring(event, {0, 0})).reason, v1::ERROR_REASON_FIELD_INVALID);
  EXPECT_EQ(world_.Amend(Retiring(event, {0, 1})).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(world_.Amend(Retiring(event, {1})).reason, v1::ERROR_REASON_FIELD_INVALID);
  AmendEvent late = world_.Writing(event);
  EXPECT_EQ(late.first_place(), 2u);
  late.set_first_place(1);
  EXPECT_EQ(world_.Amend(late).reason, v1::ERROR_REASON_UNAVAILABLE) << "amended meanwhile";
}

/// Both sides of both limits.
TEST_F(ApplyAmend, KeepsFourInForceAndWritesSixteenInAll) {
  static_assert(model::kTearLinesMax == 4 && model::kTearLinesEverMax == 16);
  const std::string event = world_.PublishControlled();
  for (std::size_t i = 0; i < model::kTearLinesMax; ++i) {
    ASSERT_EQ(world_.Amend(world_.Writing(event)).outcome, audit::Outcome::kApplied);
  }
  EXPECT_EQ(world_.Amend(world_.Writing(event)).reason, v1::ERROR_REASON_LIMIT_PASSED);
  for (std::uint32_t place = 0; place < model::kTearLinesEverMax - model::kTearLinesMax; ++place) {
    AmendEvent replace = world_.Writing(event);
    replace.add_retired_tear_lines(place);
    ASSERT_EQ(world_.Amend(replace).outcome, audit::Outcome::kApplied) << place;
  }
  AmendEvent one_more = world_.Writing(event);
  one_more.add_retired_tear_lines(12);
  EXPECT_EQ(world_.Amend(one_more).reason, v1::ERROR_REASON_LIMIT_PASSED);
}

TEST_F(ApplyAmend, RefusesATearLineMarkedAboveTheEvent) {
  const std::string event = world_.PublishControlled();
  AmendEvent command = world_.Writing(event);
  command.mutable_tear_lines(0)->mutable_marking()->set_tier(v1::TIER_SECRET);
  EXPECT_EQ(world_.Amend(command).reason, v1::ERROR_REASON_LABEL_INVALID);
}

TEST_F(ApplyAmend, RefusesWhatWasSealedUnderAKeyThatIsErasedMeanwhile) {
  const std::string event = world_.PublishControlled();
  const std::string key(model::SubjectKeyId::kBytes, 'k');
  AmendEvent first = world_.Writing(event);
  SubjectKeyUse& use = *first.add_keys();
  use.set_subject_key_id(key);
  use.set_content_class(CONTENT_CLASS_TEAR_LINE);
  use.set_quarter(200);
  first.mutable_tear_lines(0)->mutable_text()->add_keys()->set_subject_key_id(key);
  ASSERT_EQ(world_.Amend(first).outcome, audit::Outcome::kApplied);
  EXPECT_EQ(world_.state.Find<SubjectKeyRow>(SubjectKeyKey(key))->amended_position(),
            world_.records.size());
  AmendEvent second = world_.Writing(event);
  second.mutable_tear_lines(0)->mutable_text()->add_keys()->set_subject_key_id(key);
  AcceptLostKeys lost;
  lost.add_subject_key_ids(key);
  lost.set_second_by("B. Second");
  world_.Say(World::Broker(), COMMAND_NUMBER_ACCEPT_LOST_KEYS, lost);
  EXPECT_EQ(world_.Amend(second).reason, v1::ERROR_REASON_UNAVAILABLE);
}

/// P8.
TEST_F(ApplyAmend, IsReplayedByteForByte) {
  world_.OpenSession(kChair);
  const std::string event = world_.PublishControlled();
  world_.Amend(world_.Writing(event));
  world_.Amend(EventWorld::Controlling(event, false));
  world_.Amend(EventWorld::Controlling(event, true));
  EXPECT_EQ(Replay(world_.records).Digest(), world_.state.Digest());
}

}  // namespace
}  // namespace tearline::machine
