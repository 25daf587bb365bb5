#include "broker/rpc/known_at.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "tearline/stored/v1/command.pb.h"
#include "tests/rpc/inquiry.h"

namespace tearline::rpc {
namespace {

using google::protobuf::util::TimeUtil;

constexpr std::int64_t kHourMs = 60 * 60 * 1000;

class KnownAtTest : public testing::Test, public Inquiry {
 protected:
  v1::KnownAtRequest AboutPost(const std::string& post, std::int64_t at_ms) const {
    v1::KnownAtRequest request;
    request.set_nominal_id(NominalText());
    request.set_post(post);
    *request.mutable_at() = Time(at_ms);
    return request;
  }
  v1::KnownAtResponse Ask(const v1::KnownAtRequest& request, const std::string& as = kAuditor) {
    v1::KnownAtResponse response;
    const auto looked = KnownAt(request, As(as), world.state, world.now_ms, response);
    reason_ = ReasonOf(looked.status());
    return response;
  }
  v1::KnownTo Of(const std::string& post, std::int64_t at_ms) {
    const v1::KnownAtResponse response = Ask(AboutPost(post, at_ms));
    EXPECT_EQ(response.events_size(), 1);
    return response.events_size() == 1 && response.events(0).known_to_size() == 1
               ? response.events(0).known_to(0)
               : v1::KnownTo();
  }

  v1::ErrorReason reason_ = v1::ERROR_REASON_UNSPECIFIED;
};

/// Each time is of its own record, and what was settled since is told as it stood.
TEST_F(KnownAtTest, TellsWhatHadHappenedByThenAndNothingLater) {
  const std::int64_t published = world.now_ms;
  Publish();
  const std::int64_t let_go = world.now_ms += kHourMs;
  const std::string session = world.OpenSession(kChair);
  const std::int64_t received = world.now_ms += kHourMs;
  world.Acknowledge(kChair, session, v1::URGENCY_URGENT, {1});
  world.now_ms += kHourMs;

  v1::KnownTo known = Of(kChair, published);
  EXPECT_EQ(known.decided(), v1::LEVEL_FULL);
  EXPECT_EQ(known.level(), v1::LEVEL_UNSPECIFIED);
  EXPECT_FALSE(known.has_released_at());
  EXPECT_EQ(known.sentence().find("had been given"), std::string::npos);

  known = Of(kChair, received - 1);
  EXPECT_EQ(known.level(), v1::LEVEL_FULL);
  EXPECT_EQ(TimeUtil::TimestampToMilliseconds(known.released_at()), let_go);
  EXPECT_FALSE(known.has_acknowledged_at());

  known = Of(kChair, received);
  EXPECT_EQ(TimeUtil::TimestampToMilliseconds(known.acknowledged_at()), received);
  EXPECT_FALSE(known.has_read_at());
}

/// Six times that are all others: when it was so, when its originator published it, when it was
/// recorded, let go, acknowledged and read. At each instant between two of them that much was known
/// and no more.
TEST_F(KnownAtTest, EachOfSixTimesIsToldFromItsInstantOn) {
  stored::v1::Publish event = world.Event(nominal);
  const std::int64_t occurred = world.now_ms - 10 * kHourMs;
  const std::int64_t published = world.now_ms - 5 * kHourMs;
  event.set_occurred_ms(occurred);
  event.set_published_ms(published);
  world.Publish(event);
  const std::int64_t accepted = world.now_ms;
  const std::int64_t released = world.now_ms += kHourMs;
  const std::string session = world.OpenSession(kChair);
  const std::int64_t acknowledged = world.now_ms += kHourMs;
  world.Acknowledge(kChair, session, v1::URGENCY_URGENT, {1});
  const std::int64_t read = world.now_ms += kHourMs;
  Read(kChair, 1);

  EXPECT_EQ(Ask(AboutPost(kChair, occurred - 1)).events_size(), 0) << "it was not so yet";
  for (const std::int64_t at_ms : {occurred, published - 1, published, accepted - 1}) {
    const v1::KnownAtResponse response = Ask(AboutPost(kChair, at_ms));
    ASSERT_EQ(response.events_size(), 1);
    EXPECT_EQ(response.events(0).known_to_size(), 0) << "nobody had been told";
  }
  const auto ms = [](const google::protobuf::Timestamp& time) {
    return TimeUtil::TimestampToMilliseconds(time);
  };
  for (const std::int64_t at_ms : {accepted, released - 1, released, acknowledged - 1, acknowledged,
                                   read - 1, read, read + kHourMs}) {
    world.now_ms = std::max(world.now_ms, at_ms);
    const v1::KnownAtResponse response = Ask(AboutPost(kChair, at_ms));
    ASSERT_EQ(response.events_size(), 1);
    EXPECT_EQ(ms(response.events(0).occurred_at()), occurred);
    EXPECT_EQ(ms(response.events(0).published_at()), published);
    EXPECT_EQ(ms(response.events(0).accepted_at()), accepted);
    ASSERT_EQ(response.events(0).known_to_size(), 1);
    const v1::KnownTo& known = response.events(0).known_to(0);
    EXPECT_EQ(ms(known.decided_at()), accepted);
    EXPECT_EQ(known.decided(), v1::LEVEL_FULL);
    EXPECT_EQ(known.level(), at_ms < released ? v1::LEVEL_UNSPECIFIED : v1::LEVEL_FULL);
    EXPECT_EQ(ms(known.released_at()), at_ms < released ? 0 : released);
    EXPECT_EQ(ms(known.acknowledged_at()), at_ms < acknowledged ? 0 : acknowledged);
    EXPECT_EQ(ms(known.read_at()), at_ms < read ? 0 : read);
  }
}

/// What was read is what had been let go by then: raised, it is read anew, or not.
TEST_F(KnownAtTest, AReadingIsOfWhatHadBeenLetGoByThen) {
  const std::string session = world.OpenSession(kChair);
  const std::string event = Publish(/*withheld=*/true);
  const std::int64_t first = world.now_ms += kHourMs;
  WriteTearLine(event);
  const std::int64_t read = world.now_ms += kHourMs;
  world.Acknowledge(kChair, session, v1::URGENCY_URGENT, {1});
  Read(kChair, 1);
  const std::int64_t raised = world.now_ms += kHourMs;
  Control(event, false);
  v1::KnownTo known = Of(kChair, read);
  EXPECT_EQ(known.level(), v1::LEVEL_TEAR_LINE);
  EXPECT_EQ(TimeUtil::TimestampToMilliseconds(known.read_at()), read);
  EXPECT_FALSE(known.has_released_anew_at() || known.has_read_before_at());

  known = Of(kChair, raised);
  EXPECT_EQ(known.level(), v1::LEVEL_FULL);
  EXPECT_EQ(TimeUtil::TimestampToMilliseconds(known.released_at()), first);
  EXPECT_EQ(TimeUtil::TimestampToMilliseconds(known.released_anew_at()), raised);
  EXPECT_FALSE(known.has_acknowledged_at());
  EXPECT_FALSE(known.has_read_at());
  EXPECT_EQ(TimeUtil::TimestampToMilliseconds(known.read_before_at()), read);
  EXPECT_NE(known.sentence().find("no person had said that they read it; what was let go before "
                                  "had been read 2027-01-15T10:00:00Z."),
            std::string::npos)
      << known.sentence();

  const std::int64_t received = world.now_ms += kHourMs;
  world.Acknowledge(kChair, session, v1::URGENCY_URGENT, {2});
  Read(kChair, 2);
  known = Of(kChair, received);
  EXPECT_EQ(TimeUtil::TimestampToMilliseconds(known.acknowledged_at()), received);
  EXPECT_EQ(TimeUtil::TimestampToMilliseconds(known.read_at()), received);
  EXPECT_EQ(TimeUtil::TimestampToMilliseconds(known.read_before_at()), read);
}

/// It had occurred, and the broker was told of it later: nobody had it.
TEST_F(KnownAtTest, ListsWhatHadOccurredAndWasRecordedLater) {
  Publish();
  const v1::KnownAtResponse response = Ask(AboutPost(kChair, world.now_ms - 1));
  ASSERT_EQ(response.events_size(), 1);
  EXPECT_EQ(response.events(0).known_to_size(), 0);
  EXPECT_NE(response.events(0).sentence().find("nobody had been told"), std::string::npos);
  EXPECT_EQ(Ask(AboutPost(kChair, world.now_ms - 61'000)).events_size(), 0)
      << "it had not occurred";
}

/// A panel is who sat on it then.
TEST_F(KnownAtTest, APanelIsAskedAboutAsItSatThen) {
  Publish();
  const std::int64_t before = world.now_ms;
  world.now_ms += kHourMs;
  stored::v1::SeatPost leave;
  leave.set_case_id(its_case);
  leave.mutable_seat()->set_post(kChair);
  leave.set_leave(true);
  ASSERT_EQ(world
                .Say(machine::World::System("police/coordinator"),
                     stored::v1::COMMAND_NUMBER_SEAT_POST, leave)
                .outcome,
            audit::Outcome::kApplied);
  v1::KnownAtRequest request = AboutPost("", before);
  request.set_panel(true);
  const v1::KnownAtResponse then = Ask(request);
  ASSERT_EQ(then.panel_posts_size(), 2);
  EXPECT_EQ(then.panel_posts(0), "ct-police/accountable");
  EXPECT_EQ(then.panel_posts(1), kChair);
  ASSERT_EQ(then.events_size(), 1);
  EXPECT_EQ(then.events(0).known_to_size(), 2);
  *request.mutable_at() = Time(world.now_ms);
  EXPECT_EQ(Ask(request).panel_posts_size(), 1);
}

/// Also when the case has ended, and the person has another.
TEST_F(KnownAtTest, APanelIsFoundWhenItsCaseHasEnded) {
  Publish();
  const std::int64_t before = world.now_ms;
  world.now_ms += kHourMs;
  stored::v1::SeatPost leave;
  leave.set_case_id(its_case);
  leave.mutable_seat()->set_post(kChair);
  leave.set_leave(true);
  const auto coordinator = machine::World::System("police/coordinator");
  world.Say(coordinator, stored::v1::COMMAND_NUMBER_SEAT_POST, leave);
  stored::v1::EndCase end;
  end.set_case_id(its_case);
  end.set_reason(v1::CASE_EXIT_REASON_ADDS_NOTHING);
  world.behaviour_version = machine::kCoordinatedFrom - 1;  // when that took no chair
  ASSERT_EQ(world.Say(coordinator, stored::v1::COMMAND_NUMBER_END_CASE, end).sentence, "");
  world.behaviour_version = machine::kBehaviourVersion;
  v1::KnownAtRequest request = AboutPost("", before);
  request.set_panel(true);
  EXPECT_EQ(Ask(request).panel_posts_size(), 2);
  *request.mutable_at() = Time(world.now_ms);
  EXPECT_EQ(Ask(request).panel_posts_size(), 0) << "it has no panel now";
  EXPECT_EQ(reason_, v1::ERROR_REASON_UNSPECIFIED);
  world.now_ms += kHourMs;
  world.OpenCase(nominal, {{"police/panel", v1::SEAT_KIND_MEMBER}});
  *request.mutable_at() = Time(world.now_ms);
  EXPECT_EQ(Ask(request).panel_posts_size(), 1);
  *request.mutable_at() = Time(before);
  EXPECT_EQ(Ask(request).panel_posts_size(), 2);
}

TEST_F(KnownAtTest, AnAgencyIsAllItsPostsThatWereJudgedFor) {
  Publish();
  v1::KnownAtRequest request = AboutPost("", world.now_ms);
  request.set_agency("probation");
  const v1::KnownAtResponse response = Ask(request);
  ASSERT_EQ(response.events_size(), 1);
  ASSERT_EQ(response.events(0).known_to_size(), 1);
  EXPECT_EQ(response.events(0).known_to(0).post(), kChair);
}

TEST_F(KnownAtTest, PagesFollowOneAnother) {
  Publish();
  Publish();
  Publish();
  v1::KnownAtRequest request = AboutPost(kChair, world.now_ms);
  request.set_page_size(2);
  const v1::KnownAtResponse first = Ask(request);
  EXPECT_EQ(first.events_size(), 2);
  request.set_page_token(first.next_page_token());
  const v1::KnownAtResponse second = Ask(request);
  ASSERT_EQ(second.events_size(), 1);
  EXPECT_NE(second.events(0).event_id(), first.events(1).event_id());
  EXPECT_EQ(second.next_page_token(), "");
}

/// Another area's nominal looks like one that is not there.
TEST_F(KnownAtTest, IsForAuditorsInTheirAreas) {
  Publish();
  const v1::KnownAtRequest request = AboutPost(kChair, world.now_ms);
  Ask(request, kChair);
  EXPECT_EQ(reason_, v1::ERROR_REASON_NOT_PERMITTED);
  v1::KnownAtResponse none;
  const auto elsewhere = KnownAt(request, As(kSouthern), world.state, world.now_ms, none);
  v1::KnownAtRequest nowhere = request;
  nowhere.set_nominal_id(model::NominalId::FromBytes(std::string(16, 'x'))->Text());
  EXPECT_EQ(elsewhere.status(),
            KnownAt(nowhere, As(kSouthern), world.state, world.now_ms, none).status());
  EXPECT_EQ(ReasonOf(elsewhere.status()), v1::ERROR_REASON_NOT_FOUND);
}

/// Of the person, as it was then: under each nominal that was, and none that was not yet.
TEST_F(KnownAtTest, FollowsAMergeAsItStoodThen) {
  const std::string other = world.Register(2);
  const std::string first = world.NextEventId();
  world.Publish(world.Event(other));
  const std::int64_t before = world.now_ms;
  world.now_ms += kHourMs;
  stored::v1::MergeNominals merge;
  merge.set_removed_id(other);
  merge.set_surviving_id(nominal);
  ASSERT_EQ(
      world.Say(As("police/coordinator"), stored::v1::COMMAND_NUMBER_MERGE_NOMINALS, merge).outcome,
      audit::Outcome::kApplied);
  EXPECT_EQ(Ask(AboutPost(kChair, before)).events_size(), 0);
  v1::KnownAtRequest request = AboutPost("", world.now_ms);
  request.set_panel(true);
  request.set_nominal_id(model::NominalId::FromBytes(other)->Text());
  const v1::KnownAtResponse after = Ask(request);
  ASSERT_EQ(after.events_size(), 1);
  EXPECT_EQ(after.events(0).event_id(), EventText(first));
  EXPECT_EQ(after.panel_posts_size(), 2);
}

/// Whose an event was then: before it moved the one's, from then on the other's.
TEST_F(KnownAtTest, FollowsAMovedBookingAsItStoodThen) {
  const std::string other = world.Register(2);
  const std::string moved = Publish();
  const std::int64_t before = world.now_ms;
  world.now_ms += kHourMs;
  MoveBooking(nominal, other);
  const auto about = [&](const std::string& id, std::int64_t at_ms) {
    v1::KnownAtRequest request = AboutPost(kChair, at_ms);
    request.set_nominal_id(model::NominalId::FromBytes(id)->Text());
    std::set<std::string> events;
    const v1::KnownAtResponse response = Ask(request);
    for (const v1::KnownEvent& event : response.events()) events.insert(event.event_id());
    return events;
  };
  const std::set<std::string> it = {EventText(moved)};
  EXPECT_EQ(about(nominal, before), it);
  EXPECT_TRUE(about(other, before).empty());
  EXPECT_TRUE(about(nominal, world.now_ms).empty());
  EXPECT_EQ(about(other, world.now_ms), it);
}

TEST_F(KnownAtTest, TheFormIsChecked) {
  Ask(AboutPost(kChair, world.now_ms + 1));
  EXPECT_EQ(reason_, v1::ERROR_REASON_TIME_INVALID) << "not yet recorded";
  v1::KnownAtRequest nobody = AboutPost("", world.now_ms);
  nobody.clear_who();
  Ask(nobody);
  EXPECT_EQ(reason_, v1::ERROR_REASON_FIELD_INVALID);
}

}  // namespace
}  // namespace tearline::rpc
