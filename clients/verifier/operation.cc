#include "clients/verifier/operation.h"

#include <algorithm>
#include <array>
#include <optional>

#include "tearline/stored/v1/command.pb.h"

namespace tearline::verifier {
namespace {

struct Row {
  Operation operation;
  std::vector<std::uint16_t> kinds;
};

/// As docs/verifying.md has it: by number, so that the two can be laid side by side.
const std::vector<Row>& Table() {
  using enum stored::v1::CommandNumber;
  static const std::vector<Row> table = {
      {Operation::kCollection,
       {COMMAND_NUMBER_REGISTER_NOMINAL, COMMAND_NUMBER_OPEN_CASE, COMMAND_NUMBER_COMMISSION_REPORT,
        COMMAND_NUMBER_PUBLISH, COMMAND_NUMBER_ADD_ACTION, COMMAND_NUMBER_MAKE_PROPOSAL,
        COMMAND_NUMBER_ASK_FOR_INFORMATION, COMMAND_NUMBER_PLAN_MEETING,
        COMMAND_NUMBER_RECORD_MINUTES}},
      {Operation::kAlteration,
       {COMMAND_NUMBER_LINK_IDENTIFIER, COMMAND_NUMBER_UNMERGE_NOMINALS, COMMAND_NUMBER_SET_LEVEL,
        COMMAND_NUMBER_END_CASE, COMMAND_NUMBER_CHANGE_CASE, COMMAND_NUMBER_CORRECT_IDENTIFIER,
        COMMAND_NUMBER_WITHDRAW_EVENT, COMMAND_NUMBER_AMEND_EVENT, COMMAND_NUMBER_MOVE_BOOKING,
        COMMAND_NUMBER_END_ACTION, COMMAND_NUMBER_ANSWER_PROPOSAL, COMMAND_NUMBER_END_MEETING}},
      {Operation::kConsultation,
       {COMMAND_NUMBER_RESOLVE_NOMINAL, COMMAND_NUMBER_BREAK_GLASS, COMMAND_NUMBER_READ,
        COMMAND_NUMBER_CONSULT}},
      {Operation::kDisclosure,
       {COMMAND_NUMBER_DECIDE_DISCLOSURE, COMMAND_NUMBER_RELEASE,
        COMMAND_NUMBER_ANSWER_FOR_INFORMATION}},
      {Operation::kCombination, {COMMAND_NUMBER_MERGE_NOMINALS}},
      {Operation::kErasure, {COMMAND_NUMBER_ERASE_NOMINAL, COMMAND_NUMBER_ACCEPT_LOST_KEYS}},
      {Operation::kAdministration,
       {COMMAND_NUMBER_GENESIS, COMMAND_NUMBER_ADMIT_AGENCY, COMMAND_NUMBER_ADMIT_MEMBER,
        COMMAND_NUMBER_SET_POST, COMMAND_NUMBER_SET_SUSPENSION, COMMAND_NUMBER_SECOND_HAND,
        COMMAND_NUMBER_ENROL_SIGNING_KEY, COMMAND_NUMBER_REVOKE_SIGNING_KEY,
        COMMAND_NUMBER_LIMIT_ACCESS, COMMAND_NUMBER_DECLARE_CONFLICT, COMMAND_NUMBER_SET_SUPERVISOR,
        COMMAND_NUMBER_SET_LEAVE, COMMAND_NUMBER_SEAT_POST, COMMAND_NUMBER_NAME_ACCOUNTABLE,
        COMMAND_NUMBER_NAME_POST, COMMAND_NUMBER_REVIEW_BREAK_GLASS, COMMAND_NUMBER_PROPOSE_POLICY,
        COMMAND_NUMBER_APPROVE_POLICY, COMMAND_NUMBER_NOTE_SIMULATION, COMMAND_NUMBER_OPEN_SESSION,
        COMMAND_NUMBER_CLOSE_SESSION, COMMAND_NUMBER_ACKNOWLEDGE, COMMAND_NUMBER_RETRY,
        COMMAND_NUMBER_PARK, COMMAND_NUMBER_CREATE_SUBSCRIPTION, COMMAND_NUMBER_SEEK_SUBSCRIPTION,
        COMMAND_NUMBER_DELETE_SUBSCRIPTION, COMMAND_NUMBER_DISCHARGE_OBLIGATION,
        COMMAND_NUMBER_ESCALATE_OBLIGATION, COMMAND_NUMBER_PULSE, COMMAND_NUMBER_CONFIRM_CLOCK,
        COMMAND_NUMBER_NOTE_REFUSALS, COMMAND_NUMBER_NOTE_WITNESSES}},
  };
  return table;
}

std::optional<Operation> OperationOf(std::uint16_t kind) {
  for (const Row& row : Table()) {
    if (std::find(row.kinds.begin(), row.kinds.end(), kind) != row.kinds.end())
      return row.operation;
  }
  return std::nullopt;
}

/// What became of people, by the name that a change bears; others are administration.
Operation OperationOf(const stored::v1::ChangedDetail& changed) {
  if (changed.what() == "nominal-registered") return Operation::kCollection;
  if (changed.what() == "separation") return Operation::kAlteration;
  if (changed.what() == "combination") return Operation::kCombination;
  if (changed.what() == "nominal-erased") return Operation::kErasure;
  return Operation::kAdministration;
}

Operation OperationOf(const stored::v1::Detail& fact) {
  switch (fact.fact_case()) {
    case stored::v1::Detail::kPublished:
      return Operation::kCollection;
    case stored::v1::Detail::kWithdrawn:
    case stored::v1::Detail::kAmended:
    case stored::v1::Detail::kBookingMoved:
    case stored::v1::Detail::kEventMoved:
      return Operation::kAlteration;
    case stored::v1::Detail::kRead:
    case stored::v1::Detail::kConsulted:
      return Operation::kConsultation;
    case stored::v1::Detail::kReleased:
    case stored::v1::Detail::kDisclosure:
      return Operation::kDisclosure;
    case stored::v1::Detail::kComposite:
      return Operation::kCombination;
    case stored::v1::Detail::kChanged:
      return OperationOf(fact.changed());
    default:
      return Operation::kAdministration;
  }
}

}  // namespace

std::string_view NameOf(Operation operation) {
  constexpr std::string_view kNames[] = {"collection", "alteration",  "consultation",
                                         "disclosure", "combination", "erasure",
                                         "administration"};
  return kNames[static_cast<std::size_t>(operation)];
}

std::vector<Operation> OperationsOf(std::uint16_t kind,
                                    const std::vector<stored::v1::Detail>& facts) {
  const std::optional<Operation> asked = OperationOf(kind);
  if (!asked) return {};
  std::array<bool, static_cast<std::size_t>(Operation::kAdministration)> is_done{};
  const auto note = [&is_done](Operation operation) {
    const auto place = static_cast<std::size_t>(operation);
    if (place < is_done.size()) is_done[place] = true;
  };
  note(*asked);
  for (const stored::v1::Detail& fact : facts) note(OperationOf(fact));
  std::vector<Operation> operations;
  for (std::size_t i = 0; i < is_done.size(); ++i) {
    if (is_done[i]) operations.push_back(static_cast<Operation>(i));
  }
  if (operations.empty()) operations.push_back(Operation::kAdministration);
  return operations;
}

}  // namespace tearline::verifier
