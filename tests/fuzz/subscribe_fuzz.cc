#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "broker/rpc/settlement.h"
#include "broker/status/invariant.h"
#include "tests/fuzz/refusal.h"

namespace {

using namespace tearline;

/// Keeps what is proposed until it is answered.
class Waiting final : public sequencer::Proposer {
 public:
  void Propose(sequencer::Proposal proposal) override { proposals.push_back(std::move(proposal)); }

  std::deque<sequencer::Proposal> proposals;
};

/// How many different numbers a frame acknowledges, and how many retries and parks it asks for.
std::size_t SettledBy(const v1::SubscribeRequest& frame) {
  std::set<std::pair<int, std::uint64_t>> numbers;
  for (const v1::LaneAcknowledgement& each : frame.acknowledgements()) {
    for (const std::uint64_t sequence : each.sequences()) numbers.emplace(each.lane(), sequence);
  }
  return numbers.size() + static_cast<std::size_t>(frame.retries_size() + frame.parks_size());
}

/// Answers everything, and counts what was said of how many items.
std::size_t AnswerAll(Waiting& waiting) {
  std::size_t settled = 0;
  while (!waiting.proposals.empty()) {
    const sequencer::Proposal proposal = std::move(waiting.proposals.front());
    waiting.proposals.pop_front();
    stored::v1::Acknowledge acknowledge;
    if (proposal.command != stored::v1::COMMAND_NUMBER_ACKNOWLEDGE) {
      ++settled;
    } else if (acknowledge.ParseFromString(proposal.command_bytes)) {
      settled += static_cast<std::size_t>(acknowledge.sequences_size());
    }
    machine::Applied applied;
    applied.outcome = audit::Outcome::kApplied;
    proposal.done(applied);
  }
  return settled;
}

}  // namespace

/// Whatever a subscriber says of items: a frame is refused, and nothing of it is taken, or every
/// item it names is settled exactly once.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  v1::SubscribeRequest frame;
  if (!frame.ParseFromArray(bytes, static_cast<int>(size))) return 0;
  Waiting waiting;
  const auto settlement = std::make_shared<rpc::Settlement>(
      waiting, stored::v1::Actor(), "police/panel", std::string(16, 's'),
      rpc::Settlement::Listeners{[](const Status&) {}, [](v1::Urgency, std::uint64_t) {}, [] {}});
  const Status status = settlement->Take(frame);
  if (!status.ok()) {
    fuzz::ExpectGoodRefusal(status, {reinterpret_cast<const char*>(bytes), size});
    TEARLINE_INVARIANT(waiting.proposals.empty() && settlement->IsIdle(),
                       "that nothing of a refused frame is taken");
    return 0;
  }
  TEARLINE_INVARIANT(AnswerAll(waiting) == SettledBy(frame), "that each item is settled once");
  TEARLINE_INVARIANT(settlement->IsIdle() && settlement->HasRoom(), "that nothing is left waiting");
  return 0;
}
