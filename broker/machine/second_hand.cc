#include "broker/machine/second_hand.h"

#include <cstddef>
#include <set>
#include <utility>

#include "broker/machine/lane.h"
#include "broker/machine/rows.h"

namespace tearline::machine {
namespace {

/// Events of a nominal whose originators are told of a change of access. A nominal's file beyond
/// this is read by nobody before the next meeting; the leaf names the change for all.
constexpr std::size_t kOriginatorsToldMax = 1000;

bool IsOwn(const std::string& agency, const Step& step) { return agency == step.actor.agency(); }

bool IsOwnPost(const std::string& post, const Step& step) {
  return !post.empty() && IsOwn(AgencyOfPost(post), step);
}

}  // namespace

bool Widens(const stored::v1::AdmitAgency&, const Step&) { return true; }

bool Widens(const stored::v1::SetPost& command, const Step& step) {
  return IsOwnPost(command.post().post(), step) || IsOwnPost(command.post().escalates_to(), step);
}

bool Widens(const stored::v1::SetSuspension& command, const Step& step) {
  return !command.suspended() && IsOwn(command.agency(), step);
}

bool Widens(const stored::v1::LinkIdentifier& command, const Step& step) {
  const auto its_case = CaseOfNominal(command.nominal_id(), step.batch);
  if (!its_case) return false;
  const v1::Case& found = its_case->case_();
  if (IsOwnPost(found.supervising_post(), step) || IsOwnPost(found.accountable_post(), step)) {
    return true;
  }
  for (const v1::Seat& seat : found.seats()) {
    if (IsOwnPost(seat.post(), step)) return true;
  }
  return false;
}

bool Widens(const stored::v1::OpenCase& command, const Step& step) {
  const v1::Case& asked = command.case_();
  return IsOwn(asked.lead_agency(), step) || IsOwnPost(asked.supervising_post(), step) ||
         IsOwnPost(asked.accountable_post(), step);
}

bool Widens(const stored::v1::SeatPost& command, const Step& step) {
  return !command.leave() && IsOwnPost(command.seat().post(), step);
}

bool Widens(const stored::v1::NameAccountable& command, const Step& step) {
  return IsOwnPost(command.post(), step);
}

void KeepForSecondHand(stored::v1::CommandNumber number, const std::string& command_bytes,
                       Step& step) {
  const model::PendingId id = step.MakeId<model::PendingId>(model::PendingTag{});
  stored::v1::PendingRow row;
  row.set_command(static_cast<std::uint32_t>(number));
  row.set_command_bytes(command_bytes);
  *row.mutable_author() = step.actor;
  row.set_stamp_ms(step.now_ms());
  step.batch.PutRow(PendingKey(id.Bytes()), row);
  step.AddChanged("awaits-second-hand", id.Text());
  step.applied.outcome = audit::Outcome::kAwaitsSecondHand;
  step.applied.made_id = id.Text();
}

void TellOriginators(const std::string& nominal_id, const std::string& post, Step& step) {
  std::set<std::string> originators;
  const state::Key events = state::Key(state::Table::kEventOfNominal).Fixed(nominal_id);
  for (const auto& [key, event_id] : step.batch.Scan(events, kOriginatorsToldMax)) {
    const auto event = step.batch.Find<stored::v1::EventRow>(EventKey(event_id));
    if (event) originators.insert(event->answering_post());
  }
  originators.erase("");
  originators.erase(post);
  for (const std::string& originator : originators) {
    stored::v1::ItemRow item;
    item.set_kind(stored::v1::ITEM_KIND_ACCESS_CHANGED);
    item.set_other_post(post);
    item.set_nominal_id(nominal_id);
    Enqueue(originator, v1::URGENCY_ROUTINE, std::move(item), step);
  }
}

}  // namespace tearline::machine
