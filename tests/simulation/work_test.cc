#include "tests/simulation/work.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/simulation/feeds.h"
#include "tests/simulation/leaves.h"
#include "tests/simulation/requests.h"
#include "tests/simulation/told_event.h"

namespace tearline::simulation {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kDead[] = "police/accountable-0";

Seen Said(const char* what, const std::string& dead, const std::string& post) {
  Seen seen;
  stored::v1::ChangedDetail& changed = *seen.details.emplace_back().mutable_changed();
  changed.set_what(what);
  changed.set_name(dead);
  changed.set_other(post);
  return seen;
}

/// The accountable officer of a case, to whom an event was told; police/desk answers for all that
/// that post does, and for more.
class WorkHeard : public testing::Test {
 protected:
  WorkHeard() {
    reading_.cases["case"] = {"nominal", kDead, "", 0, {}, {}};
    reading_.case_of["nominal"] = "case";
    events_["event"] = ToldEvent();
    Decide(kDead, /*told=*/true);
    Set(kDesk, true);
  }

  void Set(const std::string& post, bool vacant, const Seen& seen = {}) {
    work_.NotePost(post);
    leaves_.HearHolder(post, As::kHolder, vacant);
    comes_for_ = work_.HearPost(seen, post);
  }
  /// The officer is gone, and police/desk comes.
  void TakeUp() {
    position_ = 2;
    Set(kDead, true);
    Set(kDesk, false, Said("work-taken-up", kDead, kDesk));
  }
  void Decide(const std::string& post, bool told, bool late = false) {
    Seen seen;
    seen.position = position_;
    stored::v1::DecisionDetail& detail = *seen.details.emplace_back().mutable_decision();
    detail.set_event_id("event");
    detail.set_post(post);
    detail.set_level(told ? v1::LEVEL_FULL : v1::LEVEL_WITHHELD);
    if (told) detail.add_segments(0);
    detail.set_late(late);
    feeds_.HearDetails(seen, nullptr);
  }
  void MustRead(const std::string& id, const std::string& post) {
    Seen seen;
    stored::v1::ObligationDetail& owed = *seen.details.emplace_back().mutable_obligation();
    owed.set_change(stored::v1::OBLIGATION_CHANGE_OPENED);
    owed.set_type(v1::OBLIGATION_TYPE_READ);
    owed.set_obligation_id(id);
    owed.set_debtor_post(post);
    owed.set_event_id("event");
    feeds_.HearDetails(seen, nullptr);
  }
  void LetGo(std::uint64_t number) {
    Seen seen;
    stored::v1::ReleasedDetail& detail = *seen.details.emplace_back().mutable_released();
    detail.set_feed(kDesk);
    detail.set_lane(v1::URGENCY_URGENT);
    detail.set_sequence(number);
    detail.set_event_id("event");
    feeds_.HearDetails(seen, nullptr);
  }
  void Listen(const std::string& post) {
    Intent open;
    open.deed = Deed::kOpenSession;
    open.post = post;
    open.amount = 10;
    feeds_.Hear({}, open, 1);
  }
  /// The walk over what lies with the dead address has come to its end.
  void HandedOn() { feeds_.HearDetails(Said("unread-handed-on", kDead, ""), nullptr); }

  const Town town_{230};  // with two areas
  Reading reading_{town_};
  Feeds::Events events_;
  Complaints complaints_;
  Leaves leaves_{reading_, complaints_};
  Work work_{reading_, complaints_};
  Feeds feeds_{reading_, events_, complaints_};
  Work::Pairs comes_for_;
  model::Position position_ = 1;  ///< Of the record that is heard.
};

TEST_F(WorkHeard, IsTakenUpByWhoComesToDoAllOfItAndGivenBack) {
  TakeUp();
  EXPECT_THAT(comes_for_, ElementsAre(testing::Pair(kDead, kDesk)));
  EXPECT_EQ(reading_.WhoDoesTheWorkOf(kDead), kDesk);
  EXPECT_TRUE(reading_.Of(events_["event"], kDesk).owed) << "judged as the dead one is";
  EXPECT_THAT(reading_.Decided(events_["event"]), testing::Contains(kDesk));
  Set(kDead, false, Said("work-given-back", kDead, kDesk));
  EXPECT_EQ(reading_.WhoDoesTheWorkOf(kDead), "");
  EXPECT_FALSE(reading_.Of(events_["event"], kDesk).told);
  EXPECT_THAT(complaints_, IsEmpty());
  EXPECT_EQ(work_.times, 1u);
}

TEST_F(WorkHeard, IsNotDoneByWhoWasThereBeforeOrDoesLess) {
  Set(kDesk, false);
  Set(kDead, true);
  Set("police/member-0", true);
  Set("police/member-0", false);
  Set(kDesk, false);
  EXPECT_EQ(reading_.WhoDoesTheWorkOf(kDead), "");
  EXPECT_THAT(complaints_, IsEmpty());
}

/// What waits to be answered is the newest's; the work is kept by the first that is there.
TEST_F(WorkHeard, IsKeptByTheFirstThoughAnotherComesToAnswerForIt) {
  constexpr char kOther[] = "police/accountable-1";
  TakeUp();
  Set(kOther, true);
  Set(kOther, false);
  EXPECT_THAT(comes_for_, ElementsAre(testing::Pair(kDead, kOther)));
  EXPECT_EQ(reading_.WhoDoesTheWorkOf(kDead), kDesk);
  EXPECT_THAT(complaints_, IsEmpty());
}

TEST_F(WorkHeard, ThatNobodyTakesUpIsNoticed) {
  Set(kDead, true);
  Set(kDesk, false);
  EXPECT_THAT(complaints_, ElementsAre(HasSubstr("P3: the work of a dead address")));
}

TEST_F(WorkHeard, ThatSomebodyElseTakesUpIsNoticed) {
  Set(kDead, true);
  Set("police/member-0", true);
  Set("police/member-0", false, Said("work-taken-up", kDead, "police/member-0"));
  EXPECT_THAT(complaints_, ElementsAre(HasSubstr("P6: work was taken up that nobody left")));
}

TEST_F(WorkHeard, ThatIsNotGivenBackIsNoticed) {
  TakeUp();
  Set(kDead, false);
  EXPECT_THAT(complaints_, ElementsAre(HasSubstr("was not given back")));
}

/// P3. What lay with the dead post, and what it would have been told had it been in reach.
TEST_F(WorkHeard, WhatNobodyReadAndNeverComesIsNoticed) {
  TakeUp();
  HandedOn();
  EXPECT_THAT(complaints_, ElementsAre(HasSubstr("P3: what nobody has read at a dead address")));
  complaints_.clear();
  Decide(kDesk, /*told=*/true, /*late=*/true);
  HandedOn();
  EXPECT_THAT(complaints_, IsEmpty());
}

TEST_F(WorkHeard, ThatNobodyNeedReadWhatIsHandedOnIsNoticed) {
  MustRead("one", kDead);
  TakeUp();
  Decide(kDesk, /*told=*/true, /*late=*/true);
  HandedOn();
  EXPECT_THAT(complaints_, ElementsAre(HasSubstr("P3: what must be read at a dead address")));
  complaints_.clear();
  MustRead("another", kDesk);
  HandedOn();
  EXPECT_THAT(complaints_, IsEmpty());
}

TEST_F(WorkHeard, WhatADeadPostMissedAndNeverComesIsNoticed) {
  for (const As as : {As::kHolder, As::kDeputy, As::kSystem}) {
    reading_.suspended.insert("police/" + MemberOf(kDead, as));
  }
  Decide(kDead, /*told=*/false);
  complaints_.clear();
  Set(kDesk, false, Said("work-taken-up", kDead, kDesk));
  HandedOn();
  EXPECT_THAT(complaints_, ElementsAre(HasSubstr("P3: what nobody has read at a dead address")));
}

TEST_F(WorkHeard, WhatWasReadNeedNotCome) {
  Seen seen;
  seen.details.emplace_back().mutable_read()->set_feed(kDead);
  seen.details.back().mutable_read()->set_event_id("event");
  feeds_.HearDetails(seen, nullptr);
  TakeUp();
  HandedOn();
  EXPECT_THAT(complaints_, IsEmpty());
}

TEST_F(WorkHeard, WhatComesUnmarkedIsNoticed) {
  TakeUp();
  Decide(kDesk, /*told=*/true, /*late=*/false);
  EXPECT_THAT(complaints_, ElementsAre(HasSubstr("is not marked late")));
}

TEST_F(WorkHeard, WhatIsHandedOnTwiceIsNoticed) {
  TakeUp();
  Listen(kDesk);
  Decide(kDesk, /*told=*/true, /*late=*/true);
  LetGo(1);
  EXPECT_THAT(complaints_, IsEmpty());
  Decide(kDesk, /*told=*/true, /*late=*/true);
  LetGo(2);
  EXPECT_THAT(complaints_, ElementsAre(HasSubstr("one post got an event twice")));
}

/// P6. To another than who took the work up, and to that one once it was given back.
TEST_F(WorkHeard, WhatWhoDoesNoneOfTheWorkIsToldIsNoticed) {
  Set(kDead, true);
  Decide(kDesk, /*told=*/true, /*late=*/true);
  EXPECT_THAT(complaints_, ElementsAre(HasSubstr("P6: decided to tell more")));
  complaints_.clear();
  Set(kDesk, false, Said("work-taken-up", kDead, kDesk));
  Set(kDead, false, Said("work-given-back", kDead, kDesk));
  Listen(kDesk);
  LetGo(1);
  EXPECT_THAT(complaints_, ElementsAre(HasSubstr("P6: an item was let go")));
}

/// Who sits there itself is judged as itself; of two whose work it does, as both.
TEST_F(WorkHeard, IsDoneAsAllOfTheCaseThatAreDead) {
  Reading::CaseHeard& its_case = reading_.cases["case"];
  its_case.seats["police/member-0"] = v1::SEAT_KIND_GUEST;
  TakeUp();
  EXPECT_THAT(reading_.StandsAs(its_case, kDesk), ElementsAre(kDead));
  Set("police/member-0", true);
  reading_.taken_up["police/member-0"] = kDesk;
  EXPECT_THAT(reading_.StandsAs(its_case, kDesk), ElementsAre(kDead, "police/member-0"));
  EXPECT_TRUE(reading_.Of(events_["event"], kDesk).owed) << "not as who sits there alone";
  its_case.supervisor = kDesk;
  EXPECT_THAT(reading_.StandsAs(its_case, kDesk), ElementsAre(kDesk));
}

/// What was asked goes with the work, in the time that is left or a day.
TEST_F(WorkHeard, WhatWasAskedAndIsNotPassedOnIsNoticed) {
  Requests requests(reading_, complaints_);
  requests.made["request"] = {"prison/security", 1, {{kDead, {"owed", false}}}};
  requests.HearTakenUp({}, kDead, kDesk);
  EXPECT_THAT(complaints_, ElementsAre(HasSubstr("P3: what a dead address was asked")));
  complaints_.clear();

  Seen seen;
  stored::v1::ObligationDetail& owed = *seen.details.emplace_back().mutable_obligation();
  owed.set_change(stored::v1::OBLIGATION_CHANGE_OPENED);
  owed.set_type(v1::OBLIGATION_TYPE_ANSWER_INFORMATION_REQUEST);
  owed.set_obligation_id("owed now");
  for (const auto& [what, post] :
       {std::pair("information-passed-on", kDead), std::pair("information-asked", kDesk)}) {
    seen.details.push_back(Said(what, "request", post).details.front());
  }
  requests.HearTakenUp(seen, kDead, kDesk);
  requests.HearOther(seen);
  EXPECT_THAT(complaints_, IsEmpty());
  EXPECT_EQ(requests.made["request"].asked.at(kDesk).obligation, "owed now");
  EXPECT_EQ(requests.DueMs("owed now"), 24LL * 60 * 60 * 1000);
}

}  // namespace
}  // namespace tearline::simulation
