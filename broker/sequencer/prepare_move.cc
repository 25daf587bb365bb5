#include "broker/sequencer/prepare_move.h"

#include <google/protobuf/util/time_util.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "broker/machine/by_number.h"
#include "broker/machine/moved_booking.h"
#include "broker/machine/permission.h"
#include "broker/machine/quota.h"
#include "broker/machine/rows.h"
#include "broker/machine/second_hand.h"
#include "broker/machine/subject_key.h"
#include "broker/sequencer/identifier_index.h"
#include "broker/sequencer/make_proposal.h"
#include "broker/sequencer/rewrapping.h"
#include "tearline/stored/v1/row.pb.h"

namespace tearline::sequencer {
namespace {

using google::protobuf::util::TimeUtil;
using stored::v1::EventRow;
using stored::v1::MoveBooking;
using stored::v1::MovedKeys;
using stored::v1::PendingRow;

/// Which of two successors is whose.
constexpr std::size_t kRest = 0;
constexpr std::size_t kMoved = 1;

struct Prepared {
  MovedKeys keys;
  std::vector<model::SubjectKeyId> new_keys;
};

/// The events that a move would move as the view has it; none if it would be refused.
std::vector<EventRow> EventsToMove(MoveBooking command, const stored::v1::Actor& actor,
                                   model::Position position, const Workbench& bench) {
  if (machine::IsByNumber(command)) {
    const Result<std::string> from = machine::OwnerOf(command.from(), bench.view);
    const Result<std::string> to = machine::OwnerOf(command.to(), bench.view);
    if (!from.ok() || !to.ok()) return {};
    command.set_from_id(*from);
    command.set_to_id(*to);
  }
  if (!machine::CheckMove(command, actor, bench.now_ms, bench.view).ok()) return {};
  Result<std::vector<EventRow>> events = machine::EventsOfBooking(command, position, bench.view);
  return events.ok() ? *std::move(events) : std::vector<EventRow>();
}

/// The nominal that a move leaves: "" if nobody has the number.
std::string LeftBy(const MoveBooking& command, const Workbench& bench) {
  if (!machine::IsByNumber(command)) return command.from_id();
  const Result<std::string> owner = machine::OwnerOf(command.from(), bench.view);
  return owner.ok() ? *owner : std::string();
}

/// Has the vault keep two successors of every key by which something that moves opens.
Result<Prepared> SplitKeys(const MoveBooking& command, const stored::v1::Actor& actor,
                           model::Position position, const Workbench& bench) {
  Prepared prepared;
  prepared.keys.set_wrapped_until(position);
  const std::vector<EventRow> events = EventsToMove(command, actor, position, bench);
  std::set<std::string> moved;
  for (const EventRow& event : events) moved.insert(event.publish().event_id());
  const ChooseSuccessor choose = [&moved](const EventRow& event) {
    return std::optional<std::size_t>(moved.contains(event.publish().event_id()) ? kMoved : kRest);
  };
  std::vector<vault::Successor> successors;
  for (const std::string& old_id :
       machine::KeysOfNominal(LeftBy(command, bench), events, bench.view)) {
    Result<std::vector<vault::Successor>> made = WrapAnew(old_id, 2, choose, bench);
    if (ReasonOf(made.status()) == v1::ERROR_REASON_KEY_MISSING) {
      return Refuse(v1::ERROR_REASON_UNAVAILABLE,
                    "a key was destroyed while this was on its way; ask again");
    }
    if (!made.ok()) return made.status();
    stored::v1::MovedKey& key = *prepared.keys.add_keys();
    key.set_old_key_id(old_id);
    key.set_rest_key_id(made->at(kRest).id.Bytes());
    key.set_moved_key_id(made->at(kMoved).id.Bytes());
    for (vault::Successor& successor : *made) {
      prepared.new_keys.push_back(successor.id);
      successors.push_back(std::move(successor));
    }
  }
  if (!successors.empty()) TEARLINE_RETURN_IF_REFUSED(bench.vault.Keep(successors));
  return prepared;
}

/// Rounded down to milliseconds, as the times of events are.
Result<std::int64_t> MsOf(const google::protobuf::Timestamp& time, const std::string& field) {
  if (time.seconds() < 0 || time.seconds() > TimeUtil::kTimestampMaxSeconds || time.nanos() < 0 ||
      time.nanos() >= 1'000'000'000) {
    return Refuse(v1::ERROR_REASON_TIME_INVALID,
                  "`" + field + "` must lie between the years 1970 and 9999");
  }
  return TimeUtil::TimestampToMilliseconds(time);
}

Status NamePeople(const v1::MoveBookingRequest& request, const stored::v1::Actor& actor,
                  const Workbench& bench, MoveBooking& command) {
  if (request.has_from() || request.has_to()) {
    if (!request.from_id().empty() || !request.to_id().empty() || !request.has_from() ||
        !request.has_to()) {
      return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                    "both nominals must be named by their ids, or both by a number of each");
    }
    auto from = IndexQuestion(request.from(), actor.agency(), "from", bench);
    if (!from.ok()) return from.status();
    auto to = IndexQuestion(request.to(), actor.agency(), "to", bench);
    if (!to.ok()) return to.status();
    *command.mutable_from() = *std::move(from);
    *command.mutable_to() = *std::move(to);
    return machine::CheckQuota(machine::QuotaKind::kResolve, actor, 2, bench.now_ms, bench.view);
  }
  const Result<model::NominalId> from = model::NominalId::Parse(request.from_id());
  const Result<model::NominalId> to = model::NominalId::Parse(request.to_id());
  if (!from.ok() || !to.ok()) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                  "`from_id` and `to_id` must be `nom_` and 32 digits of 0-9 and a-f");
  }
  command.set_from_id(from->Bytes());
  command.set_to_id(to->Bytes());
  return {};
}

Proposal ProposalOf(const stored::v1::Actor& actor, stored::v1::CommandNumber number,
                    const google::protobuf::MessageLite& command, Prepared prepared) {
  Proposal proposal = MakeProposal(actor, number, command);
  proposal.new_keys = std::move(prepared.new_keys);
  return proposal;
}

}  // namespace

Result<Proposal> PrepareMove(const v1::MoveBookingRequest& request, const stored::v1::Actor& actor,
                             model::Position position, const Workbench& bench) {
  MoveBooking command;
  TEARLINE_RETURN_IF_REFUSED(NamePeople(request, actor, bench, command));
  if (request.has_occurred_from()) {
    const Result<std::int64_t> from_ms = MsOf(request.occurred_from(), "occurred_from");
    if (!from_ms.ok()) return from_ms.status();
    command.set_from_ms(*from_ms);
  }
  if (!request.has_occurred_until()) {
    return Refuse(v1::ERROR_REASON_TIME_INVALID, "`occurred_until` is required");
  }
  const Result<std::int64_t> until_ms = MsOf(request.occurred_until(), "occurred_until");
  if (!until_ms.ok()) return until_ms.status();
  command.set_until_ms(*until_ms);
  command.set_agency(request.agency().empty() ? actor.agency() : request.agency());
  command.set_reason(request.reason());
  Result<Prepared> prepared = SplitKeys(command, actor, position, bench);
  if (!prepared.ok()) return prepared.status();
  *command.mutable_keys() = prepared->keys;
  return ProposalOf(actor, stored::v1::COMMAND_NUMBER_MOVE_BOOKING, command, *std::move(prepared));
}

Result<Proposal> PrepareSecondHand(const v1::GiveSecondHandRequest& request,
                                   const stored::v1::Actor& actor, model::Position position,
                                   const Workbench& bench) {
  const Result<model::PendingId> id = model::PendingId::Parse(request.pending_id());
  if (!id.ok()) {
    return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                  "`pending_id` must be `pend_` and 32 digits of 0-9 and a-f");
  }
  stored::v1::SecondHand command;
  command.set_pending_id(id->Bytes());
  Prepared prepared;
  const auto row = bench.view.Find<PendingRow>(machine::PendingKey(id->Bytes()));
  constexpr auto kMove = stored::v1::COMMAND_NUMBER_MOVE_BOOKING;
  MoveBooking move;
  if (row && row->command() == kMove && !machine::IsSameHand(row->author(), actor) &&
      machine::CheckPermission(kMove, actor, bench.view).ok() &&
      move.ParseFromString(row->command_bytes())) {
    Result<Prepared> split = SplitKeys(move, row->author(), position, bench);
    if (!split.ok()) return split.status();
    prepared = *std::move(split);
    *command.mutable_moved_keys() = prepared.keys;
  }
  return ProposalOf(actor, stored::v1::COMMAND_NUMBER_SECOND_HAND, command, std::move(prepared));
}

}  // namespace tearline::sequencer
