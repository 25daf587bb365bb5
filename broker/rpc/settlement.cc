#include "broker/rpc/settlement.h"

#include <iterator>
#include <utility>

#include "broker/model/limits.h"
#include "broker/rpc/server_limits.h"
#include "broker/rpc/unary.h"
#include "broker/sequencer/make_proposal.h"

namespace tearline::rpc {
namespace {

std::size_t PlaceOf(v1::Urgency lane) {
  return static_cast<std::size_t>(lane) - static_cast<std::size_t>(v1::URGENCY_IMMEDIATE);
}

Status CheckFrame(const v1::SubscribeRequest& frame) {
  for (const v1::LaneAcknowledgement& each : frame.acknowledgements()) {
    TEARLINE_RETURN_IF_REFUSED(CheckAcknowledgement(each, "acknowledgements"));
  }
  for (const v1::RetryItem& each : frame.retries()) {
    TEARLINE_RETURN_IF_REFUSED(CheckRetry(each, "retries"));
  }
  for (const v1::ParkItem& each : frame.parks()) {
    TEARLINE_RETURN_IF_REFUSED(CheckPark(each, "parks"));
  }
  return {};
}

Status TooMany() {
  return Refuse(v1::ERROR_REASON_LIMIT_PASSED,
                "a frame must not settle more items than two windows hold");
}

}  // namespace

Settlement::Settlement(sequencer::Proposer& proposer, stored::v1::Actor actor, std::string feed,
                       std::string session_id, Listeners listeners)
    : proposer_(proposer),
      actor_(std::move(actor)),
      speaker_{std::move(feed), std::move(session_id)},
      listeners_(std::move(listeners)) {}

Status Settlement::Take(const v1::SubscribeRequest& frame) {
  TEARLINE_RETURN_IF_REFUSED(CheckFrame(frame));
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    std::size_t numbers = 0;
    for (const auto& each : frame.acknowledgements()) {
      numbers += static_cast<std::size_t>(each.sequences_size());
    }
    const auto singles = static_cast<std::size_t>(frame.retries_size() + frame.parks_size());
    if (numbers > kAcknowledgementsWaiting || singles > kAcknowledgementsWaiting) return TooMany();
    for (const auto& each : frame.acknowledgements()) {
      lanes_[PlaceOf(each.lane())].waiting.insert(each.sequences().begin(), each.sequences().end());
    }
    singles_.insert(singles_.end(), frame.retries().begin(), frame.retries().end());
    singles_.insert(singles_.end(), frame.parks().begin(), frame.parks().end());
  }
  Send();
  return {};
}

bool Settlement::HasRoom() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::size_t waiting = 0;
  for (const Lane& lane : lanes_) waiting += lane.waiting.size();
  return waiting < kAcknowledgementsWaiting &&
         singles_.size() + singles_under_way_ < kSettlementsWaiting;
}

bool Settlement::IsIdle() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (const Lane& lane : lanes_) {
    if (lane.under_way || !lane.waiting.empty()) return false;
  }
  return singles_.empty() && singles_under_way_ == 0;
}

void Settlement::Send() {
  std::vector<stored::v1::Acknowledge> commands;
  std::vector<Single> singles;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (std::size_t i = 0; i < lanes_.size(); ++i) {
      Lane& lane = lanes_[i];
      if (lane.under_way || lane.waiting.empty()) continue;
      v1::LaneAcknowledgement words;
      words.set_lane(static_cast<v1::Urgency>(i + v1::URGENCY_IMMEDIATE));
      auto end = lane.waiting.begin();
      for (int n = 0; n < model::kAcknowledgeMax && end != lane.waiting.end(); ++n) {
        words.add_sequences(*end++);
      }
      lane.waiting.erase(lane.waiting.begin(), end);
      commands.push_back(CommandOf(speaker_, words));
      lane.under_way = true;
    }
    singles = std::exchange(singles_, {});
    singles_under_way_ += singles.size();
  }
  for (stored::v1::Acknowledge& command : commands) Propose(std::move(command));
  for (const Single& single : singles) Propose(single);
}

void Settlement::Propose(stored::v1::Acknowledge command) {
  sequencer::Proposal proposal =
      sequencer::MakeProposal(actor_, stored::v1::COMMAND_NUMBER_ACKNOWLEDGE, command);
  proposal.done = [self = shared_from_this(),
                   command = std::move(command)](const Result<machine::Applied>& applied) {
    self->Acknowledged(command, StatusOf(applied));
  };
  proposer_.Propose(std::move(proposal));
}

void Settlement::Propose(const Single& single) {
  const auto* retry = std::get_if<v1::RetryItem>(&single);
  sequencer::Proposal proposal =
      retry != nullptr
          ? sequencer::MakeProposal(actor_, stored::v1::COMMAND_NUMBER_RETRY,
                                    CommandOf(speaker_, *retry))
          : sequencer::MakeProposal(actor_, stored::v1::COMMAND_NUMBER_PARK,
                                    CommandOf(speaker_, std::get<v1::ParkItem>(single)));
  proposal.done = [self = shared_from_this(), single](const Result<machine::Applied>& applied) {
    self->Settled(single, StatusOf(applied));
  };
  proposer_.Propose(std::move(proposal));
}

void Settlement::Acknowledged(const stored::v1::Acknowledge& command, const Status& status) {
  const bool busy = ReasonOf(status) == v1::ERROR_REASON_TOO_BUSY;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    Lane& lane = lanes_[PlaceOf(command.lane())];
    lane.under_way = false;
    if (busy) lane.waiting.insert(command.sequences().begin(), command.sequences().end());
  }
  if (busy) return;
  if (!status.ok()) {
    listeners_.failed(status);
    return;
  }
  Send();
  listeners_.progress();
}

void Settlement::Settled(const Single& single, const Status& status) {
  const bool busy = ReasonOf(status) == v1::ERROR_REASON_TOO_BUSY;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    --singles_under_way_;
    if (busy) singles_.push_back(single);
  }
  if (busy) return;
  if (!status.ok()) {
    listeners_.failed(status);
    return;
  }
  if (const auto* retry = std::get_if<v1::RetryItem>(&single)) {
    listeners_.again(retry->lane(), retry->sequence());
  }
  listeners_.progress();
}

}  // namespace tearline::rpc
