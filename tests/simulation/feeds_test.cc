#include "tests/simulation/feeds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/simulation/told_event.h"

namespace tearline::simulation {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A chair with a seat and a session, and one event about the case's nominal.
class FeedsHeard : public testing::Test {
 protected:
  FeedsHeard() {
    reading_.cases["case"] = {"nominal", "", "", 0, {{"probation/chair-0", v1::SEAT_KIND_CHAIR}},
                              {}};
    reading_.case_of["nominal"] = "case";
    events_["event"] = ToldEvent();
    Intent open;
    open.deed = Deed::kOpenSession;
    open.post = "probation/chair-0";
    open.amount = 1;
    feeds_.Hear({}, open, 1);
  }

  /// A case whose chair has two segments to be told.
  void TwoSegments() { events_["event"].about = {{}, {}}; }
  Seen Decided(bool told, std::uint32_t segments = 1) {
    Seen seen;
    stored::v1::DecisionDetail& detail = *seen.details.emplace_back().mutable_decision();
    detail.set_event_id("event");
    detail.set_post("probation/chair-0");
    detail.set_level(told ? v1::LEVEL_FULL : v1::LEVEL_WITHHELD);
    for (std::uint32_t i = 0; told && i < segments; ++i) detail.add_segments(i);
    return seen;
  }
  void Decide(bool told) { feeds_.HearDetails(Decided(told), nullptr); }
  /// The same, of what was let go before.
  Seen DecidedAgain(bool told, std::uint32_t segments = 1) {
    Seen seen = Decided(told, segments);
    seen.details.back().mutable_decision()->set_again(true);
    return seen;
  }
  stored::v1::ReleasedDetail& AddRelease(std::uint64_t number, Seen& seen) {
    stored::v1::ReleasedDetail& detail = *seen.details.emplace_back().mutable_released();
    detail.set_feed("probation/chair-0");
    detail.set_lane(v1::URGENCY_URGENT);
    detail.set_sequence(number);
    return detail;
  }
  void LetGo(std::uint64_t number, const std::string& event_id = "event") {
    Seen seen;
    AddRelease(number, seen).set_event_id(event_id);
    feeds_.HearDetails(seen, nullptr);
  }
  /// A new session of the same post: what it was sent goes out again.
  void OpenAnew() {
    Intent open;
    open.deed = Deed::kOpenSession;
    open.post = "probation/chair-0";
    open.amount = 1;
    feeds_.Hear({}, open, 2);
  }

  const Town town_{1};
  Reading reading_{town_};
  Feeds::Events events_;
  Complaints complaints_;
  Feeds feeds_{reading_, events_, complaints_};
};

TEST_F(FeedsHeard, WhatIsRightIsNotComplainedOf) {
  Decide(true);
  LetGo(1);
  EXPECT_THAT(complaints_, IsEmpty());
}

/// P2.
TEST_F(FeedsHeard, AReleaseThatNothingDecidedIsNoticed) {
  LetGo(1);
  EXPECT_THAT(complaints_, ElementsAre(HasSubstr("P2: an item was let go that no record")));
}

/// P6: the decision was right when it was made, and the seat was left before the release.
TEST_F(FeedsHeard, AReleaseAfterTheSeatWasLeftIsNoticed) {
  Decide(true);
  reading_.cases["case"].seats.clear();
  LetGo(1);
  EXPECT_THAT(complaints_, ElementsAre(HasSubstr("the policy withholds at that position")));
}

TEST_F(FeedsHeard, ADecisionToTellWhatIsSecretIsNoticed) {
  events_["event"].secret = true;
  Decide(true);
  EXPECT_THAT(complaints_, ElementsAre(HasSubstr("P6: decided to tell more")));
}

TEST_F(FeedsHeard, ADecisionToWithholdWhatIsDueIsNoticed) {
  Decide(false);
  EXPECT_THAT(complaints_, ElementsAre(HasSubstr("P4: decided to tell less")));
}

TEST_F(FeedsHeard, AGapAndANumberGivenTwiceAreNoticed) {
  Decide(true);
  LetGo(2);
  EXPECT_THAT(complaints_, ElementsAre(HasSubstr("numbers do not rise by one")));
  complaints_.clear();
  feeds_.open.clear();
  LetGo(2, "");
  EXPECT_THAT(complaints_, ElementsAre(HasSubstr("numbers do not rise by one")));
}

/// Break-glass brings again what it raises, and nothing that was told alike.
TEST_F(FeedsHeard, WhatBreakGlassBringsAgainAlikeIsNoticed) {
  Decide(true);
  LetGo(1);
  feeds_.HearGlassBroken("probation/chair-0", "nominal");
  feeds_.open.clear();
  LetGo(2);
  EXPECT_THAT(complaints_, ElementsAre(HasSubstr("told alike")));
}

TEST_F(FeedsHeard, WhatBreakGlassRaisesComesAgain) {
  Decide(true);
  LetGo(1);
  feeds_.HearGlassBroken("probation/chair-0", "nominal");
  feeds_.open.clear();
  TwoSegments();
  feeds_.HearDetails(DecidedAgain(true, 2), nullptr);
  LetGo(2);
  EXPECT_THAT(complaints_, IsEmpty());
}

TEST_F(FeedsHeard, AnEventThatGoesOutTwiceAndAFullWindowAreNoticed) {
  Decide(true);
  LetGo(1);
  LetGo(2);
  EXPECT_THAT(complaints_, ElementsAre(HasSubstr("the window was full"), HasSubstr("twice")));
}

TEST_F(FeedsHeard, ARetryThatIsOverdueIsNoticedOnceALaterGroupComes) {
  Decide(true);
  LetGo(1);
  Intent retry;
  retry.deed = Deed::kRetry;
  retry.post = "probation/chair-0";
  retry.id = feeds_.sessions.at("probation/chair-0");
  retry.lane = v1::URGENCY_URGENT;
  retry.numbers = {1};
  retry.amount = 500;
  Seen seen;
  seen.stamp_ms = 1000;
  feeds_.Hear(seen, retry, 2);
  feeds_.LookForOverdue(1500, 2);
  feeds_.LookForOverdue(1499, 3);
  EXPECT_THAT(complaints_, IsEmpty());
  feeds_.LookForOverdue(1500, 3);
  EXPECT_THAT(complaints_, ElementsAre(HasSubstr("a retry was due")));
  complaints_.clear();
  feeds_.Fire(1500, {});
  feeds_.LookForOverdue(1500, 3);
  EXPECT_THAT(complaints_, IsEmpty());
}

/// P6: told of the withdrawal, under the number that comes next, and of nothing else.
TEST_F(FeedsHeard, WhatIsWithdrawnLeavesTheWindowAndIsSaidOnce) {
  Decide(true);
  LetGo(1);
  reading_.cases["case"].seats.clear();
  OpenAnew();
  Seen seen = DecidedAgain(false);
  AddRelease(2, seen).set_withdrawn_event_id("event");
  feeds_.HearDetails(seen, nullptr);
  feeds_.LookWhenQuiet();
  EXPECT_THAT(complaints_, IsEmpty());

  feeds_.open.clear();
  Seen twice;
  AddRelease(3, twice).set_withdrawn_event_id("event");
  feeds_.HearDetails(twice, nullptr);
  EXPECT_THAT(complaints_, ElementsAre(HasSubstr("of what it did not have")));
}

TEST_F(FeedsHeard, AWithdrawalThatNobodySaysIsNoticedWhenAllIsQuiet) {
  Decide(true);
  LetGo(1);
  reading_.cases["case"].seats.clear();
  feeds_.HearDetails(DecidedAgain(false), nullptr);
  EXPECT_THAT(complaints_, IsEmpty());
  feeds_.LookWhenQuiet();
  EXPECT_THAT(complaints_, ElementsAre(HasSubstr("was not told of what was taken back")));
}

/// P6: a session that opens after the seat was left, and nothing was judged again.
TEST_F(FeedsHeard, WhatGoesOutAgainAboveTodaysLevelIsNoticed) {
  Decide(true);
  LetGo(1);
  OpenAnew();
  feeds_.HearDetails({}, nullptr);
  EXPECT_THAT(complaints_, IsEmpty());
  reading_.cases["case"].seats.clear();
  OpenAnew();
  feeds_.HearDetails({}, nullptr);
  EXPECT_THAT(complaints_, ElementsAre(HasSubstr("P6: an item goes out again as the policy")));
}

TEST_F(FeedsHeard, WhatGoesOutAgainKeepsItsNumber) {
  Decide(true);
  LetGo(1);
  TwoSegments();
  Seen seen = DecidedAgain(true, 2);
  stored::v1::ReleasedDetail& again = AddRelease(1, seen);
  again.set_event_id("event");
  again.set_again(true);
  OpenAnew();
  feeds_.HearDetails(seen, nullptr);
  EXPECT_THAT(complaints_, IsEmpty());
  EXPECT_THAT(feeds_.open.begin()->second.at(1).segments, ElementsAre(0u, 1u));
  again.set_sequence(2);
  feeds_.HearDetails(seen, nullptr);
  EXPECT_THAT(complaints_, ElementsAre(HasSubstr("not what was let go under its number")));
}

/// More is to come in the place of what was told, and then nothing may: what was told is taken
/// back.
TEST_F(FeedsHeard, WhatWasToldIsTakenBackThoughMoreWasToTakeItsPlace) {
  Decide(true);
  LetGo(1);
  TwoSegments();
  Seen more = DecidedAgain(true, 2);
  more.command = stored::v1::COMMAND_NUMBER_PULSE;
  feeds_.HearDetails(more, nullptr);
  reading_.cases["case"].seats.clear();
  feeds_.HearDetails(DecidedAgain(false), nullptr);
  EXPECT_THAT(complaints_, IsEmpty());
  feeds_.LookWhenQuiet();
  EXPECT_THAT(complaints_, ElementsAre(HasSubstr("was not told of what was taken back")));
  complaints_.clear();
  Seen said;
  AddRelease(2, said).set_withdrawn_event_id("event");
  feeds_.HearDetails(said, nullptr);
  feeds_.LookWhenQuiet();
  EXPECT_THAT(complaints_, IsEmpty());
}

/// Two were parted, and a subscription that names the one is let have what is of the other.
TEST_F(FeedsHeard, WhatASubscriptionGetsOfWhomItNamesNoMoreIsNoticed) {
  const std::string feed = "prison/security/sub";
  feeds_.wishes.standing[feed].nominals = {"other"};
  feeds_.sessions[feed] = "session";
  reading_.persons.Merge("other", "nominal");
  Seen seen = Decided(true);
  seen.details.back().mutable_decision()->set_post("prison/security");
  seen.details.back().mutable_decision()->set_feed(feed);
  feeds_.HearDetails(seen, nullptr);
  EXPECT_THAT(complaints_, IsEmpty());
  reading_.persons.Part("other");
  Seen let_go;
  stored::v1::ReleasedDetail& detail = AddRelease(1, let_go);
  detail.set_feed(feed);
  detail.set_event_id("event");
  feeds_.HearDetails(let_go, nullptr);
  EXPECT_THAT(complaints_, ElementsAre(HasSubstr("got an event that nobody wished for")));
}

TEST_F(FeedsHeard, WhatWaitsWhileAnybodyListensIsNoticedWhenAllIsQuiet) {
  Decide(true);
  feeds_.LookWhenQuiet();
  EXPECT_THAT(complaints_, ElementsAre(HasSubstr("waits although the post listens")));
}

}  // namespace
}  // namespace tearline::simulation
