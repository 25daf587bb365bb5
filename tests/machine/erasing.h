#pragma once

#include <gtest/gtest.h>

#include <string>

#include "broker/model/ids.h"
#include "tests/machine/world.h"

namespace tearline::machine {

/// Somebody who has a reason to erase.
inline stored::v1::Actor WhyErased(stored::v1::Actor actor) {
  actor.set_purpose("data-protection");
  return actor;
}

/// Has a post publish something that can be erased, then erases the person.
inline void Erase(const std::string& nominal_id, World& world,
                  const std::string& publisher = "ct-police/intel") {
  const std::string key(model::SubjectKeyId::kBytes, 'k');
  stored::v1::Publish event = world.Event(nominal_id);
  event.mutable_segments(0)->add_keys()->set_subject_key_id(key);
  stored::v1::SubjectKeyUse& use = *event.add_keys();
  use.set_subject_key_id(key);
  use.set_content_class(stored::v1::CONTENT_CLASS_SEGMENT);
  use.set_quarter(200);
  ASSERT_EQ(world.Publish(event, publisher).sentence, "");
  stored::v1::EraseNominal erase;
  erase.set_nominal_id(nominal_id);
  const Applied asked = world.Say(WhyErased(World::System("desk/governance")),
                                  stored::v1::COMMAND_NUMBER_ERASE_NOMINAL, erase);
  ASSERT_EQ(asked.outcome, audit::Outcome::kAwaitsSecondHand) << asked.sentence;
  stored::v1::SecondHand second;
  second.set_pending_id(model::PendingId::Parse(asked.made_id)->Bytes());
  const Applied erased = world.Say(WhyErased(World::System("desk/operator")),
                                   stored::v1::COMMAND_NUMBER_SECOND_HAND, second);
  ASSERT_EQ(erased.outcome, audit::Outcome::kApplied) << erased.sentence;
}

}  // namespace tearline::machine
