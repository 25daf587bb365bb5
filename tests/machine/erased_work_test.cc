#include <gtest/gtest.h>

#include "broker/machine/obligation.h"
#include "tests/machine/action_world.h"
#include "tests/machine/meeting_world.h"
#include "tests/machine/request_world.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

/// Work that is open about a person who is erased: what is owed ends with the erasure, and who does
/// the work all the same, or says so later, ends it no second time.

Actor Why(Actor actor) {
  actor.set_purpose("data-protection");
  return actor;
}

/// Has a post publish something that can be erased, then erases the person.
void Erase(const std::string& nominal_id, World& world,
           const std::string& publisher = "ct-police/intel") {
  const std::string key(model::SubjectKeyId::kBytes, 'k');
  Publish event = world.Event(nominal_id);
  event.mutable_segments(0)->add_keys()->set_subject_key_id(key);
  SubjectKeyUse& use = *event.add_keys();
  use.set_subject_key_id(key);
  use.set_content_class(CONTENT_CLASS_SEGMENT);
  use.set_quarter(200);
  ASSERT_EQ(world.Publish(event, publisher).sentence, "");
  EraseNominal erase;
  erase.set_nominal_id(nominal_id);
  const Applied asked =
      world.Say(Why(World::System("desk/governance")), COMMAND_NUMBER_ERASE_NOMINAL, erase);
  ASSERT_EQ(asked.outcome, audit::Outcome::kAwaitsSecondHand) << asked.sentence;
  SecondHand second;
  second.set_pending_id(model::PendingId::Parse(asked.made_id)->Bytes());
  const Applied erased =
      world.Say(Why(World::System("desk/operator")), COMMAND_NUMBER_SECOND_HAND, second);
  ASSERT_EQ(erased.outcome, audit::Outcome::kApplied) << erased.sentence;
}

void ExpectReplays(const World& world) {
  EXPECT_EQ(Replay(world.records).Digest().Hex(), world.state.Digest().Hex());
}

TEST(ErasedWork, ARequestIsAnswered) {
  RequestWorld world;
  const std::string id = world.Ask();
  Erase(world.nominal, world, RequestWorld::kChecks);
  const Applied answered = world.Answer(id, v1::INFORMATION_OUTCOME_NOTHING_KNOWN);
  EXPECT_EQ(answered.outcome, audit::Outcome::kApplied) << answered.sentence;
  ExpectReplays(world);
}

TEST(ErasedWork, AMeetingHasItsMinutes) {
  MeetingWorld world;
  const std::string id = world.Hold();
  Erase(world.nominal, world);
  const Applied recorded = world.Record(world.Recording(id));
  EXPECT_EQ(recorded.outcome, audit::Outcome::kApplied) << recorded.sentence;
  ExpectReplays(world);
}

TEST(ErasedWork, AnActionIsDone) {
  ActionWorld world;
  const std::string id = world.AddOne();
  Erase(world.nominal, world);
  const Applied done = world.EndIt(world.Ending(id, v1::ACTION_END_DONE));
  EXPECT_EQ(done.outcome, audit::Outcome::kApplied) << done.sentence;
  ExpectReplays(world);
}

TEST(ErasedWork, AProposalIsAnsweredAndASeatLeft) {
  PanelWorld world;
  const std::string id = world.Propose();
  Erase(world.nominal, world);
  const Applied answered = world.Answer(id, PanelWorld::kChair);
  EXPECT_EQ(answered.outcome, audit::Outcome::kApplied) << answered.sentence;
  const Applied left = world.Seat(PanelWorld::kMember, /*leave=*/true);
  EXPECT_EQ(left.outcome, audit::Outcome::kApplied) << left.sentence;
  ExpectReplays(world);
}

}  // namespace
}  // namespace tearline::machine
