#pragma once

#include <google/protobuf/util/time_util.h>

#include <cstdint>
#include <string>

#include "broker/machine/rows.h"
#include "broker/model/ids.h"
#include "tearline/v1/audit_service.pb.h"
#include "tests/machine/event_world.h"
#include "tests/machine/world.h"

namespace tearline::rpc {

/// A world with auditors: board/board asks of everybody, education/guest of the area "south" alone.
/// One nominal, its case in the area "north", with probation/chair in the chair and
/// ct-police/accountable answerable.
class Inquiry {
 public:
  static constexpr char kAuditor[] = "board/board";
  static constexpr char kSouthern[] = "education/guest";
  static constexpr char kChair[] = "probation/chair";

  Inquiry() {
    MakeAuditor(kAuditor, "");
    MakeAuditor(kSouthern, "south");
  }

  void MakeAuditor(const std::string& post, const std::string& area) {
    stored::v1::SetPost set;
    *set.mutable_post() = world.state.Find<stored::v1::PostRow>(machine::PostKey(post))->post();
    set.mutable_post()->add_roles(v1::POST_ROLE_AUDITOR);
    if (!area.empty()) set.mutable_post()->add_areas(area);
    world.Say(machine::World::System("desk/operator"), stored::v1::COMMAND_NUMBER_SET_POST, set);
  }
  static stored::v1::Actor As(const std::string& post) {
    stored::v1::Actor actor = machine::World::System(post);
    actor.set_purpose("inspection");
    return actor;
  }
  /// Publishes an event about the nominal; its id, 16 bytes.
  std::string Publish(bool withheld = false) {
    std::string id = world.NextEventId();
    stored::v1::Publish event = world.Event(nominal);
    event.mutable_label()->set_originator_controlled(withheld);
    world.Publish(event);
    return id;
  }
  /// What ct-police told of one nominal before now is another's; 16 bytes each.
  void MoveBooking(const std::string& from, const std::string& to) {
    stored::v1::MoveBooking move;
    move.set_from_id(from);
    move.set_to_id(to);
    move.set_until_ms(world.now_ms);
    move.set_agency("ct-police");
    move.set_reason(v1::BOOKING_MOVE_REASON_WRONG_NUMBER);
    const machine::Applied asked =
        world.Say(As("ct-police/intel"), stored::v1::COMMAND_NUMBER_MOVE_BOOKING, move);
    if (asked.outcome != audit::Outcome::kAwaitsSecondHand) return;
    stored::v1::SecondHand second;
    second.set_pending_id(model::PendingId::Parse(asked.made_id)->Bytes());
    world.Say(As("desk/governance"), stored::v1::COMMAND_NUMBER_SECOND_HAND, second);
  }
  /// Its originator writes a tear-line for all panels.
  void WriteTearLine(const std::string& event_id) {
    stored::v1::AmendEvent amend;
    amend.set_event_id(event_id);
    stored::v1::SealedTearLine& line = *amend.add_tear_lines();
    line.mutable_text()->set_ciphertext("sealed text");
    line.mutable_marking()->set_tier(v1::TIER_OFFICIAL);
    line.mutable_audience()->set_panels(true);
    Amend(amend);
  }
  /// Its originator lifts its control, or puts it on.
  void Control(const std::string& event_id, bool controlled) {
    Amend(machine::EventWorld::Controlling(event_id, controlled));
  }
  void Amend(const stored::v1::AmendEvent& amend) {
    world.Say(As("ct-police/intel"), stored::v1::COMMAND_NUMBER_AMEND_EVENT, amend);
  }
  void Withdraw(const std::string& event_id) {
    stored::v1::WithdrawEvent withdraw;
    withdraw.set_event_id(event_id);
    withdraw.set_reason(v1::WITHDRAWAL_REASON_INACCURATE);
    world.Say(As("ct-police/intel"), stored::v1::COMMAND_NUMBER_WITHDRAW_EVENT, withdraw);
  }
  /// A person reads what was let go to a post's inbox under a number.
  void Read(const std::string& post, std::uint64_t number) {
    stored::v1::ReadItem read;
    read.set_feed(post);
    read.set_lane(v1::URGENCY_URGENT);
    read.set_sequence(number);
    world.Say(machine::World::Holder(post), stored::v1::COMMAND_NUMBER_READ, read);
  }
  static std::string EventText(const std::string& id) {
    return model::EventId::FromBytes(id)->Text();
  }
  std::string NominalText() const { return model::NominalId::FromBytes(nominal)->Text(); }
  static google::protobuf::Timestamp Time(std::int64_t ms) {
    return google::protobuf::util::TimeUtil::MillisecondsToTimestamp(ms);
  }

  machine::World world;
  const std::string nominal = world.Register(1);
  const std::string its_case =
      world.OpenCase(nominal, {{kChair, v1::SEAT_KIND_CHAIR}}, "ct-police/accountable");
};

}  // namespace tearline::rpc
