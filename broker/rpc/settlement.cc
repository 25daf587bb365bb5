#include "broker/rpc/settlement.h"

#include <google/protobuf/util/time_util.h>

#include <chrono>
#include <iterator>
#include <utility>

#include "broker/model/limits.h"
#include "broker/rpc/server_limits.h"
#include "broker/rpc/unary.h"
#include "broker/sequencer/make_proposal.h"

namespace tearline::rpc {
namespace {

using google::protobuf::util::TimeUtil;

std::size_t PlaceOf(v1::Urgency lane) {
  return static_cast<std::size_t>(lane) - static_cast<std::size_t>(v1::URGENCY_IMMEDIATE);
}

Status CheckLane(v1::Urgency lane, const std::string& path) {
  if (v1::Urgency_IsValid(lane) && lane != v1::URGENCY_UNSPECIFIED) return {};
  return Refuse(v1::ERROR_REASON_FIELD_INVALID,
                "`" + path + ".lane` must be immediate, urgent or routine");
}

Status CheckDelay(const google::protobuf::Duration& delay) {
  const std::int64_t max_s = std::chrono::seconds(model::kRetryDelayMax).count();
  const bool fits = delay.seconds() >= 0 && delay.nanos() >= 0 && delay.nanos() < 1'000'000'000 &&
                    (delay.seconds() < max_s || (delay.seconds() == max_s && delay.nanos() == 0));
  if (fits) return {};
  return Refuse(v1::ERROR_REASON_LIMIT_PASSED, "`retries.delay` must be 0 to 10 minutes");
}

Status CheckFrame(const v1::SubscribeRequest& frame) {
  for (const v1::LaneAcknowledgement& each : frame.acknowledgements()) {
    TEARLINE_RETURN_IF_REFUSED(CheckLane(each.lane(), "acknowledgements"));
    if (each.sequences_size() > model::kAcknowledgeMax) {
      return Refuse(v1::ERROR_REASON_LIMIT_PASSED, "`acknowledgements.sequences` holds " +
                                                       std::to_string(each.sequences_size()) +
                                                       " numbers; at most 256");
    }
  }
  for (const v1::RetryItem& each : frame.retries()) {
    TEARLINE_RETURN_IF_REFUSED(CheckLane(each.lane(), "retries"));
    TEARLINE_RETURN_IF_REFUSED(CheckDelay(each.delay()));
  }
  for (const v1::ParkItem& each : frame.parks()) {
    TEARLINE_RETURN_IF_REFUSED(CheckLane(each.lane(), "parks"));
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
      feed_(std::move(feed)),
      session_id_(std::move(session_id)),
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
    for (const auto& each : frame.retries()) {
      singles_.push_back(
          {stored::v1::COMMAND_NUMBER_RETRY, each.lane(), each.sequence(),
           static_cast<std::uint32_t>(TimeUtil::DurationToMilliseconds(each.delay()))});
    }
    for (const auto& each : frame.parks()) {
      singles_.push_back({stored::v1::COMMAND_NUMBER_PARK, each.lane(), each.sequence(), 0});
    }
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
      stored::v1::Acknowledge& command = commands.emplace_back();
      command.set_feed(feed_);
      command.set_session_id(session_id_);
      command.set_lane(static_cast<v1::Urgency>(i + v1::URGENCY_IMMEDIATE));
      auto end = lane.waiting.begin();
      for (int n = 0; n < model::kAcknowledgeMax && end != lane.waiting.end(); ++n) {
        command.add_sequences(*end++);
      }
      lane.waiting.erase(lane.waiting.begin(), end);
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
  sequencer::Proposal proposal;
  if (single.number == stored::v1::COMMAND_NUMBER_RETRY) {
    stored::v1::Retry command;
    command.set_feed(feed_);
    command.set_session_id(session_id_);
    command.set_lane(single.lane);
    command.set_sequence(single.sequence);
    command.set_delay_ms(single.delay_ms);
    proposal = sequencer::MakeProposal(actor_, single.number, command);
  } else {
    stored::v1::Park command;
    command.set_feed(feed_);
    command.set_session_id(session_id_);
    command.set_lane(single.lane);
    command.set_sequence(single.sequence);
    proposal = sequencer::MakeProposal(actor_, single.number, command);
  }
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
  if (single.number == stored::v1::COMMAND_NUMBER_RETRY) {
    listeners_.again(single.lane, single.sequence);
  }
  listeners_.progress();
}

}  // namespace tearline::rpc
