#pragma once

#include <map>
#include <string>
#include <vector>

#include "broker/machine/action.h"
#include "broker/machine/rows.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/stored/v1/row.pb.h"
#include "tests/machine/event_world.h"

namespace tearline::machine {

/// The world of EventWorld, whose case is in category 4 at level 3, with words for what its panel
/// agrees, and probation/feed, which says what another system has.
struct ActionWorld : EventWorld {
  static constexpr char kFeed[] = "probation/feed";
  static constexpr std::int64_t kDay = 24 * 3'600'000;

  ActionWorld() {
    stored::v1::SetPost set;
    set.mutable_post()->set_post(kFeed);
    set.mutable_post()->add_roles(v1::POST_ROLE_INTAKE);
    set.mutable_post()->add_services("supervisor-system");
    set.mutable_post()->mutable_clearance()->set_tier(v1::TIER_OFFICIAL);
    Say(System("desk/operator"), stored::v1::COMMAND_NUMBER_SET_POST, set);
  }

  static stored::v1::Actor Feed() {
    stored::v1::Actor actor = System("probation/supervisor");
    actor.set_post(kFeed);
    return actor;
  }

  stored::v1::AddAction Asked(std::int64_t within_ms = 7 * kDay,
                              const std::string& owner = kMember) const {
    stored::v1::AddAction command;
    command.set_case_id(case_id);
    command.set_kind(v1::ACTION_KIND_HOME_VISIT);
    command.set_owner_post(owner);
    command.set_due_ms(now_ms + within_ms);
    return command;
  }
  Applied Add(const stored::v1::AddAction& command, const std::string& post = kChair) {
    return Say(System(post), stored::v1::COMMAND_NUMBER_ADD_ACTION, command);
  }
  /// One action of the member's, due in a week; its id, 16 bytes.
  std::string AddOne(const std::string& owner = kMember) {
    const Applied added = Add(Asked(7 * kDay, owner));
    return added.made_id.empty() ? "" : model::ActionId::Parse(added.made_id)->Bytes();
  }

  stored::v1::EndAction Ending(const std::string& action_id, v1::ActionEnd end) const {
    stored::v1::EndAction command;
    command.set_case_id(case_id);
    command.set_action_id(action_id);
    command.set_end(end);
    if (end == v1::ACTION_END_DONE) command.set_evidence_digest(std::string(32, 'e'));
    return command;
  }
  Applied EndIt(const stored::v1::EndAction& command, const std::string& post = kChair) {
    return Say(System(post), stored::v1::COMMAND_NUMBER_END_ACTION, command);
  }

  stored::v1::SetLevel To(v1::MappaLevel level,
                          v1::MappaCategory category = v1::MAPPA_CATEGORY_4) const {
    stored::v1::SetLevel command;
    command.set_case_id(case_id);
    command.set_category(category);
    command.set_level(level);
    return command;
  }
  Applied Set(const stored::v1::SetLevel& command,
              const stored::v1::Actor& actor = System(kChair)) {
    return Say(actor, stored::v1::COMMAND_NUMBER_SET_LEVEL, command);
  }

  stored::v1::EndCase Exit() const {
    stored::v1::EndCase command;
    command.set_case_id(case_id);
    command.set_reason(v1::CASE_EXIT_REASON_ADDS_NOTHING);
    return command;
  }
  Applied Set(const stored::v1::EndCase& command, const stored::v1::Actor& actor = System(kChair)) {
    return Say(actor, stored::v1::COMMAND_NUMBER_END_CASE, command);
  }

  template <typename Command>
  static void Override(const std::string& work_id, Command& command) {
    stored::v1::Override& each = *command.add_overrides();
    each.set_work_id(work_id);
    each.set_reason(v1::WORK_OVERRIDE_REASON_AGENCY_GOES_ON);
  }

  stored::v1::CaseRow Case() const { return *state.Find<stored::v1::CaseRow>(CaseKey(case_id)); }
  stored::v1::ActionRow Action(const std::string& id) const {
    return *state.Find<stored::v1::ActionRow>(ActionKey(case_id, id));
  }
  stored::v1::ObligationRow Owed(const std::string& obligation_id) const {
    return *state.Find<stored::v1::ObligationRow>(ObligationKey(obligation_id));
  }
  /// What the newest leaf says changed: "what name other".
  std::vector<std::string> Changed() const {
    std::vector<std::string> all;
    for (const stored::v1::Detail& detail : Details()) {
      if (!detail.has_changed()) continue;
      all.push_back(detail.changed().what() + " " + detail.changed().name() + " " +
                    detail.changed().other());
    }
    return all;
  }
};

}  // namespace tearline::machine
