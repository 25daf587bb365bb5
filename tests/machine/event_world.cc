#include "tests/machine/event_world.h"

#include <algorithm>

#include "broker/machine/event_terms.h"
#include "broker/machine/rows.h"

namespace tearline::machine {
namespace {

using namespace stored::v1;

Actor WithPurpose(const std::string& post) {
  Actor actor = World::System(post);
  actor.set_purpose("correction");
  return actor;
}

/// "tear-line" of LEVEL_TEAR_LINE.
std::string Lower(const std::string& name, const std::string& prefix) {
  std::string word = name.substr(prefix.size());
  for (char& c : word) {
    c = c == '_' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return word;
}

}  // namespace

EventWorld::EventWorld() {
  nominal = Register(1);
  case_id = OpenCase(nominal,
                     {{kChair, v1::SEAT_KIND_CHAIR},
                      {kMember, v1::SEAT_KIND_MEMBER},
                      {kGuest, v1::SEAT_KIND_GUEST}},
                     kAccountable);
}

std::string EventWorld::PublishOne() {
  const std::string id = NextEventId();
  World::Publish(Event(nominal));
  return id;
}

std::string EventWorld::PublishControlled() {
  const std::string id = NextEventId();
  stored::v1::Publish event = Event(nominal);
  event.mutable_label()->set_originator_controlled(true);
  World::Publish(event);
  return id;
}

Applied EventWorld::Withdraw(const WithdrawEvent& command, const std::string& post) {
  return Say(WithPurpose(post), COMMAND_NUMBER_WITHDRAW_EVENT, command);
}

Applied EventWorld::Withdraw(const std::string& event_id, v1::WithdrawalReason reason,
                             const std::string& post) {
  WithdrawEvent command;
  command.set_event_id(event_id);
  command.set_reason(reason);
  return Withdraw(command, post);
}

Applied EventWorld::Amend(AmendEvent command, const std::string& post) {
  return Say(WithPurpose(post), COMMAND_NUMBER_AMEND_EVENT, command);
}

Applied EventWorld::Discharge(const std::string& obligation_id, DischargeMethod method,
                              const std::string& post) {
  DischargeObligation command;
  command.set_obligation_id(obligation_id);
  command.set_method(method);
  return Say(System(post), COMMAND_NUMBER_DISCHARGE_OBLIGATION, command);
}

AmendEvent EventWorld::Writing(const std::string& event_id) const {
  AmendEvent command;
  command.set_event_id(event_id);
  command.set_first_place(TearLinesOf(RowOf(event_id)));
  SealedTearLine& line = *command.add_tear_lines();
  line.mutable_text()->set_ciphertext("sealed text");
  line.mutable_marking()->set_tier(v1::TIER_OFFICIAL);
  line.mutable_audience()->set_panels(true);
  return command;
}

AmendEvent EventWorld::Controlling(const std::string& event_id, bool controlled) {
  AmendEvent command;
  command.set_event_id(event_id);
  command.mutable_terms()->set_originator_controlled(controlled);
  return command;
}

EventRow EventWorld::RowOf(const std::string& event_id) const {
  return *state.Find<EventRow>(EventKey(event_id));
}

std::vector<std::string> EventWorld::Inbox(const std::string& post) const {
  std::vector<std::string> words;
  for (const auto& [sequence, item] : Released(post, kLane)) {
    if (item.kind() == ITEM_KIND_EVENT) {
      std::string word = "event " + Lower(v1::Level_Name(item.level()), "LEVEL_");
      if (item.superseding()) {
        word += " supersedes " + std::to_string(item.superseded_sequence());
      }
      words.push_back(word);
    } else if (item.kind() == ITEM_KIND_ACCESS_WITHDRAWN) {
      words.push_back("withdrawn " + std::to_string(item.withdrawn_sequence()));
    } else if (item.kind() == ITEM_KIND_OBLIGATION) {
      const auto row = state.Find<ObligationRow>(ObligationKey(item.obligation_id()));
      words.push_back("obligation " +
                      Lower(v1::ObligationType_Name(row->type()), "OBLIGATION_TYPE_"));
    }
  }
  return words;
}

std::map<std::string, std::string> EventWorld::Open(v1::ObligationType type) const {
  std::map<std::string, std::string> open;
  for (const auto& [id, row] : OpenObligations()) {
    if (row.type() == type) open[row.debtor_post()] = id;
  }
  return open;
}

}  // namespace tearline::machine
