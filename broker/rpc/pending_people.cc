#include "broker/rpc/pending_people.h"

#include <algorithm>

#include "broker/machine/case_row.h"
#include "broker/machine/identity.h"
#include "broker/machine/rows.h"
#include "broker/model/ids.h"
#include "broker/policy/facts.h"
#include "broker/status/invariant.h"

namespace tearline::rpc {
namespace {

using namespace stored::v1;  // the switch below is read by people: number, whom it is about

template <typename Command>
Command Read(const PendingRow& row) {
  Command command;
  TEARLINE_INVARIANT(command.ParseFromString(row.command_bytes()),
                     "a command that was tried reads");
  return command;
}

/// Whom a case is about; nobody, if it is not there any more.
std::vector<std::string> OfCase(const std::string& case_id, const state::Reader& view) {
  const auto row = view.See<CaseRow>(machine::CaseKey(case_id));
  if (!row) return {};
  return {machine::NominalOf(*row)};
}

template <typename Command>
std::vector<std::string> OfCaseIn(const PendingRow& row, const state::Reader& view) {
  return OfCase(Read<Command>(row).case_id(), view);
}

std::vector<std::string> OfNewCase(const PendingRow& row) {
  const auto id = model::NominalId::Parse(Read<OpenCase>(row).case_().nominal_id());
  if (!id.ok()) return {};
  return {id->Bytes()};
}

/// Whether a post speaks for the panel of a case.
bool SpeaksFor(const std::string& case_id, const Actor& actor, const state::Reader& view) {
  const auto row = view.See<CaseRow>(machine::CaseKey(case_id));
  return row && machine::SpeaksForPanel(row->case_(), actor, view);
}

}  // namespace

std::vector<std::string> PeopleOf(const PendingRow& row, const state::Reader& view) {
  switch (static_cast<CommandNumber>(row.command())) {
    case COMMAND_NUMBER_LINK_IDENTIFIER:
      return {Read<LinkIdentifier>(row).nominal_id()};
    case COMMAND_NUMBER_LIMIT_ACCESS:
      return {Read<LimitAccess>(row).nominal_id()};
    case COMMAND_NUMBER_DECLARE_CONFLICT:
      return {Read<DeclareConflict>(row).nominal_id()};
    case COMMAND_NUMBER_SET_SUPERVISOR:
      return {Read<SetSupervisor>(row).nominal_id()};
    case COMMAND_NUMBER_ERASE_NOMINAL:
      return {Read<EraseNominal>(row).nominal_id()};
    case COMMAND_NUMBER_MERGE_NOMINALS: {
      const auto command = Read<MergeNominals>(row);
      return {command.removed_id(), command.surviving_id()};
    }
    case COMMAND_NUMBER_UNMERGE_NOMINALS:
      return {Read<UnmergeNominals>(row).removed_id()};
    case COMMAND_NUMBER_MOVE_BOOKING: {
      const auto command = Read<MoveBooking>(row);
      return {command.from_id(), command.to_id()};
    }
    case COMMAND_NUMBER_OPEN_CASE:
      return OfNewCase(row);
    case COMMAND_NUMBER_SEAT_POST:
      return OfCaseIn<SeatPost>(row, view);
    case COMMAND_NUMBER_NAME_ACCOUNTABLE:
      return OfCaseIn<NameAccountable>(row, view);
    case COMMAND_NUMBER_NAME_POST:
      return OfCaseIn<NamePost>(row, view);
    case COMMAND_NUMBER_COMMISSION_REPORT:
      return OfCaseIn<CommissionReport>(row, view);
    case COMMAND_NUMBER_CHANGE_CASE:
      return OfCaseIn<ChangeCase>(row, view);
    case COMMAND_NUMBER_DECIDE_DISCLOSURE:
      return OfCaseIn<DecideDisclosure>(row, view);
    case COMMAND_NUMBER_SET_LEVEL:
      return OfCaseIn<SetLevel>(row, view);
    case COMMAND_NUMBER_END_CASE:
      return OfCaseIn<EndCase>(row, view);
    default:
      return {};
  }
}

bool IsKeptOutOf(const PendingRow& row, const Actor& actor, const state::Reader& view) {
  const std::string& post = actor.post();
  if (row.author().post() == post) return false;
  if (row.command() == COMMAND_NUMBER_LIMIT_ACCESS) {
    const auto limit = Read<LimitAccess>(row);
    if (policy::IsKeptOut(post, limit.excluded(), limit.only())) return true;
  }
  const std::vector<std::string> people = PeopleOf(row, view);
  return std::any_of(people.begin(), people.end(), [&](const std::string& nominal_id) {
    return machine::IsKeptOutOfPerson(post, nominal_id, view);
  });
}

bool MayReadWhole(const PendingRow& row, const Actor& actor, bool confirms,
                  const state::Reader& view) {
  if (row.author().post() == actor.post()) return true;
  switch (static_cast<CommandNumber>(row.command())) {
    case COMMAND_NUMBER_DECLARE_CONFLICT:
    case COMMAND_NUMBER_SET_SUPERVISOR:
      return confirms;
    case COMMAND_NUMBER_DECIDE_DISCLOSURE:
      return confirms && SpeaksFor(Read<DecideDisclosure>(row).case_id(), actor, view);
    case COMMAND_NUMBER_END_CASE:
      return confirms && SpeaksFor(Read<EndCase>(row).case_id(), actor, view);
    default:
      return true;
  }
}

}  // namespace tearline::rpc
