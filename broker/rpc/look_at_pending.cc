#include "broker/rpc/look_at_pending.h"

#include <google/protobuf/util/time_util.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "broker/machine/commission.h"
#include "broker/machine/permission.h"
#include "broker/machine/rows.h"
#include "broker/machine/second_hand.h"
#include "broker/model/ids.h"
#include "broker/model/limits.h"
#include "broker/rpc/form.h"
#include "broker/rpc/pending_people.h"
#include "broker/rpc/server_limits.h"
#include "broker/rpc/signing_keys.h"
#include "broker/status/invariant.h"
#include "tearline/stored/v1/command.pb.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::rpc {
namespace {

using google::protobuf::util::TimeUtil;
using state::Key;
using state::Table;
using namespace stored::v1;  // the switch below is read by people: number, what it says

/// The text form of an id in a stored command.
template <typename Id>
std::string TextOf(const std::string& bytes) {
  const Result<Id> id = Id::FromBytes(bytes);
  TEARLINE_INVARIANT(id.ok(), "a command that was tried holds whole ids");
  return id->Text();
}

template <typename Command>
Command Read(const std::string& bytes) {
  Command command;
  TEARLINE_INVARIANT(command.ParseFromString(bytes), "a command that was tried reads");
  return command;
}

void ShowSuspension(const SetSuspension& command, v1::PendingSuspension& shown) {
  shown.set_agency(command.agency());
  shown.set_member(command.member());
  shown.set_suspended(command.suspended());
}

void ShowMerge(const MergeNominals& command, v1::PendingMerge& shown) {
  shown.set_removed_id(TextOf<model::NominalId>(command.removed_id()));
  shown.set_surviving_id(TextOf<model::NominalId>(command.surviving_id()));
}

void ShowMove(const MoveBooking& command, v1::PendingMove& shown) {
  shown.set_from_id(TextOf<model::NominalId>(command.from_id()));
  shown.set_to_id(TextOf<model::NominalId>(command.to_id()));
  if (command.from_ms() != 0) {
    *shown.mutable_occurred_from() = TimeUtil::MillisecondsToTimestamp(command.from_ms());
  }
  *shown.mutable_occurred_until() = TimeUtil::MillisecondsToTimestamp(command.until_ms());
  shown.set_agency(command.agency());
  shown.set_reason(command.reason());
}

void ShowNamed(const NamePost& command, v1::Case& shown) {
  shown.set_case_id(TextOf<model::CaseId>(command.case_id()));
  *shown.add_named_posts() = command.named();
}

void ShowNamed(const CommissionReport& command, v1::Case& shown) {
  shown.set_case_id(TextOf<model::CaseId>(command.case_id()));
  *shown.add_named_posts() = machine::AsNamed(command);
}

void ShowChange(const ChangeCase& command, v1::PendingChange& shown) {
  shown.set_case_id(TextOf<model::CaseId>(command.case_id()));
  shown.set_lead_agency(command.lead_agency());
  shown.set_area(command.area());
  shown.set_supervising_post(command.supervising_post());
  shown.set_unsupervised(command.unsupervised());
}

void ShowLimit(const LimitAccess& command, v1::PendingAccessLimit& shown) {
  shown.set_nominal_id(TextOf<model::NominalId>(command.nominal_id()));
  *shown.mutable_excluded() = command.excluded();
  *shown.mutable_only() = command.only();
}

void ShowConflict(const DeclareConflict& command, v1::PendingConflict& shown) {
  shown.set_nominal_id(TextOf<model::NominalId>(command.nominal_id()));
  shown.set_post(command.post());
  shown.set_withdrawn(command.withdrawn());
}

void ShowSupervisor(const SetSupervisor& command, v1::PendingSupervisor& shown) {
  shown.set_nominal_id(TextOf<model::NominalId>(command.nominal_id()));
  shown.set_post(command.post());
}

void ShowDisclosure(const DecideDisclosure& command, v1::PendingDisclosure& shown) {
  shown.set_case_id(TextOf<model::CaseId>(command.case_id()));
  shown.set_third_party(command.third_party());
  shown.set_decision(command.decision());
  *shown.mutable_matters() = command.matters();
  for (const std::string& id : command.event_ids()) {
    shown.add_event_ids(TextOf<model::EventId>(id));
  }
}

void ShowLevel(const SetLevel& command, v1::Case& shown) {
  shown.set_case_id(TextOf<model::CaseId>(command.case_id()));
  shown.set_category(command.category());
  shown.set_level(command.level());
}

/// What is overridden, as whoever overrides it names it: an obligation, an event, else an action.
std::string WorkIdOf(const std::string& id, const state::Reader& view) {
  if (view.Get(machine::ObligationKey(id))) return TextOf<model::ObligationId>(id);
  if (view.Get(machine::EventKey(id))) return TextOf<model::EventId>(id);
  return TextOf<model::ActionId>(id);
}

void ShowExit(const EndCase& command, const state::Reader& view, v1::PendingExit& shown) {
  shown.set_case_id(TextOf<model::CaseId>(command.case_id()));
  shown.set_reason(command.reason());
  for (const Override& each : command.overrides()) {
    v1::WorkOverride& override_shown = *shown.add_overrides();
    override_shown.set_work_id(WorkIdOf(each.work_id(), view));
    override_shown.set_reason(each.reason());
  }
}

/// Fills in what a command about people says.
void ShowAskedOfPeople(const PendingRow& row, v1::PendingCommand& shown) {
  const std::string& bytes = row.command_bytes();
  switch (static_cast<CommandNumber>(row.command())) {
    case COMMAND_NUMBER_LINK_IDENTIFIER:
      shown.set_link_nominal_id(TextOf<model::NominalId>(Read<LinkIdentifier>(bytes).nominal_id()));
      break;
    case COMMAND_NUMBER_LIMIT_ACCESS:
      ShowLimit(Read<LimitAccess>(bytes), *shown.mutable_limit_access());
      break;
    case COMMAND_NUMBER_DECLARE_CONFLICT:
      ShowConflict(Read<DeclareConflict>(bytes), *shown.mutable_declare_conflict());
      break;
    case COMMAND_NUMBER_ERASE_NOMINAL:
      shown.set_erase_nominal_id(TextOf<model::NominalId>(Read<EraseNominal>(bytes).nominal_id()));
      break;
    case COMMAND_NUMBER_MERGE_NOMINALS:
      ShowMerge(Read<MergeNominals>(bytes), *shown.mutable_merge_nominals());
      break;
    case COMMAND_NUMBER_UNMERGE_NOMINALS:
      shown.set_unmerge_nominal_id(
          TextOf<model::NominalId>(Read<UnmergeNominals>(bytes).removed_id()));
      break;
    case COMMAND_NUMBER_SET_SUPERVISOR:
      ShowSupervisor(Read<SetSupervisor>(bytes), *shown.mutable_set_supervisor());
      break;
    case COMMAND_NUMBER_MOVE_BOOKING:
      ShowMove(Read<MoveBooking>(bytes), *shown.mutable_move_booking());
      break;
    default:
      break;  // Nothing else waits: pending_forms_test goes over all that may.
  }
}

/// Fills in what a command says.
void ShowAsked(const PendingRow& row, const state::Reader& view, v1::PendingCommand& shown) {
  const std::string& bytes = row.command_bytes();
  switch (static_cast<CommandNumber>(row.command())) {
    case COMMAND_NUMBER_ADMIT_AGENCY:
      *shown.mutable_admit_agency() = Read<AdmitAgency>(bytes).agency();
      shown.mutable_admit_agency()->clear_authority_certificate();
      break;
    case COMMAND_NUMBER_SET_POST:
      *shown.mutable_set_post() = Read<SetPost>(bytes).post();
      break;
    case COMMAND_NUMBER_SET_SUSPENSION:
      ShowSuspension(Read<SetSuspension>(bytes), *shown.mutable_set_suspension());
      break;
    case COMMAND_NUMBER_ENROL_SIGNING_KEY:
      *shown.mutable_enrol_signing_key() = AskedKey(Read<EnrolSigningKey>(bytes));
      break;
    case COMMAND_NUMBER_OPEN_CASE:
      *shown.mutable_open_case() = Read<OpenCase>(bytes).case_();
      break;
    case COMMAND_NUMBER_SEAT_POST: {
      const auto command = Read<SeatPost>(bytes);
      shown.mutable_seat_post()->set_case_id(TextOf<model::CaseId>(command.case_id()));
      *shown.mutable_seat_post()->mutable_seat() = command.seat();
      break;
    }
    case COMMAND_NUMBER_NAME_ACCOUNTABLE: {
      const auto command = Read<NameAccountable>(bytes);
      shown.mutable_name_accountable()->set_case_id(TextOf<model::CaseId>(command.case_id()));
      shown.mutable_name_accountable()->set_post(command.post());
      break;
    }
    case COMMAND_NUMBER_NAME_POST:
      ShowNamed(Read<NamePost>(bytes), *shown.mutable_open_case());
      break;
    case COMMAND_NUMBER_COMMISSION_REPORT:
      ShowNamed(Read<CommissionReport>(bytes), *shown.mutable_open_case());
      break;
    case COMMAND_NUMBER_CHANGE_CASE:
      ShowChange(Read<ChangeCase>(bytes), *shown.mutable_change_case());
      break;
    case COMMAND_NUMBER_DECIDE_DISCLOSURE:
      ShowDisclosure(Read<DecideDisclosure>(bytes), *shown.mutable_decide_disclosure());
      break;
    case COMMAND_NUMBER_SET_LEVEL:
      ShowLevel(Read<SetLevel>(bytes), *shown.mutable_open_case());
      break;
    case COMMAND_NUMBER_END_CASE:
      ShowExit(Read<EndCase>(bytes), view, *shown.mutable_end_case());
      break;
    default:
      ShowAskedOfPeople(row, shown);
  }
}

/// Without what it says, unless it is to be shown `whole`.
v1::PendingCommand Shown(std::string_view id, const PendingRow& row, bool confirms, bool whole,
                         const state::Reader& view) {
  v1::PendingCommand shown;
  shown.set_pending_id(TextOf<model::PendingId>(std::string(id)));
  shown.set_command(machine::WordOf(static_cast<CommandNumber>(row.command())));
  shown.set_agency(row.author().agency());
  shown.set_member(row.author().member());
  shown.set_post(row.author().post());
  shown.set_purpose(row.author().purpose());
  *shown.mutable_asked_at() = TimeUtil::MillisecondsToTimestamp(row.stamp_ms());
  *shown.mutable_lapses_at() = TimeUtil::MillisecondsToTimestamp(machine::LapsesMs(row));
  shown.set_yours_to_confirm(confirms);
  if (whole) ShowAsked(row, view, shown);
  return shown;
}

bool MayConfirm(const PendingRow& row, const Actor& actor, const state::Reader& view) {
  return !machine::IsSameHand(row.author(), actor) &&
         machine::CheckPermission(static_cast<CommandNumber>(row.command()), actor, view).ok();
}

}  // namespace

Result<std::optional<Looked>> LookAtPending(const v1::ListPendingRequest& request,
                                            const Actor& actor, const state::Reader& view,
                                            const PageSeal& seal,
                                            v1::ListPendingResponse& response) {
  const Result<std::size_t> page_size = ReadPageSize(request.page_size());
  if (!page_size.ok()) return page_size.status();
  const Result<std::string> place = seal.Read(request.page_token(), actor);
  if (!place.ok()) return place.status();

  std::set<std::string> people;
  const Key from = Key(Table::kPending).Fixed(*place);
  std::size_t looked_at = 0;
  for (const auto& [key, bytes] : view.Scan(Key(Table::kPending), from, kPageRowsMax + 1)) {
    const std::string_view id = std::string_view(key).substr(1);
    PendingRow row;
    TEARLINE_INVARIANT(row.ParseFromString(bytes), "a pending row parses");
    const bool confirms = MayConfirm(row, actor, view);
    const bool visible = (confirms || row.author().agency() == actor.agency()) &&
                         !IsKeptOutOf(row, actor, view);
    const bool whole = visible && MayReadWhole(row, actor, confirms, view);
    const std::vector<std::string> shown =
        whole ? PeopleOf(row, view) : std::vector<std::string>();
    const bool full = static_cast<std::size_t>(response.commands_size()) == *page_size ||
                      people.size() + shown.size() > model::kHandOverNominalsMax;
    if (++looked_at > kPageRowsMax || (visible && full)) {
      response.set_next_page_token(seal.Write(id, actor));
      break;
    }
    if (!visible) continue;
    people.insert(shown.begin(), shown.end());
    *response.add_commands() = Shown(id, row, confirms, whole, view);
  }
  if (people.empty()) return std::optional<Looked>();
  Looked looked;
  looked.consulted.set_kind(CONSULTATION_KIND_PENDING);
  for (const std::string& nominal_id : people) looked.consulted.add_nominal_ids(nominal_id);
  return std::optional(looked);
}

}  // namespace tearline::rpc
